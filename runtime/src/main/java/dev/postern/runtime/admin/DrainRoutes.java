// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.plugin.GatewayInfo;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;

/** What the gateway is, and how it is emptied. */
public final class DrainRoutes {
    private final GatewayInfo gateway;
    private final IntSupplier connections;
    private final Runnable drain;

    /**
     * The routes.
     *
     * @param connections connections at present, those that have not logged in included
     * @param drain turns readiness red and lets nobody in any more; returns at once
     */
    public DrainRoutes(GatewayInfo gateway, IntSupplier connections, Runnable drain) {
        this.gateway = gateway;
        this.connections = connections;
        this.drain = drain;
    }

    /** The routes for the admin API. */
    public List<ApiRoute> all() {
        return List.of(
                new ApiRoute(
                        "GET",
                        "/v1/gateway",
                        Set.of(Role.values()),
                        "Id, region and number of connections of this gateway",
                        "",
                        "{\"type\":\"object\"}",
                        request -> Json.answer(200, describe())),
                new ApiRoute(
                        "POST",
                        "/v1/drain",
                        Set.of(Role.ADMIN, Role.OPERATOR),
                        "Turns readiness red and lets nobody in any more; those who are in stay",
                        "",
                        "{\"type\":\"object\"}",
                        this::drain));
    }

    private ApiResponse drain(ApiRequest request) {
        drain.run();
        return Json.answer(202, describe());
    }

    private ObjectNode describe() {
        ObjectNode answer = Json.object();
        answer.put("id", gateway.id());
        gateway.region().ifPresent(it -> answer.put("region", it));
        answer.put("connections", connections.getAsInt());
        return answer;
    }
}
