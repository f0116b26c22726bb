// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import dev.postern.keys.CertificateParse.Reason;
import dev.postern.keys.WireReader.MalformedException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads OpenSSH certificates (PROTOCOL.certkeys, draft-miller-ssh-cert). Never throws for what somebody wrote. As strict as
 * OpenSSH: both roles only, no chained certificates, nothing left over; and principals must be UTF-8.
 */
public final class Certificates {
    static final String SUFFIX = "-cert-v01@openssh.com";
    private static final String VENDOR = "@openssh.com";
    private static final int PRINCIPALS_MOST = 256;

    private Certificates() {}

    /** Whether a type name is that of a certificate. */
    public static boolean isCertificateType(String type) {
        return type.endsWith(SUFFIX);
    }

    /** The certificate type over keys of a plain type. */
    static String typeOver(String plainType) {
        return (plainType.endsWith(VENDOR)
                        ? plainType.substring(0, plainType.length() - VENDOR.length())
                        : plainType)
                + SUFFIX;
    }

    private static String plainType(String type) {
        String plain = type.substring(0, type.length() - SUFFIX.length());
        return plain.startsWith("sk-") ? plain + VENDOR : plain;
    }

    /** Reads one line such as a {@code -cert.pub} file holds. */
    public static CertificateParse parse(String text) {
        String[] words = text.strip().split("[ \t]+", 3);
        if (words.length < 2
                || !isCertificateType(words[0])
                || text.strip().lines().filter(l -> !l.isBlank()).count() != 1) {
            return rejected(
                    Reason.NOT_A_CERTIFICATE,
                    "This is not a certificate, expected one line such as a -cert.pub file holds");
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException e) {
            return rejected(Reason.NOT_A_CERTIFICATE, "What follows the type is not base64");
        }
        CertificateParse parse = parse(blob);
        if (!(parse instanceof CertificateParse.Parsed(SshCertificate certificate, String _))) {
            return parse;
        }
        return certificate.algorithm().equals(words[0])
                ? new CertificateParse.Parsed(certificate, words.length > 2 ? words[2].strip() : "")
                : rejected(
                        Reason.MALFORMED,
                        "The certificate is damaged: it names another type inside");
    }

    /** Reads a certificate in its wire form. */
    public static CertificateParse parse(byte[] blob) {
        try {
            WireReader reader = new WireReader(blob);
            String type = reader.text();
            if (!isCertificateType(type)) {
                return rejected(
                        Reason.NOT_A_CERTIFICATE, "This is not a certificate but another blob");
            }
            String plainType = plainType(type);
            if (!KeyFields.known(plainType)) {
                return rejected(
                        Reason.UNKNOWN_TYPE,
                        "The certificate's type is not known, expected ed25519, ECDSA or RSA");
            }
            return body(type, plainType, reader, blob);
        } catch (MalformedException e) {
            return rejected(Reason.MALFORMED, "The certificate is damaged: " + e.getMessage());
        }
    }

    private static CertificateParse body(
            String type, String plainType, WireReader reader, byte[] blob)
            throws MalformedException {
        reader.string();
        int keyStart = reader.position();
        int rsaBits = KeyFields.check(plainType, reader);
        SshPublicKey key =
                new SshPublicKey(
                        plainType,
                        Bytes.of(
                                new WireWriter()
                                        .string(plainType)
                                        .raw(reader.since(keyStart))
                                        .toArray()));
        long serial = reader.uint64();
        SshCertificate.Role role = role(reader.uint32());
        String keyId = reader.plainText();
        List<String> principals = principals(new WireReader(reader.string()));
        long validAfter = reader.uint64();
        long validBefore = reader.uint64();
        List<SshCertificate.Option> critical = options(new WireReader(reader.string()));
        List<SshCertificate.Option> extensions = options(new WireReader(reader.string()));
        reader.string();
        byte[] authority = reader.string();
        byte[] signature = reader.string();
        reader.end();
        if (rsaBits > 0 && rsaBits < KeyFields.RSA_LEAST_BITS) {
            return rejected(
                    Reason.RSA_SHORT,
                    "The certificate's RSA key has "
                            + rsaBits
                            + " bits, expected at least "
                            + KeyFields.RSA_LEAST_BITS);
        }
        return switch (PublicKeys.parse(authority)) {
            case KeyParse.Parsed(SshPublicKey signatureKey, String _) ->
                    new CertificateParse.Parsed(
                            new SshCertificate(
                                    type,
                                    key,
                                    serial,
                                    role,
                                    keyId,
                                    principals,
                                    validAfter,
                                    validBefore,
                                    critical,
                                    extensions,
                                    signatureKey,
                                    new WireReader(signature).text(),
                                    Bytes.of(blob)),
                            "");
            case KeyParse.Rejected rejected ->
                    rejected.reason() == KeyParse.Reason.RSA_SHORT
                            ? rejected(Reason.RSA_SHORT, "The CA's key: " + rejected.message())
                            : rejected(
                                    Reason.MALFORMED,
                                    "The certificate is damaged: its CA key cannot be used");
        };
    }

    private static SshCertificate.Role role(long code) throws MalformedException {
        if (code == 1) {
            return SshCertificate.Role.USER;
        }
        if (code == 2) {
            return SshCertificate.Role.HOST;
        }
        throw new MalformedException("it is neither a user's nor a host's");
    }

    private static List<String> principals(WireReader reader) throws MalformedException {
        List<String> principals = new ArrayList<>();
        while (!reader.atEnd()) {
            if (principals.size() == PRINCIPALS_MOST) {
                throw new MalformedException("it has over " + PRINCIPALS_MOST + " principals");
            }
            principals.add(reader.exactText());
        }
        return principals;
    }

    private static List<SshCertificate.Option> options(WireReader reader)
            throws MalformedException {
        List<SshCertificate.Option> options = new ArrayList<>();
        while (!reader.atEnd()) {
            options.add(new SshCertificate.Option(reader.exactText(), Bytes.of(reader.string())));
        }
        return options;
    }

    /** The line of a {@code -cert.pub} file, without a comment. */
    public static String line(SshCertificate certificate) {
        return certificate.algorithm()
                + " "
                + Base64.getEncoder().encodeToString(certificate.blob().toArray());
    }

    private static CertificateParse rejected(Reason reason, String message) {
        return new CertificateParse.Rejected(reason, message);
    }
}
