# SPDX-License-Identifier: Apache-2.0
"""How a command ended, as AsyncSSH tells it: 'signal NAME' or 'status N'."""
import asyncio
import sys

import asyncssh

PORT, USER, KEY, KNOWN_HOSTS, COMMAND = sys.argv[1:6]


async def main():
    async with asyncssh.connect("127.0.0.1", int(PORT), username=USER, client_keys=[KEY], known_hosts=KNOWN_HOSTS, agent_path=None) as connection:
        result = await connection.run(COMMAND)
        if result.exit_signal:
            print("signal", result.exit_signal[0])
        else:
            print("status", result.exit_status)


asyncio.run(main())
