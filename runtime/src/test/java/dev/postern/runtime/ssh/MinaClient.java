// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/** A client in this process, for what the stock client cannot do. */
final class MinaClient implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SshClient client = SshClient.setUpDefaultClient();

    MinaClient() {
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
    }

    ClientSession connect(TestGateway gateway, String user) throws IOException {
        return client.connect(user, "127.0.0.1", gateway.port()).verify(PATIENCE).getSession();
    }

    ClientSession login(TestGateway gateway, KeyPair... keys) throws IOException {
        ClientSession session = connect(gateway, TestGateway.SANDBOX);
        for (KeyPair key : keys) {
            session.addPublicKeyIdentity(key);
        }
        session.auth().verify(PATIENCE);
        return session;
    }

    /** How a command ended. */
    record Result(@Nullable Integer status, String out, String err) {}

    static Result run(ClientSession session, String command) throws IOException {
        try (ChannelExec channel = session.createExecChannel(command)) {
            return run(channel);
        }
    }

    private static Result run(ChannelExec channel) throws IOException {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        channel.setOut(out);
        channel.setErr(err);
        channel.open().verify(PATIENCE);
        channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
        return new Result(
                channel.getExitStatus(),
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        client.stop();
    }
}
