// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.api.error.ConfigException;
import dev.postern.api.error.PosternException;
import dev.postern.api.plugin.Health;
import dev.postern.keys.Ed25519KeyPair;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayIT {
    private static final String CONFIG =
            """
            postern {
              databases.main.url = "jdbc:sqlite:main.db"
              components.mem { type = memory, database = main }
              listeners.ssh { address = "127.0.0.1:0", route = main }
              routes.main { authenticators = [mem], resolver = mem, backends = [mem] }
              admin.address = "127.0.0.1:0"
            }
            """;

    private final MemoryPlugin plugin = new MemoryPlugin();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path base;

    private Gateway start(String extra) {
        return Gateway.start(
                GatewayOptions.text(CONFIG + extra, base).withPlugins(List.of(plugin)));
    }

    private HttpResponse<String> call(
            Gateway gateway, String method, String path, String token, String body)
            throws IOException, InterruptedException {
        URI admin = gateway.adminAddress().orElseThrow();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(admin.resolve(path))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
        }
    }

    private String token() throws IOException {
        return Files.readString(base.resolve("state/admin.token")).strip();
    }

    private static String banner(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(30_000);
            return new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    private static InetSocketAddress ssh(Gateway gateway) {
        return Optional.ofNullable(gateway.listeners().get("ssh")).orElseThrow();
    }

    @Test
    void itStartsServesAndStopsInOrder() throws IOException, InterruptedException {
        Path state = base.resolve("state");
        InetSocketAddress address;
        try (Gateway gateway = start("")) {
            address = ssh(gateway);
            assertThat(banner(address)).startsWith("SSH-2.0-");
            assertThat(call(gateway, "GET", "/readyz", "", "").statusCode()).isEqualTo(200);
            assertThat(gateway.info().hostKeys())
                    .extracting(it -> it.algorithm())
                    .containsExactly("ssh-ed25519", "ssh-rsa");
            assertThat(gateway.info().sshEndpoint("main").orElseThrow())
                    .hasToString("127.0.0.1:" + address.getPort());
            assertThat(gateway.info().routesOf("mem")).containsExactly("main");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                    .isEqualTo("rwx------");
            for (String file : List.of("admin.token", "gateway.json", "main.db", "gateway.db")) {
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(state.resolve(file))))
                        .as(file)
                        .isEqualTo("rw-------");
            }
            assertThat(Files.readString(state.resolve("gateway.json")))
                    .contains("\"admin\":\"" + gateway.adminAddress().orElseThrow() + "\"")
                    .contains("\"ssh\":\"127.0.0.1:" + address.getPort() + "\"");
        }
        assertThat(plugin.log).containsExactly("+mem", "-mem");
        assertThat(state.resolve("gateway.json")).doesNotExist();
        assertThatThrownBy(() -> banner(address)).isInstanceOf(IOException.class);
    }

    @Test
    void startedAgainItKeepsItsKeysAndTokens() throws IOException, InterruptedException {
        List<?> keys;
        String token;
        try (Gateway gateway = start("")) {
            keys = gateway.info().hostKeys();
            token = token();
        }
        try (Gateway gateway = start("")) {
            assertThat(gateway.info().hostKeys()).isEqualTo(keys);
            assertThat(token()).isEqualTo(token);
            assertThat(call(gateway, "GET", "/v1/tokens", token, "").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenStopsTheStartWithASentenceAndLeavesNothingRunning() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            assertThatThrownBy(() ->
                            start(
                                    "postern.listeners.zzz { address = \"127.0.0.1:"
                                            + taken.getLocalPort()
                                            + "\", route = main }"))
                    .isInstanceOfSatisfying(
                            PosternException.class,
                            e -> assertThat(e.code().value()).isEqualTo("listener.bind-failed"))
                    .hasMessage(
                            "postern.listeners.zzz.address is '127.0.0.1:"
                                    + taken.getLocalPort()
                                    + "', which cannot be bound: Address already in use; expected a free address of this host");
            assertThatThrownBy(() ->
                            start(
                                    "postern.admin.address = \"127.0.0.1:"
                                            + taken.getLocalPort()
                                            + "\""))
                    .isInstanceOf(PosternException.class)
                    .hasMessageContaining(
                            "postern.admin.address is '127.0.0.1:" + taken.getLocalPort() + "'")
                    .hasMessageContaining("Address already in use");
        }
        assertThat(plugin.log).containsExactly("+mem", "-mem", "+mem", "-mem");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(it ->
                        it.startsWith("admin-http")
                                || it.startsWith("database-")
                                || it.equals("events"));
    }

    @Test
    void aComponentThatCannotBeMadeStopsTheStartWithItsOwnSentence() {
        assertThatThrownBy(() ->
                        start(
                                "postern.components.zzz { type = memory, fail = \"It cannot work\" }"))
                .isInstanceOf(PosternException.class)
                .hasMessage("It cannot work");
        assertThat(plugin.log).containsExactly("+mem", "-mem");
    }

    @Test
    void aStateDirectoryThatCannotBeUsedStopsTheStart() throws IOException {
        Path file = Files.writeString(base.resolve("file"), "");
        assertThatThrownBy(() -> start("postern.state-directory = \"" + file + "\""))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "postern.state-directory is '" + file + "', which cannot be used: ");
    }

    @Test
    void theAdminApiAsksForATokenARoleAndAKnownPath() throws IOException, InterruptedException {
        try (Gateway gateway = start("")) {
            HttpResponse<String> anonymous = call(gateway, "GET", "/v1/sessions", "", "");
            assertThat(anonymous.statusCode()).isEqualTo(401);
            assertThat(anonymous.headers().firstValue("Content-Type"))
                    .contains("application/problem+json");
            assertThat(anonymous.body()).contains("\"code\":\"api.unauthenticated\"");
            assertThat(call(gateway, "GET", "/metrics", "", "").statusCode()).isEqualTo(401);
            assertThat(call(gateway, "GET", "/metrics", token(), "").body())
                    .contains("postern_sessions_live");
            assertThat(call(gateway, "GET", "/v1/nowhere", token(), "").statusCode())
                    .isEqualTo(404);
            assertThat(call(gateway, "GET", "/v1/memory", token(), "").body())
                    .isEqualTo("{\"name\":\"mem\"}");
            assertThat(call(gateway, "GET", "/v1/openapi.json", token(), "").body())
                    .contains("/v1/memory", "/v1/explain", "/v1/drain", "/v1/gateway");
            String made =
                    call(
                                    gateway,
                                    "POST",
                                    "/v1/tokens",
                                    token(),
                                    "{\"subject\":\"ann\",\"role\":\"user\"}")
                            .body();
            String user = made.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
            assertThat(call(gateway, "GET", "/v1/memory", user, "").statusCode()).isEqualTo(200);
            assertThat(call(gateway, "GET", "/v1/sessions", user, "").statusCode()).isEqualTo(403);
            assertThat(call(gateway, "POST", "/v1/drain", user, "").statusCode()).isEqualTo(403);
            assertThat(call(gateway, "GET", "/v1/gateway", user, "").body()).contains("\"id\":");
        }
        assertThat(plugin.audit)
                .anySatisfy(it -> {
                    assertThat(it.type()).isEqualTo("api.call");
                    assertThat(it.fields())
                            .containsEntry("path", "/v1/drain")
                            .containsEntry("subject", "ann");
                    assertThat(it.code())
                            .hasValueSatisfying(
                                    code -> assertThat(code.value()).isEqualTo("api.forbidden"));
                });
        assertThat(Files.readString(base.resolve("state/audit/audit.jsonl")))
                .contains("\"path\":\"/v1/memory\"");
    }

    @Test
    void explainSaysWhatALoginWouldComeTo() throws IOException, InterruptedException {
        String key = Ed25519KeyPair.generate().publicKey().line();
        try (Gateway gateway = start("")) {
            assertThat(explain(gateway, "box", key)).contains("\"outcome\":\"allowed\"");
            assertThat(explain(gateway, "other", key))
                    .contains("\"outcome\":\"refused\"", "\"code\":\"sandbox.not-available\"");
            assertThat(explain(gateway, "box", "nonsense"))
                    .contains("\"code\":\"api.bad-request\"");
        }
    }

    private String explain(Gateway gateway, String user, String key)
            throws IOException, InterruptedException {
        return call(
                        gateway,
                        "POST",
                        "/v1/explain",
                        token(),
                        "{\"user\":\"" + user + "\",\"public_key\":\"" + key + "\"}")
                .body();
    }

    @Test
    void readinessFollowsTheRoutesAndTheDrain() throws IOException, InterruptedException {
        try (Gateway gateway = start("")) {
            plugin.health = Health.down("It is ill");
            HttpResponse<String> ill = call(gateway, "GET", "/readyz", "", "");
            assertThat(ill.statusCode()).isEqualTo(503);
            assertThat(ill.body()).contains("Route 'main' cannot work: component 'mem': It is ill");
            plugin.health = Health.UP;
            assertThat(call(gateway, "GET", "/readyz", "", "").statusCode()).isEqualTo(200);
            assertThat(call(gateway, "POST", "/v1/drain", token(), "").statusCode()).isEqualTo(202);
            assertThat(call(gateway, "GET", "/readyz", "", "").body())
                    .contains("The gateway drains");
            assertThat(call(gateway, "GET", "/healthz", "", "").statusCode()).isEqualTo(200);
            assertThat(gateway.drain(Duration.ofSeconds(30))).isTrue();
        }
    }
}
