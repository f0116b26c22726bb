// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.audit;

import dev.postern.api.error.RefusalCode;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that happened: a login, a refusal, a channel, a forward, a file transfer, an end, an API call.
 *
 * @param time when
 * @param type dotted name such as {@code login.granted}
 * @param connectionId the connection, where there is one
 * @param code the stable code of a refusal or failure
 * @param fields more, in their order; strings made by a peer are cut and escaped already
 */
public record AuditEvent(
        Instant time,
        String type,
        Optional<String> connectionId,
        Optional<RefusalCode> code,
        Map<String, String> fields) {
    public AuditEvent {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
}
