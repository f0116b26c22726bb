# SPDX-License-Identifier: Apache-2.0
"""A minimal server on AsyncSSH: commands, SFTP and forwards. Arguments: port, host key, authorized keys."""

import asyncio
import sys

import asyncssh


class Server(asyncssh.SSHServer):
    def connection_requested(self, dest_host, dest_port, orig_host, orig_port):
        return True


async def handle(process):
    child = await asyncio.create_subprocess_shell(
        process.command or "/bin/sh", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE)
    await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
    process.exit(await child.wait())


async def main():
    port, host_key, authorized = sys.argv[1:]
    await asyncssh.create_server(
        Server, "127.0.0.1", int(port), server_host_keys=[host_key], authorized_client_keys=authorized,
        process_factory=handle, sftp_factory=True, encoding=None)
    await asyncio.Event().wait()


asyncio.run(main())
