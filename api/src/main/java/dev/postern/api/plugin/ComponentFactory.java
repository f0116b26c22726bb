// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

import dev.postern.api.auth.OfferForm;
import dev.postern.api.config.ConfigReader;
import java.util.Set;

/** Makes components of one type. Called at start and at reload, on one thread. */
public interface ComponentFactory {
    /** The type as it is written in HOCON, such as {@code docker}; unique among all plugins. */
    String type();

    /** What its components can be used for. */
    Set<Facet> facets();

    /** The forms of offers that its authenticator judges; it never sees another. */
    default Set<OfferForm> offerForms() {
        return Set.of(OfferForm.PLAIN_KEY);
    }

    /**
     * Reads all settings, and so finds every problem in them, without creating anything or touching the outside. The
     * reader collects the problems and then reports the keys that nobody has read.
     *
     * @param settings the component's section over the type's defaults
     */
    void check(ConfigReader settings);

    /**
     * Makes a component. The settings have passed {@link #check}. May open connections; fails if it can never work, not
     * if something outside is down just now.
     *
     * @param name the component's name, used in identities and refs
     * @param settings its section over the type's defaults
     * @param context what the gateway gives it
     * @throws dev.postern.api.error.ConfigException if the settings cannot work
     */
    Component create(String name, ConfigReader settings, PluginContext context);
}
