// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import java.util.regex.Pattern;

/** The form of sandbox ids: what fits a host name's label and a file's name, with {@code _} besides. */
final class SandboxIds {
    static final String EXPECTED =
            "lower-case letters, digits, - and _, at most 63, not first or last";

    private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?");

    private SandboxIds() {}

    static boolean valid(String id) {
        return FORM.matcher(id).matches();
    }
}
