// SPDX-License-Identifier: Apache-2.0
package dev.postern.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class InboundBytesPropertyTest {
    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** However it is cut and however little the sink takes, the same bytes come out, and each is granted once. */
    @Property
    void pushedBytesAreTheSame(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 32768) Integer> pieces,
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 9000) Integer> allowances,
            @ForAll long seed)
            throws Exception {
        int total = pieces.stream().mapToInt(Integer::intValue).sum();
        byte[] data = random(total, seed);
        AtomicInteger granted = new AtomicInteger();
        InboundBytes source = new InboundBytes(total, granted::addAndGet);
        Collector sink = new Collector(0);
        Thread feeder =
                Thread.startVirtualThread(() -> {
                    int at = 0;
                    for (int piece : pieces) {
                        byte[] frame = Arrays.copyOfRange(data, at, at + piece);
                        source.receive(frame, 0, piece);
                        // The reader uses its buffer again.
                        Arrays.fill(frame, (byte) 0);
                        at += piece;
                    }
                    source.end();
                });
        source.pushTo(sink);
        allowances.forEach(sink::allow);
        sink.allow(total);
        assertThat(sink.awaitEnd()).isEqualTo(data);
        assertThat(granted).hasValue(total);
        feeder.join();
    }

    @Property
    void readBytesAreTheSame(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 32768) Integer> pieces,
            @ForAll @IntRange(min = 1, max = 50000) int buffer,
            @ForAll long seed)
            throws Exception {
        int total = pieces.stream().mapToInt(Integer::intValue).sum();
        byte[] data = random(total, seed);
        AtomicInteger granted = new AtomicInteger();
        InboundBytes source = new InboundBytes(total, granted::addAndGet);
        Thread feeder =
                Thread.startVirtualThread(() -> {
                    int at = 0;
                    for (int piece : pieces) {
                        source.receive(data, at, piece);
                        at += piece;
                    }
                    source.end();
                });
        byte[] got = new byte[total + 1];
        int at = 0;
        int n = source.stream().read(got, 0, Math.min(buffer, got.length));
        while (n >= 0) {
            at += n;
            n = source.stream().read(got, at, Math.min(buffer, got.length - at));
        }
        assertThat(Arrays.copyOf(got, at)).isEqualTo(data);
        assertThat(granted).hasValue(total);
        feeder.join();
    }
}
