// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the host keys are, {@code postern.ssh.host-keys}.
 *
 * @param files key files; empty where the gateway makes its own
 * @param announced further keys that clients are told about
 */
public record HostKeySettings(List<Path> files, List<Path> announced) {
    public HostKeySettings {
        files = List.copyOf(files);
        announced = List.copyOf(announced);
    }
}
