// SPDX-License-Identifier: Apache-2.0
package dev.postern.benchmarks;

import dev.postern.runtime.ssh.crypto.ChaCha20Poly1305Factory;
import dev.postern.runtime.ssh.crypto.ChaChaAcceleration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time to encrypt and authenticate one packet, by cipher, implementation and length. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = "--enable-native-access=ALL-UNNAMED")
public class CipherBenchmark {
    /** The implementation; "engine" is the SSH engine's own. */
    public enum Subject {
        CHACHA_ENGINE,
        CHACHA_JAVA,
        CHACHA_LIBCRYPTO,
        AES128_GCM,
        AES256_GCM
    }

    @Param public Subject subject;

    @Param({"32", "256", "1024", "8192", "32768"})
    public int length;

    private Cipher cipher;
    private byte[] packet;

    @Setup
    public void prepare() throws Exception {
        cipher =
                switch (subject) {
                    case CHACHA_ENGINE -> BuiltinCiphers.cc20p1305_openssh.create();
                    case CHACHA_JAVA ->
                            ChaCha20Poly1305Factory.create(ChaChaAcceleration.JAVA).create();
                    case CHACHA_LIBCRYPTO ->
                            ChaCha20Poly1305Factory.create(ChaChaAcceleration.LIBCRYPTO).create();
                    case AES128_GCM -> BuiltinCiphers.aes128gcm.create();
                    case AES256_GCM -> BuiltinCiphers.aes256gcm.create();
                };
        byte[] key = new byte[cipher.getKdfSize()];
        new Random(1).nextBytes(key);
        cipher.init(Cipher.Mode.Encrypt, key, new byte[cipher.getIVSize()]);
        packet = new byte[4 + length + cipher.getAuthenticationTagSize()];
    }

    @Benchmark
    public byte[] seal() throws Exception {
        cipher.updateWithAAD(packet, 0, 4, length);
        return packet;
    }
}
