# SPDX-License-Identifier: Apache-2.0
"""Stock ssh on a real local terminal: 'resize' changes its size, 'interrupt' types Ctrl-C."""
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time

# This file must not hide the library's module of the same name.
sys.path.pop(0)
import pty  # noqa: E402

PORT, USER, KEY, KNOWN_HOSTS, WHAT = sys.argv[1:6]


def size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


pid, master = pty.fork()
if pid == 0:
    size(0, 24, 80)
    os.execvp("ssh", ["ssh", "-F", "none", "-tt", "-p", PORT, "-i", KEY, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                      "-o", f"UserKnownHostsFile={KNOWN_HOSTS}", "-o", "IdentityAgent=none", f"{USER}@127.0.0.1", "PS1='ready> ' exec sh -i"])

seen = b""


def expect(text, bound=30):
    global seen
    end = time.monotonic() + bound
    while text not in seen:
        if time.monotonic() > end:
            sys.stderr.write(f"did not see {text!r} in {seen!r}\n")
            os.kill(pid, signal.SIGKILL)
            sys.exit(1)
        ready, _, _ = select.select([master], [], [], 0.2)
        if ready:
            try:
                data = os.read(master, 65536)
            except OSError:
                data = b""
            if not data:
                sys.stderr.write(f"ended before {text!r}: {seen!r}\n")
                sys.exit(1)
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
            seen += data
    seen = seen[seen.index(text) + len(text):]


def send(text):
    os.write(master, text)


expect(b"ready> ")
if WHAT == "resize":
    send(b"stty size\r")
    expect(b"24 80")
    expect(b"ready> ")
    size(master, 50, 132)
    os.kill(pid, signal.SIGWINCH)
    # The change travels on its own; ask until it is there.
    send(b"until [ \"$(stty size)\" = '50 132' ]; do sleep 0.1; done; stty size\r")
    expect(b"\n50 132")
else:
    send(b"sleep 600\r")
    time.sleep(1)
    send(b"\x03")
    expect(b"ready> ")
    send(b"echo \"still here $?\"\r")
    expect(b"\nstill here 130")
send(b"exit\r")
os.waitpid(pid, 0)
