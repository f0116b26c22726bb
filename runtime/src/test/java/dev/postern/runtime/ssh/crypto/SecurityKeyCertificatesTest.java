// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.u2f.SkED25519PublicKey;
import org.apache.sshd.common.config.keys.u2f.SkEcdsaPublicKey;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Certificates over FIDO keys")
class SecurityKeyCertificatesTest {
    private static final String APPLICATION = "ssh:";
    private static final int PRESENT = 1;
    private static final int VERIFIED = 4;

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "sk-ssh-ed25519-cert-v01@openssh.com, ssh-ed25519, 256",
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com, ecdsa-sha2-nistp256, 256"
    })
    @DisplayName(
            "made by ssh-keygen are read whole, signed by their CA, and verify the FIDO key's signatures")
    void madeBySshKeygen(String type, String innerType, int size) throws Exception {
        KeyPair inner = KeyUtils.generateKeyPair(innerType, size);
        byte[] blob = certify(inner);
        OpenSshCertificate certificate = (OpenSshCertificate) SecurityKeyCertificates.parse(blob);

        assertThat(certificate.getKeyType()).isEqualTo(type);
        assertThat(certificate.getId()).isEqualTo("the id");
        assertThat(certificate.getSerial()).isEqualTo(77);
        assertThat(certificate.getPrincipals()).containsExactly("alice", "bob");
        assertThat(certificate.getCriticalOptionsMap()).containsEntry("force-command", "true");
        assertThat(certificate.getExtensionsMap()).containsKey("permit-pty");
        assertThat(certificate.getType()).isEqualTo(OpenSshCertificate.Type.USER);

        Signature authority = BuiltinSignatures.ed25519.create();
        authority.initVerifier(null, certificate.getCaPubKey());
        authority.update(null, certificate.getMessage());
        assertThat(authority.verify(null, certificate.getSignature())).isTrue();

        ByteArrayBuffer again = new ByteArrayBuffer();
        again.putRawPublicKey(certificate);
        assertThat(again.getCompactData()).as("encoded again").isEqualTo(blob);

        byte[] message = {1, 2, 3};
        assertThat(verifies(certificate, message, sign(inner, message, PRESENT))).isTrue();
        assertThat(verifies(certificate, new byte[] {1, 2, 4}, sign(inner, message, PRESENT)))
                .isFalse();
        assertThat(verifies(certificate, message, sign(inner, message, 0)))
                .as("no touch")
                .isFalse();
    }

    @Test
    @DisplayName("with verify-required ask for a verified user")
    void verifyRequired() throws Exception {
        KeyPair inner = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        OpenSshCertificate certificate =
                (OpenSshCertificate)
                        SecurityKeyCertificates.parse(certify(inner, "-O", "verify-required"));
        byte[] message = {9};
        assertThat(verifies(certificate, message, sign(inner, message, PRESENT))).isFalse();
        assertThat(verifies(certificate, message, sign(inner, message, PRESENT | VERIFIED)))
                .isTrue();
    }

    @Test
    @DisplayName("are read out of a login's buffer, which stays where it was")
    void outOfABuffer() throws Exception {
        byte[] blob = certify(KeyUtils.generateKeyPair("ssh-ed25519", 256));
        ByteArrayBuffer packet = new ByteArrayBuffer();
        packet.putString("before");
        packet.putRawBytes(blob);
        packet.getString();
        int position = packet.rpos();
        PublicKey key = SecurityKeyCertificates.reading(packet).getRawPublicKey();
        assertThat(key).isInstanceOf(OpenSshCertificate.class);
        assertThat(packet.rpos()).isEqualTo(position);
    }

    @Test
    @DisplayName("cut short or followed by more are refused, and no other type is lost")
    void malformed() throws Exception {
        byte[] blob = certify(KeyUtils.generateKeyPair("ssh-ed25519", 256));
        for (int length : new int[] {0, 3, 40, 100, blob.length / 2, blob.length - 1}) {
            assertThatThrownBy(() -> SecurityKeyCertificates.parse(Arrays.copyOf(blob, length)))
                    .as("first %d bytes", length)
                    .isInstanceOfAny(SshException.class, RuntimeException.class);
        }
        assertThatThrownBy(
                        () -> SecurityKeyCertificates.parse(Arrays.copyOf(blob, blob.length + 1)))
                .isInstanceOf(SshException.class);
        ByteArrayBuffer plain = new ByteArrayBuffer();
        KeyPair pair = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        plain.putRawPublicKey(pair.getPublic());
        assertThat(
                        KeyUtils.compareKeys(
                                SecurityKeyCertificates.parse(plain.getCompactData()),
                                pair.getPublic()))
                .isTrue();
    }

    private static boolean verifies(
            OpenSshCertificate certificate, byte[] message, byte[] signature) throws Exception {
        Signature verifier =
                NamedFactory.create(
                        Algorithms.of(AlgorithmOffer.STRICT, ChaChaAcceleration.JAVA).signatures(),
                        certificate.getKeyType());
        verifier.initVerifier(null, certificate.getCertPubKey());
        verifier.update(null, message);
        return verifier.verify(null, signature);
    }

    /** What an authenticator answers (PROTOCOL.u2f): a signature over application, flags, counter and message. */
    private static byte[] sign(KeyPair inner, byte[] message, int flags) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        ByteArrayBuffer signed = new ByteArrayBuffer();
        signed.putRawBytes(sha256.digest(APPLICATION.getBytes(StandardCharsets.UTF_8)));
        signed.putByte((byte) flags);
        signed.putUInt(5);
        signed.putRawBytes(sha256.digest(message));
        boolean ed25519 = KeyUtils.getKeyType(inner).equals("ssh-ed25519");
        Signature signer =
                (ed25519 ? BuiltinSignatures.ed25519 : BuiltinSignatures.nistp256).create();
        signer.initSigner(null, inner.getPrivate());
        signer.update(null, signed.getCompactData());
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putString(
                ed25519 ? "sk-ssh-ed25519@openssh.com" : "sk-ecdsa-sha2-nistp256@openssh.com");
        blob.putBytes(signer.sign(null));
        blob.putByte((byte) flags);
        blob.putUInt(5);
        return blob.getCompactData();
    }

    private byte[] certify(KeyPair inner, String... more) throws IOException, InterruptedException {
        PublicKey key =
                KeyUtils.getKeyType(inner).equals("ssh-ed25519")
                        ? new SkED25519PublicKey(APPLICATION, false, false, inner.getPublic())
                        : new SkEcdsaPublicKey(
                                APPLICATION, false, false, (ECPublicKey) inner.getPublic());
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key);
        Path file = directory.resolve("key.pub");
        Files.writeString(
                file,
                KeyUtils.getKeyType(key)
                        + " "
                        + Base64.getEncoder().encodeToString(blob.getCompactData())
                        + "\n");
        Path authority = directory.resolve("ca");
        if (!Files.exists(authority)) {
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", authority.toString());
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "ssh-keygen",
                                "-q",
                                "-s",
                                authority.toString(),
                                "-I",
                                "the id",
                                "-n",
                                "alice,bob",
                                "-z",
                                "77",
                                "-O",
                                "force-command=true"));
        command.addAll(List.of(more));
        command.add(file.toString());
        run(command.toArray(String[]::new));
        String line = Files.readString(directory.resolve("key-cert.pub"));
        return Base64.getDecoder().decode(line.split(" ")[1]);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/ssh-keygen")), "ssh-keygen is not installed");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
