// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenAPI document, made from the routes themselves. */
public final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");

    private OpenApi() {}

    /** The route that answers with the document of these routes. */
    static ApiRoute route(List<ApiRoute> routes) {
        return new ApiRoute(
                "GET",
                "/v1/openapi.json",
                Set.of(Role.values()),
                "This document",
                "",
                "{\"type\":\"object\"}",
                request -> ApiResponse.json(200, document(routes)));
    }

    /** The document as JSON text. */
    public static String document(List<ApiRoute> routes) {
        ObjectNode root = Json.object();
        root.put("openapi", "3.1.0");
        root.putObject("info").put("title", "Postern admin API").put("version", "1");
        ObjectNode bearer =
                root.putObject("components").putObject("securitySchemes").putObject("token");
        bearer.put("type", "http").put("scheme", "bearer");
        root.putArray("security").addObject().putArray("token");
        ObjectNode paths = root.putObject("paths");
        for (ApiRoute route : routes) {
            ObjectNode path =
                    paths.withObject("/" + route.path().replace("~", "~0").replace("/", "~1"));
            describe(route, path.putObject(route.method().toLowerCase(Locale.ROOT)));
        }
        return Json.write(root);
    }

    private static void describe(ApiRoute route, ObjectNode operation) {
        operation.put("summary", route.summary());
        ArrayNode roles = operation.putArray("x-postern-roles");
        route.roles().stream()
                .map(r -> r.name().toLowerCase(Locale.ROOT))
                .sorted()
                .forEach(roles::add);
        Matcher names = PARAMETER.matcher(route.path());
        while (names.find()) {
            ObjectNode parameter = operation.withArray("parameters").addObject();
            parameter.put("name", names.group(1)).put("in", "path").put("required", true);
            parameter.putObject("schema").put("type", "string");
        }
        if (!route.requestSchema().isEmpty()) {
            content(
                    operation.putObject("requestBody").put("required", true),
                    "application/json",
                    route.requestSchema());
        }
        ObjectNode responses = operation.putObject("responses");
        if (route.responseSchema().isEmpty()) {
            responses.putObject("2XX").put("description", "Done");
        } else {
            content(
                    responses.putObject("2XX").put("description", "Done"),
                    "application/json",
                    route.responseSchema());
        }
        content(
                responses
                        .putObject("default")
                        .put("description", "A problem document with a stable code"),
                "application/problem+json",
                "{\"type\":\"object\",\"required\":[\"status\",\"code\",\"detail\"]}");
    }

    private static void content(ObjectNode holder, String type, String schema) {
        holder.putObject("content").putObject(type).set("schema", Json.parse(schema));
    }
}
