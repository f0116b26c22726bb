// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.plugin.Component;
import dev.postern.testkit.plugin.ApiCaller;
import dev.postern.testkit.plugin.FaultySource;
import dev.postern.testkit.plugin.TestContext;
import dev.postern.testkit.plugin.TestDatabase;
import java.nio.file.Path;

/** A component of this plugin as a gateway makes it, over a database of its own. */
final class PubkeyDbRun implements AutoCloseable {
    static final String NAME = "keys";

    private final TestDatabase database;
    final FaultySource source;
    final TestContext context;
    final Component component;
    final ApiCaller api;

    PubkeyDbRun(TestDatabase database, Path folder, String settings) {
        this.database = database;
        source = new FaultySource(database.source());
        context = new TestContext(source, folder);
        component =
                new PubkeyDbFactory().create(NAME, reader("database = main\n" + settings), context);
        api = new ApiCaller(component.apiRoutes());
    }

    static PubkeyDbRun sqlite(Path folder) {
        return new PubkeyDbRun(TestDatabase.sqlite(folder), folder, "");
    }

    static ConfigReader reader(String text) {
        Config defaults =
                ConfigFactory.parseResources(PubkeyDbRun.class, "/reference.conf")
                        .resolve()
                        .getConfig("postern.component-defaults.pubkey-db");
        return ConfigReader.of(
                ConfigFactory.parseString(text).withFallback(defaults), "postern.components.keys");
    }

    Authenticator authenticator() {
        return component.authenticator().orElseThrow();
    }

    /** Calls the API as an administrator. */
    String call(String method, String path, String body) {
        return api.text(method, path, body);
    }

    /** Status and code of the problem that a call of an administrator ends with. */
    String problem(String method, String path, String body) {
        return api.problem(method, path, body);
    }

    @Override
    public void close() {
        source.close();
        try {
            component.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        database.close();
    }
}
