// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import java.nio.charset.StandardCharsets;

/**
 * What a program left behind.
 *
 * @param status exit status
 * @param out stdout
 * @param err stderr
 */
record Result(int status, byte[] out, byte[] err) {
    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    String errors() {
        return new String(err, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "exit " + status + ", out '" + text() + "', err '" + errors() + "'";
    }
}
