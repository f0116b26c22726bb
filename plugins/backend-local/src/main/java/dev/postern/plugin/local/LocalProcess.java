// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ByteSource;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.PtySize;
import dev.postern.api.backend.SandboxProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A process of this host with its pipes or its terminal. */
final class LocalProcess implements SandboxProcess {
    private final EventLoop loop;
    private final Child child;
    private final Streams streams;
    private final String marker;
    private final Duration grace;
    private final Runnable whenEnded;
    private @Nullable EndReason reason;

    /**
     * A process that has started.
     *
     * @param loop where its bytes move
     * @param child the process
     * @param streams its pipes or its terminal
     * @param marker what everything that it starts carries in its environment
     * @param grace from being hung up to being killed
     * @param whenEnded run once the gateway has lost interest
     */
    LocalProcess(
            EventLoop loop,
            Child child,
            Streams streams,
            String marker,
            Duration grace,
            Runnable whenEnded) {
        this.loop = loop;
        this.child = child;
        this.streams = streams;
        this.marker = marker;
        this.grace = grace;
        this.whenEnded = whenEnded;
    }

    /**
     * The ways in and out.
     *
     * @param terminal the master side, where there is a PTY
     * @param all every descriptor
     */
    record Streams(
            ByteSink stdin,
            ByteSource stdout,
            ByteSource stderr,
            Optional<Descriptor> terminal,
            List<Descriptor> all) {
        Streams {
            all = List.copyOf(all);
        }
    }

    @Override
    public ByteSink stdin() {
        return streams.stdin;
    }

    @Override
    public ByteSource stdout() {
        return streams.stdout;
    }

    @Override
    public ByteSource stderr() {
        return streams.stderr;
    }

    @Override
    public CompletableFuture<ExitStatus> exit() {
        return child.exit();
    }

    @Override
    public void resize(PtySize size) {
        streams.terminal.ifPresent(master -> Terminal.resize(master, size));
    }

    @Override
    public boolean signal(String name) {
        int number = Signals.number(name);
        if (number == 0) {
            return false;
        }
        int foreground = streams.terminal.map(Terminal::foreground).orElse(0);
        return foreground > 1
                ? child.signalForeground(foreground, number)
                : child.signalGroup(number);
    }

    @Override
    public void end(EndReason newReason) {
        synchronized (this) {
            if (reason != null && newReason.compareTo(reason) <= 0) {
                return;
            }
            reason = newReason;
        }
        switch (newReason) {
            case FINISHED -> child.release();
            case HANGUP -> hangUp();
            case KILL -> kill();
        }
        streams.all.forEach(Descriptor::close);
        whenEnded.run();
    }

    private void hangUp() {
        int foreground = streams.terminal.map(Terminal::foreground).orElse(0);
        if (foreground > 1 && foreground != child.pid()) {
            child.signalForeground(foreground, Signals.HUP);
            child.signalForeground(foreground, Signals.CONT);
        }
        child.signalGroup(Signals.HUP);
        child.signalGroup(Signals.CONT);
        loop.schedule(grace, () -> child.signalSelf(Signals.KILL));
        child.release();
    }

    private void kill() {
        child.signalGroup(Signals.KILL);
        // What has left the group is looked for in /proc, which takes longer than a caller should
        // wait.
        Thread.ofVirtual()
                .name("local-kill")
                .start(() -> {
                    ProcessTree.kill(marker, child.session());
                    child.release();
                });
    }
}
