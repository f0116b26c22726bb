// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;

/** A plugin cannot be loaded; the message names its folder or file. Stops the start. */
public final class PluginLoadException extends PosternException {
    private static final long serialVersionUID = 1L;
    private static final RefusalCode CODE = RefusalCode.user("plugin.not-loadable");

    /** One sentence. */
    public PluginLoadException(String message) {
        super(CODE, message);
    }

    /** One sentence, and what caused it. */
    public PluginLoadException(String message, Throwable cause) {
        super(CODE, message, cause);
    }
}
