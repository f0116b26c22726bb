// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

/**
 * How a component is.
 *
 * @param up whether it can do its work
 * @param message one sentence if it cannot, else empty
 */
public record Health(boolean up, String message) {
    /** It works. */
    public static final Health UP = new Health(true, "");

    /** It does not work. */
    public static Health down(String message) {
        return new Health(false, message);
    }
}
