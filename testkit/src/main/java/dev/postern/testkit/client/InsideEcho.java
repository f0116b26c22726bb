// SPDX-License-Identifier: Apache-2.0
package dev.postern.testkit.client;

/** An echo server inside the sandbox, on a TCP port of its loopback address and on a Unix socket. Needs python3 there. */
final class InsideEcho implements AutoCloseable {
    private static final String SERVER =
            """
            import os, socket, sys, threading
            def serve(s):
                while True:
                    c, _ = s.accept()
                    threading.Thread(target=echo, args=(c,), daemon=True).start()
            def echo(c):
                try:
                    while True:
                        d = c.recv(65536)
                        if not d:
                            break
                        c.sendall(d)
                    c.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                c.close()
            t = socket.socket()
            t.bind(("127.0.0.1", 0))
            t.listen(300)
            u = socket.socket(socket.AF_UNIX)
            u.bind(sys.argv[1])
            u.listen(300)
            for s in (t, u):
                threading.Thread(target=serve, args=(s,), daemon=True).start()
            print(t.getsockname()[1], flush=True)
            sys.stdin.read()
            """;

    private final Running running;
    private final int port;
    private final String path;

    private InsideEcho(Running running, int port, String path) {
        this.running = running;
        this.port = port;
        this.path = path;
    }

    static InsideEcho start(Workbench bench) throws InterruptedException {
        bench.needsInside("python3");
        String directory = bench.insideNew("echo");
        String script = directory + "/echo.py";
        bench.run(bench.ssh("cat > " + script), SERVER).ok();
        String path = bench.insideSockets() + "/s";
        Running running = bench.start(bench.ssh("exec python3 " + script + " " + path));
        running.await("the echo server inside", () -> running.out().endsWith("\n"));
        return new InsideEcho(running, Integer.parseInt(running.out().strip()), path);
    }

    int port() {
        return port;
    }

    /** Path of the Unix socket inside. */
    String path() {
        return path;
    }

    @Override
    public void close() {
        running.close();
    }
}
