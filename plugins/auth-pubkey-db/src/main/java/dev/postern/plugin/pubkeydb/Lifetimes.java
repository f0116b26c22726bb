// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.admin.ApiProblem;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them in API calls, such as {@code 30d}, {@code 12h}, {@code 5m} or {@code 90s}. */
final class Lifetimes {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

    private Lifetimes() {}

    static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new ApiProblem(
                    400,
                    PubkeyDbCodes.BAD_REQUEST,
                    "expires_in is '"
                            + text
                            + "', expected a number and s, m, h or d, such as 30d");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
