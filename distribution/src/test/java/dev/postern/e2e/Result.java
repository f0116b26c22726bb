// SPDX-License-Identifier: Apache-2.0
package dev.postern.e2e;

import java.nio.charset.StandardCharsets;

/** What a program left behind. */
final class Result {
    private final int status;
    private final byte[] out;
    private final byte[] err;

    Result(int status, byte[] out, byte[] err) {
        this.status = status;
        this.out = out;
        this.err = err;
    }

    int status() {
        return status;
    }

    byte[] out() {
        return out;
    }

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
