// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.admin;

import dev.postern.api.error.RefusalCode;

/** Ends a call of the admin API with a problem document (RFC 9457). Thrown without a stack trace. */
public final class ApiProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient RefusalCode code;

    /**
     * A problem.
     *
     * @param status HTTP status, 400 to 599
     * @param code the stable code
     * @param detail one clear sentence for the caller
     */
    public ApiProblem(int status, RefusalCode code, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** The stable code. */
    public RefusalCode code() {
        return code;
    }
}
