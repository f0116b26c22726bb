// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** PuTTY's programs. */
abstract class PuttyChecks {
    abstract Workbench bench();

    @BeforeEach
    void needsPutty() {
        bench().needsHere("puttygen");
        bench().needs(Capability.EXEC);
    }

    private List<String> putty(String program, String... arguments) throws Exception {
        bench().needsHere(program);
        Path key = bench().here("id.ppk");
        if (!Files.exists(key)) {
            bench().run(
                            List.of(
                                    "puttygen",
                                    bench().identity().toString(),
                                    "-O",
                                    "private",
                                    "-o",
                                    key.toString()))
                    .ok();
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program,
                                "-batch",
                                "-P",
                                String.valueOf(bench().target().address().port()),
                                "-i",
                                key.toString()));
        for (String line : Files.readAllLines(bench().knownHosts())) {
            byte[] blob = Base64.getDecoder().decode(line.split(" ")[2]);
            command.add("-hostkey");
            command.add(
                    "SHA256:"
                            + Base64.getEncoder()
                                    .withoutPadding()
                                    .encodeToString(
                                            MessageDigest.getInstance("SHA-256").digest(blob)));
        }
        command.addAll(List.of(arguments));
        return command;
    }

    private String host() {
        return bench().target().user() + "@" + bench().target().address().host();
    }

    @Test
    @DisplayName("plink: exit status, both outputs, stdin and its end")
    void plink() throws Exception {
        Finished finished =
                bench().run(putty("plink", host(), "cat; echo err >&2; exit 7"), "input").exits(7);
        assertThat(finished.out()).isEqualTo("input");
        assertThat(finished.err()).contains("err");
        Path data = bench().data(16 << 20);
        Finished cat = bench().run(putty("plink", host(), "cat"), data).ok();
        assertThat(Workbench.sha256(cat.stdout())).isEqualTo(Workbench.sha256(data));
    }

    @Test
    @DisplayName("pscp: 16 MiB each way, over SFTP and in the old protocol")
    void pscp() throws Exception {
        bench().needsSftp();
        Path data = bench().data(16 << 20);
        for (String mode : List.of("-sftp", "-scp")) {
            String there = bench().insideNew("pscp") + "/data";
            Path back = bench().here("pscp-back" + mode);
            bench().run(putty("pscp", mode, "-q", data.toString(), host() + ":" + there)).ok();
            assertThat(bench().insideSha256(there)).isEqualTo(Workbench.sha256(data));
            bench().run(putty("pscp", mode, "-q", host() + ":" + there, back.toString())).ok();
            assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
        }
    }

    @Test
    @DisplayName("psftp: puts, lists, renames and gets")
    void psftp() throws Exception {
        bench().needsSftp();
        Path data = bench().data(16 << 20);
        Path back = bench().here("psftp-back");
        String there = bench().insideNew("psftp");
        Path script =
                bench().write(
                                "psftp.script",
                                String.join(
                                        "\n",
                                        "cd " + there,
                                        "put " + data + " first",
                                        "mv first second",
                                        "mkdir d",
                                        "chmod 600 second",
                                        "ls",
                                        "get second " + back,
                                        "rm second",
                                        "quit",
                                        ""));
        Finished finished = bench().run(putty("psftp", "-b", script.toString(), host())).ok();
        assertThat(finished.out()).contains("-rw-------");
        assertThat(Workbench.sha256(back)).isEqualTo(Workbench.sha256(data));
        assertThat(bench().inside("ls " + there)).isEqualTo("d\n");
    }

    @Test
    @DisplayName("plink -nc: standard input and output are a connection from inside")
    void connection() throws Exception {
        bench().needs(Capability.DIAL_TCP);
        Path data = bench().data(1 << 20);
        try (InsideEcho echo = InsideEcho.start(bench())) {
            Finished finished =
                    bench().run(putty("plink", "-nc", "127.0.0.1:" + echo.port(), host()), data)
                            .ok();
            assertThat(Workbench.sha256(finished.stdout())).isEqualTo(Workbench.sha256(data));
        }
    }
}
