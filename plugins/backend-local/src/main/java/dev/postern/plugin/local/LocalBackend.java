// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.sandbox.SandboxRef;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Opens folders of this host as sandboxes. */
final class LocalBackend implements SessionBackend {
    private final LocalSettings settings;
    private final Account account;
    private final Optional<Guests> guests;
    private final SandboxFolders folders;
    private final Children children;
    private final InstantSource clock;

    /**
     * A backend.
     *
     * @param account whom processes run as
     * @param guests who may come in; empty where {@code account} is another user than the gateway's
     */
    LocalBackend(
            LocalSettings settings,
            Account account,
            Optional<Guests> guests,
            SandboxFolders folders,
            Children children,
            InstantSource clock) {
        this.settings = settings;
        this.account = account;
        this.guests = guests;
        this.folders = folders;
        this.children = children;
        this.clock = clock;
    }

    @Override
    public SandboxConnection connect(SandboxRef sandbox, ConnectionContext context) {
        guests.ifPresent(door -> door.admit(context));
        context.guestUser()
                .filter(user -> !user.equals(account.name()))
                .ifPresent(user -> {
                    throw new PosternException(
                            RefusalCodes.BACKEND_CAPABILITY,
                            "User '"
                                    + user
                                    + "' was asked for, expected none or '"
                                    + account.name()
                                    + "', as whom processes run here");
                });
        Path folder = folders.open(sandbox, clock.instant());
        return new LocalConnection(
                new ProcessStarter(
                        settings,
                        account,
                        guests.isEmpty(),
                        folder,
                        folders.marker(sandbox.id()),
                        children));
    }
}
