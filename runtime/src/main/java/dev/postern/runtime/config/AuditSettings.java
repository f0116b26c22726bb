// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The audit, {@code postern.audit}.
 *
 * @param file where events are kept
 * @param rotateSize bytes at which a new file is begun
 * @param keep old files that are kept
 * @param queue events that may wait for a sink
 */
public record AuditSettings(Optional<Path> file, long rotateSize, int keep, int queue) {}
