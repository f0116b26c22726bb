# SPDX-License-Identifier: Apache-2.0
"""Several channels on one connection, all open at the same time."""
import asyncio
import sys

import asyncssh

PORT, USER, KEY, KNOWN_HOSTS, COUNT = sys.argv[1:6]


async def main():
    async with asyncssh.connect("127.0.0.1", int(PORT), username=USER, client_keys=[KEY], known_hosts=KNOWN_HOSTS, agent_path=None) as connection:
        processes = [await connection.create_process("cat") for _ in range(int(COUNT))]
        for number, process in enumerate(processes):
            process.stdin.write(f"line {number}\n")
        answers = [await process.stdout.readline() for process in processes]
        for process in processes:
            process.stdin.write_eof()
        statuses = [(await process.wait()).exit_status for process in processes]
        good = sum(a == f"line {n}\n" and s == 0 for n, (a, s) in enumerate(zip(answers, statuses)))
        print(good, "at once")


asyncio.run(main())
