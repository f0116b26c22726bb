// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.error;

/** A component's settings are wrong; the message names key, value, what was expected and, where known, file and line. */
public class ConfigException extends PosternException {
    private static final long serialVersionUID = 1L;
    private static final RefusalCode CODE = RefusalCode.user("config.invalid");

    /** One sentence, or one a line where there are several problems. */
    public ConfigException(String message) {
        super(CODE, message);
    }
}
