// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.backend.Capability;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Clients written in Python, run by the system's own interpreter, for which Debian's packages are installed. */
abstract class PythonChecks {
    private static final String PYTHON = "/usr/bin/python3";

    abstract Workbench bench();

    @BeforeEach
    void needsPython() {
        bench().needsHere(PYTHON);
        bench().needs(Capability.EXEC);
    }

    /** Runs a script with: host port user key known_hosts capabilities directory-inside data echo-port echo-socket. */
    private void script(String module, String name) throws Exception {
        Assumptions.assumeTrue(
                bench().run(List.of(PYTHON, "-W", "ignore", "-c", "import " + module)).status()
                        == 0,
                () -> "Python's " + module + " is not installed here");
        SshTarget target = bench().target();
        try (InsideEcho echo = InsideEcho.start(bench())) {
            Finished finished =
                    bench().run(
                                    List.of(
                                            PYTHON,
                                            "-W",
                                            "ignore",
                                            bench().script(name).toString(),
                                            target.address().host(),
                                            String.valueOf(target.address().port()),
                                            target.user(),
                                            bench().identity().toString(),
                                            bench().knownHosts().toString(),
                                            target.capabilities().stream()
                                                    .map(Enum::name)
                                                    .collect(Collectors.joining(",")),
                                            bench().insideNew("python"),
                                            bench().data(16 << 20).toString(),
                                            String.valueOf(echo.port()),
                                            echo.path()))
                            .ok();
            assertThat(finished.out()).endsWith("all done\n");
        }
    }

    @Test
    @DisplayName("paramiko: exec, terminal, SFTP, forwards, rekeys")
    void paramiko() throws Exception {
        script("paramiko", "paramiko_client.py");
    }

    @Test
    @DisplayName("AsyncSSH: exec, terminal, SFTP, forwards, rekeys")
    void asyncSsh() throws Exception {
        script("asyncssh", "asyncssh_client.py");
    }

    @Test
    @DisplayName("Ansible: ping and copy, with and without pipelining, over SFTP, scp and pipes")
    void ansible() throws Exception {
        bench().needsHere("ansible");
        bench().needsInside("python3");
        String there = bench().insideNew("ansible");
        Path source = bench().data(1 << 20);
        Path inventory =
                bench().write(
                                "inventory",
                                "sandbox ansible_python_interpreter=auto_silent ansible_remote_tmp="
                                        + there
                                        + "/tmp\n");
        bench().write("ansible.cfg", "[defaults]\nhost_key_checking = True\n");
        for (boolean pipelining : new boolean[] {false, true}) {
            for (String transfer : transfers()) {
                List<String> ansible =
                        List.of(
                                "env",
                                "ANSIBLE_CONFIG=" + bench().here("ansible.cfg"),
                                "ANSIBLE_HOME=" + bench().home().resolve("ansible"),
                                "ANSIBLE_SSH_ARGS=-F "
                                        + bench().config()
                                        + " -o ControlMaster=auto -o ControlPersist=20s"
                                        + " -o ControlPath="
                                        + bench().here("cm-%C"),
                                "ANSIBLE_SSH_PIPELINING=" + pipelining,
                                "ANSIBLE_SSH_TRANSFER_METHOD=" + transfer,
                                "ansible",
                                "-i",
                                inventory.toString(),
                                "all");
                assertThat(bench().run(joined(ansible, "-m", "ping")).ok().out()).contains("pong");
                String copied = there + "/copied-" + transfer + pipelining;
                bench().run(
                                joined(
                                        ansible,
                                        "-m",
                                        "copy",
                                        "-a",
                                        "src=" + source + " dest=" + copied))
                        .ok();
                assertThat(bench().insideSha256(copied)).isEqualTo(Workbench.sha256(source));
            }
        }
        Path control = bench().here("cm-%C");
        bench().run(bench().sshWith(List.of("-O", "exit", "-o", "ControlPath=" + control)));
    }

    private List<String> transfers() {
        return bench().target().sftp() ? List.of("sftp", "piped") : List.of("piped");
    }

    private static List<String> joined(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
