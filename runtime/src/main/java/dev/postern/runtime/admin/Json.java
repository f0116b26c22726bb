// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Bodies of calls and answers. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }

    static String write(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree that cannot be written", e);
        }
    }

    static ApiResponse answer(int status, JsonNode tree) {
        return ApiResponse.json(status, write(tree));
    }

    /** The body as an object that has no other fields than these. */
    static JsonNode body(ApiRequest request, Set<String> known) {
        JsonNode body;
        try {
            body = MAPPER.readTree(request.body().toArray());
        } catch (IOException e) {
            throw bad("The body is not JSON");
        }
        if (!body.isObject()) {
            throw bad("The body is not a JSON object");
        }
        body.fieldNames()
                .forEachRemaining(name -> {
                    if (!known.contains(name)) {
                        throw bad(
                                "The field '"
                                        + name
                                        + "' is not known, expected "
                                        + String.join(", ", known.stream().sorted().toList()));
                    }
                });
        return body;
    }

    static Optional<String> text(JsonNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.asText().isBlank()) {
            throw bad("The field '" + field + "' is not a text");
        }
        return Optional.of(value.asText());
    }

    static String required(JsonNode body, String field) {
        return text(body, field).orElseThrow(() -> bad("The field '" + field + "' is missing"));
    }

    static ApiProblem bad(String detail) {
        return new ApiProblem(400, ApiCodes.BAD_REQUEST, detail);
    }
}
