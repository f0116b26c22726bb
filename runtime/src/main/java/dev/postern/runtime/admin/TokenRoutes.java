// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Tokens in the admin API; for administrators alone. */
final class TokenRoutes {
    private static final Pattern LIFETIME = Pattern.compile("([1-9][0-9]{0,8})([smhd])");
    private static final String SCHEMA =
            "{\"type\":\"object\",\"required\":[\"subject\",\"role\"],\"properties\":{\"subject\":{\"type\":\"string\"},"
                    + "\"role\":{\"enum\":[\"admin\",\"issuer\",\"operator\",\"user\",\"metrics\"]},"
                    + "\"team\":{\"type\":\"string\"},\"expires_in\":{\"type\":\"string\"}}}";
    private static final String OBJECT = "{\"type\":\"object\"}";

    private final TokenStore tokens;

    TokenRoutes(TokenStore tokens) {
        this.tokens = tokens;
    }

    List<ApiRoute> all() {
        Set<Role> admin = Set.of(Role.ADMIN);
        return List.of(
                new ApiRoute(
                        "GET",
                        "/v1/tokens",
                        admin,
                        "Lists tokens, without their secrets",
                        "",
                        OBJECT,
                        this::list),
                new ApiRoute(
                        "POST", "/v1/tokens", admin, "Makes a token", SCHEMA, OBJECT, this::create),
                new ApiRoute(
                        "DELETE",
                        "/v1/tokens/{id}",
                        admin,
                        "Revokes a token",
                        "",
                        "",
                        this::revoke));
    }

    private ApiResponse list(ApiRequest request) {
        ObjectNode answer = Json.object();
        ArrayNode all = answer.putArray("tokens");
        tokens.list().forEach(t -> all.add(describe(t)));
        return Json.answer(200, answer);
    }

    private ApiResponse create(ApiRequest request) {
        JsonNode body = Json.body(request, Set.of("subject", "role", "team", "expires_in"));
        TokenStore.Created created =
                tokens.create(
                        Json.required(body, "subject"),
                        role(Json.required(body, "role")),
                        Json.text(body, "team"),
                        Json.text(body, "expires_in").map(TokenRoutes::lifetime));
        ObjectNode answer = describe(created.token());
        answer.put("token", created.text().reveal());
        return Json.answer(201, answer);
    }

    private ApiResponse revoke(ApiRequest request) {
        String id = request.pathParameters().getOrDefault("id", "");
        if (!tokens.revoke(id)) {
            throw new ApiProblem(404, ApiCodes.NO_TOKEN, "There is no token '" + id + "'");
        }
        return ApiResponse.noContent();
    }

    private static ObjectNode describe(Token token) {
        ObjectNode tree = Json.object();
        tree.put("id", token.id());
        tree.put("subject", token.subject());
        tree.put("role", token.role().name().toLowerCase(Locale.ROOT));
        token.team().ifPresent(t -> tree.put("team", t));
        tree.put("created_at", token.createdAt().toString());
        token.expiresAt().ifPresent(t -> tree.put("expires_at", t.toString()));
        token.lastUsedAt().ifPresent(t -> tree.put("last_used_at", t.toString()));
        return tree;
    }

    private static Role role(String name) {
        return Arrays.stream(Role.values())
                .filter(r -> r.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Json.bad(
                                "The role is '"
                                        + name
                                        + "', expected one of "
                                        + Arrays.stream(Role.values())
                                                .map(r -> r.name().toLowerCase(Locale.ROOT))
                                                .collect(Collectors.joining(", "))));
    }

    private static Duration lifetime(String text) {
        Matcher matcher = LIFETIME.matcher(text);
        if (!matcher.matches()) {
            throw Json.bad(
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
