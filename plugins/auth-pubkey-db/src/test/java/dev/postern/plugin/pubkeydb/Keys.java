// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.pubkeydb;

import dev.postern.api.auth.AuthContext;
import dev.postern.api.auth.AuthOffer;
import dev.postern.api.key.SshPublicKey;
import dev.postern.keys.Ed25519KeyPair;
import java.util.Optional;

/** Keys and offers of them. */
final class Keys {
    private Keys() {}

    static SshPublicKey fresh() {
        return Ed25519KeyPair.generate().publicKey();
    }

    static AuthOffer offer(SshPublicKey key) {
        return new AuthOffer.PlainKey(
                new AuthContext(
                        "c1",
                        "main",
                        "ssh",
                        "demo",
                        Optional.of("demo"),
                        Optional.empty(),
                        Optional.empty()),
                key);
    }
}
