// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.config;

import java.time.Duration;
import java.util.List;

/**
 * A route as it stands under {@code postern.routes}.
 *
 * @param authenticators components, in the order they are asked
 * @param resolver component that finds and authorises
 * @param resume components that wake, in the order they are asked
 * @param backends components that the resolver may name
 * @param loginName what the SSH user name means
 * @param policy name under {@code postern.policies}
 * @param resumeTimeout longest wait for waking
 */
public record RouteSettings(
        List<String> authenticators,
        String resolver,
        List<String> resume,
        List<String> backends,
        LoginName loginName,
        String policy,
        Duration resumeTimeout) {
    public RouteSettings {
        authenticators = List.copyOf(authenticators);
        resume = List.copyOf(resume);
        backends = List.copyOf(backends);
    }
}
