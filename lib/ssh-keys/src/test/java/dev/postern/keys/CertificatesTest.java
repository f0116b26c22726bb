// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Option;
import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import dev.postern.keys.CertificateParse.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates that ssh-keygen makes are read as it meant them, and ours are read by ssh-keygen. */
class CertificatesTest {
    @TempDir private Path folder;
    private SshKeygen keygen;

    @BeforeEach
    void findOracle() {
        keygen = new SshKeygen(folder);
    }

    private static SshCertificate parsed(String text) {
        assertThat(Certificates.parse(text)).isInstanceOf(CertificateParse.Parsed.class);
        return ((CertificateParse.Parsed) Certificates.parse(text)).certificate();
    }

    private static SshPublicKey key(String line) {
        return ((KeyParse.Parsed) PublicKeys.parse(line)).key();
    }

    static SigningKey signer(Path privateFile) {
        return ((PrivateKeyParse.Parsed) PrivateKeys.parse(SshKeygen.read(privateFile))).key();
    }

    @ParameterizedTest
    @CsvSource({
        "ed25519,0,ed25519,0",
        "rsa,2048,ed25519,0",
        "ecdsa,256,rsa,3072",
        "ecdsa,384,ecdsa,384",
        "ecdsa,521,ecdsa,521",
        "ed25519,0,ecdsa,256"
    })
    void readsWhatSshKeygenSigns(String type, int bits, String caType, int caBits) {
        Path authority = keygen.make(caType, caBits);
        Path user = keygen.make(type, bits);
        keygen.run(
                "-q",
                "-s",
                "" + authority,
                "-I",
                "the id",
                "-n",
                "alice,bob",
                "-z",
                "42",
                "-V",
                "20260101:20270101",
                "-O",
                "clear",
                "-O",
                "permit-pty",
                "-O",
                "force-command=echo hi",
                "-O",
                "source-address=10.0.0.0/8,::1/128",
                user + ".pub");
        String text = SshKeygen.read(Path.of(user + "-cert.pub"));
        SshCertificate certificate = parsed(text);
        assertThat(Certificates.line(certificate) + " my comment\n").isEqualTo(text);
        assertThat(certificate.publicKey()).isEqualTo(key(SshKeygen.publicLine(user)));
        assertThat(certificate.signatureKey()).isEqualTo(key(SshKeygen.publicLine(authority)));
        assertThat(certificate.role()).isEqualTo(SshCertificate.Role.USER);
        assertThat(certificate.serial()).isEqualTo(42);
        assertThat(certificate.keyId()).isEqualTo("the id");
        assertThat(certificate.principals()).containsExactly("alice", "bob");
        assertThat(certificate.validBefore() - certificate.validAfter())
                .isBetween(364L * 86_400, 366L * 86_400);
        assertThat(certificate.extensions()).containsExactly(CertificateOptions.flag("permit-pty"));
        assertThat(certificate.criticalOptions())
                .containsExactly(
                        CertificateOptions.text("force-command", "echo hi"),
                        CertificateOptions.text("source-address", "10.0.0.0/8,::1/128"));
        assertThat(certificate.criticalOptions().stream().map(CertificateOptions::text))
                .containsExactly(Optional.of("echo hi"), Optional.of("10.0.0.0/8,::1/128"));
        assertThat(SshSignatures.verify(certificate)).isTrue();
        byte[] other = certificate.blob().toArray();
        other[other.length - 1] ^= 1;
        assertThat(Certificates.parse(other))
                .isInstanceOfSatisfying(
                        CertificateParse.Parsed.class,
                        bent -> assertThat(SshSignatures.verify(bent.certificate())).isFalse());
    }

    @ParameterizedTest
    @CsvSource({"ed25519,0", "rsa,2048", "ecdsa,256", "ecdsa,384", "ecdsa,521"})
    void sshKeygenReadsWhatWeSign(String type, int bits) throws InterruptedException {
        SigningKey authority = signer(keygen.make(type, bits));
        SshPublicKey user = key(SshKeygen.publicLine(keygen.make(type, bits)));
        SshCertificate certificate =
                new CertificateDraft(
                                user,
                                0x7fff_ffff_ffff_fff1L,
                                SshCertificate.Role.USER,
                                "box:alice",
                                List.of("root"),
                                1_767_225_600,
                                1_767_225_900,
                                List.of(CertificateOptions.text("force-command", "date")),
                                List.of(
                                        CertificateOptions.flag("permit-pty"),
                                        CertificateOptions.flag("permit-agent-forwarding")))
                        .sign(authority);
        Path file = keygen.write("ours-cert.pub", Certificates.line(certificate) + "\n");
        // It refuses to show a certificate whose signature is wrong.
        assertThat(keygen.run("-L", "-f", file.toString()))
                .contains("user certificate")
                .contains("Key ID: \"box:alice\"")
                .contains("Serial: 9223372036854775793")
                .contains("force-command date")
                .contains(authority.publicKey().fingerprint())
                .containsPattern("(?s)Extensions:.*permit-agent-forwarding.*permit-pty");
        assertThat(certificate.extensions().getFirst().name()).isEqualTo("permit-agent-forwarding");
        assertThat(SshSignatures.verify(certificate)).isTrue();
    }

    /** Made by hand, since a token is needed to make such a key. */
    @Test
    void readsCertificatesOverFidoKeys() throws InterruptedException {
        SigningKey authority = SigningKey.of(Ed25519KeyPair.generate());
        byte[] point = new byte[32];
        SshPublicKey token =
                new SshPublicKey(
                        "sk-ssh-ed25519@openssh.com",
                        Bytes.of(
                                new WireWriter()
                                        .string("sk-ssh-ed25519@openssh.com")
                                        .string(point)
                                        .string("ssh:")
                                        .toArray()));
        SshCertificate certificate = draft(token).sign(authority);
        assertThat(certificate.algorithm()).isEqualTo("sk-ssh-ed25519-cert-v01@openssh.com");
        assertThat(certificate.publicKey()).isEqualTo(token);
        Path file = keygen.write("sk-cert.pub", Certificates.line(certificate) + "\n");
        assertThat(keygen.run("-L", "-f", file.toString())).contains("ED25519-SK-CERT");
    }

    @Test
    void refusesWhatIsNotOne() throws InterruptedException {
        Path authority = keygen.make("ed25519", 0);
        String line = SshKeygen.publicLine(authority);
        assertThat(reason(line)).isEqualTo(Reason.NOT_A_CERTIFICATE);
        assertThat(reason("")).isEqualTo(Reason.NOT_A_CERTIFICATE);
        assertThat(reason("ssh-ed25519-cert-v01@openssh.com !!!!"))
                .isEqualTo(Reason.NOT_A_CERTIFICATE);
        assertThat(reason("ssh-ed25519-cert-v01@openssh.com AAAA")).isEqualTo(Reason.MALFORMED);
        SshCertificate good = draft(key(line)).sign(SigningKey.of(Ed25519KeyPair.generate()));
        String text = Certificates.line(good);
        assertThat(reason(text + "\n" + text)).isEqualTo(Reason.NOT_A_CERTIFICATE);
        assertThat(reason(text.replace("ssh-ed25519-cert", "ssh-rsa-cert")))
                .isEqualTo(Reason.MALFORMED);
        Path weak = keygen.make("rsa", 1024);
        keygen.run("-q", "-s", "" + authority, "-I", "x", weak + ".pub");
        assertThat(reason(SshKeygen.read(Path.of(weak + "-cert.pub")))).isEqualTo(Reason.RSA_SHORT);
    }

    @Test
    void anOptionIsOneTextAndNothingBehindIt() {
        assertThat(CertificateOptions.text(CertificateOptions.flag("x"))).isEmpty();
        byte[] more = new WireWriter().string("a").octet(0).toArray();
        assertThat(CertificateOptions.text(new Option("x", Bytes.of(more)))).isEmpty();
        byte[] nul = new WireWriter().string("a\0b").toArray();
        assertThat(CertificateOptions.text(new Option("x", Bytes.of(nul)))).isEmpty();
        byte[] latin = new WireWriter().string(new byte[] {(byte) 0xe9}).toArray();
        assertThat(CertificateOptions.text(new Option("x", Bytes.of(latin)))).isEmpty();
    }

    @Test
    void readsPrivateKeysAndSaysWhatIsWrongWithOthers() {
        Path ecdsa = keygen.make("ecdsa", 256);
        assertThat(signer(ecdsa).publicKey().line() + " my comment\n")
                .isEqualTo(SshKeygen.publicLine(ecdsa));
        Path locked = folder.resolve("locked");
        keygen.run("-q", "-t", "ed25519", "-N", "secret", "-f", locked.toString());
        assertThat(message(SshKeygen.read(locked))).contains("pass phrase");
        Path pem = folder.resolve("pem");
        keygen.run("-q", "-t", "rsa", "-m", "PEM", "-N", "", "-f", pem.toString());
        assertThat(message(SshKeygen.read(pem))).contains("ssh-keygen -p");
        assertThat(message("hello")).contains("not a private key");
        String text = Ed25519KeyPair.generate().privateKeyFile("c");
        assertThat(message(text.substring(0, 120) + "\n-----END OPENSSH PRIVATE KEY-----"))
                .contains("damaged");
    }

    private static String message(String text) {
        assertThat(PrivateKeys.parse(text)).isInstanceOf(PrivateKeyParse.Rejected.class);
        return ((PrivateKeyParse.Rejected) PrivateKeys.parse(text)).message();
    }

    private static CertificateDraft draft(SshPublicKey key) {
        return new CertificateDraft(
                key,
                1,
                SshCertificate.Role.USER,
                "id",
                List.of("alice"),
                0,
                -1,
                List.of(),
                List.of());
    }

    private static Reason reason(String text) {
        assertThat(Certificates.parse(text)).isInstanceOf(CertificateParse.Rejected.class);
        CertificateParse.Rejected rejected = (CertificateParse.Rejected) Certificates.parse(text);
        assertThat(rejected.message().getBytes(StandardCharsets.UTF_8).length).isLessThan(200);
        return rejected.reason();
    }
}
