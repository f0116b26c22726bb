// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import dev.postern.keys.KeyParse.Reason;
import dev.postern.keys.WireReader.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.SortedSet;

/** Reads public keys in OpenSSH's one-line form and in their wire form. Never throws for what somebody wrote. */
public final class PublicKeys {
    private PublicKeys() {}

    /** The key types that can be read, sorted. */
    public static SortedSet<String> types() {
        return KeyFields.TYPES;
    }

    /** Reads one line such as a {@code .pub} file holds; white space around it does not matter. */
    public static KeyParse parse(String text) {
        String line = text.strip();
        if (line.isEmpty()) {
            return rejected(
                    Reason.EMPTY, "There is no key, expected one line such as a .pub file holds");
        }
        if ((line.startsWith("-----BEGIN ") && line.contains("PRIVATE KEY-----"))
                || line.startsWith("PuTTY-User-Key-File")) {
            return rejected(
                    Reason.PRIVATE_KEY,
                    "This is a private key, expected the public one; keep it to yourself");
        }
        List<String> lines = line.lines().filter(l -> !l.isBlank()).toList();
        if (lines.size() > 1) {
            return rejected(
                    Reason.SEVERAL_LINES,
                    "There are " + lines.size() + " lines, expected one public key");
        }
        String[] words = line.split("[ \t]+", 3);
        String type = words[0];
        if (type.equals("ssh-dss")) {
            return rejected(
                    Reason.DSA,
                    "This is a DSA key, which is too weak; expected ed25519, ECDSA or RSA");
        }
        if (type.contains("-cert-v0")) {
            return rejected(
                    Reason.CERTIFICATE, "This is a certificate, expected a plain public key");
        }
        if (!KeyFields.known(type)) {
            return unknown(line, type);
        }
        if (words.length < 2) {
            return rejected(
                    Reason.NOT_A_KEY,
                    "There is nothing behind '" + type + "', expected the key in base64");
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException e) {
            return rejected(Reason.NOT_A_KEY, "What follows '" + type + "' is not base64");
        }
        return parse(type, blob, words.length > 2 ? words[2].strip() : "");
    }

    /** Reads a key in its wire form. */
    public static KeyParse parse(byte[] blob) {
        try {
            String type = new WireReader(blob).text();
            return KeyFields.known(type)
                    ? parse(type, blob, "")
                    : rejected(
                            Reason.UNKNOWN_TYPE,
                            "The key's type is not known, expected ed25519, ECDSA or RSA");
        } catch (MalformedException e) {
            return malformed(e);
        }
    }

    private static KeyParse parse(String type, byte[] blob, String comment) {
        try {
            WireReader reader = new WireReader(blob);
            if (!reader.text().equals(type)) {
                throw new MalformedException("it names another type inside");
            }
            int rsaBits = KeyFields.check(type, reader);
            reader.end();
            if (rsaBits > 0 && rsaBits < KeyFields.RSA_LEAST_BITS) {
                return rejected(
                        Reason.RSA_SHORT,
                        "This RSA key has "
                                + rsaBits
                                + " bits, expected at least "
                                + KeyFields.RSA_LEAST_BITS);
            }
            return new KeyParse.Parsed(new SshPublicKey(type, Bytes.of(blob)), comment);
        } catch (MalformedException e) {
            return malformed(e);
        }
    }

    private static KeyParse unknown(String line, String type) {
        if (line.matches("(?s).+[ \t](ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA.*")) {
            return rejected(
                    Reason.OPTIONS, "There are options before the key, expected the key alone");
        }
        if (type.matches("(ssh|ecdsa|sk)-[A-Za-z0-9@.-]{1,60}")) {
            return rejected(
                    Reason.UNKNOWN_TYPE,
                    "The key type '" + type + "' is not known, expected ed25519, ECDSA or RSA");
        }
        return rejected(
                Reason.NOT_A_KEY,
                "This is not a public key, expected one line such as a .pub file holds");
    }

    private static KeyParse malformed(MalformedException e) {
        return rejected(Reason.MALFORMED, "The key is damaged: " + e.getMessage());
    }

    private static KeyParse rejected(Reason reason, String message) {
        return new KeyParse.Rejected(reason, message);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
