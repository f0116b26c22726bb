// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.error.ConfigException;
import dev.postern.keys.Ed25519KeyPair;
import dev.postern.runtime.ssh.HostKeys.HostKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.loader.KeyPairResourceParser;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;

/** Host keys in OpenSSH's private key files, made at the first start where none are configured. */
public final class HostKeyFiles {
    private static final int RSA_BITS = 3072;
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);
    private static final KeyPairResourceParser PARSER = OpenSSHKeyPairResourceParser.INSTANCE;

    private HostKeyFiles() {}

    /**
     * Reads the keys of these files, one a file.
     *
     * @throws ConfigException if a file cannot be read, is open to others, or holds no key that can be used
     */
    public static HostKeys read(List<Path> serving, List<Path> announced) {
        return new HostKeys(
                serving.stream().map(HostKeyFiles::read).toList(),
                announced.stream().map(HostKeyFiles::read).toList());
    }

    /**
     * The gateway's own keys in a directory, an Ed25519 and an RSA one; those that are missing are made, mode 0600.
     *
     * @throws ConfigException if that is not possible
     */
    public static List<Path> ensure(Path directory) {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            List<Path> files = new ArrayList<>();
            files.add(ensure(directory.resolve("ssh_host_ed25519_key"), HostKeyFiles::ed25519));
            files.add(ensure(directory.resolve("ssh_host_rsa_key"), HostKeyFiles::rsa));
            return files;
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "Host keys cannot be made in '" + directory + "': " + e.getMessage());
        }
    }

    private interface Maker {
        byte[] make() throws IOException, GeneralSecurityException;
    }

    private static Path ensure(Path file, Maker maker)
            throws IOException, GeneralSecurityException {
        if (Files.exists(file)) {
            return file;
        }
        Path unfinished =
                Files.createTempFile(
                        file.getParent(),
                        "host-key",
                        ".new",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(unfinished)) {
            out.write(maker.make());
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    private static byte[] ed25519() {
        return Ed25519KeyPair.generate()
                .privateKeyFile("postern")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] rsa() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(RSA_BITS);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
                generator.generateKeyPair(), "postern", null, file);
        return file.toByteArray();
    }

    private static HostKey read(Path file) {
        try {
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new ConfigException(
                        "The host key '" + file + "' is open to others, expected mode 0600");
            }
            try (InputStream in = Files.newInputStream(file)) {
                for (KeyPair pair :
                        PARSER.loadKeyPairs(
                                null,
                                NamedResource.ofName(file.toString()),
                                FilePasswordProvider.EMPTY,
                                in)) {
                    return new HostKey(pair, Optional.empty());
                }
            }
            throw new ConfigException(
                    "The host key '"
                            + file
                            + "' holds no key, expected OpenSSH's private key form");
        } catch (IOException | GeneralSecurityException e) {
            throw new ConfigException(
                    "The host key '" + file + "' cannot be read: " + e.getMessage());
        }
    }
}
