// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.error;

/**
 * Something broke that the caller cannot plan for. Expected outcomes are values, never this.
 *
 * <p>The message is for logs; a peer sees a fixed sentence for the code and a correlation id.
 */
public class PosternException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient RefusalCode code;

    /** A failure with its code and a sentence without a trailing dot. */
    public PosternException(RefusalCode code, String message) {
        super(message);
        this.code = code;
    }

    /** A failure with its code, a sentence without a trailing dot, and what caused it. */
    public PosternException(RefusalCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The stable code. */
    public RefusalCode code() {
        return code;
    }
}
