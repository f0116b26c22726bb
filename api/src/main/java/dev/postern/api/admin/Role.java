// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.admin;

/** What a token may do. */
public enum Role {
    /** Everything. */
    ADMIN,
    /** Mint certificates and one-time credentials. */
    ISSUER,
    /** See and end sessions, drain, reload. */
    OPERATOR,
    /** What concerns the token's own subject. */
    USER,
    /** Read metrics and health. */
    METRICS
}
