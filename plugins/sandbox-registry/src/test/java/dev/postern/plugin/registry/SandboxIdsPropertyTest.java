// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;

class SandboxIdsPropertyTest {
    @Property
    void whatIsValidIsALabelAndAFileName(@ForAll String text) {
        if (SandboxIds.valid(text)) {
            assertThat(text).matches("[a-z0-9_-]{1,63}").doesNotStartWith("-").doesNotEndWith("-");
        }
    }

    @Property
    void labelsAreValid(
            @ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 30) String left,
            @ForAll @CharRange(from = '0', to = '9') @StringLength(min = 1, max = 30)
                    String right) {
        assertThat(SandboxIds.valid(left)).isTrue();
        assertThat(SandboxIds.valid(left + "_" + right)).isTrue();
        assertThat(SandboxIds.valid(left + "-" + right)).isTrue();
        assertThat(SandboxIds.valid(left + "/" + right)).isFalse();
        assertThat(SandboxIds.valid(left + "-")).isFalse();
        assertThat(SandboxIds.valid("../" + left)).isFalse();
        assertThat(SandboxIds.valid(left + "\n")).isFalse();
    }
}
