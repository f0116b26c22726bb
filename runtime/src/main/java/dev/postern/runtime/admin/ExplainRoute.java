// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.listener.ClientInfo;
import dev.postern.keys.KeyParse;
import dev.postern.keys.PublicKeys;
import dev.postern.runtime.config.ListenerSettings;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.Route;
import dev.postern.runtime.session.Routes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code POST /v1/explain}: what would happen if this user name logged in with this key. Changes and wakes nothing. */
public final class ExplainRoute {
    private static final String REQUEST =
            """
            {"type":"object","required":["user","public_key"],"additionalProperties":false,"properties":{
            "user":{"type":"string","description":"SSH user name"},
            "public_key":{"type":"string","description":"one line, as in a .pub file"},
            "listener":{"type":"string","description":"through which listener; the first if absent"},
            "client_address":{"type":"string","description":"address literal of the client"}}}\
            """;
    private static final String RESPONSE =
            """
            {"type":"object","required":["steps","outcome"],"properties":{
            "steps":{"type":"array","items":{"type":"object","properties":{
            "step":{"type":"string"},"result":{"type":"string"},"detail":{"type":"string"}}}},
            "outcome":{"enum":["allowed","refused"]},"code":{"type":"string"}}}\
            """;

    private final Map<String, ListenerSettings> listeners;
    private final Routes routes;
    private final InstantSource clock;

    /**
     * The route.
     *
     * @param listeners by name
     * @param routes the routes in force
     * @param clock judges the ends of credentials
     */
    public ExplainRoute(
            Map<String, ListenerSettings> listeners, Routes routes, InstantSource clock) {
        this.listeners = listeners;
        this.routes = routes;
        this.clock = clock;
    }

    /** The route for the admin API. */
    public ApiRoute route() {
        return new ApiRoute(
                "POST",
                "/v1/explain",
                Set.of(Role.ADMIN, Role.OPERATOR),
                "Explains what a login would come to, without trying it",
                REQUEST,
                RESPONSE,
                this::explain);
    }

    private ApiResponse explain(ApiRequest request) throws InterruptedException {
        JsonNode body =
                Json.body(request, Set.of("user", "public_key", "listener", "client_address"));
        String user = Json.required(body, "user");
        SshPublicKey key = key(Json.required(body, "public_key"));
        String listener =
                Json.text(body, "listener")
                        .or(() -> listeners.keySet().stream().findFirst())
                        .orElseThrow(() -> Json.bad("The gateway has no listener"));
        ListenerSettings settings =
                Optional.ofNullable(listeners.get(listener))
                        .orElseThrow(() ->
                                Json.bad(
                                        "There is no listener '"
                                                + listener
                                                + "', expected one of "
                                                + String.join(", ", listeners.keySet())));
        ConnectionInfo connection =
                new ConnectionInfo(
                        "explain",
                        routes.route(settings.route()),
                        new Route.ListenerRef(listener, settings.sandbox()),
                        new ClientInfo(
                                Json.text(body, "client_address").map(ExplainRoute::address),
                                "explain",
                                Optional.empty()),
                        Optional.empty());
        return Json.answer(200, new Explanation(connection, clock).of(user, key));
    }

    private static SshPublicKey key(String line) {
        return switch (PublicKeys.parse(line)) {
            case KeyParse.Parsed(SshPublicKey key, String comment) -> key;
            case KeyParse.Rejected(KeyParse.Reason reason, String message) ->
                    throw Json.bad(message);
        };
    }

    private static InetSocketAddress address(String text) {
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(text), 0);
        } catch (IllegalArgumentException e) {
            throw Json.bad(
                    "The field 'client_address' is '" + text + "', expected an address literal");
        }
    }
}
