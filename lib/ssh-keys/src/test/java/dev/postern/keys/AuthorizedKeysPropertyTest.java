// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class AuthorizedKeysPropertyTest {
    private static final String LINE = Ed25519KeyPair.generate().publicKey().line();

    @Provide
    Arbitrary<String> commands() {
        return Arbitraries.strings()
                .withCharRange(' ', '~')
                .ofMaxLength(40)
                // sshd has no way to write a backslash before a quote either.
                .filter(c -> !c.contains("\\\"") && !c.endsWith("\\"));
    }

    @Provide
    Arbitrary<List<String>> flags() {
        return Arbitraries.of("pty", "port-forwarding", "agent-forwarding", "X11-forwarding")
                .flatMap(name -> Arbitraries.of(name, "no-" + name, "restrict"))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    /** What a command holds comes back as it was, quotes, commas and blanks too. */
    @Property
    void aCommandComesBack(@ForAll("commands") String command) {
        String line = "command=\"" + command.replace("\"", "\\\"") + "\",no-pty " + LINE;
        AuthorizedKeys read = AuthorizedKeys.parse(line, ZoneOffset.UTC);
        assertThat(read.problems()).isEmpty();
        assertThat(read.entries().getFirst().options().restrictions().forceCommand())
                .contains(command);
        assertThat(read.entries().getFirst().options().restrictions().pty()).isFalse();
    }

    /** Flags mean what the last of them says. */
    @Property
    void theLastFlagCounts(@ForAll("flags") List<String> flags) {
        boolean pty = true;
        for (String flag : flags) {
            pty = flag.equals("pty") || (pty && !flag.equals("no-pty") && !flag.equals("restrict"));
        }
        AuthorizedKeys read =
                AuthorizedKeys.parse(String.join(",", flags) + " " + LINE, ZoneOffset.UTC);
        assertThat(read.entries().getFirst().options().restrictions().pty()).isEqualTo(pty);
    }

    /** Whatever the other lines hold, the good one is there. */
    @Property
    void aGoodLineIsFoundAmongAnything(@ForAll List<String> before, @ForAll List<String> after) {
        String text =
                before.stream().map(t -> t + "\n").collect(Collectors.joining())
                        + LINE
                        + "\n"
                        + String.join("\n", after);
        assertThat(AuthorizedKeys.parse(text, ZoneOffset.UTC).entries())
                .anySatisfy(e -> assertThat(e.key().line()).isEqualTo(LINE));
    }

    /** A line that was cut or bent is a good one, a bad one or none, never an exception. */
    @Property
    void aBentLineIsAnswered(@ForAll @IntRange(max = 400) int at, @ForAll char value) {
        String line =
                "restrict,pty,from=\"10.0.0.0/8\",command=\"a \\\"b\\\"\",expiry-time=\"20300101\","
                        + "permitopen=\"a:1\",environment=\"A=b\" "
                        + LINE;
        StringBuilder bent = new StringBuilder(line);
        bent.setCharAt(at % line.length(), value);
        AuthorizedKeys read = AuthorizedKeys.parse(bent.toString(), ZoneOffset.UTC);
        assertThat(read.entries().size() + read.problems().size()).isBetween(0, 2);
        AuthorizedKeys cut =
                AuthorizedKeys.parse(line.substring(0, at % line.length()), ZoneOffset.UTC);
        assertThat(cut.entries()).isEmpty();
    }
}
