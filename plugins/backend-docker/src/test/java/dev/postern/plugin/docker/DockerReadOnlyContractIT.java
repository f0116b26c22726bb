// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import dev.postern.testkit.docker.DockerEngineExtension;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of backends through the agent, against a real engine. */
@DisplayName("A container with a read-only root and the agent mounted")
@ExtendWith(DockerEngineExtension.class)
class DockerReadOnlyContractIT extends SessionBackendContract {
    @Override
    protected BackendSubject subject() {
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return new ContainerSubject(
                List.of(
                        "--read-only",
                        "--tmpfs",
                        "/tmp",
                        "-v",
                        AgentBinaries.directory().resolve("postern-agent-linux-" + arch)
                                + ":/.postern/agent:ro"));
    }
}
