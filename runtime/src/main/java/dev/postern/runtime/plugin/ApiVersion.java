// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.plugin;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the SPI. Minor versions only add.
 *
 * @param major grows when something is taken away
 * @param minor grows when something is added
 */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** The version that this gateway offers. */
    public static final ApiVersion CURRENT = new ApiVersion(0, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})(?:\\.(\\d{1,4}))?");

    /** Reads {@code 1} or {@code 1.2}. */
    static ApiVersion parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a version, expected a form such as 1.2");
        }
        return new ApiVersion(
                Integer.parseInt(matcher.group(1)),
                matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
    }

    @Override
    public int compareTo(ApiVersion other) {
        return Comparator.comparingInt(ApiVersion::major)
                .thenComparingInt(ApiVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }

    /**
     * Versions that a plugin works with.
     *
     * @param least included
     * @param below not included
     */
    record Range(ApiVersion least, ApiVersion below) {
        private static final Pattern RANGE =
                Pattern.compile("\\[\\s*([0-9.]+)\\s*,\\s*([0-9.]+)\\s*\\)");

        static Range parse(String text) {
            Matcher matcher = RANGE.matcher(text.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a range, expected a form such as [1.2,2)");
            }
            return new Range(
                    ApiVersion.parse(matcher.group(1)), ApiVersion.parse(matcher.group(2)));
        }

        boolean contains(ApiVersion version) {
            return least.compareTo(version) <= 0 && version.compareTo(below) < 0;
        }

        @Override
        public String toString() {
            return "[" + least + "," + below + ")";
        }
    }
}
