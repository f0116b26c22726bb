// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import org.apache.sshd.common.SshConstants;

/** What a refusal code becomes on the wire. The one table. */
final class RefusalMapping {
    /** Exit status of a session that failed before or instead of its command, as ssh's own. */
    static final int EXIT_STATUS = 255;

    /** Reason code of a channel open failure (RFC 4254 section 5.1). */
    static int openFailure(RefusalCode code) {
        if (code.equals(RefusalCodes.FORWARD_CONNECT_FAILED)) {
            return SshConstants.SSH_OPEN_CONNECT_FAILED;
        }
        if (code.equals(RefusalCodes.BACKEND_CAPABILITY)) {
            return SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
        }
        return switch (code.category()) {
            case USER -> SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
            case EXTERNAL, INTERNAL -> SshConstants.SSH_OPEN_CONNECT_FAILED;
            case RESOURCE -> SshConstants.SSH_OPEN_RESOURCE_SHORTAGE;
        };
    }

    /** Reason code of a disconnect (RFC 4253 section 11.1). */
    static int disconnect(RefusalCode code) {
        if (code.equals(RefusalCodes.PROTOCOL_ERROR)) {
            return SshConstants.SSH2_DISCONNECT_PROTOCOL_ERROR;
        }
        if (code.equals(RefusalCodes.LIMIT_CONNECTIONS)
                || code.equals(RefusalCodes.LIMIT_UNAUTHENTICATED)) {
            return SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS;
        }
        if (code.equals(RefusalCodes.AUTH_TOO_MANY) || code.equals(RefusalCodes.AUTH_GRACE)) {
            return SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
        }
        if (code.equals(RefusalCodes.CLIENT_LOST)) {
            return SshConstants.SSH2_DISCONNECT_CONNECTION_LOST;
        }
        return SshConstants.SSH2_DISCONNECT_BY_APPLICATION;
    }

    private RefusalMapping() {}
}
