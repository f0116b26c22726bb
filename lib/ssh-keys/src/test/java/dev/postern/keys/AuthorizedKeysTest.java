// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.auth.Restrictions;
import dev.postern.api.key.SshPublicKey;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizedKeysTest {
    private static final SshPublicKey KEY = Ed25519KeyPair.generate().publicKey();
    private static final String LINE = KEY.line();

    private static AuthorizedKeys parse(String text) {
        return AuthorizedKeys.parse(text, ZoneOffset.UTC);
    }

    private static AuthorizedKeyOptions options(String options) {
        AuthorizedKeys read = parse(options + " " + LINE + " a comment");
        assertThat(read.problems()).isEmpty();
        assertThat(read.entries())
                .singleElement()
                .satisfies(e -> {
                    assertThat(e.key()).isEqualTo(KEY);
                    assertThat(e.comment()).isEqualTo("a comment");
                });
        return read.entries().getFirst().options();
    }

    @Test
    void aBadLineNeverDisablesTheGoodOnes() {
        String other = Ed25519KeyPair.generate().publicKey().line();
        AuthorizedKeys read =
                parse(
                        "# a comment\n\n"
                                + LINE
                                + " first\r\n"
                                + "command=\"never ends "
                                + LINE
                                + "\nwhat is this\n\tno-pty "
                                + other
                                + "\nssh-dss AAAAB3NzaC1kc3MAAACBAA== old\nfoo="
                                + "\"bar\" "
                                + LINE);
        assertThat(read.entries()).extracting(AuthorizedKeys.Entry::line).containsExactly(3, 6);
        assertThat(read.entries().getLast().options().restrictions().pty()).isFalse();
        assertThat(read.problems())
                .extracting(p -> p.line() + ": " + p.message())
                .containsExactly(
                        "4: A quotation in the options has no end",
                        "5: There is no public key, expected options, a type such as ssh-ed25519 and the key",
                        "7: This is a DSA key, which is too weak; expected ed25519, ECDSA or RSA",
                        "8: The option 'foo' is not known");
    }

    @Test
    void readsEveryOption() {
        AuthorizedKeyOptions all =
                options(
                        "cert-authority,PRINCIPALS=\"alice,bob\",from=\"10.0.0.0/8,!10.1.0.0/16\",expiry-time=\"20300102\","
                                + "no-pty,no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc,no-touch-required,"
                                + "verify-required,command=\"echo \\\"a b\\\", x=1\",environment=\"A=1\",environment=\"A=2\","
                                + "environment=\"B_2=x=y\",permitopen=\"example.org:443\",permitopen=\"[::1]:*\","
                                + "permitlisten=\"8080\",permitlisten=\"localhost:9000\",tunnel=\"0\"");
        assertThat(all)
                .isEqualTo(
                        new AuthorizedKeyOptions(
                                true,
                                Optional.of(List.of("alice", "bob")),
                                Optional.of("10.0.0.0/8,!10.1.0.0/16"),
                                Optional.of(Instant.parse("2030-01-02T00:00:01Z")),
                                Restrictions.NONE
                                        .withPty(false)
                                        .withPortForwarding(false)
                                        .withAgentForwarding(false)
                                        .withX11Forwarding(false)
                                        .withFido(false, true)
                                        .withForceCommand("echo \"a b\", x=1")
                                        .withEnvironment(Map.of("A", "1", "B_2", "x=y"))
                                        .withLocalForwards(List.of("example.org:443", "[::1]:*"))
                                        .withRemoteForwards(List.of("*:8080", "localhost:9000"))));
    }

    @Test
    void restrictTakesAllAndLaterOptionsGiveBack() {
        Restrictions none = options("restrict").restrictions();
        assertThat(none)
                .isEqualTo(
                        Restrictions.NONE
                                .withPty(false)
                                .withPortForwarding(false)
                                .withAgentForwarding(false)
                                .withX11Forwarding(false));
        assertThat(options("restrict,pty").restrictions()).isEqualTo(none.withPty(true));
        assertThat(options("pty,restrict").restrictions()).isEqualTo(none);
        assertThat(options("restrict,Port-Forwarding,X11-forwarding").restrictions())
                .isEqualTo(none.withPortForwarding(true).withX11Forwarding(true));
    }

    @ParameterizedTest
    @CsvSource({
        "20300102,UTC,2030-01-02T00:00:01Z",
        "203001021530,UTC,2030-01-02T15:30:01Z",
        "20300102153045Z,Asia/Tokyo,2030-01-02T15:30:46Z",
        "20300102153045,Asia/Tokyo,2030-01-02T06:30:46Z"
    })
    void readsTimes(String time, String zone, Instant end) {
        AuthorizedKeys read =
                AuthorizedKeys.parse("expiry-time=\"" + time + "\" " + LINE, ZoneId.of(zone));
        assertThat(read.entries().getFirst().options().endsAt()).contains(end);
    }

    @Test
    void theEarliestEndCounts() {
        assertThat(options("expiry-time=\"20310101\",expiry-time=\"20300101\"").endsAt())
                .isEqualTo(options("expiry-time=\"20300101\"").endsAt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no-restrict",
                "no-cert-authority",
                "nope",
                "pty,",
                ",pty",
                "pty,,no-pty",
                "pty=\"x\"",
                "command=ls",
                "command=\"a\",command=\"b\"",
                "from=\"a\",from=\"b\"",
                "principals=\"a\",principals=\"b\"",
                "command=\"a\"x",
                "expiry-time=\"2030\"",
                "expiry-time=\"20301301\"",
                "expiry-time=\"20300101250000\"",
                "environment=\"A\"",
                "environment=\"A-B=1\"",
                "permitopen=\"host\"",
                "permitopen=\"host:0\"",
                "permitopen=\"host:70000\"",
                "permitopen=\"none\"",
                "permitlisten=\"x\"",
                "command"
            })
    void refusesOptionsThatSshdRefuses(String options) {
        AuthorizedKeys read = parse(options + " " + LINE);
        assertThat(read.entries()).isEmpty();
        assertThat(read.problems())
                .singleElement()
                .satisfies(p ->
                        assertThat(p.message())
                                .isNotEmpty()
                                .doesNotContain(LINE)
                                .hasSizeLessThan(200));
    }

    @Test
    void optionsThatAreNotTextAreRefusedButACommentIsNot() {
        assertThat(parse("command=\"\ufffd\" " + LINE).entries()).isEmpty();
        assertThat(parse(LINE + " caf\ufffd").entries()).hasSize(1);
    }
}
