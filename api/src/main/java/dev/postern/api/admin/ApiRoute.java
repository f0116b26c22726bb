// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.admin;

import java.util.Set;

/**
 * A route of the admin API.
 *
 * @param method upper-case HTTP method
 * @param path template such as {@code /v1/users/{user}/ssh-keys}
 * @param roles who may call it; {@link Role#ADMIN} always may
 * @param summary one line for the OpenAPI document
 * @param requestSchema JSON schema of the body as JSON text, or empty if it takes none
 * @param responseSchema JSON schema of the answer as JSON text, or empty if it has none
 * @param handler answers; called on a virtual thread, may block
 */
public record ApiRoute(
        String method,
        String path,
        Set<Role> roles,
        String summary,
        String requestSchema,
        String responseSchema,
        Handler handler) {
    public ApiRoute {
        roles = Set.copyOf(roles);
    }

    /** Answers a call. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Answers.
         *
         * @throws ApiProblem for an outcome that the caller must see
         * @throws InterruptedException if the gateway stops
         */
        ApiResponse handle(ApiRequest request) throws InterruptedException;
    }
}
