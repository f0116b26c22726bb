// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Authenticator;
import dev.postern.api.config.ConfigReader;
import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.plugin.Component;
import dev.postern.testkit.plugin.TestContext;
import dev.postern.testkit.plugin.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A component of this plugin as a gateway makes it, with one file. */
final class Run implements AutoCloseable {
    static final String NAME = "files";

    private final TestDatabase events;
    final Path file;
    final TestContext context;
    final Component component;

    Run(Path folder, String settings, String text) {
        events = TestDatabase.sqlite(folder);
        context = new TestContext(events.source(), folder);
        file = folder.resolve("authorized_keys");
        write(text);
        component =
                new AuthorizedKeysFactory()
                        .create(NAME, reader("files = [\"" + file + "\"]\n" + settings), context);
    }

    static ConfigReader reader(String text) {
        Config defaults =
                ConfigFactory.parseResources(Run.class, "/reference.conf")
                        .resolve()
                        .getConfig("postern.component-defaults.authorized-keys");
        return ConfigReader.of(
                ConfigFactory.parseString(text).withFallback(defaults), "postern.components.files");
    }

    /** Replaces the file, as an editor does. */
    void write(String text) {
        try {
            Path next = file.resolveSibling("next");
            Files.writeString(next, text);
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Authenticator authenticator() {
        return component.authenticator().orElseThrow();
    }

    AuthDecision evaluate(AuthOffer offer) {
        try {
            return authenticator().evaluate(offer);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static AuthContext context(String loginName, String address) {
        return new AuthContext(
                "c1",
                "main",
                "ssh",
                loginName,
                Optional.of("devbox"),
                Optional.of(loginName),
                address.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new InetSocketAddress(InetAddress.ofLiteral(address), 4711)));
    }

    static AuthOffer offer(SshPublicKey key) {
        return new AuthOffer.PlainKey(context("root", "192.0.2.1"), key);
    }

    static AuthOffer offer(SshPublicKey key, String address) {
        return new AuthOffer.PlainKey(context("root", address), key);
    }

    static AuthOffer offer(SshCertificate certificate, String loginName) {
        return new AuthOffer.Certificate(context(loginName, "192.0.2.1"), certificate);
    }

    @Override
    public void close() {
        try {
            component.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        events.close();
    }
}
