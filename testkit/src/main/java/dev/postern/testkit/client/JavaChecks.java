// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.ChannelShell;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import dev.postern.api.backend.Capability;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Vector;
import java.util.concurrent.TimeUnit;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import net.schmizz.sshj.connection.channel.direct.Session.Command;
import net.schmizz.sshj.connection.channel.direct.Signal;
import net.schmizz.sshj.sftp.SFTPClient;
import net.schmizz.sshj.xfer.FileSystemFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients written in Java, which come with the kit. */
abstract class JavaChecks {
    private static final int TIMEOUT_MILLIS = 60_000;

    abstract Workbench bench();

    @BeforeEach
    void needsExec() {
        bench().needs(Capability.EXEC);
    }

    private Session jsch() throws Exception {
        return jsch(bench());
    }

    static Session jsch(Workbench bench) throws Exception {
        JSch jsch = new JSch();
        jsch.addIdentity(bench.identity().toString());
        jsch.setKnownHosts(bench.knownHosts().toString());
        SshTarget target = bench.target();
        Session session =
                jsch.getSession(target.user(), target.address().host(), target.address().port());
        session.setServerAliveInterval(5000);
        return session;
    }

    private SSHClient sshj() throws Exception {
        SSHClient client = new SSHClient();
        client.loadKnownHosts(bench().knownHosts().toFile());
        SshTarget target = bench().target();
        client.connect(target.address().host(), target.address().port());
        client.authPublickey(target.user(), bench().identity().toString());
        return client;
    }

    @Test
    @DisplayName("JSch: exit status, both outputs, stdin and its end")
    void jschExec() throws Exception {
        Session session = jsch();
        session.connect(TIMEOUT_MILLIS);
        try {
            ChannelExec exec = (ChannelExec) session.openChannel("exec");
            exec.setCommand("cat; echo err >&2; exit 7");
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            exec.setErrStream(err);
            InputStream out = exec.getInputStream();
            OutputStream in = exec.getOutputStream();
            exec.connect(TIMEOUT_MILLIS);
            in.write("input".getBytes(StandardCharsets.US_ASCII));
            in.close();
            assertThat(out.readAllBytes()).asString().isEqualTo("input");
            org.awaitility.Awaitility.await().atMost(60, TimeUnit.SECONDS).until(exec::isClosed);
            assertThat(exec.getExitStatus()).isEqualTo(7);
            assertThat(err.toString(StandardCharsets.US_ASCII)).isEqualTo("err\n");
        } finally {
            session.disconnect();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mlkem768x25519-sha256",
                "sntrup761x25519-sha512@openssh.com",
                "curve25519-sha256"
            })
    @DisplayName("JSch: each key exchange")
    void jschKeyExchange(String exchange) throws Exception {
        Session session = jsch();
        session.setConfig("kex", exchange);
        try {
            session.connect(TIMEOUT_MILLIS);
        } catch (JSchAlgoNegoFailException e) {
            // An OpenSSH of some years ago has not got it; a gateway has to.
            Assumptions.assumeTrue(session.getServerVersion().contains("Postern"), e.getMessage());
            throw e;
        }
        assertThat(session.isConnected()).isTrue();
        session.disconnect();
    }

    @Test
    @DisplayName("JSch: a terminal that changes its size")
    void jschShell() throws Exception {
        bench().needs(Capability.PTY);
        Session session = jsch();
        session.connect(TIMEOUT_MILLIS);
        try {
            ChannelShell shell = (ChannelShell) session.openChannel("shell");
            shell.setPtySize(100, 30, 0, 0);
            InputStream out = shell.getInputStream();
            OutputStream in = shell.getOutputStream();
            shell.connect(TIMEOUT_MILLIS);
            shell.setPtySize(90, 20, 0, 0);
            in.write("stty size; exit 3\n".getBytes(StandardCharsets.US_ASCII));
            in.flush();
            String seen = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            if (bench().target().capabilities().contains(Capability.RESIZE)) {
                assertThat(seen).contains("20 90");
            }
            org.awaitility.Awaitility.await().atMost(60, TimeUnit.SECONDS).until(shell::isClosed);
            assertThat(shell.getExitStatus()).isEqualTo(3);
        } finally {
            session.disconnect();
        }
    }

    @Test
    @DisplayName("JSch: SFTP")
    void jschFiles() throws Exception {
        bench().needsSftp();
        Path data = bench().data(16 << 20);
        Path back = bench().here("jsch-back");
        String there = bench().insideNew("jsch");
        Session session = jsch();
        session.connect(TIMEOUT_MILLIS);
        try {
            ChannelSftp sftp = (ChannelSftp) session.openChannel("sftp");
            sftp.connect(TIMEOUT_MILLIS);
            sftp.cd(there);
            sftp.put(data.toString(), "data");
            sftp.rename("data", "renamed");
            sftp.get("renamed", back.toString());
            assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
            Vector<ChannelSftp.LsEntry> entries = sftp.ls(there);
            assertThat(entries)
                    .extracting(ChannelSftp.LsEntry::getFilename)
                    .containsExactlyInAnyOrder(".", "..", "renamed");
            assertThatThrownBy(() -> sftp.lstat(there + "/missing"))
                    .isInstanceOfSatisfying(
                            SftpException.class,
                            e -> assertThat(e.id).isEqualTo(ChannelSftp.SSH_FX_NO_SUCH_FILE));
        } finally {
            session.disconnect();
        }
    }

    @Test
    @DisplayName("JSch: ports from both sides")
    void jschForwards() throws Exception {
        bench().needs(Capability.DIAL_TCP);
        Session session = jsch();
        session.connect(TIMEOUT_MILLIS);
        try (InsideEcho echo = InsideEcho.start(bench())) {
            int port = session.setPortForwardingL("127.0.0.1", 0, "127.0.0.1", echo.port());
            try (Socket socket = EchoTalk.connect(port)) {
                // JSch takes an end of file for the end of the connection.
                EchoTalk.exchangeOpen(socket, 4 << 20);
            }
        } finally {
            session.disconnect();
        }
    }

    @Test
    @DisplayName("sshj: exit status, signals, both outputs, stdin and its end")
    void sshjExec() throws Exception {
        try (SSHClient client = sshj()) {
            try (var session = client.startSession()) {
                Command command = session.exec("cat; echo err >&2; exit 7");
                command.getOutputStream().write("input".getBytes(StandardCharsets.US_ASCII));
                command.getOutputStream().close();
                assertThat(command.getInputStream().readAllBytes()).asString().isEqualTo("input");
                assertThat(command.getErrorStream().readAllBytes()).asString().isEqualTo("err\n");
                command.join(60, TimeUnit.SECONDS);
                assertThat(command.getExitStatus()).isEqualTo(7);
            }
            if (bench().target().capabilities().contains(Capability.EXIT_SIGNAL)) {
                try (var session = client.startSession()) {
                    Command command = session.exec("kill -KILL $$");
                    command.join(60, TimeUnit.SECONDS);
                    assertThat(command.getExitSignal()).isEqualTo(Signal.KILL);
                }
            }
        }
    }

    @Test
    @DisplayName("sshj: SFTP and connections from inside")
    void sshjFilesAndConnections() throws Exception {
        bench().needsSftp();
        Path data = bench().data(16 << 20);
        Path back = bench().here("sshj-back");
        String there = bench().insideNew("sshj");
        try (SSHClient client = sshj()) {
            try (SFTPClient sftp = client.newSFTPClient()) {
                sftp.put(new FileSystemFile(data.toFile()), there + "/data");
                sftp.get(there + "/data", new FileSystemFile(back.toFile()));
                assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
                assertThat(sftp.statExistence(there + "/missing")).isNull();
            }
            if (bench().target().capabilities().contains(Capability.DIAL_TCP)) {
                try (InsideEcho echo = InsideEcho.start(bench());
                        DirectConnection connection =
                                client.newDirectConnection("127.0.0.1", echo.port())) {
                    connection
                            .getOutputStream()
                            .write("through".getBytes(StandardCharsets.US_ASCII));
                    connection.getOutputStream().flush();
                    // Not readNBytes: it reads nothing at the end, and sshj waits for ever for
                    // that.
                    byte[] echoed = new byte[7];
                    new DataInputStream(connection.getInputStream()).readFully(echoed);
                    assertThat(echoed).asString().isEqualTo("through");
                }
            }
        }
    }
}
