// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.admin;

import dev.postern.api.value.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * A call of the admin API; the token has been checked.
 *
 * @param method upper-case HTTP method
 * @param path as it was asked for
 * @param pathParameters values of the template's names, decoded
 * @param query first value of each query parameter, decoded
 * @param body at most 1 MiB
 * @param caller whose token it is
 */
public record ApiRequest(
        String method,
        String path,
        Map<String, String> pathParameters,
        Map<String, String> query,
        Bytes body,
        Caller caller) {
    public ApiRequest {
        pathParameters = Map.copyOf(pathParameters);
        query = Map.copyOf(query);
    }

    /**
     * Whose token it is.
     *
     * @param tokenId the token's public id
     * @param subject the person or program
     * @param role what it may do
     * @param team the team it belongs to
     */
    public record Caller(String tokenId, String subject, Role role, Optional<String> team) {}
}
