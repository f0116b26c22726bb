// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.contract;

import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.SandboxConnection;
import java.lang.reflect.Constructor;
import java.util.concurrent.CountDownLatch;

/**
 * The JVM in which rule BE-09 runs, where one carrier serves all virtual threads. It reads two idle sessions as the
 * gateway would, each on a thread of the kind that its source asks for, and then uses a third.
 */
final class OneCarrier {
    private OneCarrier() {}

    /** Exits with 0 if the third session works; a watchdog of the caller ends it otherwise. */
    public static void main(String[] arguments) throws Exception {
        Constructor<?> constructor = Class.forName(arguments[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        SessionBackendContract contract = (SessionBackendContract) constructor.newInstance();
        BackendSubject subject = contract.subject();
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(() -> {
                    try (SandboxConnection connection =
                            subject.backend().connect(subject.sandbox(), subject.context())) {
                        for (int i = 0; i < 2; i++) {
                            Session idle = Session.start(connection, "echo ready; exec sleep 600");
                            CountDownLatch reading = new CountDownLatch(1);
                            read(idle.process().stdout(), reading);
                            reading.await();
                            read(idle.process().stderr(), new CountDownLatch(1));
                        }
                        // Gives the readers the carrier, so that they are blocked before the third
                        // session starts.
                        Thread.sleep(100);
                        Session.output(connection, "echo third");
                        done.countDown();
                    } catch (Exception e) {
                        throw new IllegalStateException("The third session failed", e);
                    }
                });
        done.await();
        subject.close();
        Runtime.getRuntime().halt(0);
    }

    private static void read(ByteSource source, CountDownLatch first) {
        Runnable reader =
                () -> {
                    try {
                        source.stream().read();
                        first.countDown();
                        source.stream().readAllBytes();
                    } catch (java.io.IOException e) {
                        first.countDown();
                    }
                };
        if (source.mayHoldCarrier()) {
            Thread.ofPlatform().daemon().start(reader);
        } else {
            Thread.ofVirtual().start(reader);
        }
    }
}
