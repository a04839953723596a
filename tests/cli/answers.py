# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A provider that gives prepared answers in turn, whatever it is asked.

    answers.py FOLDER

Request number N gets FOLDER/N as JSON, with the status and the headers that FOLDER/N.head has, if
there is one; after the last, the last again.  The port is printed, and in FOLDER/port, as soon as it
listens, and FOLDER/asked has a line for each request: method, target, body; FOLDER/heads has their
headers.  It begins anew when FOLDER does, and ends when stdin does.  It starts for every test, and http.server takes longer to load than
all else.
"""
import os
import socket
import sys
import threading

FOLDER = sys.argv[1]


class Answers:
    def __init__(self, port):
        self.port = port
        self.begin()

    def begin(self):
        """FOLDER is new."""
        self.asked = 0
        with open(f"{FOLDER}/port.new", "w", encoding="ascii") as file:
            print(self.port, file=file)
        os.rename(f"{FOLDER}/port.new", f"{FOLDER}/port")

    @staticmethod
    def read(file):
        """The method, the target, the headers and the body of a request; None after the last."""
        words = file.readline().decode("latin-1").split()
        if len(words) != 3:
            return None
        heads = []
        while line := file.readline().decode("latin-1").strip():
            heads.append(line)
        length = "0"
        for line in heads:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = value
            elif name.lower() == "expect":
                file.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                file.flush()
        return words[0], words[1], heads, file.read(int(length)).decode()

    def answer(self, file, method, target, heads, body):
        if not os.path.exists(f"{FOLDER}/port"):
            self.begin()
        with open(f"{FOLDER}/asked", "a", encoding="utf-8") as asked:
            print(method, target, body, file=asked)
        with open(f"{FOLDER}/heads", "a", encoding="utf-8") as asked:
            print(*heads, "", sep="\n", file=asked)
        self.asked += 1
        number = self.asked
        while not os.path.exists(f"{FOLDER}/{number}"):
            number -= 1
        with open(f"{FOLDER}/{number}", "rb") as prepared:
            content = prepared.read()
        lines = ["200"]
        if os.path.exists(f"{FOLDER}/{number}.head"):
            with open(f"{FOLDER}/{number}.head", encoding="utf-8") as prepared:
                lines = prepared.read().splitlines()
        lines[0] = f"HTTP/1.1 {lines[0]} -"
        if not any(line.startswith("Content-Type:") for line in lines):
            lines.append("Content-Type: application/json")
        lines.append(f"Content-Length: {len(content)}\r\n\r\n")
        file.write("\r\n".join(lines).encode("latin-1") + content)
        file.flush()

    def serve(self, connection):
        try:
            with connection, connection.makefile("rwb") as file:
                while request := self.read(file):
                    self.answer(file, *request)
        except OSError:
            pass        # the other side is gone

    def accept(self, server):
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()


def main():
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    threading.Thread(target=Answers(port).accept, args=(server,), daemon=True).start()
    print(port, flush=True)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
