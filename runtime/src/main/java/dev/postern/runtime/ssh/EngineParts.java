// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.runtime.audit.AuditLog;
import dev.postern.runtime.config.LimitSettings;
import dev.postern.runtime.config.SshSettings;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Routes;
import dev.postern.runtime.ssh.crypto.Algorithms;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What the engine is built from.
 *
 * @param ssh asked for at each new connection, so that a reload takes effect
 * @param limits asked for at each new connection
 * @param hostKeys asked for at each new connection
 * @param algorithms what is offered
 * @param routes the routes in force
 * @param audit where events go
 * @param meters what is counted and timed
 * @param live where authenticated connections are entered
 * @param clock wall-clock time, for ends of credentials and for audit
 */
public record EngineParts(
        Supplier<SshSettings> ssh,
        Supplier<LimitSettings> limits,
        Supplier<HostKeys> hostKeys,
        Algorithms algorithms,
        Routes routes,
        AuditLog audit,
        EngineMeters meters,
        LiveSet live,
        InstantSource clock) {}
