// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.SessionBackend;
import dev.postern.api.error.ConfigException;
import dev.postern.api.plugin.Component;
import dev.postern.api.plugin.PluginContext;
import dev.postern.api.sandbox.SandboxProvisioner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandboxes that are folders of this host. */
final class LocalComponent implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(LocalComponent.class);

    private final Children children;
    private final FileTree tree;
    private final SessionBackend backend;
    private final SandboxProvisioner provisioner;

    private LocalComponent(
            Children children,
            FileTree tree,
            SessionBackend backend,
            SandboxProvisioner provisioner) {
        this.children = children;
        this.tree = tree;
        this.backend = backend;
        this.provisioner = provisioner;
    }

    static LocalComponent create(String name, LocalSettings settings, PluginContext context) {
        Posix.missing()
                .ifPresent(reason -> {
                    throw new ConfigException(
                            "Component '" + name + "' cannot run on this host: " + reason);
                });
        Account own = Account.own();
        Optional<Account> other = settings.runAs().map(user -> other(name, user, own));
        Account account = other.orElse(own);
        Path state = context.stateDirectory();
        Path root = settings.root().orElse(state.resolve("sandboxes"));
        SandboxFolders folders = new SandboxFolders(root, state, other);
        other.ifPresent(user -> requireReachable(name, folders.root(), user));
        Optional<Guests> guests =
                other.isPresent()
                        ? Optional.empty()
                        : Optional.of(new Guests(settings.user(), state));
        FileTree tree = settings.filesRoot().map(FileTree::under).orElseGet(FileTree::host);
        Children children = new Children(name, settings.eventThreads());
        LOG.atWarn()
                .addKeyValue("component", name)
                .addKeyValue("user", account.name())
                .addKeyValue("root", root)
                .log(
                        "This component isolates nothing: processes run on this host with all rights of their user");
        return new LocalComponent(
                children,
                tree,
                new LocalBackend(
                        settings, account, guests, folders, tree, children, context.clock()),
                new LocalProvisioner(name, folders, settings.keepFiles(), context.clock()));
    }

    @Override
    public Optional<SessionBackend> sessionBackend() {
        return Optional.of(backend);
    }

    @Override
    public Optional<SandboxProvisioner> provisioner() {
        return Optional.of(provisioner);
    }

    @Override
    public void close() {
        children.close();
        tree.close();
    }

    private static Account other(String component, String user, Account own) {
        String where =
                "Setting 'run-as' of component '" + component + "' is '" + user + "', expected ";
        Account account =
                Account.named(user)
                        .orElseThrow(() ->
                                new ConfigException(where + "the name of a user of this host"));
        if (account.uid() == own.uid()) {
            throw new ConfigException(where + "another user than the gateway's own");
        }
        if (!Posix.isRoot()) {
            throw new ConfigException(
                    where + "none: only a gateway that runs as root can switch to another user");
        }
        if (!Files.isExecutable(Path.of(ProcessStarter.SETPRIV))) {
            throw new ConfigException(
                    where + "none: " + ProcessStarter.SETPRIV + " of util-linux is missing");
        }
        return account;
    }

    private static void requireReachable(String component, Path root, Account user) {
        try {
            for (Path path = root.getParent(); path != null; path = path.getParent()) {
                int mode = (Integer) Files.getAttribute(path, "unix:mode");
                int uid = (Integer) Files.getAttribute(path, "unix:uid");
                int gid = (Integer) Files.getAttribute(path, "unix:gid");
                int enter = uid == user.uid() ? 0100 : gid == user.gid() ? 0010 : 0001;
                if ((mode & enter) == 0) {
                    throw new ConfigException(
                            "Setting 'root' of component '"
                                    + component
                                    + "' is '"
                                    + root
                                    + "', expected a directory that user '"
                                    + user.name()
                                    + "' can reach, but '"
                                    + path
                                    + "' does not let that user through");
                }
            }
        } catch (IOException e) {
            throw new ConfigException(
                    "Setting 'root' of component '" + component + "' is '" + root + "': " + e);
        }
    }
}
