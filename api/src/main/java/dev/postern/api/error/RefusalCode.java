// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.error;

import java.util.regex.Pattern;

/**
 * The stable name of a refusal or failure, the same in the client's message, the log line, the metric and the audit
 * event.
 *
 * <p>An open value: a plugin makes its own, which start with its name ({@code docker.container-ambiguous}). Codes are
 * never reused for another meaning.
 *
 * @param value lower-case words joined by {@code -}, at least two parts joined by {@code .}
 * @param category who can do something about it
 */
public record RefusalCode(String value, ErrorCategory category) {
    private static final Pattern FORM =
            Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)+");

    public RefusalCode {
        if (value.length() > 80 || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "Refusal code is '" + value + "', expected a form such as 'area.what-failed'");
        }
    }

    /** A code that the person who asked can act on. */
    public static RefusalCode user(String value) {
        return new RefusalCode(value, ErrorCategory.USER);
    }

    /** A code for a failure outside the gateway. */
    public static RefusalCode external(String value) {
        return new RefusalCode(value, ErrorCategory.EXTERNAL);
    }

    /** A code for a limit that was reached. */
    public static RefusalCode resource(String value) {
        return new RefusalCode(value, ErrorCategory.RESOURCE);
    }

    /** A code for a defect. */
    public static RefusalCode internal(String value) {
        return new RefusalCode(value, ErrorCategory.INTERNAL);
    }

    @Override
    public String toString() {
        return value;
    }
}
