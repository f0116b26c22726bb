// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

/** Counts what becomes of audit events that go wrong. Any thread. */
public interface AuditCounts {
    /** An event found no room before a slow sink. */
    void dropped(String sink);

    /** A sink threw; the batch will be offered again. */
    void failed(String sink);
}
