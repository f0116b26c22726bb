// SPDX-License-Identifier: Apache-2.0
package dev.postern.plugin.local;

import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.PtySpec;
import dev.postern.api.backend.StartResult;
import dev.postern.api.error.PosternException;
import dev.postern.api.error.RefusalCodes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** Starts the processes of one sandbox. */
final class ProcessStarter {
    static final String SETPRIV = "/usr/bin/setpriv";

    private final LocalSettings settings;
    private final Account account;
    private final boolean switchUser;
    private final Path folder;
    private final String sandboxMarker;
    private final Children children;

    /**
     * For one sandbox.
     *
     * @param account whom processes run as
     * @param switchUser whether that is another user than the gateway's
     * @param folder where they start
     * @param sandboxMarker {@code NAME=value} for their environment
     * @param children watches them
     */
    ProcessStarter(
            LocalSettings settings,
            Account account,
            boolean switchUser,
            Path folder,
            String sandboxMarker,
            Children children) {
        this.settings = settings;
        this.account = account;
        this.switchUser = switchUser;
        this.folder = folder;
        this.sandboxMarker = sandboxMarker;
        this.children = children;
    }

    /** Starts a process; {@code whenEnded} hears of the end of the gateway's interest. */
    StartResult start(ProcessSpec spec, Consumer<LocalProcess> whenEnded) {
        String shell = settings.shell().orElse(account.shell());
        List<byte[]> arguments = new ArrayList<>();
        String name = shell.substring(shell.lastIndexOf('/') + 1);
        switch (spec.command()) {
            case ProcessSpec.Shell() -> {
                // setpriv starts a program under its own name, so there the option says that it is
                // a login shell.
                arguments.add(octets(switchUser ? shell : "-" + name));
                if (switchUser) {
                    arguments.add(octets("-l"));
                }
            }
            case ProcessSpec.Exec(var line) -> {
                byte[] command = line.toArray();
                if (holdsNul(command)) {
                    return new StartResult.NotPermitted("A command cannot hold a NUL octet");
                }
                arguments.add(octets(switchUser ? shell : name));
                arguments.add(octets("-c"));
                arguments.add(command);
            }
            case ProcessSpec.Subsystem(var subsystem) -> {
                return new StartResult.Failed(
                        RefusalCodes.BACKEND_CAPABILITY,
                        "There is no subsystem '" + subsystem + "' on this host");
            }
        }
        if (switchUser && !Files.exists(Path.of(shell))) {
            return new StartResult.NotFound("Shell '" + shell + "' does not exist");
        }
        String marker = "POSTERN_SESSION=" + UUID.randomUUID().toString().replace("-", "");
        try {
            return spec.pty().isPresent()
                    ? onTerminal(spec, spec.pty().get(), shell, arguments, marker, whenEnded)
                    : onPipes(spec, shell, arguments, marker, whenEnded);
        } catch (PosternException e) {
            return new StartResult.Failed(
                    RefusalCodes.BACKEND_START_FAILED, String.valueOf(e.getMessage()));
        }
    }

    private StartResult onPipes(
            ProcessSpec spec,
            String shell,
            List<byte[]> arguments,
            String marker,
            Consumer<LocalProcess> whenEnded) {
        // Ours are the write end of the first and the read ends of the others.
        int[] fds = {-1, -1, -1, -1, -1, -1};
        try {
            for (int i = 0; i < 3; i++) {
                System.arraycopy(Posix.pipe(), 0, fds, 2 * i, 2);
            }
            int pid =
                    spawn(spec, shell, arguments, marker, Optional.empty())
                            .onPipes(new int[] {fds[0], fds[3], fds[5]});
            if (pid < 0) {
                return refusal(shell, -pid);
            }
            EventLoop loop = children.nextLoop();
            Child child = children.watch(loop, pid);
            List<Descriptor> descriptors = new ArrayList<>();
            try {
                for (int ours : new int[] {1, 2, 4}) {
                    Posix.nonBlocking(fds[ours]);
                    descriptors.add(
                            ours == 1
                                    ? Descriptor.writeEnd(loop, fds[ours])
                                    : Descriptor.readEnd(loop, fds[ours]));
                    fds[ours] = -1;
                }
            } catch (PosternException e) {
                descriptors.forEach(Descriptor::close);
                throw undone(child, e);
            }
            LocalProcess.Streams streams =
                    new LocalProcess.Streams(
                            new DescriptorSink(descriptors.get(0)),
                            new DescriptorSource(descriptors.get(1)),
                            new DescriptorSource(descriptors.get(2)),
                            Optional.empty(),
                            descriptors);
            return started(loop, child, streams, marker, whenEnded);
        } finally {
            Posix.closeAll(fds);
        }
    }

    private StartResult onTerminal(
            ProcessSpec spec,
            PtySpec pty,
            String shell,
            List<byte[]> arguments,
            String marker,
            Consumer<LocalProcess> whenEnded) {
        Terminal terminal = Terminal.open(pty, account);
        int[] fds = {terminal.master(), terminal.slave()};
        try {
            int pid =
                    spawn(spec, shell, arguments, marker, Optional.of(terminal.path()))
                            .onTerminal(terminal.path());
            if (pid < 0) {
                return refusal(shell, -pid);
            }
            EventLoop loop = children.nextLoop();
            Child child = children.watch(loop, pid);
            Descriptor master;
            try {
                master = Descriptor.terminal(loop, terminal.master());
            } catch (PosternException e) {
                throw undone(child, e);
            }
            fds[0] = -1;
            LocalProcess.Streams streams =
                    new LocalProcess.Streams(
                            new DescriptorSink(master),
                            new DescriptorSource(master),
                            new EndedSource(),
                            Optional.of(master),
                            List.of(master));
            return started(loop, child, streams, marker, whenEnded);
        } finally {
            Posix.closeAll(fds);
        }
    }

    private static PosternException undone(Child child, PosternException cause) {
        child.signalGroup(Signals.KILL);
        child.release();
        return cause;
    }

    private StartResult started(
            EventLoop loop,
            Child child,
            LocalProcess.Streams streams,
            String marker,
            Consumer<LocalProcess> whenEnded) {
        LocalProcess[] self = new LocalProcess[1];
        LocalProcess process =
                new LocalProcess(
                        loop,
                        child,
                        streams,
                        marker,
                        settings.hangupGrace(),
                        () -> whenEnded.accept(self[0]));
        self[0] = process;
        return new StartResult.Started(process);
    }

    private Spawn spawn(
            ProcessSpec spec,
            String shell,
            List<byte[]> arguments,
            String marker,
            Optional<String> terminal) {
        String program = shell;
        List<byte[]> all = arguments;
        if (switchUser) {
            program = SETPRIV;
            all =
                    new ArrayList<>(
                            List.of(
                                    octets("setpriv"),
                                    octets("--reuid=" + account.uid()),
                                    octets("--regid=" + account.gid()),
                                    octets("--init-groups"),
                                    octets("--")));
            all.addAll(arguments);
        }
        return new Spawn(
                program, all, environment(spec, shell, marker, terminal), folder.toString());
    }

    private List<byte[]> environment(
            ProcessSpec spec, String shell, String marker, Optional<String> terminal) {
        Map<String, String> variables = new LinkedHashMap<>(spec.environment());
        variables.put("HOME", folder.toString());
        variables.put("SHELL", shell);
        variables.put("USER", account.name());
        variables.put("LOGNAME", account.name());
        variables.put("PATH", settings.path());
        spec.pty()
                .map(PtySpec::term)
                .filter(term -> !term.isEmpty())
                .ifPresent(term -> variables.put("TERM", term));
        terminal.ifPresent(path -> variables.put("SSH_TTY", path));
        variables.remove("POSTERN_SANDBOX");
        variables.remove("POSTERN_SESSION");
        List<byte[]> environment = new ArrayList<>();
        variables.forEach((name, value) -> {
            byte[] pair = octets(name + "=" + value);
            if (!name.isEmpty() && name.indexOf('=') < 0 && !holdsNul(pair)) {
                environment.add(pair);
            }
        });
        environment.add(octets(sandboxMarker));
        environment.add(octets(marker));
        return environment;
    }

    private StartResult refusal(String shell, int errno) {
        String program = switchUser ? SETPRIV : shell;
        return switch (errno) {
            case Errno.ENOENT, Errno.ENOTDIR ->
                    Files.isDirectory(folder)
                            ? new StartResult.NotFound("Program '" + program + "' does not exist")
                            : new StartResult.Failed(
                                    RefusalCodes.BACKEND_START_FAILED,
                                    "Folder '" + folder + "' does not exist any more");
            case Errno.EACCES, Errno.EPERM, Errno.ENOEXEC, Errno.ETXTBSY ->
                    new StartResult.NotPermitted(
                            "Program '" + program + "' may not be run: " + Errno.text(errno));
            default ->
                    new StartResult.Failed(
                            RefusalCodes.BACKEND_START_FAILED,
                            "Program '" + program + "' could not be started: " + Errno.text(errno));
        };
    }

    private static boolean holdsNul(byte[] octets) {
        for (byte octet : octets) {
            if (octet == 0) {
                return true;
            }
        }
        return false;
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
