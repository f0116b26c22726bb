# SPDX-License-Identifier: Apache-2.0
"""What an AsyncSSH user does; prints "all done" or fails."""
import asyncio
import hashlib
import os
import sys

import asyncssh

host, port, user, key, known_hosts, capabilities, directory, data, echo_port, echo_path = sys.argv[1:]
capabilities = capabilities.split(",")
content = open(data, "rb").read()


async def echo(reader, writer):
    async def send():
        writer.write(content)
        await writer.drain()
        writer.write_eof()

    task = asyncio.create_task(send())
    digest = hashlib.sha256()
    while True:
        chunk = await reader.read(65536)
        if not chunk:
            break
        digest.update(chunk)
    await task
    assert digest.digest() == hashlib.sha256(content).digest()
    writer.close()


async def main():
    async with asyncssh.connect(
            host, int(port), username=user, client_keys=[key], known_hosts=known_hosts, agent_path=None, config=None,
            rekey_bytes=4 << 20, keepalive_interval=5) as connection:
        result = await connection.run("cat; echo err >&2; exit 7", input="input")
        assert (result.stdout, result.stderr, result.exit_status) == ("input", "err\n", 7), result
        many = await asyncio.gather(*(connection.run(f"echo {i}") for i in range(9)))
        assert [one.stdout for one in many] == [f"{i}\n" for i in range(9)]
        big = await connection.run("cat", input=content, encoding=None)
        assert big.stdout == content

        if "PTY" in capabilities:
            process = await connection.create_process("stty size; read x; stty size; exit 3", term_type="xterm", term_size=(100, 30))
            assert "30 100" in await process.stdout.readline()
            if "RESIZE" in capabilities:
                process.change_terminal_size(90, 20)
            process.stdin.write("\n")
            seen = await process.stdout.read()
            if "RESIZE" in capabilities:
                assert "20 90" in seen, seen
            await process.wait()
            assert process.exit_status == 3
        if "SIGNAL" in capabilities:
            process = await connection.create_process("echo ready; exec sleep 600")
            await process.stdout.readline()
            process.send_signal("TERM")
            await process.wait()
            if "EXIT_SIGNAL" in capabilities:
                assert process.exit_signal[0] == "TERM", process.exit_signal

        if "FILES" in capabilities or "SFTP_STREAM" in capabilities:
            async with connection.start_sftp_client() as sftp:
                await sftp.put(data, directory + "/data", preserve=True)
                await sftp.get(directory + "/data", data + ".asyncssh")
                assert open(data + ".asyncssh", "rb").read() == content
                os.unlink(data + ".asyncssh")
                await sftp.makedirs(directory + "/a/b/c")
                await sftp.symlink("data", directory + "/link")
                assert await sftp.readlink(directory + "/link") == "data"
                assert await sftp.realpath(directory + "/a/../link") == directory + "/data"
                await sftp.posix_rename(directory + "/data", directory + "/moved")
                await sftp.statvfs(directory)
                assert sorted(await sftp.listdir(directory)) == [".", "..", "a", "link", "moved"]
                await sftp.rmtree(directory + "/a")
                try:
                    await sftp.stat(directory + "/missing")
                    raise AssertionError("a missing file was found")
                except asyncssh.SFTPNoSuchFile:
                    pass

        if "DIAL_TCP" in capabilities:
            await echo(*await connection.open_connection("127.0.0.1", int(echo_port)))
            try:
                await connection.open_connection("127.0.0.1", 1)
                raise AssertionError("a connection to a closed port was opened")
            except asyncssh.ChannelOpenError as e:
                assert e.code == asyncssh.OPEN_CONNECT_FAILED, e
        if "DIAL_UNIX" in capabilities:
            await echo(*await connection.open_unix_connection(echo_path))

        if "LISTEN_TCP" in capabilities and "DIAL_TCP" in capabilities:
            async def handle(reader, writer):
                writer.write(await reader.read())
                writer.write_eof()

            async with await connection.start_server(lambda *_: handle, "127.0.0.1", 0) as listener:
                reader, writer = await connection.open_connection("127.0.0.1", listener.get_port())
                writer.write(b"through")
                writer.write_eof()
                assert await reader.read() == b"through"
        if "LISTEN_UNIX" in capabilities and "DIAL_UNIX" in capabilities:
            async def handle_unix(reader, writer):
                writer.write(await reader.read())
                writer.write_eof()

            async with await connection.start_unix_server(lambda *_: handle_unix, echo_path + "2"):
                reader, writer = await connection.open_unix_connection(echo_path + "2")
                writer.write(b"through")
                writer.write_eof()
                assert await reader.read() == b"through"


asyncio.run(main())
print("all done")
