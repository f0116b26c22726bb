// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

/** What a component can be used for; {@code config check} verifies references against it without creating anything. */
public enum Facet {
    /** {@link Component#authenticator}. */
    AUTHENTICATOR,
    /** {@link Component#sandboxResolver}. */
    SANDBOX_RESOLVER,
    /** {@link Component#resumeHook}. */
    RESUME_HOOK,
    /** {@link Component#sessionBackend}. */
    SESSION_BACKEND,
    /** {@link Component#provisioner}. */
    PROVISIONER,
    /** {@link Component#certificateIssuer}. */
    CERTIFICATE_ISSUER,
    /** {@link Component#listenerProvider}. */
    LISTENER,
    /** {@link Component#sessionObserver}. */
    SESSION_OBSERVER,
    /** {@link Component#auditSink}. */
    AUDIT_SINK,
    /** {@link Component#apiRoutes}. */
    API_ROUTES
}
