// SPDX-License-Identifier: Apache-2.0
package dev.postern.cli;

import dev.postern.client.AdminClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that calls the admin API of a running gateway. */
abstract class Action implements Callable<Integer> {
    @Mixin private final GatewayAccess access = new GatewayAccess();

    @Mixin private final Output output = new Output();

    abstract void run(AdminClient gateway, Output output) throws InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
        try (AdminClient gateway = access.connect()) {
            run(gateway, output);
        }
        return Exit.OK;
    }
}
