// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.value.Bytes;

/** Problem documents (RFC 9457). */
final class Problems {
    private Problems() {}

    static ApiResponse document(int status, RefusalCode code, String detail) {
        ObjectNode tree = Json.object();
        tree.put("type", "about:blank");
        tree.put("title", title(status));
        tree.put("status", status);
        tree.put("detail", detail);
        tree.put("code", code.value());
        return new ApiResponse(status, "application/problem+json", Bytes.utf8(Json.write(tree)));
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 503 -> "Service Unavailable";
            default -> status >= 500 ? "Internal Server Error" : "Refused";
        };
    }
}
