// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.value.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads addresses without ever asking a name server. */
final class Addresses {
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.%a-z]+)]|([^:\\[\\]\\s]+)):(\\d{1,5})");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
    private static final String EXPECTED =
            "expected an address literal, localhost or *, and a port, such as 127.0.0.1:2222";

    private Addresses() {}

    /** What to bind. */
    static InetSocketAddress bind(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > 65_535) {
            throw new IllegalArgumentException("the port is " + port + ", expected 0 to 65535");
        }
        String host = Optional.ofNullable(matcher.group(1)).orElse(matcher.group(2));
        return switch (host) {
            case "localhost" -> new InetSocketAddress(loopback(), port);
            case "*" -> new InetSocketAddress(port);
            default -> new InetSocketAddress(literal(host), port);
        };
    }

    /** What clients connect to; the port is 22 where none is written. */
    static Endpoint endpoint(String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (matcher.matches()) {
            String host = Optional.ofNullable(matcher.group(1)).orElse(matcher.group(2));
            if (matcher.group(1) == null && !HOST.matcher(host).matches()) {
                throw new IllegalArgumentException(
                        "expected a host name or an address, such as ssh.example.org:22");
            }
            return new Endpoint(host, Integer.parseInt(matcher.group(3)));
        }
        if (HOST.matcher(text).matches()) {
            return new Endpoint(text, 22);
        }
        throw new IllegalArgumentException(
                "expected a host and a port, such as ssh.example.org:22");
    }

    private static InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("127.0.0.1 is not an address", e);
        }
    }
}
