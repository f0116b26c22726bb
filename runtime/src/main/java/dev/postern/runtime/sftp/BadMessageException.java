// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

/** The peer does not speak the protocol; its session ends. Without a stack trace: the peer decides how often it is made. */
final class BadMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadMessageException(String message) {
        super(message, null, false, false);
    }
}
