// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;

/** The registry in a file. */
class RegistryTest extends RegistryRules {
    @Override
    TestDatabase database(Path folder) {
        return TestDatabase.sqlite(folder);
    }
}
