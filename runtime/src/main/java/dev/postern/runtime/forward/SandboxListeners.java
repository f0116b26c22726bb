// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.ListenResult;
import dev.postern.api.backend.ListenSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a backend to listen, and takes what it must not throw for an answer. */
final class SandboxListeners {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxListeners.class);

    static ListenResult listen(SandboxConnection open, ListenSpec spec)
            throws InterruptedException {
        try {
            return open.listen(spec);
        } catch (PosternException e) {
            LOG.atWarn().setCause(e).log("Listening failed");
            return new ListenResult.Failed(e.code(), "The backend failed");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("Listening failed");
            return new ListenResult.Failed(RefusalCodes.PLUGIN_FAILED, "The backend failed");
        }
    }

    private SandboxListeners() {}
}
