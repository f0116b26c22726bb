// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import dev.postern.api.backend.Capability;
import dev.postern.api.value.Endpoint;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What the kit talks to.
 *
 * @param address where it listens
 * @param user the SSH user name
 * @param identity a private key in OpenSSH's format, without a pass phrase, that gets in
 * @param knownHosts a known_hosts file with the server's keys for the address
 * @param capabilities what the sandbox behind it declares; the rest is expected to be refused at once
 * @param agentForwarding whether agent forwarding is switched on
 * @param fromInside the same server as the sandbox reaches it, for {@code ssh -J}; empty if it cannot
 */
public record SshTarget(
        Endpoint address,
        String user,
        Path identity,
        Path knownHosts,
        Set<Capability> capabilities,
        boolean agentForwarding,
        Optional<Endpoint> fromInside) {
    public SshTarget {
        capabilities = Set.copyOf(capabilities);
    }

    /** Whether files can be copied with SFTP. */
    public boolean sftp() {
        return capabilities.contains(Capability.FILES)
                || capabilities.contains(Capability.SFTP_STREAM);
    }
}
