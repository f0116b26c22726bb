// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.api.value.Bytes;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScpCommandTest {
    @Test
    void understandsSinkAndSource() {
        ScpCommand sink = ScpCommand.parse(Bytes.utf8("scp -v -r -p -d -t -- 'a b'")).orElseThrow();
        assertThat(sink.sink()).isTrue();
        assertThat(sink.recursive()).isTrue();
        assertThat(sink.preserve()).isTrue();
        assertThat(sink.directory()).isTrue();
        assertThat(sink.paths()).extracting(ShellWord::text).containsExactly("a b");
        ScpCommand source =
                ScpCommand.parse(Bytes.utf8("scp -f a\\ b \"c'd\" *.txt -x")).orElseThrow();
        assertThat(source.sink()).isFalse();
        assertThat(source.paths())
                .extracting(ShellWord::text)
                .containsExactly("a b", "c'd", "*.txt", "-x");
        assertThat(source.paths().get(2).pattern()).isEqualTo("*.txt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "scp",
                "scp -t",
                "scp -t a b",
                "scp -t -f a",
                "scp a b",
                "scp -X -t a",
                "scpx -t a",
                "scp -t $HOME",
                "scp -t \"$HOME\"",
                "scp -t a; rm -rf b",
                "scp -t `id`",
                "scp -t a > b",
                "scp -t 'a",
                "scp -t a\\",
                "cd /tmp && scp -t a"
            })
    void leavesTheRestToTheSandbox(String line) {
        assertThat(ScpCommand.parse(Bytes.utf8(line))).isEmpty();
    }

    @Test
    void removesQuotesLikeAShell() {
        Optional<List<ShellWord>> words = ShellWord.split("a'$b'\"c\\\"\\d\"\\* '' \"*\"");
        assertThat(words).isPresent();
        assertThat(words.get()).extracting(ShellWord::text).containsExactly("a$bc\"\\d*", "", "*");
        assertThat(words.get().get(2).pattern()).isEqualTo("\\*");
    }
}
