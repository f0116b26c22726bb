// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page does what it says. */
@DisplayName("docs/tutorials/quickstart.md")
class QuickstartTutorialIT {
    @Test
    @DisplayName("runs as it stands")
    void runs(@TempDir Path folder) throws Exception {
        Result result = Tutorial.run("quickstart", folder, Map.of());
        assertThat(result.status()).as(result.toString()).isZero();
        assertThat(result.text()).contains("hello from").contains("some text").contains("username");
    }
}
