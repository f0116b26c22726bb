// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.authorizedkeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.postern.api.auth.AuthDecision;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.auth.Granted;
import dev.postern.api.auth.Identity;
import dev.postern.api.auth.Restrictions;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.key.SshCertificate;
import dev.postern.api.key.SshCertificate.Role;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.CertificateOptions;
import dev.postern.keys.Ed25519KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorizedKeysComponentTest {
    @TempDir private Path folder;
    private final SshPublicKey key = Ed25519KeyPair.generate().publicKey();

    private Granted granted(Run run, AuthOffer offer) {
        assertThat(run.evaluate(offer)).isInstanceOf(Granted.class);
        return (Granted) run.evaluate(offer);
    }

    @Test
    void theCommentIsTheSubjectUnlessOneIsConfigured() {
        try (Run run = new Run(folder, "team = red", key.line() + " alice@laptop")) {
            assertThat(granted(run, Run.offer(key)).identities())
                    .containsExactly(new Identity("files", "alice@laptop", Optional.of("red")));
            run.write(key.line());
            assertThat(granted(run, Run.offer(key)).identities())
                    .containsExactly(new Identity("files", key.fingerprint(), Optional.of("red")));
        }
        try (Run run = new Run(folder, "subject = owner", key.line() + " alice")) {
            assertThat(granted(run, Run.offer(key)).identities())
                    .containsExactly(new Identity("files", "owner"));
        }
    }

    @Test
    void aChangeCountsForTheNextLogin() throws IOException {
        SshPublicKey other = Ed25519KeyPair.generate().publicKey();
        try (Run run = new Run(folder, "", key.line())) {
            granted(run, Run.offer(key));
            run.write(other.line());
            assertThat(run.evaluate(Run.offer(key))).isEqualTo(AuthDecision.ABSTAINED);
            granted(run, Run.offer(other));
            // In place, the same length, within the same tick of the clock.
            Files.writeString(run.file, key.line());
            granted(run, Run.offer(key));
            Files.delete(run.file);
            assertThat(run.evaluate(Run.offer(key))).isEqualTo(AuthDecision.ABSTAINED);
        }
    }

    @Test
    void aFileThatOthersMayWriteIsRefused() throws IOException {
        try (Run run = new Run(folder, "", key.line())) {
            Files.setPosixFilePermissions(run.file, PosixFilePermissions.fromString("rw-rw-r--"));
            assertThatThrownBy(() -> run.evaluate(Run.offer(key)))
                    .isInstanceOf(PosternException.class)
                    .hasMessageContaining("others may write");
            Files.setPosixFilePermissions(run.file, PosixFilePermissions.fromString("rw-r--r--"));
            granted(run, Run.offer(key));
        }
        try (Run run = new Run(folder, "strict-modes = false", key.line())) {
            Files.setPosixFilePermissions(run.file, PosixFilePermissions.fromString("rw-rw-rw-"));
            granted(run, Run.offer(key));
        }
    }

    @Test
    void ofTwoLinesWithOneKeyTheFirstThatFitsCounts() {
        String text =
                "from=\"10.0.0.0/8\",no-pty "
                        + key.line()
                        + "\nfrom=\"192.0.2.*\",command=\"date\" "
                        + key.line()
                        + "\n";
        try (Run run = new Run(folder, "", text)) {
            assertThat(granted(run, Run.offer(key, "10.1.1.1")).restrictions())
                    .isEqualTo(Restrictions.NONE.withPty(false));
            assertThat(granted(run, Run.offer(key, "192.0.2.9")).restrictions())
                    .isEqualTo(Restrictions.NONE.withForceCommand("date"));
            assertThat(run.evaluate(Run.offer(key, "198.51.100.1")))
                    .isInstanceOfSatisfying(
                            AuthDecision.Denied.class,
                            d -> assertThat(d.code()).isEqualTo(RefusalCodes.AUTH_SOURCE_ADDRESS));
            assertThat(run.evaluate(Run.offer(key, ""))).isInstanceOf(AuthDecision.Denied.class);
        }
    }

    @Test
    void aKeyEndsAtItsTime() {
        try (Run run = new Run(folder, "", "expiry-time=\"20260101000010Z\" " + key.line())) {
            assertThat(granted(run, Run.offer(key)).notAfter())
                    .contains(Instant.parse("2026-01-01T00:00:11Z"));
            run.context.clock().move(Duration.ofSeconds(11));
            assertThat(run.evaluate(Run.offer(key)))
                    .isInstanceOfSatisfying(
                            AuthDecision.Denied.class,
                            d -> assertThat(d.code()).isEqualTo(RefusalCodes.AUTH_EXPIRED));
        }
    }

    @Test
    void aMapSaysWhichSandboxesAKeyOpens() {
        String fingerprint = "\"" + key.fingerprint() + "\"";
        try (Run run =
                new Run(folder, "sandboxes { " + fingerprint + " = [devbox, x] }", key.line())) {
            assertThat(granted(run, Run.offer(key)).sandbox()).contains("devbox");
        }
        try (Run run = new Run(folder, "sandboxes { " + fingerprint + " = [x] }", key.line())) {
            assertThat(run.evaluate(Run.offer(key))).isInstanceOf(AuthDecision.Denied.class);
        }
        try (Run run = new Run(folder, "sandboxes {}", key.line())) {
            assertThat(run.evaluate(Run.offer(key))).isInstanceOf(AuthDecision.Denied.class);
        }
    }

    @Test
    void aCertificateMayDoWhatItAndItsLineAllow() {
        Authority authority = new Authority();
        SshCertificate certificate =
                authority.certify(
                        Role.USER,
                        List.of("staff"),
                        List.of(
                                CertificateOptions.text("force-command", "date"),
                                CertificateOptions.text("source-address", "192.0.2.0/24")),
                        List.of(
                                CertificateOptions.flag("permit-pty"),
                                CertificateOptions.flag("permit-agent-forwarding"),
                                CertificateOptions.flag("permit-teleport")));
        String line =
                "cert-authority,principals=\"admin,staff\",no-agent-forwarding,environment=\"A=1\",permitopen=\"a:1\" "
                        + authority.line();
        try (Run run = new Run(folder, "", line + " ca")) {
            Granted granted = granted(run, Run.offer(certificate, "anyone"));
            assertThat(granted.restrictions())
                    .isEqualTo(
                            Restrictions.NONE
                                    .withPortForwarding(false)
                                    .withAgentForwarding(false)
                                    .withX11Forwarding(false)
                                    .withForceCommand("date")
                                    .withSourceAddresses(List.of("192.0.2.0/24"))
                                    .withEnvironment(Map.of("A", "1"))
                                    .withLocalForwards(List.of("a:1")));
            assertThat(granted.notAfter()).contains(Instant.parse("2026-01-01T01:00:00Z"));
            assertThat(granted.credential().id())
                    .isEqualTo("authority " + authority.key().publicKey().fingerprint());
            run.write("command=\"other\"," + line);
            assertThat(run.evaluate(Run.offer(certificate, "anyone")))
                    .isInstanceOf(AuthDecision.Denied.class);
            run.write(line.replace("principals=\"admin,staff\",", ""));
            assertThat(run.evaluate(Run.offer(certificate, "anyone")))
                    .isInstanceOf(AuthDecision.Denied.class);
            granted(run, Run.offer(certificate, "staff"));
            run.context.clock().move(Duration.ofHours(1));
            assertThat(run.evaluate(Run.offer(certificate, "staff")))
                    .isInstanceOfSatisfying(
                            AuthDecision.Denied.class,
                            d -> assertThat(d.code()).isEqualTo(RefusalCodes.AUTH_EXPIRED));
        }
    }

    @Test
    void aKeyIsGoneWhenTwoLooksHaveNotFoundIt() {
        String other = Ed25519KeyPair.generate().publicKey().line();
        String both = key.line() + "\n" + other;
        String gone =
                "CredentialRevoked[credential=CredentialRef[authenticator=files, id="
                        + key.fingerprint()
                        + "]]";
        try (Run run = new Run(folder, "poll-interval = 1h", both)) {
            KeyWatch watch =
                    new KeyWatch(
                            Run.NAME,
                            List.of(new KeyFile(run.file, true, ZoneOffset.UTC)),
                            Optional.of(run.context.events()));
            watch.look();
            watch.look();
            run.write("");
            watch.look();
            run.write(both);
            watch.look();
            watch.look();
            assertThat(run.context.committedEvents()).isEmpty();
            run.write(other);
            watch.look();
            assertThat(run.context.committedEvents()).isEmpty();
            watch.look();
            watch.look();
            assertThat(run.context.committedEvents()).containsExactly(gone);
        }
    }

    @Test
    void whatCannotBeReadIsSeenInTheHealth() throws IOException {
        try (Run run = new Run(folder, "poll-interval = 100ms", key.line())) {
            assertThat(run.component.health().up()).isTrue();
            Files.delete(run.file);
            Files.createDirectory(run.file);
            await().atMost(Duration.ofSeconds(20)).until(() -> !run.component.health().up());
            assertThat(run.component.health().message()).contains(run.file.toString());
            Files.delete(run.file);
            run.write(key.line());
            await().atMost(Duration.ofSeconds(20)).until(() -> run.component.health().up());
        }
    }
}
