// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import dev.postern.api.config.ConfigReader;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** One method for each kind of section: the keys that it has, and what they may be. */
final class SectionReaders {
    private static final Pattern FORWARD =
            Pattern.compile(
                    "/.*|(\\*|\\[[0-9A-Fa-f:.]+]|[^\\s:/\\[\\]]+):(\\*|\\d{1,5}(-\\d{1,5})?)");
    private static final Pattern SQLITE_OR_POSTGRESQL =
            Pattern.compile("jdbc:(sqlite|postgresql):\\S.*");
    private static final Duration MONTH = Duration.ofDays(30);
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private SectionReaders() {}

    static DatabaseSettings database(ConfigReader reader) {
        return new DatabaseSettings(
                reader.string(
                        "url",
                        SQLITE_OR_POSTGRESQL,
                        "jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME"),
                reader.optionalString("user"),
                reader.optionalSecret("password"),
                reader.integer("connections", 1, 200),
                reader.duration("wait", Duration.ofMillis(100), Duration.ofSeconds(60)));
    }

    static ListenerSettings listener(ConfigReader reader) {
        String type = reader.string("type", Pattern.compile("tcp|component"), "tcp or component");
        Optional<InetSocketAddress> address = address(reader);
        Optional<String> component = reader.optionalString("component");
        if (type.equals("tcp") && !reader.present("address")) {
            reader.problem("address", "is not set, expected what to bind, such as 127.0.0.1:2222");
        }
        if (type.equals("tcp") && component.isPresent()) {
            reader.problem(
                    "component",
                    "is '" + component.get() + "', expected none for a listener of type tcp");
        }
        if (type.equals("component") && component.isEmpty()) {
            reader.problem(
                    "component", "is not set, expected the component that provides the transport");
        }
        if (type.equals("component") && address.isPresent()) {
            reader.problem(
                    "address",
                    "is set, expected none: the component of the listener binds for itself");
        }
        return new ListenerSettings(
                type,
                address,
                component,
                optional(reader, "advertised", Addresses::endpoint),
                reader.string("route"),
                reader.optionalString("sandbox"));
    }

    static RouteSettings route(ConfigReader reader) {
        List<String> authenticators = reader.strings("authenticators");
        List<String> backends = reader.strings("backends");
        if (reader.present("authenticators") && authenticators.isEmpty()) {
            reader.problem("authenticators", "is empty, expected at least one component");
        }
        if (reader.present("backends") && backends.isEmpty()) {
            reader.problem("backends", "is empty, expected at least one component");
        }
        return new RouteSettings(
                authenticators,
                reader.string("resolver"),
                reader.strings("resume"),
                backends,
                reader.oneOf("login-name", LoginName.class),
                reader.string("policy"),
                reader.duration("resume-timeout", Duration.ofSeconds(1), Duration.ofHours(1)));
    }

    static PolicySettings policy(ConfigReader reader) {
        ConfigReader forward = reader.section("forward");
        return new PolicySettings(
                reader.bool("pty"),
                reader.bool("exec"),
                reader.strings("subsystems"),
                reader.optionalString("force-command"),
                forwards(forward, "local"),
                forwards(forward, "remote"),
                reader.bool("agent-forwarding"),
                reader.bool("x11-forwarding"),
                reader.strings("environment"),
                reader.optionalDuration("channel-timeout", Duration.ofSeconds(1), MONTH),
                reader.optionalDuration("unused-connection-timeout", Duration.ofSeconds(1), MONTH));
    }

    static SshSettings ssh(ConfigReader reader, long bufferMemory) {
        return new SshSettings(
                reader.integer("io-threads", 0, 64),
                reader.duration("login-grace", Duration.ofSeconds(1), Duration.ofMinutes(10)),
                reader.integer("max-auth-attempts", 1, 100),
                reader.integer("max-channels", 1, 1000),
                reader.integer("max-forwards", 0, 1000),
                reader.duration("client-alive-interval", Duration.ZERO, Duration.ofHours(1)),
                reader.integer("client-alive-count-max", 1, 100),
                reader.size("rekey-bytes", 16 * MIB, 64 * GIB),
                reader.duration("rekey-interval", Duration.ZERO, Duration.ofDays(1)),
                reader.size("window-max", 256 * KIB, 64 * MIB),
                bufferMemory,
                reader.optionalString("banner"),
                reader.string(
                        "chacha",
                        Pattern.compile("auto|java|libcrypto"),
                        "auto, java or libcrypto"),
                reader.duration("hangup-grace", Duration.ZERO, Duration.ofHours(1)));
    }

    static LimitSettings limits(ConfigReader reader) {
        return new LimitSettings(
                reader.integer("connections", 1, 1_000_000),
                reader.integer("unauthenticated", 1, 100_000),
                reader.integer("unauthenticated-per-source", 1, 100_000));
    }

    static AdminSettings admin(ConfigReader reader, Paths paths) {
        Optional<InetSocketAddress> address = address(reader);
        ConfigReader tls = reader.section("tls");
        Optional<String> certificate = tls.optionalString("certificate-file");
        Optional<String> key = tls.optionalString("key-file");
        if (certificate.isPresent() != key.isPresent()) {
            tls.problem(
                    certificate.isPresent() ? "key-file" : "certificate-file",
                    "is not set, expected certificate-file and key-file together or neither");
        }
        if (address.isPresent()
                && !address.get().getAddress().isLoopbackAddress()
                && certificate.isEmpty()) {
            reader.problem(
                    "address", "is not a loopback address, expected admin.tls to be set with it");
        }
        Optional<AdminSettings.Tls> files =
                certificate.isPresent() && key.isPresent()
                        ? Optional.of(
                                new AdminSettings.Tls(
                                        paths.input(tls, "certificate-file", certificate.get()),
                                        paths.input(tls, "key-file", key.get())))
                        : Optional.empty();
        return new AdminSettings(address, reader.bool("metrics-anonymous"), files);
    }

    static AuditSettings audit(ConfigReader reader, Paths paths) {
        return new AuditSettings(
                reader.optionalString("file").map(it -> paths.state(reader, "file", it)),
                reader.size("rotate-size", MIB, 16 * GIB),
                reader.integer("keep", 0, 10_000),
                reader.integer("queue", 100, 10_000_000));
    }

    static HostKeySettings hostKeys(ConfigReader reader, Paths paths) {
        return new HostKeySettings(
                files(reader, "host-keys", paths), files(reader, "announced-host-keys", paths));
    }

    private static List<java.nio.file.Path> files(ConfigReader reader, String key, Paths paths) {
        return reader.strings(key).stream().map(it -> paths.input(reader, key, it)).toList();
    }

    private static List<String> forwards(ConfigReader reader, String key) {
        List<String> patterns = reader.strings(key);
        for (String pattern : patterns) {
            if (!FORWARD.matcher(pattern).matches()) {
                reader.problem(
                        key,
                        "holds '"
                                + pattern
                                + "', expected host:port such as 127.0.0.1:8000-8999, or a path");
            }
        }
        return patterns;
    }

    private static Optional<InetSocketAddress> address(ConfigReader reader) {
        return optional(reader, "address", Addresses::bind);
    }

    private static <T> Optional<T> optional(
            ConfigReader reader, String key, Function<String, T> parser) {
        reader.ignore(key);
        return reader.present(key)
                ? reader.<Optional<T>>parsed(
                        key, it -> Optional.of(parser.apply(it)), Optional.empty())
                : Optional.empty();
    }
}
