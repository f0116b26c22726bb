// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.backend;

/** A file operation was refused. Thrown without a stack trace: it is an answer, not a defect. */
public final class FileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;

    /** A refusal with its status and a short text for the client. */
    public FileException(Status status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What the client sees. */
    public Status status() {
        return status;
    }

    /** The reasons that SFTP version 3 and its users tell apart. */
    public enum Status {
        /** SSH_FX_NO_SUCH_FILE. */
        NO_SUCH_FILE,
        /** SSH_FX_PERMISSION_DENIED. */
        PERMISSION_DENIED,
        /** SSH_FX_OP_UNSUPPORTED. */
        UNSUPPORTED,
        /** SSH_FX_FAILURE: it exists already. */
        EXISTS,
        /** SSH_FX_FAILURE: the directory is not empty. */
        NOT_EMPTY,
        /** SSH_FX_FAILURE: no space or over a quota. */
        NO_SPACE,
        /** SSH_FX_CONNECTION_LOST: the sandbox is gone. */
        LOST,
        /** SSH_FX_FAILURE. */
        FAILURE
    }
}
