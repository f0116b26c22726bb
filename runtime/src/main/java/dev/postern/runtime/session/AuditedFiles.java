// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.SandboxFiles.OpenOption;
import dev.postern.runtime.sftp.FileActivity;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes what an SFTP session did into the audit trail. */
final class AuditedFiles implements FileActivity {
    private final SessionScope scope;
    private final String session;

    AuditedFiles(SessionScope scope, String session) {
        this.scope = scope;
        this.session = session;
    }

    @Override
    public void opened(String path, Set<OpenOption> options) {
        Map<String, String> fields = fields(path);
        fields.put("options", options.toString().toLowerCase(Locale.ROOT));
        scope.note("file.opened", fields);
    }

    @Override
    public void closed(String path, long bytesRead, long bytesWritten) {
        Map<String, String> fields = fields(path);
        fields.put("read", String.valueOf(bytesRead));
        fields.put("written", String.valueOf(bytesWritten));
        scope.note("file.closed", fields);
    }

    @Override
    public void changed(Change change, String path, Optional<String> other) {
        Map<String, String> fields = fields(path);
        fields.put("change", change.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        other.ifPresent(it -> fields.put("other", it));
        scope.note("file.changed", fields);
    }

    private Map<String, String> fields(String path) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("session", session);
        fields.put("path", path);
        return fields;
    }
}
