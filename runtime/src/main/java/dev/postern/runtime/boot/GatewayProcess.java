// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.boot;

import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A gateway as the work of this whole process. */
public final class GatewayProcess {
    private GatewayProcess() {}

    /**
     * Starts a gateway and serves until SIGTERM, SIGINT (Ctrl-C) or SIGHUP ends the process; then stops it in order and
     * exits with 0. Does not return, but throws what {@link Gateway#start} throws.
     *
     * @param ready told when every listener accepts
     */
    public static void serve(GatewayOptions options, Consumer<Gateway> ready)
            throws InterruptedException {
        Gateway gateway = Gateway.start(options);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    gateway.close();
                                    // A signal would make it 128 and more, which reads like a crash
                                    // to whoever supervises.
                                    Runtime.getRuntime().halt(0);
                                },
                                "stop"));
        ready.accept(gateway);
        new CountDownLatch(1).await();
    }
}
