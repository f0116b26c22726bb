// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.value.Bytes;
import dev.postern.api.value.Secret;
import java.util.Map;
import java.util.Optional;

/**
 * A call as it came over HTTP.
 *
 * @param method upper-case HTTP method
 * @param path decoded path
 * @param query first value of each query parameter, decoded
 * @param token bearer token
 * @param body the body
 */
public record Call(
        String method, String path, Map<String, String> query, Optional<Secret> token, Bytes body) {
    public Call {
        query = Map.copyOf(query);
    }
}
