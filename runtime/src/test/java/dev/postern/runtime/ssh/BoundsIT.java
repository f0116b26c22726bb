// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.runtime.config.LimitSettings;
import dev.postern.runtime.config.SshSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.channel.StreamingChannel;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many at once, and peers that do not behave. */
@DisplayName("The engine's bounds")
class BoundsIT {
    @TempDir Path directory;
    private final TestGateway gateway = new TestGateway();
    private final MinaClient client = new MinaClient();

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    @Test
    @DisplayName("a client that grants a huge window and stops reading holds little")
    void stalledReader() throws Exception {
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        CoreModuleProperties.WINDOW_SIZE.set(session, Integer.MAX_VALUE - 1L);
        ChannelExec channel = session.createExecChannel("head -c 1G /dev/zero");
        channel.setStreaming(StreamingChannel.Streaming.Async);
        channel.open().verify(MinaClient.PATIENCE);
        session.getIoSession().suspendRead();
        Eventually.holds(() -> assertThat(bytesOut()).isPositive());
        awaitQuiet();
        // Our own bound, and what the kernel's socket buffers take
        assertThat(bytesOut()).isLessThan(16 << 20);
        try (ClientSession other = client.login(gateway, TestGateway.newKey())) {
            assertThat(MinaClient.run(other, "echo alive").out()).isEqualTo("alive\n");
        }
    }

    private long bytesOut() {
        return gateway.live.list().stream().mapToLong(it -> it.bytesOut()).sum();
    }

    private void awaitQuiet() throws InterruptedException {
        long before = -1;
        while (before != bytesOut()) {
            before = bytesOut();
            Thread.sleep(300);
        }
    }

    @Test
    @DisplayName("a client that asks and does not listen is not read on")
    void stalledAsker() throws Exception {
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        session.getIoSession().suspendRead();
        byte[] text = new byte[30_000];
        try (ExecutorService flood = Executors.newSingleThreadExecutor()) {
            Future<?> flooding =
                    flood.submit(() -> {
                        while (!Thread.currentThread().isInterrupted()) {
                            var ping = session.createBuffer((byte) 192, 30_100);
                            ping.putBytes(text);
                            session.writePacket(ping).verify(Duration.ofSeconds(3));
                        }
                        return null;
                    });
            Eventually.holds(() -> assertThat(flooding.isDone()).isTrue());
        }
        try (ClientSession other = client.login(gateway, TestGateway.newKey())) {
            assertThat(MinaClient.run(other, "echo alive").out()).isEqualTo("alive\n");
        }
    }

    @Test
    @DisplayName("100 connections, and 10 channels on one of them, at a time")
    void many() throws Exception {
        gateway.start();
        List<ClientSession> sessions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sessions.add(client.login(gateway, TestGateway.newKey()));
        }
        List<ChannelExec> channels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ChannelExec channel = sessions.getFirst().createExecChannel("cat");
            channel.open().verify(MinaClient.PATIENCE);
            channels.add(channel);
        }
        for (ClientSession session : sessions) {
            assertThat(MinaClient.run(session, "echo alive").out()).isEqualTo("alive\n");
        }
        for (ChannelExec channel : channels) {
            channel.getInvertedIn().write("hello\n".getBytes(StandardCharsets.UTF_8));
            channel.getInvertedIn().flush();
            byte[] line = channel.getInvertedOut().readNBytes(6);
            assertThat(new String(line, StandardCharsets.UTF_8)).isEqualTo("hello\n");
            channel.getInvertedIn().close();
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), MinaClient.PATIENCE);
            assertThat(channel.getExitStatus()).isZero();
        }
    }

    @Test
    @DisplayName("a command that ends at once never loses output")
    void fastCommands() throws Exception {
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<MinaClient.Result>> results = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                String word = "word" + i;
                results.add(
                        threads.submit(() -> MinaClient.run(session, "echo " + word + "; exit 3")));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get())
                        .isEqualTo(new MinaClient.Result(3, "word" + i + "\n", ""));
            }
        }
    }

    @Test
    @DisplayName("connections that say nothing keep nobody out")
    void silentConnections() throws Exception {
        gateway.limits = new LimitSettings(10_000, 50, 50);
        gateway.start();
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                sockets.add(new Socket(InetAddress.getLoopbackAddress(), gateway.port()));
            }
            Eventually.holds(() -> {
                try {
                    client.login(gateway, TestGateway.newKey()).close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    @DisplayName("no more channels than configured")
    void channelLimit() throws Exception {
        var base = TestGateway.SETTINGS;
        gateway.settings =
                new SshSettings(
                        base.ioThreads(),
                        base.loginGrace(),
                        base.maxAuthAttempts(),
                        3,
                        base.maxForwards(),
                        base.clientAliveInterval(),
                        base.clientAliveCountMax(),
                        base.rekeyBytes(),
                        base.rekeyInterval(),
                        base.windowMax(),
                        base.bufferMemory(),
                        base.banner(),
                        base.chacha(),
                        base.hangupGrace());
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        for (int i = 0; i < 3; i++) {
            session.createExecChannel("cat").open().verify(MinaClient.PATIENCE);
        }
        ChannelExec fourth = session.createExecChannel("cat");
        var refused = fourth.open();
        refused.await(MinaClient.PATIENCE);
        assertThat(refused.isOpened()).isFalse();
        assertThat(refused.getException()).hasMessageContaining("limit.channels");
    }

    @Test
    @DisplayName("keystrokes are echoed beside a bulk transfer")
    void echoBesideBulk() throws Exception {
        gateway.start();
        ClientSession session = client.login(gateway, TestGateway.newKey());
        Process bulk = new OpenSsh(gateway, directory).start(List.of(), "head -c 300M /dev/zero");
        Thread reader =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            try {
                                bulk.getInputStream().skipNBytes(300L << 20);
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });
        ChannelExec channel = session.createExecChannel("cat");
        channel.open().verify(MinaClient.PATIENCE);
        for (int i = 0; i < 200; i++) {
            channel.getInvertedIn().write('x');
            channel.getInvertedIn().flush();
            assertThat(channel.getInvertedOut().read()).isEqualTo('x');
        }
        reader.join();
        assertThat(bulk.waitFor()).isZero();
    }
}
