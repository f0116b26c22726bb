# SPDX-License-Identifier: Apache-2.0
"""Commands that end at once, many times, on a few connections: all of their output and their status must arrive."""
import asyncio
import sys

import asyncssh

PORT, USER, KEY, KNOWN_HOSTS, COUNT = sys.argv[1:6]


async def some(connection, numbers):
    complete = 0
    for number in numbers:
        result = await connection.run(f"echo out-{number}; echo err-{number} >&2; exit 3")
        if (result.stdout, result.stderr, result.exit_status) == (f"out-{number}\n", f"err-{number}\n", 3):
            complete += 1
        else:
            print("lost:", repr(result.stdout), repr(result.stderr), result.exit_status, file=sys.stderr)
    return complete


async def main():
    connections = [
        await asyncssh.connect("127.0.0.1", int(PORT), username=USER, client_keys=[KEY], known_hosts=KNOWN_HOSTS, agent_path=None)
        for _ in range(4)
    ]
    count = int(COUNT)
    done = await asyncio.gather(*(some(c, range(i, count, 4)) for i, c in enumerate(connections)))
    print(sum(done), "complete")


asyncio.run(main())
