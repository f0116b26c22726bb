// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.admin;

import dev.postern.api.error.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A key store made from the two PEM files that everybody has. */
final class PemKeyStore {
    private PemKeyStore() {}

    static KeyStore read(Path certificates, Path key) {
        try {
            Collection<? extends Certificate> chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes(certificates)));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "admin", privateKey(key), new char[0], chain.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException(
                    "postern.admin.tls: '"
                            + certificates
                            + "' and '"
                            + key
                            + "' cannot be used: "
                            + e.getMessage()
                            + "; expected PEM files");
        }
    }

    private static PrivateKey privateKey(Path file) {
        String pem = new String(bytes(file), StandardCharsets.US_ASCII);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int start = pem.indexOf(begin);
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (start < 0 || end < start) {
            throw new ConfigException(
                    "postern.admin.tls.key-file: '" + file + "' holds no unencrypted PKCS#8 key");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.substring(start + begin.length(), end));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    "postern.admin.tls.key-file: '" + file + "' is not valid PEM");
        }
        return List.of("EC", "RSA", "Ed25519").stream()
                .flatMap(algorithm -> decode(algorithm, der).stream())
                .findFirst()
                .orElseThrow(() ->
                        new ConfigException(
                                "postern.admin.tls.key-file: '"
                                        + file
                                        + "' is neither EC nor RSA nor Ed25519"));
    }

    private static Optional<PrivateKey> decode(String algorithm, byte[] der) {
        try {
            return Optional.of(
                    KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ConfigException("postern.admin.tls: '" + file + "' cannot be read");
        }
    }
}
