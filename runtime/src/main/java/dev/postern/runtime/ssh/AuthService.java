// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.auth.Login;
import dev.postern.runtime.auth.Presented;
import dev.postern.runtime.auth.Proof;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;

/**
 * The user authentication service (RFC 4252). The engine takes the messages apart and verifies signatures; the user name
 * never reaches it, because it may be a token and the engine logs names.
 */
final class AuthService extends ServerUserAuthService {
    /** What the engine takes for the user name. */
    private static final String STAND_IN = "user";

    private static final int ILLEGAL_USER_NAME = SshConstants.SSH2_DISCONNECT_ILLEGAL_USER_NAME;

    private final GatewaySession session;
    private boolean greeted;

    private AuthService(GatewaySession session) throws IOException {
        super(session);
        this.session = session;
    }

    /** Makes the service of a session. */
    static final class Factory implements ServiceFactory {
        @Override
        public String getName() {
            return "ssh-userauth";
        }

        @Override
        public Service create(Session session) throws IOException {
            return new AuthService((GatewaySession) session);
        }
    }

    @Override
    protected boolean handleUserAuthRequestMessage(
            ServerSession same, Buffer buffer, AtomicReference<Boolean> result) throws Exception {
        if (session.isAuthenticated()) {
            return false;
        }
        String name = buffer.getString();
        String service = buffer.getString();
        String method = buffer.getString();
        if (!service.equals("ssh-connection")) {
            throw new SshException(
                    SshConstants.SSH2_DISCONNECT_SERVICE_NOT_AVAILABLE, "Service not available");
        }
        Authentication authentication = session.connection().authentication();
        if (!authentication.name(name)) {
            session.connection()
                    .terminate(
                            RefusalCodes.PROTOCOL_ERROR,
                            ILLEGAL_USER_NAME,
                            "The user name cannot change during authentication");
            return false;
        }
        greet();
        authentication.present("none", new Presented.Nothing());
        if (method.equals("none") && authentication.byToken()) {
            return !succeedsByToken(authentication, service, buffer);
        }
        var anonymous = new ByteArrayBuffer(buffer.available() + 64);
        anonymous.putString(STAND_IN);
        anonymous.putString(service);
        anonymous.putString(method);
        anonymous.putBuffer(buffer);
        return super.handleUserAuthRequestMessage(same, anonymous, result);
    }

    private boolean succeedsByToken(Authentication authentication, String service, Buffer buffer)
            throws Exception {
        authentication.present("token", new Presented.Nothing());
        if (!authentication.judge(true)) {
            return false;
        }
        Optional<Login> login = authentication.complete(Proof.PLAIN);
        if (login.isEmpty()) {
            return false;
        }
        session.connection().admitted(login.get());
        session.signalAuthenticationSuccess(STAND_IN, service, buffer);
        session.connection().loggedIn();
        return true;
    }

    @Override
    protected void handleAuthenticationSuccess(int command, Buffer buffer) throws Exception {
        super.handleAuthenticationSuccess(command, buffer);
        session.connection().loggedIn();
    }

    @Override
    protected void handleAuthenticationFailure(int command, Buffer buffer) throws Exception {
        if (session.connection().authentication().failed()) {
            session.connection()
                    .terminate(
                            RefusalCodes.AUTH_TOO_MANY,
                            RefusalMapping.disconnect(RefusalCodes.AUTH_TOO_MANY),
                            "Too many authentication failures");
            return;
        }
        super.handleAuthenticationFailure(command, buffer);
    }

    private void greet() {
        if (!greeted) {
            greeted = true;
            session.connection().ssh().banner().ifPresent(session::sendBanner);
        }
    }
}
