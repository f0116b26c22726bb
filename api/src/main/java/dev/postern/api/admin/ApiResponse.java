// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.admin;

import dev.postern.api.value.Bytes;

/**
 * The answer of the admin API.
 *
 * @param status HTTP status
 * @param contentType media type of the body
 * @param body may be empty
 */
public record ApiResponse(int status, String contentType, Bytes body) {
    /** A JSON answer. */
    public static ApiResponse json(int status, String json) {
        return new ApiResponse(status, "application/json", Bytes.utf8(json));
    }

    /** 204 without a body. */
    public static ApiResponse noContent() {
        return new ApiResponse(204, "application/json", Bytes.empty());
    }
}
