// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.value;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A text that must not be shown: a token, a pass phrase. {@link #toString()} hides it; comparison takes the same time
 * wherever the first difference lies.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Wraps a text. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The text itself; do not log it. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(utf8(value), utf8(that.value));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8(value));
    }

    @Override
    public String toString() {
        return "Secret[hidden]";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
