// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** Sends back what it gets. */
final class EchoCommand implements Command {
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private @Nullable ExitCallback exit;

    @Override
    public void setInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {}

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) {
        InputStream source = Objects.requireNonNull(in);
        OutputStream target = Objects.requireNonNull(out);
        ExitCallback callback = Objects.requireNonNull(exit);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        source.transferTo(target);
                        target.flush();
                        callback.onExit(0);
                    } catch (IOException e) {
                        callback.onExit(1, e.getMessage());
                    }
                });
    }

    @Override
    public void destroy(ChannelSession channel) {}
}
