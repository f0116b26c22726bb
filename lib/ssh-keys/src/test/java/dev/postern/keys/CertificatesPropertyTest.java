// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.key.SshCertificate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/** What we sign is read as it was meant; whatever else somebody writes is answered with a value. */
class CertificatesPropertyTest {
    private static final SigningKey AUTHORITY = SigningKey.of(Ed25519KeyPair.generate());
    private static final Ed25519KeyPair USER = Ed25519KeyPair.generate();
    private static final byte[] GOOD = good();

    private static byte[] good() {
        try {
            return draft(7, List.of("alice"), 5, 6, List.of("permit-pty"))
                    .sign(AUTHORITY)
                    .blob()
                    .toArray();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static CertificateDraft draft(
            long serial, List<String> principals, long after, long before, List<String> flags) {
        return new CertificateDraft(
                USER.publicKey(),
                serial,
                SshCertificate.Role.USER,
                "id",
                principals,
                after,
                before,
                List.of(),
                flags.stream().map(CertificateOptions::flag).toList());
    }

    @Property
    void whatIsSignedIsRead(
            @ForAll long serial,
            @ForAll @Size(max = 5) List<@NotBlank String> principals,
            @ForAll long after,
            @ForAll long before,
            @ForAll @Size(max = 5) @UniqueElements List<@NotBlank String> flags)
            throws InterruptedException {
        List<String> texts = principals.stream().map(CertificatesPropertyTest::plain).toList();
        List<String> names =
                flags.stream().map(CertificatesPropertyTest::plain).distinct().sorted().toList();
        SshCertificate made = draft(serial, texts, after, before, names).sign(AUTHORITY);
        assertThat(made.serial()).isEqualTo(serial);
        assertThat(made.principals()).isEqualTo(texts);
        assertThat(made.validAfter()).isEqualTo(after);
        assertThat(made.validBefore()).isEqualTo(before);
        assertThat(made.extensions().stream().map(SshCertificate.Option::name))
                .containsExactlyElementsOf(names);
        assertThat(made.publicKey()).isEqualTo(USER.publicKey());
        assertThat(SshSignatures.verify(made)).isTrue();
        assertThat(Certificates.parse(Certificates.line(made) + " a comment"))
                .isEqualTo(new CertificateParse.Parsed(made, "a comment"));
    }

    @Property
    void aChangedCertificateHasNoGoodSignature(
            @ForAll @IntRange(max = 10_000) int at, @ForAll byte value) {
        byte[] changed = GOOD.clone();
        changed[at % changed.length] = value;
        if (Certificates.parse(changed)
                        instanceof CertificateParse.Parsed(SshCertificate certificate, String _)
                && !Arrays.equals(changed, GOOD)) {
            assertThat(SshSignatures.verify(certificate)).isFalse();
        }
    }

    @Property
    void aCutOneIsRefused(@ForAll @IntRange(max = 10_000) int length) {
        assertThat(Certificates.parse(Arrays.copyOf(GOOD, length % GOOD.length)))
                .isInstanceOf(CertificateParse.Rejected.class);
    }

    @Property
    void anyTextAndAnyOctetsAreAnswered(@ForAll String text, @ForAll byte[] octets) {
        assertThat(Certificates.parse(text)).isNotNull();
        assertThat(Certificates.parse(octets)).isNotNull();
        assertThat(PrivateKeys.parse(text)).isNotNull();
        assertThat(SshSignatures.verify(USER.publicKey(), octets, octets)).isFalse();
    }

    /** Names are UTF-8 without NUL; half a surrogate pair cannot be written. */
    private static String plain(String text) {
        return new String(PublicKeys.utf8(text), StandardCharsets.UTF_8).replace('\0', '0');
    }
}
