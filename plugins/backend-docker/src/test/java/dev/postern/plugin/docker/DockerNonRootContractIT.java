// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.docker;

import dev.postern.testkit.contract.BackendSubject;
import dev.postern.testkit.contract.SessionBackendContract;
import dev.postern.testkit.docker.DockerEngineExtension;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of backends through the agent, against a real engine. */
@DisplayName("A container with a user of its own instead of root")
@ExtendWith(DockerEngineExtension.class)
class DockerNonRootContractIT extends SessionBackendContract {
    @Override
    protected BackendSubject subject() {
        return new ContainerSubject(List.of("--user", "1000:1000"));
    }
}
