// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.ApiRoute;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A route with its path in parts. */
record Template(ApiRoute route, List<String> parts) {
    Template(ApiRoute route) {
        this(route, List.of(route.path().split("/", -1)));
    }

    /** The values of the template's names, if a path fits it. */
    Optional<Map<String, String>> match(String path) {
        String[] actual = path.split("/", -1);
        if (actual.length != parts.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < actual.length; i++) {
            String part = parts.get(i);
            if (part.startsWith("{") && part.endsWith("}") && !actual[i].isEmpty()) {
                values.put(part.substring(1, part.length() - 1), actual[i]);
            } else if (!part.equals(actual[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }
}
