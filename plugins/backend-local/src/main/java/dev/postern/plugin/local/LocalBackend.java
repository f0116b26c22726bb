// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ConnectionContext;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
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
    private final FileTree tree;
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
            FileTree tree,
            Children children,
            InstantSource clock) {
        this.settings = settings;
        this.account = account;
        this.guests = guests;
        this.folders = folders;
        this.tree = tree;
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
        boolean otherUser = guests.isEmpty();
        ProcessStarter starter =
                new ProcessStarter(
                        settings,
                        account,
                        otherUser,
                        folder,
                        folders.marker(sandbox.id()),
                        children);
        // As the gateway's own user only: where processes run as another, the files would be the
        // wrong user's.
        Optional<SandboxFiles> files =
                otherUser ? Optional.empty() : Optional.of(new LocalFiles(tree, home(folder)));
        Optional<Forwards> forwards =
                settings.forwards()
                        ? Optional.of(
                                new Forwards(children, folder, settings.dialTimeout(), otherUser))
                        : Optional.empty();
        return new LocalConnection(starter, files, forwards);
    }

    /** The folder as SFTP clients see it; their root where the folder lies outside of that. */
    private String home(Path folder) {
        if (settings.filesRoot().isEmpty()) {
            return folder.toString();
        }
        Path root = settings.filesRoot().get();
        return folder.startsWith(root) && !folder.equals(root)
                ? "/" + root.relativize(folder)
                : "/";
    }
}
