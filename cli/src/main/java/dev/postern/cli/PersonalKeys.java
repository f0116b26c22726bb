// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import dev.postern.keys.Ed25519KeyPair;
import dev.postern.keys.KeyParse;
import dev.postern.keys.PublicKeys;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The key files of the person at this machine. */
final class PersonalKeys {
    /** What ssh tries without being told (ssh_config(5), IdentityFile). */
    private static final Set<String> DEFAULTS =
            Set.of("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk");

    private PersonalKeys() {}

    /** The public key files of a directory that hold a plain key, sorted by name. */
    static List<Path> find(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.pub")) {
            for (Path file : files) {
                if (Files.isRegularFile(file)
                        && PublicKeys.parse(Files.readString(file)) instanceof KeyParse.Parsed) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            // There is no such directory, or it is none of our business; then there are no keys in
            // it.
            return List.of();
        }
        found.sort(null);
        return found;
    }

    /** A pair in the directory, made if it is not there; answers the public file. */
    static Path make(Path directory) {
        Path secret = directory.resolve("id_ed25519");
        Path open = directory.resolve("id_ed25519.pub");
        if (Files.exists(open)) {
            return open;
        }
        Ed25519KeyPair pair = Ed25519KeyPair.generate();
        try {
            Files.deleteIfExists(secret);
            Files.createFile(
                    secret,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, pair.privateKeyFile("postern quickstart"));
            Files.writeString(open, pair.publicKey().line() + " postern quickstart\n");
            return open;
        } catch (IOException e) {
            throw new CliFailure(
                    Exit.REFUSED,
                    "A key pair cannot be made in '" + directory + "': " + GatewayAccess.reason(e));
        }
    }

    /** The private file beside a public one. */
    static Path privateHalf(Path open) {
        String name = String.valueOf(open.getFileName());
        return open.resolveSibling(name.substring(0, name.length() - ".pub".length()));
    }

    /** Whether ssh finds a private key by itself. */
    static boolean triedByDefault(Path secret) {
        Path parent = secret.getParent();
        return parent != null
                && parent.equals(StateDirectory.home().resolve(".ssh"))
                && DEFAULTS.contains(String.valueOf(secret.getFileName()));
    }
}
