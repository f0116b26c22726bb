# SPDX-License-Identifier: Apache-2.0
"""A client that grants a window of 2^31 - 1 bytes and then stops reading from its socket."""
import sys
import threading
import time

import paramiko
from paramiko.transport import Transport

PORT, USER, KEY = sys.argv[1:4]

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect("127.0.0.1", int(PORT), username=USER, key_filename=KEY, look_for_keys=False, allow_agent=False)
transport = client.get_transport()
channel = transport.open_session(window_size=2**31 - 1)
channel.exec_command("head -c 1G /dev/zero")
# Paramiko reads the socket on a thread of its own whatever the caller does; holding that thread stops the reading.
original = transport.packetizer.read_message
stalled = threading.Event()


def read_message():
    stalled.set()
    time.sleep(3600)
    return original()


transport.packetizer.read_message = read_message
stalled.wait(30)
time.sleep(3)
print("stalled", flush=True)
time.sleep(120)
