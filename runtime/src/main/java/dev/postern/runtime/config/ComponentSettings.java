// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import com.typesafe.config.Config;
import dev.postern.api.config.ConfigReader;

/**
 * A component as it stands under {@code postern.components}.
 *
 * @param name its name
 * @param type the type that a plugin offers
 * @param section its section over the type's defaults
 */
public record ComponentSettings(String name, String type, Config section) {
    /** A fresh reader of its section; the keys of the gateway itself count as read. */
    public ConfigReader reader() {
        ConfigReader reader = ConfigReader.of(section, "postern.components." + name);
        reader.ignore("type");
        return reader;
    }

    /** Hides the section, which may hold secrets. */
    @Override
    public String toString() {
        return "ComponentSettings[" + name + ", " + type + "]";
    }
}
