// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.GatewayInfo;
import dev.postern.api.value.Bytes;
import dev.postern.api.value.Endpoint;
import dev.postern.keys.KnownHosts;
import java.util.List;
import java.util.Set;

/** What everybody with a token may know of the gateway. */
final class GatewayRoutes {
    private static final Set<Role> EVERYBODY = Set.of(Role.values());
    private static final String OBJECT = "{\"type\":\"object\"}";

    private final GatewayInfo gateway;
    private final List<String> routes;

    /**
     * About a gateway.
     *
     * @param routes the names of its routes
     */
    GatewayRoutes(GatewayInfo gateway, List<String> routes) {
        this.gateway = gateway;
        this.routes = List.copyOf(routes);
    }

    List<ApiRoute> all() {
        return List.of(
                new ApiRoute(
                        "GET",
                        "/v1/host-keys",
                        EVERYBODY,
                        "Lists the public host keys",
                        "",
                        OBJECT,
                        this::hostKeys),
                new ApiRoute(
                        "GET",
                        "/v1/known_hosts",
                        EVERYBODY,
                        "Lines for known_hosts, for every advertised endpoint",
                        "",
                        "",
                        this::knownHosts));
    }

    private ApiResponse hostKeys(ApiRequest request) {
        ObjectNode answer = Json.object();
        ArrayNode keys = answer.putArray("host_keys");
        for (SshPublicKey key : gateway.hostKeys()) {
            keys.addObject()
                    .put("key_type", key.algorithm())
                    .put("public_key", key.line())
                    .put("fingerprint_sha256", key.fingerprint());
        }
        return Json.answer(200, answer);
    }

    private ApiResponse knownHosts(ApiRequest request) {
        StringBuilder lines = new StringBuilder();
        routes.stream()
                .flatMap(r -> gateway.sshEndpoint(r).stream())
                .distinct()
                .map((Endpoint e) -> KnownHosts.lines(KnownHosts.pattern(e), gateway.hostKeys()))
                .forEach(lines::append);
        return new ApiResponse(200, "text/plain; charset=utf-8", Bytes.utf8(lines.toString()));
    }
}
