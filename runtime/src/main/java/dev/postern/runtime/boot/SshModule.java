// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.postern.api.error.ConfigException;
import dev.postern.runtime.audit.AuditLog;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.config.HostKeySettings;
import dev.postern.runtime.session.EngineMeters;
import dev.postern.runtime.session.LiveSet;
import dev.postern.runtime.session.Routes;
import dev.postern.runtime.ssh.EngineParts;
import dev.postern.runtime.ssh.HostKeyFiles;
import dev.postern.runtime.ssh.HostKeys;
import dev.postern.runtime.ssh.HostPublicKeys;
import dev.postern.runtime.ssh.SshEngine;
import dev.postern.runtime.ssh.crypto.AlgorithmOffer;
import dev.postern.runtime.ssh.crypto.Algorithms;
import dev.postern.runtime.ssh.crypto.ChaChaAcceleration;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/** Host keys, algorithms and the SSH engine. */
final class SshModule extends AbstractModule {
    private final Soon<HostKeys> hostKeys;
    private final Soon<Algorithms> algorithms;

    /** Begins at once with what takes the longest, reading keys and finding the ciphers, beside the rest of the start. */
    SshModule(GatewaySettings settings) {
        hostKeys = Soon.begin("host-keys", () -> read(settings));
        algorithms = Soon.begin("algorithms", () -> choose(settings));
    }

    @Provides
    HostKeys hostKeys() {
        return hostKeys.get();
    }

    @Provides
    Algorithms algorithms() {
        return algorithms.get();
    }

    @Provides
    @Singleton
    ThisGateway gateway(GatewaySettings settings) {
        return new ThisGateway(settings, () -> HostPublicKeys.of(hostKeys.get()));
    }

    private static HostKeys read(GatewaySettings settings) {
        HostKeySettings keys = settings.hostKeys();
        List<Path> serving =
                keys.files().isEmpty()
                        ? HostKeyFiles.ensure(settings.stateDirectory().resolve("host-keys"))
                        : keys.files();
        return HostKeyFiles.read(serving, keys.announced());
    }

    private static Algorithms choose(GatewaySettings settings) {
        ChaChaAcceleration chacha =
                ChaChaAcceleration.valueOf(settings.ssh().chacha().toUpperCase(Locale.ROOT));
        try {
            return Algorithms.of(
                    settings.strictAlgorithms() ? AlgorithmOffer.STRICT : AlgorithmOffer.COMPATIBLE,
                    chacha);
        } catch (IllegalStateException e) {
            throw new ConfigException(
                    "postern.ssh.chacha is '" + settings.ssh().chacha() + "': " + e.getMessage());
        }
    }

    @Provides
    @Singleton
    SshEngine engine(
            GatewaySettings settings,
            HostKeys keys,
            Algorithms algorithms,
            Routes routes,
            AuditLog audit,
            EngineMeters meters,
            LiveSet live,
            InstantSource clock,
            Lifecycle lifecycle) {
        return lifecycle.started(
                "ssh",
                new SshEngine(
                        new EngineParts(
                                settings::ssh,
                                settings::limits,
                                () -> keys,
                                algorithms,
                                routes,
                                audit,
                                meters,
                                live,
                                clock)));
    }
}
