# SPDX-License-Identifier: Apache-2.0
"""What a paramiko user does; prints "all done" or fails."""
import hashlib
import io
import socket
import sys
import threading

import paramiko

host, port, user, key, known_hosts, capabilities, directory, data, echo_port, echo_path = sys.argv[1:]
capabilities = capabilities.split(",")

client = paramiko.SSHClient()
client.load_host_keys(known_hosts)
client.set_missing_host_key_policy(paramiko.RejectPolicy())
client.connect(host, int(port), user, key_filename=key, allow_agent=False, look_for_keys=False, timeout=60)
transport = client.get_transport()
transport.set_keepalive(5)
transport.packetizer.REKEY_BYTES = 4 << 20

stdin, stdout, stderr = client.exec_command("cat; echo err >&2; exit 7")
stdin.write("input")
stdin.channel.shutdown_write()
assert stdout.read() == b"input"
assert stderr.read() == b"err\n"
assert stdout.channel.recv_exit_status() == 7

if "PTY" in capabilities:
    shell = client.invoke_shell(term="xterm", width=100, height=30)
    shell.settimeout(60)
    if "RESIZE" in capabilities:
        shell.resize_pty(width=90, height=20)
    shell.send("stty size; echo mar''ker; exit 3\n")
    seen = b""
    while True:
        chunk = shell.recv(4096)
        if not chunk:
            break
        seen += chunk
    assert b"marker" in seen, seen
    if "RESIZE" in capabilities:
        assert b"20 90" in seen, seen
    assert shell.recv_exit_status() == 3

content = open(data, "rb").read()
if "FILES" in capabilities or "SFTP_STREAM" in capabilities:
    sftp = client.open_sftp()
    sftp.put(data, directory + "/data")
    assert sftp.stat(directory + "/data").st_size == len(content)
    back = io.BytesIO()
    sftp.getfo(directory + "/data", back)
    assert hashlib.sha256(back.getvalue()).digest() == hashlib.sha256(content).digest()
    with sftp.open(directory + "/lines", "w") as file:
        file.write("one\ntwo\n")
    with sftp.open(directory + "/lines", "a") as file:
        file.write("three\n")
    with sftp.open(directory + "/lines") as file:
        assert file.readlines() == ["one\n", "two\n", "three\n"]
    sftp.posix_rename(directory + "/lines", directory + "/data2")
    sftp.symlink("data2", directory + "/link")
    assert sftp.readlink(directory + "/link") == "data2"
    assert sftp.normalize(directory + "/.") == directory
    assert sorted(sftp.listdir(directory)) == ["data", "data2", "link"]
    try:
        sftp.stat(directory + "/missing")
        raise AssertionError("a missing file was found")
    except FileNotFoundError:
        pass
    sftp.close()
# A close that crosses its own rekey blocks paramiko's only reader for ever, whatever the server is.
transport.packetizer.REKEY_BYTES = 1 << 30


def echo(channel):
    channel.settimeout(60)
    threading.Thread(target=lambda: (channel.sendall(content), channel.shutdown_write()), daemon=True).start()
    digest = hashlib.sha256()
    while True:
        chunk = channel.recv(65536)
        if not chunk:
            break
        digest.update(chunk)
    assert digest.digest() == hashlib.sha256(content).digest()
    channel.close()


if "DIAL_TCP" in capabilities:
    echo(transport.open_channel("direct-tcpip", ("127.0.0.1", int(echo_port)), ("127.0.0.1", 1)))
    try:
        transport.open_channel("direct-tcpip", ("127.0.0.1", 1), ("127.0.0.1", 1))
        raise AssertionError("a connection to a closed port was opened")
    except paramiko.ChannelException as e:
        assert e.code == 2, e

if "LISTEN_TCP" in capabilities and "DIAL_TCP" in capabilities:
    inside = transport.request_port_forward("127.0.0.1", 0)
    out = transport.open_channel("direct-tcpip", ("127.0.0.1", inside), ("127.0.0.1", 1))
    back = transport.accept(60)
    assert back is not None
    out.sendall(b"through")
    assert back.recv(100) == b"through"
    back.sendall(b"and back")
    assert out.recv(100) == b"and back"
    out.close()
    back.close()
    transport.cancel_port_forward("127.0.0.1", inside)

client.close()
print("all done")
