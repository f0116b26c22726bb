// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.audit;

import java.util.List;

/**
 * Keeps audit events. Called by the gateway on one thread of its own, in order; it may block, and the gateway bounds
 * what waits for it. An exception is logged and counted; the batch is offered again.
 */
public interface AuditSink {
    /** Keeps a batch; returns when it is safe. */
    void write(List<AuditEvent> events) throws InterruptedException;
}
