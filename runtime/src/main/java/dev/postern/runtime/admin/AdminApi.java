// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.admin.ApiProblem;
import dev.postern.api.admin.ApiRequest;
import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.error.ErrorCategory;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.runtime.audit.AuditLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a call, checks token and role, and turns every outcome into an answer. Knows nothing of HTTP
 * servers. Any thread; blocks as long as the route's handler does.
 */
public final class AdminApi {
    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);

    private final List<Template> routes;
    private final TokenStore tokens;
    private final AuditLog audit;

    /** An API of these routes; earlier ones win. */
    public AdminApi(List<ApiRoute> routes, TokenStore tokens, AuditLog audit) {
        this.routes = routes.stream().map(Template::new).toList();
        this.tokens = tokens;
        this.audit = audit;
    }

    /** Answers a call. Never throws for what the caller did. */
    public ApiResponse answer(Call call) throws InterruptedException {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("method", call.method());
        fields.put("path", call.path());
        ApiResponse response;
        Optional<RefusalCode> refusal = Optional.empty();
        try {
            response = route(call, fields);
        } catch (ApiProblem problem) {
            response =
                    Problems.document(
                            problem.status(), problem.code(), String.valueOf(problem.getMessage()));
            refusal = Optional.of(problem.code());
        } catch (PosternException failure) {
            LOG.warn("An API call failed: {}", failure.getMessage(), failure);
            response =
                    Problems.document(
                            status(failure.code()),
                            failure.code(),
                            "The call cannot be answered now, see the gateway's log");
            refusal = Optional.of(failure.code());
        } catch (RuntimeException failure) {
            LOG.error("An API call failed", failure);
            response =
                    Problems.document(
                            500, RefusalCodes.INTERNAL, "The call failed, see the gateway's log");
            refusal = Optional.of(RefusalCodes.INTERNAL);
        }
        fields.put("status", String.valueOf(response.status()));
        audit.event("api.call", Optional.empty(), refusal, fields);
        return response;
    }

    private ApiResponse route(Call call, Map<String, String> fields) throws InterruptedException {
        // The token comes first: without one nobody learns which paths there are.
        Token token =
                call.token()
                        .flatMap(tokens::check)
                        .orElseThrow(() ->
                                new ApiProblem(
                                        401,
                                        ApiCodes.UNAUTHENTICATED,
                                        "There is no valid token, expected 'Authorization: Bearer TOKEN'"));
        fields.put("token", token.id());
        fields.put("subject", token.subject());
        boolean pathKnown = false;
        for (Template template : routes) {
            Optional<Map<String, String>> parameters = template.match(call.path());
            if (parameters.isEmpty()) {
                continue;
            }
            pathKnown = true;
            if (template.route().method().equals(call.method())) {
                return handle(call, token, template.route(), parameters.get());
            }
        }
        if (pathKnown) {
            throw new ApiProblem(
                    405,
                    ApiCodes.METHOD,
                    "'" + call.path() + "' does not answer to " + call.method());
        }
        throw new ApiProblem(404, ApiCodes.NOT_FOUND, "There is nothing at '" + call.path() + "'");
    }

    private static ApiResponse handle(
            Call call, Token token, ApiRoute route, Map<String, String> parameters)
            throws InterruptedException {
        if (token.role() != Role.ADMIN && !route.roles().contains(token.role())) {
            throw new ApiProblem(
                    403,
                    ApiCodes.FORBIDDEN,
                    "The token of '"
                            + token.subject()
                            + "' has not the role for "
                            + route.method()
                            + " "
                            + route.path());
        }
        return route.handler()
                .handle(
                        new ApiRequest(
                                call.method(),
                                call.path(),
                                parameters,
                                call.query(),
                                call.body(),
                                new ApiRequest.Caller(
                                        token.id(), token.subject(), token.role(), token.team())));
    }

    private static int status(RefusalCode code) {
        return code.category() == ErrorCategory.INTERNAL ? 500 : 503;
    }
}
