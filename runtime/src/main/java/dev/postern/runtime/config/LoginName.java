// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

/** What the SSH user name means on a route. */
public enum LoginName {
    /** The sandbox's id. */
    SANDBOX,
    /** The user inside the sandbox; the credential or the listener says which sandbox. */
    GUEST_USER,
    /** A secret; redacted everywhere before any authenticator runs. */
    TOKEN
}
