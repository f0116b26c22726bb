// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.key.SshPublicKey;
import dev.postern.api.value.Bytes;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The public halves of host keys, as values. */
public final class HostPublicKeys {
    private HostPublicKeys() {}

    /** Those that serve, then those that are announced. */
    public static List<SshPublicKey> of(HostKeys keys) {
        return Stream.concat(keys.serving().stream(), keys.announced().stream())
                .map(HostPublicKeys::of)
                .toList();
    }

    private static SshPublicKey of(HostKeys.HostKey key) {
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putRawPublicKey(key.pair().getPublic());
        return new SshPublicKey(
                KeyUtils.getKeyType(key.pair().getPublic()), Bytes.of(blob.getCompactData()));
    }
}
