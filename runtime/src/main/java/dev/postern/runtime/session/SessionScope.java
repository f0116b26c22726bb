// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.error.RefusalCode;
import dev.postern.runtime.audit.AuditLog;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.sandbox.SandboxLink;
import java.util.Map;
import java.util.Optional;

/**
 * What the channels of one authenticated connection share.
 *
 * @param info the connection
 * @param login who acts, where, with which rights
 * @param link the way into the sandbox
 * @param audit where events go
 * @param meters what is counted and timed
 */
public record SessionScope(
        ConnectionInfo info, Login login, SandboxLink link, AuditLog audit, EngineMeters meters) {
    /** Notes an event of this connection. */
    public void note(String type, Map<String, String> fields) {
        audit.event(type, Optional.of(info.id()), Optional.empty(), fields);
    }

    /** Notes and counts a refusal. */
    public void noteRefusal(String type, RefusalCode code, Map<String, String> fields) {
        audit.event(type, Optional.of(info.id()), Optional.of(code), fields);
        meters.refused(info.route().name(), code);
    }
}
