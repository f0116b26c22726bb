// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.postern.api.error.ConfigException;
import dev.postern.runtime.audit.AuditLog;
import dev.postern.runtime.audit.JsonLinesFile;
import dev.postern.runtime.audit.QueuedAuditLog;
import dev.postern.runtime.config.AuditSettings;
import dev.postern.runtime.config.GatewaySettings;
import dev.postern.runtime.metrics.Meters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** The audit and its file; sinks of components are added when they are made. */
final class AuditModule extends AbstractModule {
    @Provides
    @Singleton
    QueuedAuditLog log(
            GatewaySettings settings, InstantSource clock, Meters meters, Lifecycle lifecycle) {
        AuditSettings audit = settings.audit();
        QueuedAuditLog log = new QueuedAuditLog(audit.queue(), clock, meters);
        audit.file()
                .ifPresent(file ->
                        log.add("file", lifecycle.started("audit file", open(file, audit))));
        return lifecycle.started("audit", log);
    }

    @Provides
    AuditLog any(QueuedAuditLog log) {
        return log;
    }

    private static JsonLinesFile open(Path file, AuditSettings settings) {
        try {
            return JsonLinesFile.open(file, settings.rotateSize(), settings.keep());
        } catch (IOException e) {
            throw new ConfigException(
                    "postern.audit.file is '"
                            + file
                            + "', which cannot be written: "
                            + StateDirectory.reason(e));
        }
    }
}
