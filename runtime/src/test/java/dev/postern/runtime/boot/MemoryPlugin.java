// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import dev.postern.api.admin.ApiResponse;
import dev.postern.api.admin.ApiRoute;
import dev.postern.api.admin.Role;
import dev.postern.api.audit.AuditEvent;
import dev.postern.api.audit.AuditSink;
import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.ComponentFactory;
import dev.postern.api.plugin.Facet;
import dev.postern.api.plugin.Health;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.plugin.PosternPlugin;
import dev.postern.api.sandbox.Resolution;
import dev.postern.api.sandbox.SandboxRef;
import dev.postern.api.sandbox.SandboxResolver;
import dev.postern.api.sandbox.SandboxState;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A plugin whose one component lets everybody into sandbox "box" and keeps the audit in memory. */
final class MemoryPlugin implements PosternPlugin {
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
    volatile Health health = Health.UP;

    @Override
    public List<ComponentFactory> components() {
        return List.of(
                new ComponentFactory() {
                    @Override
                    public String type() {
                        return "memory";
                    }

                    @Override
                    public Set<Facet> facets() {
                        return EnumSet.allOf(Facet.class);
                    }

                    @Override
                    public void check(ConfigReader settings) {
                        settings.optionalString("database");
                        settings.optionalString("fail");
                    }

                    @Override
                    public Component create(
                            String name, ConfigReader settings, PluginContext context) {
                        settings.optionalString("fail")
                                .ifPresent(it -> {
                                    throw new PosternException(RefusalCodes.INTERNAL, it);
                                });
                        log.add("+" + name);
                        return new Memory(name);
                    }
                });
    }

    private final class Memory implements Component {
        private final String name;

        Memory(String name) {
            this.name = name;
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return Optional.of(this::judge);
        }

        private AuthDecision judge(AuthOffer offer) {
            return new Granted(
                    List.of(new Identity(name, "somebody")),
                    new CredentialRef(name, "any"),
                    Optional.empty(),
                    Optional.empty(),
                    Restrictions.NONE,
                    Optional.empty());
        }

        @Override
        public Optional<SandboxResolver> sandboxResolver() {
            return Optional.of(request ->
                    request.sandbox().filter("box"::equals).isPresent()
                            ? new Resolution.Found(
                                    new SandboxRef(name, "box", "", name, Map.of()),
                                    request.identities().getFirst(),
                                    SandboxState.RUNNING,
                                    Optional.empty(),
                                    Restrictions.NONE,
                                    Optional.empty())
                            : new Resolution.NotFound());
        }

        @Override
        public Optional<SessionBackend> sessionBackend() {
            return Optional.of((sandbox, context) -> {
                throw new PosternException(
                        RefusalCodes.BACKEND_CONNECT_FAILED, "There is nothing inside");
            });
        }

        @Override
        public Optional<AuditSink> auditSink() {
            return Optional.of(audit::addAll);
        }

        @Override
        public List<ApiRoute> apiRoutes() {
            return List.of(
                    new ApiRoute(
                            "GET",
                            "/v1/memory",
                            Set.of(Role.USER),
                            "Says its name",
                            "",
                            "{\"type\":\"object\"}",
                            request -> ApiResponse.json(200, "{\"name\":\"" + name + "\"}")));
        }

        @Override
        public Health health() {
            return health;
        }

        @Override
        public void close() {
            log.add("-" + name);
        }
    }
}
