// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.event.LiveConnections.LiveConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Live connections in the admin API. */
final class SessionRoutes {
    private static final String OBJECT = "{\"type\":\"object\"}";

    private final LiveConnections live;

    SessionRoutes(LiveConnections live) {
        this.live = live;
    }

    List<ApiRoute> all() {
        Set<Role> operator = Set.of(Role.ADMIN, Role.OPERATOR);
        return List.of(
                new ApiRoute(
                        "GET",
                        "/v1/sessions",
                        operator,
                        "Lists authenticated connections",
                        "",
                        OBJECT,
                        this::list),
                new ApiRoute(
                        "DELETE",
                        "/v1/sessions/{id}",
                        operator,
                        "Ends a connection and all it started",
                        "",
                        "",
                        this::kill));
    }

    private ApiResponse list(ApiRequest request) {
        ObjectNode answer = Json.object();
        ArrayNode sessions = answer.putArray("sessions");
        live.list().stream()
                .sorted(Comparator.comparing(LiveConnection::since))
                .forEach(s -> sessions.add(describe(s)));
        return Json.answer(200, answer);
    }

    private ApiResponse kill(ApiRequest request) {
        String id = request.pathParameters().getOrDefault("id", "");
        if (live.end(c -> c.id().equals(id), RefusalCodes.SESSION_KILLED) == 0) {
            throw new ApiProblem(404, ApiCodes.NO_SESSION, "There is no connection '" + id + "'");
        }
        return ApiResponse.noContent();
    }

    private static ObjectNode describe(LiveConnection connection) {
        ObjectNode tree = Json.object();
        tree.put("id", connection.id());
        tree.put("actor", connection.actor().toString());
        tree.put("credential", connection.credential().id());
        tree.put("sandbox", connection.sandbox().id());
        tree.put("route", connection.route());
        connection
                .clientAddress()
                .ifPresent(a ->
                        tree.put(
                                "client",
                                a.getAddress().getHostAddress() + " port " + a.getPort()));
        tree.put("since", connection.since().toString());
        tree.put("channels", connection.channels());
        tree.put("bytes_in", connection.bytesIn());
        tree.put("bytes_out", connection.bytesOut());
        tree.put("last_activity", connection.lastActivity().toString());
        return tree;
    }
}
