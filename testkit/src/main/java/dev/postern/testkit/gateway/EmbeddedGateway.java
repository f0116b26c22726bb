// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.gateway;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.PosternPlugin;
import dev.postern.api.value.Endpoint;
import dev.postern.keys.KnownHosts;
import dev.postern.runtime.boot.Gateway;
import dev.postern.runtime.boot.GatewayOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A whole gateway inside the test JVM: on free loopback ports, with a state directory of its own that goes away with it.
 *
 * <p>The configuration is the real one. What the builder does not set has the defaults of {@code reference.conf}; any
 * more HOCON can be laid over it. Its one listener is {@code ssh}, its one route {@code main}.
 */
public final class EmbeddedGateway implements AutoCloseable {
    private final Gateway gateway;
    private final Path directory;

    private EmbeddedGateway(Gateway gateway, Path directory) {
        this.gateway = gateway;
        this.directory = directory;
    }

    /** Begins to describe a gateway. */
    public static Builder builder() {
        return new Builder();
    }

    /** The gateway itself. */
    public Gateway gateway() {
        return gateway;
    }

    /** Where SSH clients connect to. */
    public Endpoint ssh() {
        InetSocketAddress bound =
                Objects.requireNonNull(gateway.listeners().get("ssh"), "listener ssh");
        return new Endpoint(bound.getAddress().getHostAddress(), bound.getPort());
    }

    /** Lines for {@code known_hosts}. */
    public String knownHosts() {
        return KnownHosts.lines(KnownHosts.pattern(ssh()), gateway.info().hostKeys());
    }

    /** Where the admin API answers. */
    public URI admin() {
        return gateway.adminAddress().orElseThrow();
    }

    /** A token of the admin API with the role {@code admin}: the one of the first start. */
    public String adminToken() {
        try {
            return Files.readString(gateway.stateDirectory().resolve("admin.token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where its state is. */
    public Path stateDirectory() {
        return gateway.stateDirectory();
    }

    /** Stops it and removes its state. */
    @Override
    public void close() {
        try {
            gateway.close();
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Describes a gateway. */
    public static final class Builder {
        private final List<PosternPlugin> plugins = new ArrayList<>(List.of(new FixedPlugin()));
        private final Map<String, List<String>> people = new LinkedHashMap<>();
        private final Map<String, String> components = new LinkedHashMap<>();
        private final StringBuilder more = new StringBuilder();
        private List<String> authenticators = List.of("people");
        private String resolver = "sandboxes";
        private List<String> resume = List.of();
        private List<String> backends = List.of();
        private Map<String, String> attributes = Map.of();

        private Builder() {}

        /** Adds a plugin from the class path of the test. */
        public Builder plugin(PosternPlugin plugin) {
            plugins.add(plugin);
            return this;
        }

        /** Lets somebody in who has a key, through the component {@code people}. */
        public Builder person(String name, SshPublicKey key) {
            people.computeIfAbsent(name, _ -> new ArrayList<>()).add(key.line());
            return this;
        }

        /**
         * Adds a component.
         *
         * @param name its name
         * @param settings its section in HOCON without the braces, such as {@code type = local, forwards = true}
         */
        public Builder component(String name, String settings) {
            components.put(name, settings);
            return this;
        }

        /** Says which components reach inside; the first of them has all the sandboxes of {@code sandboxes}. */
        public Builder backends(String... names) {
            backends = List.of(names);
            return this;
        }

        /** Gives attributes to the refs of the component {@code sandboxes}. */
        public Builder attributes(Map<String, String> values) {
            attributes = Map.copyOf(values);
            return this;
        }

        /** Takes other authenticators than {@code people}. */
        public Builder authenticators(String... names) {
            authenticators = List.of(names);
            return this;
        }

        /** Takes another resolver than {@code sandboxes}, which has every sandbox and lets everybody in. */
        public Builder resolver(String name) {
            resolver = name;
            return this;
        }

        /** Says which components wake sandboxes. */
        public Builder resume(String... names) {
            resume = List.of(names);
            return this;
        }

        /** Allows every forward, and the agent's. */
        public Builder forwards() {
            return config(
                    """
                    postern.policies.default {
                      forward { local = ["*:*", "/*"], remote = ["*:*", "/*"] }
                      agent-forwarding = true
                      x11-forwarding = true
                    }
                    """);
        }

        /** Lays more HOCON over the configuration. */
        public Builder config(String hocon) {
            more.append(hocon).append('\n');
            return this;
        }

        /** The configuration so far. */
        public String config() {
            StringBuilder text = new StringBuilder();
            line(text, "listeners.ssh { address = \"127.0.0.1:0\", route = main }");
            line(text, "admin.address = \"127.0.0.1:0\"");
            if (authenticators.contains("people")) {
                text.append("postern.components.people { type = fixed-keys, people {\n");
                people.forEach((name, keys) ->
                        text.append(quoted(name)).append(" = ").append(list(keys)).append('\n'));
                text.append("} }\n");
            }
            if (resolver.equals("sandboxes") && !backends.isEmpty()) {
                text.append("postern.components.sandboxes { type = fixed-sandboxes, backend = ")
                        .append(quoted(backends.getFirst()))
                        .append(", attributes {\n");
                attributes.forEach((name, value) ->
                        text.append(quoted(name)).append(" = ").append(quoted(value)).append('\n'));
                text.append("} }\n");
            }
            components.forEach((name, settings) ->
                    line(text, "components." + quoted(name) + " { " + settings + " }"));
            line(text, "routes.main.authenticators = " + list(authenticators));
            line(text, "routes.main.resolver = " + quoted(resolver));
            line(text, "routes.main.resume = " + list(resume));
            line(text, "routes.main.backends = " + list(backends));
            return text.append(more).toString();
        }

        private static void line(StringBuilder text, String line) {
            text.append("postern.").append(line).append('\n');
        }

        private static String list(List<String> values) {
            return values.stream().map(Builder::quoted).toList().toString();
        }

        private static String quoted(String text) {
            return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        }

        /** Starts it; when this returns it accepts connections. */
        public EmbeddedGateway start() {
            Path directory;
            try {
                directory = Files.createTempDirectory("postern-embedded-").toRealPath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try {
                GatewayOptions options =
                        GatewayOptions.text(config(), directory).withPlugins(plugins);
                return new EmbeddedGateway(Gateway.start(options), directory);
            } catch (RuntimeException | Error e) {
                delete(directory);
                throw e;
            }
        }
    }
}
