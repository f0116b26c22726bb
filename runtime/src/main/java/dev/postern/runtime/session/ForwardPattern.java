// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.Destination;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a policy or a restriction allows to forward to: {@code host:port}, where the host may be {@code *} or begin with
 * {@code *.}, an IPv6 address stands in brackets, and the port is a number, a range such as {@code 8000-8999} or
 * {@code *}; or the path of a Unix socket, which may end with {@code *}.
 */
public sealed interface ForwardPattern {
    /** Whether it allows this destination. */
    boolean allows(Destination destination);

    /**
     * Reads one.
     *
     * @return empty if the text is no pattern; it then allows nothing
     */
    static Optional<ForwardPattern> parse(String text) {
        if (text.startsWith("/")) {
            return Optional.of(
                    text.endsWith("*")
                            ? new Socket(text.substring(0, text.length() - 1), true)
                            : new Socket(text, false));
        }
        return Tcp.parse(text);
    }

    /** Hosts as they are written, not as they resolve: names are resolved inside the sandbox. */
    record Tcp(String host, int firstPort, int lastPort) implements ForwardPattern {
        private static final Pattern FORM =
                Pattern.compile(
                        "(?:\\[([0-9A-Fa-f:.]+)]|([^\\[\\]:]+)):(?:(\\*)|(\\d{1,5})(?:-(\\d{1,5}))?)");

        private static final int ALL_PORTS = 65_535;

        private static Optional<ForwardPattern> parse(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            if (matcher.group(3) != null) {
                return Optional.of(new Tcp(lower(host), 0, ALL_PORTS));
            }
            int first = Integer.parseInt(matcher.group(4));
            int last = matcher.group(5) == null ? first : Integer.parseInt(matcher.group(5));
            return first <= last && last <= ALL_PORTS
                    ? Optional.of(new Tcp(lower(host), first, last))
                    : Optional.empty();
        }

        @Override
        public boolean allows(Destination destination) {
            return destination instanceof Destination.Tcp tcp
                    && tcp.port() >= firstPort
                    && tcp.port() <= lastPort
                    && allowsHost(lower(tcp.host()));
        }

        private boolean allowsHost(String asked) {
            if (host.equals("*")) {
                return true;
            }
            return host.startsWith("*.")
                    ? asked.endsWith(host.substring(1)) && asked.length() >= host.length()
                    : asked.equals(host);
        }

        private static String lower(String name) {
            return name.toLowerCase(Locale.ROOT);
        }
    }

    /** A socket path; nothing that climbs is allowed by a prefix. */
    record Socket(String path, boolean prefix) implements ForwardPattern {
        @Override
        public boolean allows(Destination destination) {
            if (!(destination instanceof Destination.Unix unix)) {
                return false;
            }
            return prefix
                    ? unix.path().startsWith(path) && !(unix.path() + "/").contains("/../")
                    : unix.path().equals(path);
        }
    }
}
