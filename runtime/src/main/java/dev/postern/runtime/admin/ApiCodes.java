// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.error.RefusalCode;

/** The stable codes of the admin API itself. */
public final class ApiCodes {
    /** No token, or one that is not good. */
    public static final RefusalCode UNAUTHENTICATED = RefusalCode.user("api.unauthenticated");

    /** The token's role may not do that. */
    public static final RefusalCode FORBIDDEN = RefusalCode.user("api.forbidden");

    /** There is no such path. */
    public static final RefusalCode NOT_FOUND = RefusalCode.user("api.not-found");

    /** The path has no such method. */
    public static final RefusalCode METHOD = RefusalCode.user("api.method-not-allowed");

    /** The body is larger than allowed. */
    public static final RefusalCode TOO_LARGE = RefusalCode.user("api.body-too-large");

    /** The body or a parameter is not what it should be. */
    public static final RefusalCode BAD_REQUEST = RefusalCode.user("api.bad-request");

    /** There is no such token. */
    public static final RefusalCode NO_TOKEN = RefusalCode.user("api.token-unknown");

    /** There is no such connection. */
    public static final RefusalCode NO_SESSION = RefusalCode.user("api.session-unknown");

    private ApiCodes() {}
}
