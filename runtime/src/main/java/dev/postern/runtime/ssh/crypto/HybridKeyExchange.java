// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh.crypto;

import java.util.List;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.AbstractDH;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
import org.apache.sshd.common.kex.MontgomeryCurve;
import org.apache.sshd.common.kex.XDH;

/** X25519 joined with a post-quantum key encapsulation: the SSH engine's frame, our choice of the encapsulation. */
record HybridKeyExchange(String name, KeyEncapsulationMethod encapsulation, BuiltinDigests digest)
        implements DHFactory {

    /** All that there are, best first. The last is the name that sntrup761 had in OpenSSH 8.5 to 9.8, before it was registered. */
    static List<DHFactory> all() {
        return List.of(
                new HybridKeyExchange(
                        "mlkem768x25519-sha256",
                        MlKemEncapsulation.INSTANCE,
                        BuiltinDigests.sha256),
                new HybridKeyExchange(
                        "sntrup761x25519-sha512",
                        SntrupEncapsulation.INSTANCE,
                        BuiltinDigests.sha512),
                new HybridKeyExchange(
                        "sntrup761x25519-sha512@openssh.com",
                        SntrupEncapsulation.INSTANCE,
                        BuiltinDigests.sha512));
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isGroupExchange() {
        return false;
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    @Override
    public AbstractDH create(Object... none) throws Exception {
        return new XDH(MontgomeryCurve.x25519, true) {
            @Override
            public KeyEncapsulationMethod getKeyEncapsulation() {
                return encapsulation;
            }

            @Override
            public Digest getHash() {
                return digest.create();
            }
        };
    }
}
