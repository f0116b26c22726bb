// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Option;
import dev.postern.api.key.SshPublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A certificate that is not signed yet. Parameters as in {@link SshCertificate}; options and extensions are written in the
 * order of their names, as the format wants.
 */
public record CertificateDraft(
        SshPublicKey publicKey,
        long serial,
        SshCertificate.Role role,
        String keyId,
        List<String> principals,
        long validAfter,
        long validBefore,
        List<Option> criticalOptions,
        List<Option> extensions) {
    private static final int NONCE_LENGTH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    public CertificateDraft {
        principals = List.copyOf(principals);
        criticalOptions = sorted(criticalOptions);
        extensions = sorted(extensions);
    }

    /**
     * Signs it, with a fresh nonce.
     *
     * @throws IllegalArgumentException if the draft cannot be a certificate: a key of an unknown type, a name that is
     *     not a text
     * @throws InterruptedException if the signer was interrupted
     */
    public SshCertificate sign(SshSigner signer) throws InterruptedException {
        byte[] nonce = new byte[NONCE_LENGTH];
        RANDOM.nextBytes(nonce);
        byte[] keyBlob = publicKey.blob().toArray();
        int typeLength = 4 + PublicKeys.utf8(publicKey.algorithm()).length;
        byte[] toSign =
                new WireWriter()
                        .string(Certificates.typeOver(publicKey.algorithm()))
                        .string(nonce)
                        .raw(Arrays.copyOfRange(keyBlob, typeLength, keyBlob.length))
                        .uint64(serial)
                        .uint32(role == SshCertificate.Role.USER ? 1 : 2)
                        .string(keyId)
                        .string(strings(principals))
                        .uint64(validAfter)
                        .uint64(validBefore)
                        .string(options(criticalOptions))
                        .string(options(extensions))
                        .string("")
                        .string(signer.publicKey().blob().toArray())
                        .toArray();
        byte[] blob = new WireWriter().raw(toSign).string(signer.sign(toSign)).toArray();
        // Our own reader has the last word, so that nothing leaves that OpenSSH would not read.
        return switch (Certificates.parse(blob)) {
            case CertificateParse.Parsed parsed -> parsed.certificate();
            case CertificateParse.Rejected rejected ->
                    throw new IllegalArgumentException(rejected.message());
        };
    }

    private static byte[] strings(List<String> texts) {
        WireWriter writer = new WireWriter();
        texts.forEach(writer::string);
        return writer.toArray();
    }

    private static byte[] options(List<Option> options) {
        WireWriter writer = new WireWriter();
        options.forEach(o -> writer.string(o.name()).string(o.data().toArray()));
        return writer.toArray();
    }

    private static List<Option> sorted(List<Option> options) {
        return options.stream().sorted(Comparator.comparing(Option::name)).toList();
    }
}
