// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.value.Bytes;
import dev.postern.api.value.Endpoint;
import dev.postern.api.value.Secret;
import dev.postern.database.Database;
import dev.postern.runtime.boot.Databases;
import dev.postern.runtime.config.AdminSettings;
import dev.postern.runtime.config.DatabaseSettings;
import dev.postern.runtime.session.LiveSet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin API over real HTTP and a real database. */
@SuppressWarnings("NullAway.Init")
class AdminServerTest {
    @TempDir private Path state;

    private final List<String> audited = new CopyOnWriteArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Databases databases;
    private AdminServer server;
    private Secret admin;
    private Secret metrics;

    @BeforeEach
    void start() {
        databases =
                new Databases(
                        Map.of(
                                "gateway",
                                new DatabaseSettings(
                                        "jdbc:sqlite:gateway.db",
                                        Optional.empty(),
                                        Optional.empty(),
                                        2,
                                        Duration.ofSeconds(5))),
                        state);
        TokenStore tokens =
                new TokenStore(
                        new Database("gateway", databases.database("gateway")),
                        InstantSource.system());
        tokens.migrate();
        admin = tokens.create("root", Role.ADMIN, Optional.empty(), Optional.empty()).text();
        metrics =
                tokens.create("prometheus", Role.METRICS, Optional.empty(), Optional.empty())
                        .text();
        AdminApi api =
                new AdminApi(
                        AdminRoutes.all(
                                tokens,
                                new LiveSet(),
                                new Info(),
                                List.of("main"),
                                new ApiRoute(
                                        "POST",
                                        "/v1/explain",
                                        Set.of(),
                                        "Explains",
                                        "",
                                        "",
                                        r -> ApiResponse.noContent()),
                                () -> "meters 1\n",
                                List.of()),
                        tokens,
                        (type, connection, code, fields) -> audited.add(type + " " + fields));
        server =
                AdminServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new AdminSettings(Optional.empty(), false, Optional.empty()),
                        api,
                        new Probes(List::of, Optional.empty()));
    }

    @AfterEach
    void stop() {
        server.close();
        databases.close();
        http.close();
    }

    @Test
    void healthNeedsNoTokenAndEverythingElseDoes() throws Exception {
        assertThat(get("/healthz", Optional.empty()).statusCode()).isEqualTo(200);
        assertThat(get("/readyz", Optional.empty()).statusCode()).isEqualTo(200);
        for (String path :
                List.of("/v1/tokens", "/v1/sessions", "/metrics", "/v1/openapi.json", "/nothing")) {
            HttpResponse<String> refused = get(path, Optional.empty());
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(Json.parse(refused.body()).path("code").asText())
                    .isEqualTo("api.unauthenticated");
        }
        assertThat(get("/v1/tokens", Optional.of(Secret.of("pst_aa_bb"))).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aRoleDoesWhatItMayAndNoMore() throws Exception {
        assertThat(get("/metrics", Optional.of(metrics)).body()).isEqualTo("meters 1\n");
        HttpResponse<String> refused = get("/v1/tokens", Optional.of(metrics));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
    }

    @Test
    void tokensAreMadeListedAndRevoked() throws Exception {
        HttpResponse<String> made =
                send(
                        HttpRequest.newBuilder()
                                .POST(
                                        BodyPublishers.ofString(
                                                "{\"subject\":\"ci\",\"role\":\"operator\",\"expires_in\":\"1h\"}")),
                        "/v1/tokens",
                        Optional.of(admin));
        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode token = Json.parse(made.body());
        Secret secret = Secret.of(token.path("token").asText());
        assertThat(get("/v1/sessions", Optional.of(secret)).statusCode()).isEqualTo(200);
        assertThat(get("/v1/tokens", Optional.of(admin)).body())
                .contains("ci")
                .doesNotContain(secret.reveal());
        HttpResponse<String> revoked =
                send(
                        HttpRequest.newBuilder().DELETE(),
                        "/v1/tokens/" + token.path("id").asText(),
                        Optional.of(admin));
        assertThat(revoked.statusCode()).isEqualTo(204);
        assertThat(get("/v1/sessions", Optional.of(secret)).statusCode()).isEqualTo(401);
        assertThat(audited)
                .anyMatch(e -> e.startsWith("api.call") && e.contains("DELETE"))
                .noneMatch(e -> e.contains(secret.reveal()));
    }

    @Test
    void mistakesAreProblemDocuments() throws Exception {
        assertThat(get("/v1/nothing", Optional.of(admin)).statusCode()).isEqualTo(404);
        assertThat(
                        send(HttpRequest.newBuilder().DELETE(), "/v1/tokens", Optional.of(admin))
                                .statusCode())
                .isEqualTo(405);
        for (String body :
                List.of(
                        "",
                        "{",
                        "[]",
                        "{\"subject\":1}",
                        "{\"subject\":\"a\",\"role\":\"king\"}",
                        "{\"sub\":1}")) {
            HttpResponse<String> refused =
                    send(
                            HttpRequest.newBuilder().POST(BodyPublishers.ofString(body)),
                            "/v1/tokens",
                            Optional.of(admin));
            assertThat(refused.statusCode()).as(body).isEqualTo(400);
            assertThat(Json.parse(refused.body()).path("detail").asText()).isNotBlank();
        }
        HttpResponse<String> large =
                send(
                        HttpRequest.newBuilder()
                                .POST(BodyPublishers.ofString("x".repeat((1 << 20) + 1))),
                        "/v1/tokens",
                        Optional.of(admin));
        assertThat(large.statusCode()).isEqualTo(413);
    }

    @Test
    void knownHostsAndTheDocumentOfAllRoutes() throws Exception {
        assertThat(get("/v1/known_hosts", Optional.of(metrics)).body())
                .isEqualTo("[ssh.example.org]:2222 ssh-ed25519 AAAA\n");
        JsonNode paths =
                Json.parse(get("/v1/openapi.json", Optional.of(metrics)).body()).path("paths");
        assertThat(paths.path("/v1/tokens/{id}").path("delete").path("summary").asText())
                .isEqualTo("Revokes a token");
    }

    private HttpResponse<String> get(String path, Optional<Secret> token) throws Exception {
        return send(HttpRequest.newBuilder().GET(), path, token);
    }

    private HttpResponse<String> send(
            HttpRequest.Builder request, String path, Optional<Secret> token) throws Exception {
        token.ifPresent(t -> request.header("Authorization", "Bearer " + t.reveal()));
        return http.send(
                request.uri(server.address().resolve(path)).build(), BodyHandlers.ofString());
    }

    private static final class Info implements GatewayInfo {
        @Override
        public String id() {
            return "gateway-1";
        }

        @Override
        public Optional<String> region() {
            return Optional.empty();
        }

        @Override
        public Optional<Endpoint> sshEndpoint(String route) {
            return Optional.of(new Endpoint("ssh.example.org", 2222));
        }

        @Override
        public List<String> routesOf(String resolver) {
            return List.of("main");
        }

        @Override
        public List<SshPublicKey> hostKeys() {
            return List.of(new SshPublicKey("ssh-ed25519", Bytes.of(new byte[3])));
        }
    }
}
