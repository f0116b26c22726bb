// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.session;

import dev.postern.api.backend.Capability;
import dev.postern.api.backend.ExitStatus;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.ProcessSpec.Command;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxFiles;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCode;
import dev.postern.api.error.RefusalCodes;
import dev.postern.api.value.Bytes;
import dev.postern.runtime.sandbox.Reach;
import dev.postern.runtime.session.EngineMeters.Stage;
import dev.postern.runtime.sftp.ScpCommand;
import dev.postern.runtime.sftp.ScpServer;
import dev.postern.runtime.sftp.SftpServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session channel: collects what the client says about the process, starts it, and lets go of it.
 *
 * <p>Requests are handled in order on a virtual thread of the channel's own. A shell or a command is answered with success
 * before the sandbox is reached, as sshd answers before it forks: what fails later is said on stderr and by the exit status,
 * and no data can overtake the answer. A subsystem is answered when it is known to be there.
 */
public final class ProcessChannel implements ChannelHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessChannel.class);

    private static final int EXIT_FAILED = 255;
    private static final int EXIT_NOT_FOUND = 127;
    private static final int EXIT_NOT_PERMITTED = 126;
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final SessionScope scope;
    private final ChannelPort port;
    private final SessionSockets sockets;
    private final SerialTasks tasks;
    private final ProcessEnvironment environment;

    // Only the thread of our tasks touches these
    private Optional<PtySpec> pty = Optional.empty();
    private boolean asked;

    private @Nullable RunningProcess running;
    private @Nullable EndReason ended;
    private boolean closed;

    /** A channel on which nothing was asked for yet. */
    public ProcessChannel(SessionScope scope, ChannelPort port, SessionSockets sockets) {
        this.scope = scope;
        this.port = port;
        this.sockets = sockets;
        tasks = new SerialTasks("postern-session-" + port.id());
        environment = new ProcessEnvironment(scope);
    }

    @Override
    public void request(SessionRequest request, Consumer<Boolean> reply) {
        tasks.execute(() -> handle(request, reply));
    }

    private void handle(SessionRequest request, Consumer<Boolean> reply)
            throws InterruptedException {
        switch (request) {
            case SessionRequest.Shell() -> start(new ProcessSpec.Shell(), reply);
            case SessionRequest.Exec(Bytes line) -> start(new ProcessSpec.Exec(line), reply);
            case SessionRequest.Subsystem(String name) ->
                    start(new ProcessSpec.Subsystem(name), reply);
            default -> reply.accept(handleNow(request));
        }
    }

    private boolean handleNow(SessionRequest request) throws InterruptedException {
        return switch (request) {
            case SessionRequest.Pty(PtySpec spec) -> pty(spec);
            case SessionRequest.Environment(String name, String value) ->
                    !asked && environment.offer(name, value);
            case SessionRequest.AgentForwarding() ->
                    allowed("agent", scope.login().rights().agentForwarding())
                            && !asked
                            && sockets.agent(environment::set);
            case SessionRequest.X11 x11 ->
                    allowed("x11", scope.login().rights().x11Forwarding())
                            && !asked
                            && sockets.x11(x11, environment::set);
            case SessionRequest.WindowChange(var size) ->
                    withProcess(
                            Capability.RESIZE,
                            process -> {
                                process.resize(size);
                                return true;
                            });
            case SessionRequest.Signal(String name) ->
                    withProcess(Capability.SIGNAL, process -> process.signal(name));
            // A break on a PTY is what BREAK on a serial line does: an interrupt for the foreground
            // job
            case SessionRequest.Break _ ->
                    pty.isPresent()
                            && withProcess(Capability.SIGNAL, process -> process.signal("INT"));
            case SessionRequest.EndOfWrite() -> endOfWrite();
            case SessionRequest.Unknown(String type) -> {
                LOG.atDebug()
                        .addKeyValue("session.id", port.id())
                        .addKeyValue("type", PeerText.clean(type))
                        .log("Unknown channel request");
                yield false;
            }
            case SessionRequest.Shell _, SessionRequest.Exec _, SessionRequest.Subsystem _ -> false;
        };
    }

    private boolean endOfWrite() {
        RunningProcess now;
        synchronized (this) {
            now = running;
        }
        if (now != null) {
            now.endOfWrite();
        }
        return now != null;
    }

    private boolean pty(PtySpec spec) {
        if (asked || pty.isPresent() || !allowed("pty", scope.login().rights().pty())) {
            return false;
        }
        pty = Optional.of(spec);
        return true;
    }

    private boolean allowed(String what, Optional<RefusalCode> refusal) {
        refusal.ifPresent(code -> refuse(what, code));
        return refusal.isEmpty();
    }

    private void refuse(String what, RefusalCode code) {
        scope.noteRefusal("channel.refused", code, Map.of("session", port.id(), "request", what));
    }

    private interface ProcessCall {
        boolean on(SandboxProcess process);
    }

    private boolean withProcess(Capability needed, ProcessCall call) throws InterruptedException {
        RunningProcess now;
        synchronized (this) {
            now = running;
        }
        return now != null
                && scope.link().reach() instanceof Reach.Open(SandboxConnection open)
                && open.capabilities().contains(needed)
                && call.on(now.process());
    }

    private void start(Command wanted, Consumer<Boolean> reply) throws InterruptedException {
        if (asked) {
            reply.accept(false);
            return;
        }
        asked = true;
        Rights rights = scope.login().rights();
        Command command = wanted;
        Optional<RefusalCode> refusal = Optional.empty();
        if (rights.forcesConflict()) {
            refusal = Optional.of(RefusalCodes.POLICY_EXEC);
        } else if (rights.forceCommand().isPresent()) {
            command = forced(rights.forceCommand().get());
            original(wanted).ifPresent(text -> environment.set("SSH_ORIGINAL_COMMAND", text));
        } else {
            refusal =
                    wanted instanceof ProcessSpec.Subsystem(String name)
                            ? rights.subsystem(name)
                            : rights.exec();
        }
        if (refusal.isPresent()) {
            refuse(describe(wanted), refusal.get());
            say(ClientText.of(refusal.get(), scope.info().id()));
            reply.accept(false);
            port.close();
            return;
        }
        launch(wanted, command, reply);
    }

    /** sshd's name for a file server without a program. */
    private static Command forced(String line) {
        return line.equals("internal-sftp")
                ? new ProcessSpec.Subsystem("sftp")
                : new ProcessSpec.Exec(Bytes.utf8(line));
    }

    private static Optional<String> original(Command command) {
        return switch (command) {
            case ProcessSpec.Shell() -> Optional.empty();
            case ProcessSpec.Exec(Bytes line) -> Optional.of(line.text());
            case ProcessSpec.Subsystem(String name) -> Optional.of(name);
        };
    }

    private static String describe(Command command) {
        return switch (command) {
            case ProcessSpec.Shell() -> "shell";
            case ProcessSpec.Exec _ -> "exec";
            case ProcessSpec.Subsystem(String name) -> "subsystem " + PeerText.clean(name);
        };
    }

    private void launch(Command wanted, Command command, Consumer<Boolean> reply)
            throws InterruptedException {
        long begin = System.nanoTime();
        audit(wanted, command);
        boolean early = !(wanted instanceof ProcessSpec.Subsystem);
        if (early) {
            reply.accept(true);
        }
        Reach reach = reach();
        switch (reach) {
            case Reach.Failed(RefusalCode code, String message) -> {
                log(code, message);
                fail(early, reply, EXIT_FAILED, ClientText.of(code, scope.info().id()));
            }
            case Reach.Open(SandboxConnection open) -> {
                StartResult result = start(open, command);
                if (result instanceof StartResult.Started(SandboxProcess process)) {
                    if (!early) {
                        reply.accept(true);
                    }
                    connect(process, begin);
                } else {
                    failed(result, early, reply);
                }
            }
        }
    }

    private void audit(Command wanted, Command command) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("session", port.id());
        fields.put("kind", describe(wanted));
        original(command).ifPresent(text -> fields.put("command", text));
        fields.put("pty", String.valueOf(pty.isPresent()));
        scope.note("exec", fields);
    }

    /** A person who waits is told so, once; programs see silence. */
    private Reach reach() throws InterruptedException {
        if (pty.isEmpty() || scope.link().isOpen()) {
            return scope.link().reach();
        }
        Thread progress =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                Thread.sleep(SILENCE);
                                say("Waking the sandbox...");
                            } catch (InterruptedException e) {
                                LOG.atTrace().log("No need to tell");
                            }
                        });
        try {
            return scope.link().reach();
        } finally {
            progress.interrupt();
        }
    }

    private StartResult start(SandboxConnection open, Command command) throws InterruptedException {
        var can = open.capabilities();
        if (command instanceof ProcessSpec.Subsystem(String name)) {
            if (!name.equals("sftp")) {
                return missing("subsystem '" + PeerText.clean(name) + "'");
            }
            if (!can.contains(Capability.SFTP_STREAM)) {
                return open.files()
                        .<StartResult>map(files -> new StartResult.Started(server(files)))
                        .orElseGet(() -> missing("SFTP"));
            }
        } else if (!can.contains(pty.isPresent() ? Capability.PTY : Capability.EXEC)) {
            Optional<StartResult> copy = copy(open, command);
            if (copy.isPresent()) {
                return copy.get();
            }
            return missing(pty.isPresent() ? "terminals" : "commands without a terminal");
        }
        Optional<PtySpec> terminal =
                command instanceof ProcessSpec.Subsystem ? Optional.empty() : pty;
        try {
            return open.start(new ProcessSpec(port.id(), command, terminal, environment.all()));
        } catch (PosternException e) {
            LOG.atWarn().addKeyValue("session.id", port.id()).setCause(e).log("Start failed");
            return new StartResult.Failed(e.code(), "The backend failed");
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("session.id", port.id()).setCause(e).log("Start failed");
            return new StartResult.Failed(RefusalCodes.BACKEND_START_FAILED, "The backend failed");
        }
    }

    /** The other side of scp -O, where the sandbox has files but runs no commands. */
    private Optional<StartResult> copy(SandboxConnection open, Command command) {
        if (pty.isPresent() || !(command instanceof ProcessSpec.Exec(Bytes line))) {
            return Optional.empty();
        }
        return ScpCommand.parse(line)
                .flatMap(scp ->
                        open.files()
                                .map(files ->
                                        new StartResult.Started(
                                                ScpServer.start(
                                                        files,
                                                        scp,
                                                        new AuditedFiles(scope, port.id())))));
    }

    private SandboxProcess server(SandboxFiles files) {
        return new SftpServer(files, new AuditedFiles(scope, port.id()));
    }

    private static StartResult missing(String what) {
        return new StartResult.Failed(
                RefusalCodes.BACKEND_CAPABILITY, "The sandbox's backend has no " + what);
    }

    private void failed(StartResult result, boolean early, Consumer<Boolean> reply) {
        switch (result) {
            case StartResult.Started _ -> throw new IllegalArgumentException("It has started");
            case StartResult.NotFound(String message) ->
                    fail(early, reply, EXIT_NOT_FOUND, PeerText.clean(message));
            case StartResult.NotPermitted(String message) ->
                    fail(early, reply, EXIT_NOT_PERMITTED, PeerText.clean(message));
            case StartResult.Failed(RefusalCode code, String message) -> {
                log(code, message);
                fail(early, reply, EXIT_FAILED, ClientText.of(code, scope.info().id()));
            }
        }
    }

    private void log(RefusalCode code, String message) {
        scope.noteRefusal(
                "channel.refused", code, Map.of("session", port.id(), "message", message));
        LOG.atInfo()
                .addKeyValue("connection.id", scope.info().id())
                .addKeyValue("session.id", port.id())
                .addKeyValue("code", code)
                .log("Session could not start: {}", PeerText.clean(message));
    }

    private void fail(boolean early, Consumer<Boolean> reply, int status, String text) {
        say(text);
        if (early) {
            port.endOutput();
            port.exited(new ExitStatus.Exited(status));
        } else {
            reply.accept(false);
        }
        port.close();
    }

    private void say(String text) {
        port.say(text + (pty.isPresent() ? "\r\n" : "\n"));
    }

    private void connect(SandboxProcess process, long begin) {
        var made =
                new RunningProcess(
                        port,
                        process,
                        pty.isPresent(),
                        () ->
                                scope.meters()
                                        .stage(
                                                Stage.FIRST_BYTE,
                                                scope.info().route().name(),
                                                Duration.ofNanos(System.nanoTime() - begin)));
        Optional<EndReason> late;
        boolean gone;
        synchronized (this) {
            running = made;
            late = Optional.ofNullable(ended);
            gone = closed;
        }
        if (late.isPresent()) {
            made.end(late.get());
        }
        made.start();
        if (gone) {
            made.closedByPeer();
        }
    }

    @Override
    public boolean closedByPeer() {
        RunningProcess now;
        synchronized (this) {
            closed = true;
            now = running;
        }
        sockets.close();
        if (now == null) {
            tasks.stop();
            return true;
        }
        now.closedByPeer();
        return false;
    }

    @Override
    public void end(EndReason reason) {
        RunningProcess now;
        synchronized (this) {
            ended = reason;
            now = running;
        }
        sockets.close();
        if (now == null) {
            tasks.stop();
        } else {
            now.end(reason);
        }
    }
}
