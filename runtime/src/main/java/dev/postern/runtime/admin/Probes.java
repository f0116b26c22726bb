// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.value.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The paths that need no token: they change nothing and tell nothing but whether the gateway works. */
public final class Probes {
    private final Readiness readiness;
    private final Optional<Supplier<String>> metrics;

    /**
     * The probes.
     *
     * @param metrics how to scrape, if {@code /metrics} needs no token
     */
    public Probes(Readiness readiness, Optional<Supplier<String>> metrics) {
        this.readiness = readiness;
        this.metrics = metrics;
    }

    Optional<ApiResponse> answer(String method, String path) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Optional.empty();
        }
        return switch (path) {
            case "/healthz" -> Optional.of(new ApiResponse(200, "text/plain", Bytes.utf8("ok\n")));
            case "/readyz" -> Optional.of(ready());
            case "/metrics" -> metrics.map(MetricsRoute::response);
            default -> Optional.empty();
        };
    }

    private ApiResponse ready() {
        List<String> problems = readiness.problems();
        ObjectNode tree = Json.object();
        tree.put("ready", problems.isEmpty());
        ArrayNode reasons = tree.putArray("problems");
        problems.forEach(reasons::add);
        return Json.answer(problems.isEmpty() ? 200 : 503, tree);
    }
}
