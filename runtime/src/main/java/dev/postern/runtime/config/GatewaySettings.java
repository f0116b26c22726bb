// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything under {@code postern}, checked: every name that one part gives of another exists.
 *
 * @param region region that the gateway serves
 * @param stateDirectory where it keeps its state, absolute
 * @param activityInterval how often session observers hear of activity
 * @param databases by name
 * @param components by name, in the order of their names
 * @param listeners by name
 * @param routes by name
 * @param policies by name
 * @param ssh the SSH protocol
 * @param hostKeys where the host keys are
 * @param strictAlgorithms whether only post-quantum key exchanges are offered
 * @param limits limits of the whole gateway
 * @param admin the admin API
 * @param audit the audit
 */
public record GatewaySettings(
        Optional<String> region,
        Path stateDirectory,
        Duration activityInterval,
        Map<String, DatabaseSettings> databases,
        Map<String, ComponentSettings> components,
        Map<String, ListenerSettings> listeners,
        Map<String, RouteSettings> routes,
        Map<String, PolicySettings> policies,
        SshSettings ssh,
        HostKeySettings hostKeys,
        boolean strictAlgorithms,
        LimitSettings limits,
        AdminSettings admin,
        AuditSettings audit) {
    public GatewaySettings {
        databases = ordered(databases);
        components = ordered(components);
        listeners = ordered(listeners);
        routes = ordered(routes);
        policies = ordered(policies);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
