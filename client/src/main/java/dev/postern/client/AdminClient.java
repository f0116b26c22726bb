// SPDX-License-Identifier: Apache-2.0
package dev.postern.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.postern.api.value.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * Calls the admin API of a gateway. Blocking; for any number of threads. Answers are JSON trees, because what a
 * component adds to the API is not known here.
 */
public final class AdminClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final Secret token;
    private final HttpClient http;

    /**
     * A client for one gateway.
     *
     * @param base scheme, host and port, such as {@code http://127.0.0.1:8022}
     * @param token bearer token
     */
    public AdminClient(URI base, Secret token) {
        this.base = base;
        this.token = token;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build();
    }

    /** One part of a path, escaped. */
    public static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * GET.
     *
     * @throws AdminProblem if the gateway refuses
     * @throws AdminUnreachable if none answers
     */
    public JsonNode get(String path) throws InterruptedException {
        return send(request(path).GET().build());
    }

    /**
     * GET of a text that is not JSON.
     *
     * @throws AdminProblem if the gateway refuses
     * @throws AdminUnreachable if none answers
     */
    public String text(String path) throws InterruptedException {
        return exchange(request(path).GET().build());
    }

    /**
     * POST with a JSON body.
     *
     * @throws AdminProblem if the gateway refuses
     * @throws AdminUnreachable if none answers
     */
    public JsonNode post(String path, Map<String, ?> body) throws InterruptedException {
        try {
            String json = JSON.writeValueAsString(body);
            return send(
                    request(path)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(json))
                            .build());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The body cannot be written as JSON", e);
        }
    }

    /**
     * DELETE.
     *
     * @throws AdminProblem if the gateway refuses
     * @throws AdminUnreachable if none answers
     */
    public JsonNode delete(String path) throws InterruptedException {
        return send(request(path).DELETE().build());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + token.reveal());
    }

    private JsonNode send(HttpRequest request) throws InterruptedException {
        return tree(exchange(request));
    }

    private String exchange(HttpRequest request) throws InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AdminUnreachable("No gateway answers at " + base + ", is it running?");
        }
        if (response.statusCode() >= 400) {
            JsonNode problem = tree(response.body());
            throw new AdminProblem(
                    response.statusCode(),
                    problem.path("code").asText("http." + response.statusCode()),
                    problem.path("detail").asText("The gateway answered " + response.statusCode()));
        }
        return response.body();
    }

    private JsonNode tree(String text) {
        if (text.isBlank()) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AdminUnreachable(
                    "What answers at "
                            + base
                            + " is not a Postern gateway: its answer is not JSON");
        }
    }
}
