// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.keys.KeyParse.Parsed;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever somebody writes, the answer is a value, and a good key comes back as it was. */
class PublicKeysPropertyTest {
    private static final byte[] GOOD = Ed25519KeyPair.generate().publicKey().blob().toArray();

    @Property
    void anyTextIsAnsweredWithAValue(@ForAll String text) {
        assertThat(PublicKeys.parse(text)).isNotNull();
    }

    @Property
    void anyOctetsAreAnsweredWithAValue(@ForAll byte[] octets) {
        assertThat(PublicKeys.parse(octets)).isNotNull();
    }

    @Property
    void aChangedKeyIsRefusedOrAnotherKey(@ForAll @IntRange(max = 50) int at, @ForAll byte value) {
        byte[] changed = GOOD.clone();
        changed[at] = value;
        if (PublicKeys.parse(changed) instanceof Parsed parsed) {
            assertThat(parsed.key().blob().toArray()).isEqualTo(changed);
        }
    }

    @Property
    void aCutKeyIsRefused(@ForAll @IntRange(max = 50) int length) {
        assertThat(PublicKeys.parse(java.util.Arrays.copyOf(GOOD, length)))
                .isInstanceOf(KeyParse.Rejected.class);
    }
}
