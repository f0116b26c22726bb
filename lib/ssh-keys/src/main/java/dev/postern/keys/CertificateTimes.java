// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A certificate's dates: unsigned seconds since 1970, half open, where the greatest number means for ever. */
public final class CertificateTimes {
    private CertificateTimes() {}

    /** Whether it is valid at an instant, to the second. */
    public static boolean valid(SshCertificate certificate, Instant now) {
        return valid(certificate, now, Duration.ZERO, Duration.ZERO);
    }

    /**
     * Whether it is valid at an instant, with some tolerance for a clock that goes wrong.
     *
     * @param before how much before its begin it counts already
     * @param after how much after its end it counts still
     */
    public static boolean valid(
            SshCertificate certificate, Instant now, Duration before, Duration after) {
        return Long.compareUnsigned(certificate.validAfter(), now.plus(before).getEpochSecond())
                        <= 0
                && Long.compareUnsigned(
                                now.minus(after).getEpochSecond(), certificate.validBefore())
                        < 0;
    }

    /** The first instant at which it is valid no more; empty if that lies beyond all calendars. */
    public static Optional<Instant> end(SshCertificate certificate) {
        long end = certificate.validBefore();
        return end < 0 || end > Instant.MAX.getEpochSecond()
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(end));
    }
}
