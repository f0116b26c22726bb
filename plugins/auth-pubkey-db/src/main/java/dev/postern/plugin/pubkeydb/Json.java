// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads and writes the bodies of API calls. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode body;

    private Json(JsonNode body) {
        this.body = body;
    }

    /** The body as an object that has no other fields than these. */
    static Json of(ApiRequest request, Set<String> known) {
        JsonNode body;
        try {
            body = MAPPER.readTree(request.body().toArray());
        } catch (IOException e) {
            throw bad("The body is not JSON");
        }
        if (!(body instanceof ObjectNode object)) {
            throw bad("The body is not a JSON object");
        }
        object.fieldNames()
                .forEachRemaining(name -> {
                    if (!known.contains(name)) {
                        throw bad(
                                "The field '"
                                        + name
                                        + "' is not known, expected "
                                        + String.join(", ", known.stream().sorted().toList()));
                    }
                });
        return new Json(body);
    }

    Optional<String> text(String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.asText().indexOf('\0') >= 0) {
            throw bad("The field '" + field + "' is not a text");
        }
        return Optional.of(value.asText());
    }

    String required(String field) {
        return text(field)
                .filter(t -> !t.isBlank())
                .orElseThrow(() -> bad("The field '" + field + "' is missing"));
    }

    List<String> texts(String field) {
        JsonNode value = body.path(field);
        List<String> texts = new ArrayList<>();
        if (!value.isMissingNode() && !value.isArray()) {
            throw bad("The field '" + field + "' is not a list of texts");
        }
        for (JsonNode item : value) {
            if (!item.isTextual()) {
                throw bad("The field '" + field + "' is not a list of texts");
            }
            texts.add(item.asText());
        }
        return texts;
    }

    Optional<Boolean> bool(String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw bad("The field '" + field + "' is not true or false");
        }
        return Optional.of(value.asBoolean());
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ApiResponse answer(int status, JsonNode tree) {
        try {
            return ApiResponse.json(status, MAPPER.writeValueAsString(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree that cannot be written", e);
        }
    }

    private static ApiProblem bad(String detail) {
        return new ApiProblem(400, PubkeyDbCodes.BAD_REQUEST, detail);
    }
}
