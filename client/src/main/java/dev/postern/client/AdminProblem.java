// SPDX-License-Identifier: Apache-2.0
package dev.postern.client;

/** The gateway refused a call of its admin API (RFC 9457). Thrown without a stack trace: it is an answer. */
public final class AdminProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * A refusal.
     *
     * @param status HTTP status
     * @param code the stable code
     * @param detail one sentence
     */
    public AdminProblem(int status, String code, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** The stable code. */
    public String code() {
        return code;
    }
}
