// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.testkit.docker.DockerEngineExtension;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page does what it says, with a real Docker Engine. */
@DisplayName("docs/tutorials/docker.md")
@ExtendWith(DockerEngineExtension.class)
class DockerTutorialIT {
    @Test
    @DisplayName("runs as it stands")
    void runs(@TempDir Path folder) throws Exception {
        Result result =
                Tutorial.run(
                        "docker",
                        folder,
                        Map.of(
                                "DOCKER_HOST",
                                "unix://" + DockerEngineExtension.socket(),
                                "IMAGE",
                                DockerEngineExtension.BUSYBOX));
        assertThat(result.status()).as(result.toString()).isZero();
        assertThat(result.text())
                .contains("inside ")
                .contains("some text")
                .contains("awake")
                .contains("mine");
    }
}
