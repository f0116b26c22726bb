// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.plugin;

import dev.postern.api.admin.ApiRoute;
import dev.postern.api.audit.AuditSink;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.CertificateIssuer;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.event.SessionObserver;
import dev.postern.api.listener.ListenerProvider;
import dev.postern.api.sandbox.ResumeHook;
import dev.postern.api.sandbox.SandboxProvisioner;
import dev.postern.api.sandbox.SandboxResolver;
import java.util.List;
import java.util.Optional;

/**
 * One configured instance over one client or store, which shows any number of facets of it. The facets are those that
 * its factory declares; each method returns the same object every time. Closed once, after everything that uses it, in
 * the reverse order of creation; {@link #close} ends its threads and clients and does not block for long.
 */
public interface Component extends AutoCloseable {
    /** Judges offers. */
    default Optional<Authenticator> authenticator() {
        return Optional.empty();
    }

    /** Finds sandboxes and authorises. */
    default Optional<SandboxResolver> sandboxResolver() {
        return Optional.empty();
    }

    /** Wakes sandboxes. */
    default Optional<ResumeHook> resumeHook() {
        return Optional.empty();
    }

    /** Reaches inside. */
    default Optional<SessionBackend> sessionBackend() {
        return Optional.empty();
    }

    /** Makes and ends sandboxes. */
    default Optional<SandboxProvisioner> provisioner() {
        return Optional.empty();
    }

    /** Issues certificates. */
    default Optional<CertificateIssuer> certificateIssuer() {
        return Optional.empty();
    }

    /** Accepts connections. */
    default Optional<ListenerProvider> listenerProvider() {
        return Optional.empty();
    }

    /** Is told about sessions. */
    default Optional<SessionObserver> sessionObserver() {
        return Optional.empty();
    }

    /** Keeps audit events. */
    default Optional<AuditSink> auditSink() {
        return Optional.empty();
    }

    /** What it adds to the admin API. */
    default List<ApiRoute> apiRoutes() {
        return List.of();
    }

    /** How it is; called for {@code /readyz}, returns at once. */
    default Health health() {
        return Health.UP;
    }

    @Override
    default void close() {}
}
