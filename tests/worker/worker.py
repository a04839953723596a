# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Workers that follow fob-worker(7) alone, as threads: relay passes their control sockets."""
import contextlib
import os
import random
import socket
import threading

from frames import Connection
from malformed import answers, declarations, frame

GOOD = bytes(4)


class Workers:
    """All that are asked for at the socket PATH.

    TODO has what the next calls are answered with, each once, and then all is right: ("answer", N) for the wrong
    answer number N, ("damage", SEED) for frames that are damaged at random, ("pause", MS) for a call to the provider that is to wait.
    """

    def __init__(self, page, path):
        self.page = page
        self.todo = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        self.begin(self.accept)

    def begin(self, serve, *what):
        threading.Thread(target=serve, args=what, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                relay, _ = self.listener.accept()
                self.begin(self.serve, relay)

    def serve(self, relay):
        with relay, contextlib.suppress(OSError):
            _, (control, *_), *_ = socket.recv_fds(relay, 1, 1)
            with socket.socket(fileno=control) as end:
                self.serve_control(Connection(self.page, end))

    def serve_control(self, control):
        with contextlib.suppress(EOFError, OSError):
            while True:
                name, _, items, descriptor = control.receive()
                if name == "socket":
                    self.begin(self.serve_calls, descriptor)
                elif descriptor is not None:
                    os.close(descriptor)
                if name == "load":
                    self.declare(control, dict(items)[self.page.tag("path")])

    def serve_calls(self, descriptor):
        with socket.socket(fileno=descriptor) as end, contextlib.suppress(EOFError, OSError):
            connection = Connection(self.page, end)
            while True:
                name, call, *_ = connection.receive()
                if name == "call":
                    self.answer(connection, call)

    def answer(self, connection, call):
        kind, number = self.todo.pop(0) if self.todo else ("right", 0)
        if kind == "answer":
            self.send_wrong(connection, list(answers(self.page, call))[number])
        elif kind == "damage":
            connection.socket.sendall(self.damaged(call, number))
            connection.socket.shutdown(socket.SHUT_WR)
        elif kind == "pause":
            connection.send("begin", call, [(self.page.tag("pause"), number.to_bytes(8, "big"))])
            _, _, items, _ = connection.receive()
            connection.send("done", call, [(self.page.tag("code"), dict(items)[self.page.tag("code")])])
        else:
            connection.send("done", call, [(self.page.tag("code"), GOOD)])

    def declare(self, control, path):
        """Of a plugin that is called NAME-N.so, the wrong declaration number N."""
        _, found, number = os.path.basename(path).removesuffix(b".so").rpartition(b"-")
        if found:
            self.send_wrong(control, list(declarations(self.page))[int(number)])
            return
        tag = self.page.tag
        control.send("declaration", 0, [(tag("name"), b"told"), (tag("version"), b"1"), (tag("summary"), b"Told"),
                                        (tag("hooks"), b"\x0f")])

    @staticmethod
    def send_wrong(connection, case):
        words, data, *descriptors = case
        count = descriptors[0] if descriptors else 0
        if count > 0:
            sent = socket.send_fds(connection.socket, [data], [connection.socket.fileno()] * count)
            data = data[sent:]
        connection.socket.sendall(data)
        if words in ("half a frame", "no frame"):
            connection.socket.shutdown(socket.SHUT_WR)

    def damaged(self, call, seed):
        """Right frames, of which bytes were changed."""
        page, chance = self.page, random.Random(seed)
        words = (page.tag("text"), b"words")
        right = [frame(page, "tell", call, [(page.tag("kind"), b"\4"), words]),
                 frame(page, "log", call, [(page.tag("level"), b"\2"), words]),
                 frame(page, "ask", call, [(page.tag("kind"), b"\4"), words]),
                 frame(page, "begin", call, [(page.tag("pause"), bytes(8))]),
                 frame(page, "open", call, [(page.tag("path"), b"/etc/passwd")]),
                 frame(page, "done", call, [(page.tag("code"), GOOD), (16 + 6, b"7"), (16 + 7, b"Acme")])]
        data = bytearray(b"".join(chance.choices(right, k=chance.randrange(1, 9))) + right[-1])
        for _ in range(chance.randrange(1, 5)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
