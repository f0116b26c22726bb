// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.event;

import dev.postern.api.auth.CredentialRef;
import dev.postern.api.auth.Identity;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.sandbox.SandboxRef;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The authenticated connections of this gateway. */
public interface LiveConnections {
    /** A snapshot. */
    List<LiveConnection> list();

    /**
     * Ends those that match, with everything they started.
     *
     * @param reason the code that client, log and audit see
     * @return how many
     */
    int end(Predicate<LiveConnection> which, RefusalCode reason);

    /**
     * An authenticated connection.
     *
     * @param id the gateway's id of it
     * @param actor who acts
     * @param credential what it logged in with
     * @param sandbox where it is
     * @param route name of the route
     * @param clientAddress the true client's address
     * @param since when it authenticated
     * @param channels open channels
     * @param bytesIn bytes of channel data from the client
     * @param bytesOut bytes of channel data to the client
     * @param lastActivity when channel data last moved
     */
    record LiveConnection(
            String id,
            Identity actor,
            CredentialRef credential,
            SandboxRef sandbox,
            String route,
            Optional<InetSocketAddress> clientAddress,
            Instant since,
            int channels,
            long bytesIn,
            long bytesOut,
            Instant lastActivity) {}
}
