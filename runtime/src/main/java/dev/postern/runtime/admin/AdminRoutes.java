// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.ApiRoute;
import dev.postern.api.event.LiveConnections;
import dev.postern.api.plugin.GatewayInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** All routes of a gateway: its own, then those of its components. */
public final class AdminRoutes {
    private AdminRoutes() {}

    /**
     * Puts them together.
     *
     * @param routeNames the SSH routes' names
     * @param explain what {@code postern explain} asks
     * @param components the routes of all components
     */
    public static List<ApiRoute> all(
            TokenStore tokens,
            LiveConnections live,
            GatewayInfo gateway,
            List<String> routeNames,
            ApiRoute explain,
            Supplier<String> scrape,
            List<ApiRoute> components) {
        List<ApiRoute> all = new ArrayList<>();
        all.addAll(new TokenRoutes(tokens).all());
        all.addAll(new SessionRoutes(live).all());
        all.addAll(new GatewayRoutes(gateway, routeNames).all());
        all.add(explain);
        all.add(MetricsRoute.of(scrape));
        all.addAll(components);
        all.add(OpenApi.route(List.copyOf(all)));
        return List.copyOf(all);
    }
}
