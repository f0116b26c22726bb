// SPDX-License-Identifier: Apache-2.0
package dev.postern.benchmarks;

import dev.postern.runtime.ssh.crypto.AlgorithmOffer;
import dev.postern.runtime.ssh.crypto.Algorithms;
import dev.postern.runtime.ssh.crypto.ChaChaAcceleration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.kex.DHFactory;
import org.apache.sshd.common.kex.KeyEncapsulationMethod;
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

/** The server's part of a post-quantum key encapsulation, ours and the SSH engine's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KeyExchangeBenchmark {
    @Param({"mlkem768x25519-sha256", "sntrup761x25519-sha512"})
    public String exchange;

    @Param({"engine", "ours"})
    public String implementation;

    private KeyEncapsulationMethod method;
    private byte[] publicKey;

    @Setup
    public void prepare() throws Exception {
        List<DHFactory> ours =
                Algorithms.of(AlgorithmOffer.STRICT, ChaChaAcceleration.JAVA).keyExchanges();
        DHFactory factory =
                implementation.equals("engine")
                        ? BuiltinDHFactories.fromFactoryName(exchange)
                        : ours.stream()
                                .filter(each -> each.getName().equals(exchange))
                                .findFirst()
                                .orElseThrow();
        method = factory.create().getKeyEncapsulation();
        KeyEncapsulationMethod.Client client = method.getClient();
        client.init();
        publicKey = client.getPublicKey();
    }

    @Benchmark
    public byte[] encapsulate() {
        KeyEncapsulationMethod.Server server = method.getServer();
        server.init(publicKey);
        return server.getSecret();
    }
}
