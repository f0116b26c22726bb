// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.audit;

import dev.postern.api.error.RefusalCode;
import java.util.Map;
import java.util.Optional;

/** Takes audit events from everywhere in the gateway. Any thread; does not block. */
@FunctionalInterface
public interface AuditLog {
    /**
     * Takes an event.
     *
     * @param type dotted name such as {@code login.granted}
     * @param connectionId the connection, where there is one
     * @param code the stable code of a refusal or failure
     * @param fields more, in their order; strings of a peer may be raw, they are cut and escaped here
     */
    void event(
            String type,
            Optional<String> connectionId,
            Optional<RefusalCode> code,
            Map<String, String> fields);
}
