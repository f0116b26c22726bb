// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.plugin;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.value.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls a component's part of the admin API as the gateway does, without HTTP. Any thread. */
public final class ApiCaller {
    private static final ApiRequest.Caller ADMIN =
            new ApiRequest.Caller("token-1", "root", Role.ADMIN, Optional.empty());

    private final List<ApiRoute> routes;
    private final ApiRequest.Caller caller;

    /** Calls as an administrator. */
    public ApiCaller(List<ApiRoute> routes) {
        this(routes, ADMIN);
    }

    private ApiCaller(List<ApiRoute> routes, ApiRequest.Caller caller) {
        this.routes = List.copyOf(routes);
        this.caller = caller;
    }

    /** The same API with the token of a user who has no team. */
    public ApiCaller asUser(String subject) {
        return as(Role.USER, subject, Optional.empty());
    }

    /** The same API with another token. */
    public ApiCaller as(Role role, String subject, Optional<String> team) {
        return new ApiCaller(routes, new ApiRequest.Caller("token-2", subject, role, team));
    }

    /**
     * Calls.
     *
     * @param path may end with {@code ?name=value}
     * @throws ApiProblem as the handler ends it
     * @throws AssertionError if no route is meant for this caller
     */
    public ApiResponse call(String method, String path, String body) {
        String[] halves = path.split("\\?", 2);
        Map<String, String> query = new HashMap<>();
        if (halves.length > 1) {
            String[] pair = halves[1].split("=", 2);
            query.put(pair[0], pair[1]);
        }
        for (ApiRoute route : routes) {
            Map<String, String> parameters = new HashMap<>();
            boolean allowed = caller.role() == Role.ADMIN || route.roles().contains(caller.role());
            if (allowed
                    && route.method().equals(method)
                    && fits(route.path().split("/", -1), halves[0].split("/", -1), parameters)) {
                try {
                    return route.handler()
                            .handle(
                                    new ApiRequest(
                                            method,
                                            halves[0],
                                            parameters,
                                            query,
                                            Bytes.utf8(body),
                                            caller));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("No route for " + method + " " + path + " of " + caller.role());
    }

    /** The body of the answer. */
    public String text(String method, String path, String body) {
        return call(method, path, body).body().text();
    }

    /** Status and stable code of the problem that the call ends with; or what it answers instead. */
    public String problem(String method, String path, String body) {
        try {
            return "no problem but " + text(method, path, body);
        } catch (ApiProblem e) {
            return e.status() + " " + e.code();
        }
    }

    private static boolean fits(String[] template, String[] words, Map<String, String> parameters) {
        if (template.length != words.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            String part = template[i];
            if (part.startsWith("{")) {
                parameters.put(part.substring(1, part.length() - 1), words[i]);
            } else if (!part.equals(words[i])) {
                return false;
            }
        }
        return true;
    }
}
