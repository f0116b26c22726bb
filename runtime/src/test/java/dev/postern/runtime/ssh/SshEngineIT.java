// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stock client against the engine. */
@DisplayName("The engine serves ssh")
class SshEngineIT {
    @TempDir Path directory;
    private final TestGateway gateway = new TestGateway();

    @BeforeEach
    void start() {
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private OpenSsh ssh() {
        return new OpenSsh(gateway, directory);
    }

    @Test
    @DisplayName("a command's output and exit status")
    void command() throws Exception {
        OpenSsh.Result result = ssh().run("echo out; echo err >&2; exit 7");
        assertThat(result.text()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
        assertThat(result.status()).isEqualTo(7);
    }

    @Test
    @DisplayName("64 MiB both ways at once, bit-exact")
    void bothWays() throws Exception {
        byte[] data = new byte[64 << 20];
        new Random(7).nextBytes(data);
        OpenSsh.Result result = ssh().run(data, List.of(), "cat");
        assertThat(result.status()).isZero();
        assertThat(result.out()).isEqualTo(Bytes.of(data));
    }

    @Test
    @DisplayName("end of file on stdin reaches the process")
    void endOfFile() throws Exception {
        byte[] data = "12345".getBytes(StandardCharsets.UTF_8);
        assertThat(ssh().run(data, List.of(), "wc -c").text().strip()).isEqualTo("5");
    }
}
