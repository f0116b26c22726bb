// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.KeyParse.Parsed;
import dev.postern.keys.KeyParse.Reason;
import dev.postern.keys.KeyParse.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that OpenSSH's own ssh-keygen makes are the oracle. */
class PublicKeysTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "ed25519,0,ssh-ed25519",
        "rsa,2048,ssh-rsa",
        "rsa,4096,ssh-rsa",
        "ecdsa,256,ecdsa-sha2-nistp256",
        "ecdsa,384,ecdsa-sha2-nistp384",
        "ecdsa,521,ecdsa-sha2-nistp521"
    })
    void readsWhatSshKeygenMakes(String type, int bits, String algorithm) throws Exception {
        Path file = keygen().make(type, bits);
        String line = Files.readString(Path.of(file + ".pub"));
        assertThat(PublicKeys.parse(line))
                .isInstanceOfSatisfying(
                        Parsed.class,
                        parsed -> {
                            assertThat(parsed.key().algorithm()).isEqualTo(algorithm);
                            assertThat(parsed.comment()).isEqualTo("my comment");
                            assertThat(line).startsWith(parsed.key().line() + " ");
                            assertThat(keygen().run("-l", "-f", file + ".pub"))
                                    .contains(parsed.key().fingerprint());
                        });
    }

    @Test
    void refusesEachMistakeWithItsOwnReason() throws Exception {
        Path ed25519 = keygen().make("ed25519", 0);
        String good = Files.readString(Path.of(ed25519 + ".pub"));
        assertThat(reason(Files.readString(ed25519))).isEqualTo(Reason.PRIVATE_KEY);
        assertThat(reason(Files.readString(Path.of(keygen().make("rsa", 1024) + ".pub"))))
                .isEqualTo(Reason.RSA_SHORT);
        assertThat(reason("ssh-dss AAAAB3NzaC1kc3MAAACBAA== old")).isEqualTo(Reason.DSA);
        assertThat(reason("  \n ")).isEqualTo(Reason.EMPTY);
        assertThat(reason(good + good)).isEqualTo(Reason.SEVERAL_LINES);
        assertThat(reason("hello there")).isEqualTo(Reason.NOT_A_KEY);
        assertThat(reason("ssh-ed25519")).isEqualTo(Reason.NOT_A_KEY);
        assertThat(reason("ssh-ed25519 !!!!")).isEqualTo(Reason.NOT_A_KEY);
        assertThat(reason("ssh-ed448 AAAA")).isEqualTo(Reason.UNKNOWN_TYPE);
        assertThat(reason("restrict " + good)).isEqualTo(Reason.OPTIONS);
        assertThat(reason(good.replace("ssh-ed25519 ", "ssh-rsa "))).isEqualTo(Reason.MALFORMED);
        assertThat(reason("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA")).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void opensshReadsThePairThatWeMake() throws IOException {
        Ed25519KeyPair pair = Ed25519KeyPair.generate();
        Path file = folder.resolve("made");
        Files.writeString(file, pair.privateKeyFile("a comment"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(keygen().run("-y", "-f", file.toString())).startsWith(pair.publicKey().line());
    }

    private static Reason reason(String text) {
        assertThat(PublicKeys.parse(text)).isInstanceOf(Rejected.class);
        Rejected rejected = (Rejected) PublicKeys.parse(text);
        assertThat(rejected.message()).doesNotContain("AAAA").doesNotEndWith(".");
        return rejected.reason();
    }

    private SshKeygen keygen() {
        return new SshKeygen(folder);
    }
}
