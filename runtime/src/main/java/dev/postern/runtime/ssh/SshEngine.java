// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.ssh;

import dev.postern.api.backend.Destination;
import dev.postern.api.backend.DuplexStream;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.listener.ClientInfo;
import dev.postern.api.listener.ListenerHandler;
import dev.postern.runtime.session.ConnectionInfo;
import dev.postern.runtime.session.Route;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SSH engine: takes connections from TCP listeners and from any other transport, and serves SSH on them. Safe for use
 * by any number of threads.
 */
public final class SshEngine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshEngine.class);

    private static final long TICK_MILLIS = 250;
    private static final int BACKLOG = 1024;
    private static final String ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int ID_LENGTH = 12;

    private final EngineCore core;
    private final List<IoThread> threads = new ArrayList<>();
    private final AtomicInteger nextThread = new AtomicInteger();
    private final SecureRandom random = new SecureRandom();
    private final ScheduledExecutorService ticker;
    private volatile boolean draining;

    /** An engine that listens nowhere yet; its threads run. */
    public SshEngine(EngineParts parts) {
        core = new EngineCore(parts);
        int configured = parts.ssh().get().ioThreads();
        int count = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
        for (int number = 0; number < count; number++) {
            threads.add(new IoThread(number));
        }
        ticker =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("postern-ticker").factory());
        var _ =
                ticker.scheduleWithFixedDelay(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        for (Connection connection : core.connections()) {
            try {
                connection.tick(now);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("connection.id", connection.info().id())
                        .setCause(e)
                        .log("A timer failed");
            }
        }
    }

    /**
     * Listens on a TCP address.
     *
     * @param name name of the listener
     * @param address what to bind; port 0 lets the system choose
     * @param route name of the route
     * @param sandbox the only sandbox that it serves
     * @throws IOException if the address cannot be bound; the message names it
     */
    public TcpListener listen(
            String name, InetSocketAddress address, String route, Optional<String> sandbox)
            throws IOException {
        var ref = new Route.ListenerRef(name, sandbox);
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address, BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "Cannot listen on '"
                            + address
                            + "' for listener '"
                            + name
                            + "': "
                            + e.getMessage(),
                    e);
        }
        return new TcpAcceptor(server, name, socket -> accept(socket, ref, route));
    }

    private void accept(SocketChannel socket, Route.ListenerRef listener, String route)
            throws IOException {
        IoThread thread = threads.get(Math.floorMod(nextThread.getAndIncrement(), threads.size()));
        var carrier = new TcpCarrier(socket, thread);
        var client = new ClientInfo(carrier.remote(), "tcp", Optional.empty());
        Optional<RefusalCode> refusal = refusal(client);
        if (refusal.isPresent()) {
            core.parts().meters().connectionRejected(listener.name(), refusal.get());
            carrier.close();
            return;
        }
        var io = new ConnectionIo(core.nextNumber(), carrier, core.buffers(), core.virtualPumps());
        var info =
                new ConnectionInfo(
                        newId(),
                        core.parts().routes().route(route),
                        listener,
                        client,
                        carrier.local());
        var connection =
                new Connection(
                        core,
                        info,
                        io,
                        core.admissions().enter(client.address()),
                        carrier::reader,
                        () -> {});
        enter(connection, () -> carrier.start(connection, io));
    }

    /**
     * The gateway's side of a listener of any other kind: one that a component provides, in memory, or stdio.
     *
     * @param name name of the listener
     * @param route name of the route
     * @param sandbox the only sandbox that it serves
     */
    public ListenerHandler handler(String name, String route, Optional<String> sandbox) {
        var ref = new Route.ListenerRef(name, sandbox);
        return new ListenerHandler() {
            @Override
            public Admission admit(ClientInfo client) {
                Optional<RefusalCode> refusal = refusal(client);
                refusal.ifPresent(code -> core.parts().meters().connectionRejected(name, code));
                return refusal.<Admission>map(Rejected::new).orElseGet(Admitted::new);
            }

            @Override
            public void serve(DuplexStream stream, ClientInfo client, Runnable closed) {
                SshEngine.this.serve(stream, client, ref, route, closed);
            }

            @Override
            public RelayResult relay(ClientInfo client, Destination destination) {
                return new RelayRefused(
                        RefusalCodes.BACKEND_CAPABILITY, "This gateway relays no connections");
            }
        };
    }

    private void serve(
            DuplexStream stream,
            ClientInfo client,
            Route.ListenerRef listener,
            String route,
            Runnable closed) {
        var carrier = new StreamCarrier(stream, client.address());
        var io = new ConnectionIo(core.nextNumber(), carrier, core.buffers(), core.virtualPumps());
        var info =
                new ConnectionInfo(
                        newId(),
                        core.parts().routes().route(route),
                        listener,
                        client,
                        Optional.empty());
        var connection =
                new Connection(
                        core,
                        info,
                        io,
                        core.admissions().enter(client.address()),
                        carrier::reader,
                        closed);
        enter(connection, () -> carrier.start(connection, io));
    }

    private void enter(Connection connection, Runnable read) {
        core.connections().add(connection);
        core.parts().meters().connectionOpened(connection.info().listener().name());
        core.virtualPumps()
                .execute(() -> {
                    connection.begin();
                    read.run();
                });
    }

    private Optional<RefusalCode> refusal(ClientInfo client) {
        return draining
                ? Optional.of(RefusalCodes.GATEWAY_STOPPING)
                : core.admissions().refusal(client.address());
    }

    private String newId() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
        }
        return id.toString();
    }

    /**
     * Lets nobody in any more and waits for those who are in.
     *
     * @param patience longest wait
     * @return whether all have gone
     */
    public boolean drain(Duration patience) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + patience.toNanos();
        while (!core.connections().isEmpty() && System.nanoTime() - end < 0) {
            Thread.sleep(Math.min(50, Math.max(1, patience.toMillis())));
        }
        return core.connections().isEmpty();
    }

    /** Connections at present, those that have not logged in included. */
    public int connections() {
        return core.connections().size();
    }

    /** Ends every connection, telling clients that the gateway stops, and then the threads. Listeners are closed by whoever opened them. */
    @Override
    public void close() {
        draining = true;
        core.connections().forEach(connection -> connection.end(RefusalCodes.GATEWAY_STOPPING));
        try {
            if (!drain(Duration.ofSeconds(3))) {
                core.connections().forEach(Connection::close);
                drain(Duration.ofSeconds(2));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ticker.shutdownNow();
        threads.forEach(IoThread::close);
        core.close();
    }
}
