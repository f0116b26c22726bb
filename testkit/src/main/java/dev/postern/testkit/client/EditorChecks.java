// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.Session;
import dev.postern.api.backend.Capability;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What editors do when they work in a sandbox: the sequence of their connections, with an echo server for their own. */
abstract class EditorChecks {
    private static final Pattern PORT = Pattern.compile("listeningOn==(\\d+)==");

    /** The server that survives its connection, as an editor's does; it ends by itself after ten minutes. */
    private static final String SERVER =
            """
            import os, socket, sys, threading
            def echo(c):
                while True:
                    d = c.recv(65536)
                    if not d:
                        break
                    c.sendall(d)
                c.close()
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            s.listen(50)
            open(sys.argv[1], "w").write("%d\\n" % s.getsockname()[1])
            t = threading.Timer(600, lambda: os._exit(0))
            t.daemon = True
            t.start()
            while True:
                c, _ = s.accept()
                threading.Thread(target=echo, args=(c,), daemon=True).start()
            """;

    abstract Workbench bench();

    @BeforeEach
    void needs() throws Exception {
        bench().needsHere("ssh");
        bench().needs(Capability.EXEC);
        bench().needs(Capability.DIAL_TCP);
        bench().needsInside("python3");
    }

    private String install(String directory) {
        return """
        set -e
        cd '%s'
        if ! [ -f pid ] || ! kill -0 "$(cat pid)" 2>/dev/null; then
        cat > server.py <<'END_OF_SERVER'
        %s
        END_OF_SERVER
        rm -f port
        nohup python3 server.py port > log 2>&1 < /dev/null &
        echo $! > pid
        while ! [ -s port ]; do sleep 0.1; done
        echo installed
        fi
        echo "listeningOn==$(cat port)=="
        """
                .formatted(directory, SERVER)
                // As long as the real scripts are.
                .concat("# padding that a shell has to read ...................\n".repeat(600));
    }

    private int serverPort(Running connection) {
        connection.await("the server's port", () -> PORT.matcher(connection.out()).find());
        Matcher matcher = PORT.matcher(connection.out());
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private Socket through(int proxy, int port) throws Exception {
        Socket socket =
                new Socket(
                        new Proxy(
                                Proxy.Type.SOCKS,
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy)));
        socket.setSoTimeout(60_000);
        socket.connect(InetSocketAddress.createUnresolved("127.0.0.1", port));
        return socket;
    }

    @Test
    @DisplayName(
            "VS Code: a script over stdin of a shell, a SOCKS proxy beside it, a second connection later")
    void visualStudioCode() throws Exception {
        String directory = bench().insideNew("vscode");
        int proxy = Workbench.freePort();
        List<String> options =
                List.of(
                        "-T",
                        "-D",
                        "127.0.0.1:" + proxy,
                        "-o",
                        "ConnectTimeout=15",
                        "-o",
                        "ExitOnForwardFailure=yes");
        int port;
        try (Running first = bench().start(bench().sshWith(options, "sh"))) {
            first.type(install(directory));
            port = serverPort(first);
            assertThat(first.out()).contains("installed");
            try (Socket management = through(proxy, port);
                    Socket extensions = through(proxy, port)) {
                EchoTalk.ping(management);
                EchoTalk.exchange(extensions, 8 << 20);
                // The first channel is still a shell that listens.
                first.type("echo still \"here\"\n");
                first.await("the shell", () -> first.out().contains("still here"));
                EchoTalk.ping(management);
            }
            first.kill();
            assertThat(first.end().status()).isNotZero();
        }
        try (Running second = bench().start(bench().sshWith(options, "sh"))) {
            second.type(install(directory));
            assertThat(serverPort(second)).as("the server lives on").isEqualTo(port);
            assertThat(second.out()).doesNotContain("installed");
            try (Socket again = through(proxy, port)) {
                EchoTalk.exchange(again, 1 << 20);
            }
            second.type("kill $(cat pid); exit 0\n");
            second.end().ok();
        }
    }

    @Test
    @DisplayName(
            "JetBrains: an upload, many short commands, a worker on a long channel, a forwarded port")
    void jetBrains() throws Exception {
        bench().needsSftp();
        String directory = bench().insideNew("jetbrains");
        Path worker = bench().write("worker.py", SERVER);
        Session session = JavaChecks.jsch(bench());
        session.connect(60_000);
        try {
            assertThat(exec(session, "uname -sm; echo $SHELL")).isNotEmpty();
            ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
            sftp.connect(60_000);
            sftp.put(worker.toString(), directory + "/worker.py");
            sftp.disconnect();
            for (int i = 0; i < 30; i++) {
                assertThat(exec(session, "echo " + i)).isEqualTo(i + "\n");
            }
            ChannelExec running = (ChannelExec) session.openChannel("exec");
            running.setCommand("cd " + directory + " && exec python3 worker.py port");
            running.connect(60_000);
            String port =
                    exec(
                            session,
                            "cd "
                                    + directory
                                    + "; while ! [ -s port ]; do sleep 0.1; done; cat port");
            int local =
                    session.setPortForwardingL(
                            "127.0.0.1", 0, "127.0.0.1", Integer.parseInt(port.strip()));
            try (Socket one = EchoTalk.connect(local);
                    Socket two = EchoTalk.connect(local)) {
                EchoTalk.ping(one);
                EchoTalk.exchangeOpen(two, 8 << 20);
                EchoTalk.ping(one);
            }
            assertThat(running.isClosed()).isFalse();
            running.disconnect();
        } finally {
            session.disconnect();
        }
    }

    private static String exec(Session session, String command) throws Exception {
        ChannelExec channel = (ChannelExec) session.openChannel("exec");
        channel.setCommand(command);
        InputStream out = channel.getInputStream();
        channel.connect(60_000);
        String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        channel.disconnect();
        return text;
    }
}
