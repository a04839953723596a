# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Providers that answer late, each at a port of its own.

    late.py COUNT SECONDS CERTIFICATE KEY REPORT

Says the ports on standard output, a line each.  At SIGTERM it writes a line "HANDSHAKES MOST ANSWERED" for each of COUNT providers
into REPORT: TLS connections, the most calls that were under way at a time, from connecting to the answer, and all of them.
"""
import asyncio
import signal
import ssl
import sys

BODY = b'{"success":true,"data":{"id":"0b7a4c1e-3f52","name":"Acme Ltd"}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Provider:
    def __init__(self):
        self.handshakes = self.running = self.most = self.answered = 0

    def begin(self):
        self.running += 1
        self.most = max(self.most, self.running)


class Connection(asyncio.Protocol):
    """One that is being made belongs to a call that is under way."""

    def __init__(self, provider, late, context):
        self.provider, self.late, self.context = provider, late, context
        self.head, self.transport, self.fresh = b"", None, True

    def connection_made(self, transport):
        if self.transport is None:
            self.transport = transport
            self.provider.begin()
            asyncio.get_running_loop().create_task(self.secure(transport))

    async def secure(self, transport):
        self.transport = await asyncio.get_running_loop().start_tls(transport, self, self.context, server_side=True)
        self.provider.handshakes += 1

    def data_received(self, data):
        self.head += data
        if self.head.endswith(b"\r\n\r\n"):
            self.head = b""
            if not self.fresh:
                self.provider.begin()
            self.fresh = False
            asyncio.get_running_loop().call_later(self.late, self.answer)

    def answer(self):
        self.provider.running -= 1
        self.provider.answered += 1
        self.transport.write(ANSWER)


async def serve(count, late, certificate, key, report):
    loop = asyncio.get_running_loop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    providers = [Provider() for _ in range(count)]
    servers = [await loop.create_server(lambda provider=provider: Connection(provider, late, context), "127.0.0.1", 0,
                                        backlog=128) for provider in providers]
    print(*[server.sockets[0].getsockname()[1] for server in servers], sep="\n", flush=True)
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    with open(report, "w", encoding="ascii") as file:
        for provider in providers:
            print(provider.handshakes, provider.most, provider.answered, file=file)


asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:]))
