// SPDX-License-Identifier: Apache-2.0
package dev.postern.runtime.forward;

import dev.postern.api.backend.ByteSink;
import dev.postern.api.backend.ProcessSpec;
import dev.postern.api.backend.SandboxConnection;
import dev.postern.api.backend.SandboxProcess;
import dev.postern.api.backend.SandboxProcess.EndReason;
import dev.postern.api.backend.StartResult;
import dev.postern.api.value.Bytes;
import dev.postern.runtime.session.OutputPump;
import dev.postern.runtime.session.SessionRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the sandbox's xauth the cookie that the client wants to see, as sshd does. */
final class XAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(XAuthority.class);

    private static final Pattern PROTOCOL = Pattern.compile("[A-Za-z0-9.-]{1,64}");
    private static final Pattern COOKIE = Pattern.compile("[0-9A-Fa-f]{2,512}");
    private static final long PATIENCE_SECONDS = 5;

    /** Best effort: without xauth inside, X11 programs have to do without a cookie. */
    static void add(SandboxConnection open, String session, int display, SessionRequest.X11 request)
            throws InterruptedException {
        if (!PROTOCOL.matcher(request.protocol()).matches()
                || !COOKIE.matcher(request.cookie()).matches()) {
            return;
        }
        String name = "unix:" + display + "." + request.screen();
        String script =
                "remove "
                        + name
                        + "\nadd "
                        + name
                        + " "
                        + request.protocol()
                        + " "
                        + request.cookie()
                        + "\n";
        var spec =
                new ProcessSpec(
                        session + "-xauth",
                        new ProcessSpec.Exec(Bytes.utf8("xauth -q -")),
                        Optional.empty(),
                        Map.of());
        try {
            if (open.start(spec) instanceof StartResult.Started(SandboxProcess process)) {
                run(process, script);
            }
        } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
            LOG.atDebug().addKeyValue("session.id", session).setCause(e).log("xauth failed");
        }
    }

    private static void run(SandboxProcess process, String script)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        OutputPump.start(process.stdout(), new Nowhere(), "xauth");
        OutputPump.start(process.stderr(), new Nowhere(), "xauth");
        byte[] text = script.getBytes(StandardCharsets.UTF_8);
        ByteSink stdin = process.stdin();
        if (stdin.nonBlocking()) {
            stdin.offer(text, 0, text.length);
            stdin.finish();
        } else {
            stdin.stream().write(text);
            stdin.stream().close();
        }
        try {
            process.exit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.end(EndReason.FINISHED);
        } catch (TimeoutException e) {
            process.end(EndReason.KILL);
            throw e;
        }
    }

    /** What xauth says. */
    private static final class Nowhere implements ByteSink {
        @Override
        public OutputStream stream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public boolean nonBlocking() {
            return true;
        }

        @Override
        public int offer(byte[] bytes, int offset, int length) {
            return length;
        }

        @Override
        public void whenWritable(Runnable once) {
            once.run();
        }

        @Override
        public void finish() {}
    }

    private XAuthority() {}
}
