// SPDX-License-Identifier: Apache-2.0
package dev.postern.client;

/** No gateway answers at the address, or what answers is not one. Thrown without a stack trace. */
public final class AdminUnreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One sentence that says which address and why. */
    public AdminUnreachable(String message) {
        super(message, null, false, false);
    }
}
