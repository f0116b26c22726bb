// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;

/** A plugin threw what the SPI does not let it throw. */
public final class PluginException extends PosternException {
    private static final long serialVersionUID = 1L;

    private final String plugin;
    private final String method;

    /**
     * A failure of a plugin.
     *
     * @param plugin its name
     * @param method interface and method that were called
     * @param cause what it threw
     */
    public PluginException(String plugin, String method, Throwable cause) {
        super(
                RefusalCodes.PLUGIN_FAILED,
                "Plugin '"
                        + plugin
                        + "' failed in "
                        + method
                        + ": "
                        + cause.getClass().getName()
                        + (cause.getMessage() == null ? "" : ": " + cause.getMessage()),
                cause);
        this.plugin = plugin;
        this.method = method;
    }

    /** The plugin's name. */
    public String plugin() {
        return plugin;
    }

    /** Interface and method that were called, such as {@code Authenticator.evaluate}. */
    public String method() {
        return method;
    }
}
