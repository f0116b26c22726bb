// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Dropbear's client. */
abstract class DropbearChecks {
    abstract Workbench bench();

    @BeforeEach
    void needsDropbear() {
        bench().needsHere("dbclient");
        bench().needsHere("dropbearconvert");
        bench().needs(Capability.EXEC);
    }

    private List<String> dbclient(List<String> options, String... command) throws Exception {
        Path key = bench().here("id.dropbear");
        if (!Files.exists(key)) {
            bench().run(
                            List.of(
                                    "dropbearconvert",
                                    "openssh",
                                    "dropbear",
                                    bench().identity().toString(),
                                    key.toString()))
                    .ok();
        }
        // Its check of host keys looks into the home of the password database, which the test
        // leaves alone.
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "dbclient",
                                "-y",
                                "-y",
                                "-i",
                                key.toString(),
                                "-p",
                                String.valueOf(bench().target().address().port())));
        line.addAll(options);
        line.add(bench().target().user() + "@" + bench().target().address().host());
        line.addAll(List.of(command));
        return line;
    }

    @Test
    @DisplayName("exit status, both outputs, stdin and its end")
    void exec() throws Exception {
        Finished finished =
                bench().run(dbclient(List.of(), "cat; echo err >&2; exit 7"), "input").exits(7);
        assertThat(finished.out()).isEqualTo("input");
        assertThat(finished.err()).contains("err");
    }

    @Test
    @DisplayName("64 MiB go through cat")
    void cat() throws Exception {
        Path data = bench().data(64 << 20);
        Finished cat = bench().run(dbclient(List.of(), "cat"), data).ok();
        assertThat(Workbench.sha256(cat.stdout())).isEqualTo(Workbench.sha256(data));
    }

    @Test
    @DisplayName("-t: a terminal")
    void terminal() throws Exception {
        bench().needs(Capability.PTY);
        bench().needsHere("script");
        // It wants a terminal here too.
        String line =
                dbclient(List.of("-t"), "'test -t 0 && echo terminal; exit 5'").stream()
                        .collect(Collectors.joining(" "));
        Finished finished = bench().run(List.of("script", "-qec", line, "/dev/null")).exits(5);
        assertThat(finished.out()).contains("terminal");
    }

    @Test
    @DisplayName("-L: a forwarded port")
    void forward() throws Exception {
        bench().needs(Capability.DIAL_TCP);
        int port = Workbench.freePort();
        try (InsideEcho echo = InsideEcho.start(bench());
                Running running =
                        bench().start(
                                        dbclient(
                                                List.of(
                                                        "-N",
                                                        "-L",
                                                        port + ":127.0.0.1:" + echo.port())))) {
            running.await("port " + port, () -> EchoTalk.listens(port));
            try (Socket socket = EchoTalk.connect(port)) {
                EchoTalk.exchange(socket, 4 << 20);
            }
        }
    }
}
