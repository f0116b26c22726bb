// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.value.Bytes;
import java.util.Set;
import java.util.function.Supplier;

/** Meters in Prometheus' text form. */
final class MetricsRoute {
    private MetricsRoute() {}

    static ApiRoute of(Supplier<String> scrape) {
        return new ApiRoute(
                "GET",
                "/metrics",
                Set.of(Role.ADMIN, Role.OPERATOR, Role.METRICS),
                "Meters in Prometheus' text form",
                "",
                "",
                request -> response(scrape));
    }

    static ApiResponse response(Supplier<String> scrape) {
        return new ApiResponse(
                200, "text/plain; version=0.0.4; charset=utf-8", Bytes.utf8(scrape.get()));
    }
}
