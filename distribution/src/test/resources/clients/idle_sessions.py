# SPDX-License-Identifier: Apache-2.0
"""Sessions that do nothing: some on a PTY, many on pipes."""
import asyncio
import sys

import asyncssh

PORT, USER, KEY, KNOWN_HOSTS, TERMINALS, PIPES = sys.argv[1:7]


async def main():
    connections = [
        await asyncssh.connect("127.0.0.1", int(PORT), username=USER, client_keys=[KEY], known_hosts=KNOWN_HOSTS, agent_path=None)
        for _ in range(25)
    ]
    processes = []
    for number in range(int(TERMINALS)):
        processes.append(await connections[number % 25].create_process("cat", term_type="xterm"))
    for number in range(int(PIPES)):
        processes.append(await connections[number % 25].create_process("cat"))
    print("idle", flush=True)
    await asyncio.sleep(120)


asyncio.run(main())
