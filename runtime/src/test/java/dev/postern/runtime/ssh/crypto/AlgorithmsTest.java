// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The offer")
class AlgorithmsTest {
    private final Algorithms strict = Algorithms.of(AlgorithmOffer.STRICT, ChaChaAcceleration.AUTO);

    @Test
    @DisplayName("that is strict is exactly this")
    void strictOffer() {
        List<String> exchanges =
                List.of(
                        "mlkem768x25519-sha256",
                        "sntrup761x25519-sha512",
                        "sntrup761x25519-sha512@openssh.com");
        assertThat(NamedResource.getNameList(strict.serverKeyExchanges())).isEqualTo(exchanges);
        assertThat(NamedResource.getNameList(strict.clientKeyExchanges())).isEqualTo(exchanges);
        assertThat(NamedResource.getNameList(strict.ciphers()))
                .containsExactly(
                        "chacha20-poly1305@openssh.com",
                        "aes256-gcm@openssh.com",
                        "aes128-gcm@openssh.com",
                        "aes256-ctr",
                        "aes192-ctr",
                        "aes128-ctr");
        assertThat(NamedResource.getNameList(strict.macs()))
                .containsExactly("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com");
    }

    @Test
    @DisplayName("that is compatible has more, but behind")
    void compatibleOffer() {
        Algorithms compatible = Algorithms.of(AlgorithmOffer.COMPATIBLE, ChaChaAcceleration.AUTO);
        assertThat(NamedResource.getNameList(compatible.serverKeyExchanges()))
                .startsWith(
                        "mlkem768x25519-sha256",
                        "sntrup761x25519-sha512",
                        "sntrup761x25519-sha512@openssh.com")
                .endsWith("curve25519-sha256", "curve25519-sha256@libssh.org")
                .hasSize(5);
        assertThat(NamedResource.getNameList(compatible.macs()))
                .startsWith("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")
                .endsWith("hmac-sha2-256", "hmac-sha2-512");
    }

    @ParameterizedTest
    @EnumSource(AlgorithmOffer.class)
    @DisplayName(
            "has nothing with SHA-1, CBC, DSA or MD5, and each of its algorithms works in this JVM")
    void nothingWeak(AlgorithmOffer offer) {
        Algorithms algorithms = Algorithms.of(offer, ChaChaAcceleration.AUTO);
        List<String> names =
                Stream.of(
                                algorithms.serverKeyExchanges(),
                                algorithms.ciphers(),
                                algorithms.macs(),
                                algorithms.signatures())
                        .flatMap(list -> NamedResource.getNameList(list).stream())
                        .toList();
        assertThat(names)
                .hasSizeGreaterThan(20)
                .doesNotContain("ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "ssh-dss")
                .noneMatch(name -> name.matches(".*(sha1|cbc|md5|arcfour|3des|diffie-hellman).*"));
        algorithms.ciphers().forEach(factory -> assertThat(factory.create()).isNotNull());
        algorithms.macs().forEach(factory -> assertThat(factory.create()).isNotNull());
        algorithms.signatures().forEach(factory -> assertThat(factory.create()).isNotNull());
    }

    @Test
    @DisplayName("uses the JDK for AES and HMAC, which BouncyCastle does several times slower")
    void providers() throws Exception {
        for (String transformation : List.of("AES/GCM/NoPadding", "AES/CTR/NoPadding")) {
            assertThat(SecurityUtils.getCipher(transformation).getProvider().getName())
                    .isEqualTo("SunJCE");
            assertThat(Cipher.getInstance(transformation).getProvider().getName())
                    .isEqualTo("SunJCE");
        }
        assertThat(Mac.getInstance("HmacSHA256").getProvider().getName()).isEqualTo("SunJCE");
        assertThat(SecurityUtils.getMac("HmacSHA256").getProvider().getName()).isEqualTo("SunJCE");
        assertThat(Security.getProviders()[Security.getProviders().length - 1].getName())
                .isEqualTo("BC");
    }
}
