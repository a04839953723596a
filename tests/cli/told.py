# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Answers so many connections on 127.0.0.1 with what stdin holds, whatever it is asked, and ends.

    told.py COUNT PORTFILE <ANSWER

The port is in PORTFILE as soon as it listens.
"""
import contextlib
import os
import socket
import sys


def main():
    count, port_file = int(sys.argv[1]), sys.argv[2]
    answer = sys.stdin.buffer.read()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        with open(port_file + ".new", "w", encoding="ascii") as file:
            print(server.getsockname()[1], file=file)
        os.rename(port_file + ".new", port_file)
        for _ in range(count):
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass


if __name__ == "__main__":
    main()
