// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

import dev.postern.api.event.Events;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.sandbox.SandboxAccess;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import javax.sql.DataSource;

/** What the gateway gives a component. Valid until the component is closed; any thread. */
public interface PluginContext {
    /**
     * The database of that name under {@code postern.databases}. The gateway owns drivers and pools; connections come
     * with auto-commit on.
     *
     * @throws dev.postern.api.error.ConfigException if there is none of that name
     */
    DataSource database(String name);

    /** A directory of the component's own that survives restarts, mode 0700; it exists. */
    Path stateDirectory();

    /** Wall-clock time; use {@link System#nanoTime} for time-outs. */
    InstantSource clock();

    /** Where meters go; names begin with {@code postern.}, tags are bounded. */
    MeterRegistry meters();

    /** About the gateway. */
    GatewayInfo gateway();

    /**
     * Another component, made before this one. A cycle is refused by name.
     *
     * @throws dev.postern.api.error.ConfigException if there is none of that name
     */
    Component component(String name);

    /** Whether somebody may open a sandbox through a route. May be asked for before the route exists. */
    SandboxAccess access(String route);

    /** Publishes and hears events. */
    Events events();

    /** The authenticated connections of this gateway. */
    LiveConnections connections();
}
