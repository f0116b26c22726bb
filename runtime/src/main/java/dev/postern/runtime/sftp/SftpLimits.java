// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

/**
 * What one SFTP session may take.
 *
 * @param openHandles files and directories open at once
 * @param requests requests taken and not yet answered; more stay in the client's window
 * @param requestBytes octets of those requests; at least one packet is always taken
 * @param replyBytes octets of replies that the client has not taken; then no further request is carried out
 */
public record SftpLimits(int openHandles, int requests, int requestBytes, int replyBytes) {
    /** 1,024 handles, 64 requests, 512 KiB of them, 256 KiB of replies. */
    public static final SftpLimits DEFAULT = new SftpLimits(1024, 64, 512 << 10, 256 << 10);

    public SftpLimits {
        if (openHandles < 1 || requests < 1 || requestBytes < 1 || replyBytes < 1) {
            throw new IllegalArgumentException("An SFTP limit is below 1");
        }
    }
}
