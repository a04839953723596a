# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# The sandbox's HTTP/1.1 listeners: reads requests, sends answers, badly when told to.
import datetime
import json
import os
import socket
import ssl
import struct
import threading
import time

import faults
from api import BASE, Request, refused

MAX_HEAD = 64 * 1024
MAX_BODY = 1024 * 1024
IDLE = 120                              # seconds a connection may be silent
UNTIL_END = -1                          # the length of a body that ends with the connection
REASONS = {200: "OK", 201: "Created", 302: "Found", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
           411: "Length Required", 413: "Content Too Large", 415: "Unsupported Media Type",
           422: "Unprocessable Content", 429: "Too Many Requests",
           431: "Request Header Fields Too Large", 500: "Internal Server Error",
           502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class BadRequest(Exception):
    """A request that cannot be read; the connection ends after the answer."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


class RequestLog:
    """requests.jsonl: a line a request, there before the first byte of its answer."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def add(self, listener, request, status, fault):
        """STATUS and FAULT may be None: no answer, no fault."""
        headers = {}
        for name, value in request.headers:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        now = datetime.datetime.now(datetime.timezone.utc)
        line = {"time": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "listener": listener,
                "method": request.method, "path": request.target, "headers": headers,
                "status": status, "fault": fault.kind if fault else None}
        if request.body:
            line["body"] = request.body.decode("utf-8", "replace")
        os.write(self.fd, json.dumps(line).encode() + b"\n")


class Connection:
    """One client's connection, and what has been read of it ahead."""

    def __init__(self, sock):
        self.sock = sock
        self.ahead = b""

    def _more(self):
        data = self.sock.recv(65536)
        self.ahead += data
        return bool(data)

    def read(self):
        """The next request; None when the client is gone."""
        while b"\r\n\r\n" not in self.ahead:
            if len(self.ahead) > MAX_HEAD:
                raise BadRequest(431, "The headers are too long")
            if not self._more():
                return None
        head, _, self.ahead = self.ahead.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
        first = lines[0].split(" ")
        if len(first) != 3 or first[2] not in ("HTTP/1.1", "HTTP/1.0"):
            raise BadRequest(400, "Not an HTTP request")
        headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise BadRequest(400, "Not an HTTP header")
            headers.append((name, value.strip()))
        request = Request(first[0], first[1], headers)
        request.body = self._body(request)
        asked = ",".join(request.header("connection")).lower()
        request.keep = first[2] == "HTTP/1.1" and "close" not in asked
        return request

    def _body(self, request):
        if request.header("transfer-encoding"):
            raise BadRequest(411, "A body needs a Content-Length")
        lengths = request.header("content-length")
        if not lengths:
            return b""
        if len(lengths) != 1 or not lengths[0].isascii() or not lengths[0].isdecimal():
            raise BadRequest(400, "Not a Content-Length")
        if len(lengths[0]) > 9 or int(lengths[0]) > MAX_BODY:
            raise BadRequest(413, "The body is too long")
        length = int(lengths[0])
        if len(self.ahead) < length and request.header("expect"):
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self.ahead) < length:
            if not self._more():
                raise ConnectionResetError
        body, self.ahead = self.ahead[:length], self.ahead[length:]
        return body

    def wait_for_end(self):
        """Reads until the client goes away."""
        self.sock.settimeout(None)
        while self.sock.recv(65536):
            pass

    def reset(self):
        """Ends the connection with a TCP RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def end(self):
        """Ends it in good order: says goodbye, and reads what is still on its way."""
        self.sock.settimeout(1)
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.unwrap()
        else:
            self.sock.shutdown(socket.SHUT_WR)
            self.wait_for_end()


def _head(answer, length, keep, extra=()):
    lines = [f"HTTP/1.1 {answer.status} {REASONS[answer.status]}",
             f"Content-Type: {answer.content_type}",
             "Cache-Control: no-store"]
    if length != UNTIL_END:
        lines.append("Transfer-Encoding: chunked" if length is None
                     else f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in [*answer.headers, *extra]]
    if not keep:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _padding(megabytes):
    """Pieces of MEGABYTES MiB that belong inside a JSON string."""
    piece = b"x" * 65536
    return (piece for _ in range(int(megabytes) * 16))


def _send_huge(sock, answer, fault, keep):
    """The answer with a member of many megabytes before the others: valid JSON all the same."""
    start, end = b'{"padding":"', b'",' + answer.encoded()[1:]
    if fault.kind == "huge":
        length = len(start) + int(fault.value) * 1024 * 1024 + len(end)
        sock.sendall(_head(answer, length, keep) + start)
        for piece in _padding(fault.value):
            sock.sendall(piece)
        sock.sendall(end)
        return
    sock.sendall(_head(answer, None, keep))
    for piece in (start, *_padding(fault.value), end):
        sock.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
    sock.sendall(b"0\r\n\r\n")


def _send(sock, answer, fault, request):
    """Sends ANSWER, as badly as FAULT wants; False when the connection must end at once."""
    kind = fault.kind if fault else None
    body, keep = answer.encoded(), request.keep
    if kind in ("huge", "huge-chunked"):
        _send_huge(sock, answer, fault, keep)
        return True
    if kind in ("no-length", "no-length-cut"):
        whole = kind == "no-length"
        sock.sendall(_head(answer, UNTIL_END, False)
                     + (body if whole else body[:-max(1, len(body) // 2)]))
        request.keep = False
        return whole
    if kind == "slow":
        time.sleep(fault.value)
    elif kind == "truncated-json":
        body = body[:-max(1, len(body) // 2)]
    missing = 1000 if kind == "truncated" else 0
    extra = [("X-Padding", "a" * 100 * 1024)] if kind == "bad-header" else ()
    data = _head(answer, len(body) + missing, keep, extra)
    if request.method != "HEAD":
        data += body
    if kind == "drip":
        for byte in data:
            sock.sendall(bytes((byte,)))
            time.sleep(fault.value)
    else:
        sock.sendall(data)
    return not missing


class Listener:
    """One listening port. Only the main one has faults and asks for the credential."""

    def __init__(self, name, port, tls, sandbox):
        self.name = name
        self.tls = tls
        self.sandbox = sandbox
        self.sock = socket.create_server(("127.0.0.1", port), backlog=4096)
        self.port = self.sock.getsockname()[1]

    def start(self):
        """Begins to accept, in a thread of its own."""
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.sock.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()
            except (OSError, RuntimeError):     # out of descriptors or threads: let some end
                time.sleep(0.02)

    def _serve(self, sock):
        try:
            with sock:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(IDLE)
                if self.tls is None:
                    self._converse(Connection(sock))
                    return
                with self.tls.wrap_socket(sock, server_side=True) as wrapped:
                    self._converse(Connection(wrapped))
        except (OSError, ValueError):           # the client went away; nobody is left to tell
            pass

    def _converse(self, connection):
        try:
            while (request := connection.read()) is not None:
                if not self._answer(connection, request):
                    return
                if not request.keep:
                    break
        except BadRequest as bad:
            request = Request("", "", [])
            request.keep = False
            self.sandbox.log.add(self.name, request, bad.status, None)
            _send(connection.sock, refused(bad.status, str(bad)), None, request)
        connection.end()

    def _answer(self, connection, request):
        """Answers one request; False when the connection must end at once."""
        sandbox, answer = self.sandbox, None
        path = request.path
        moved = path.startswith(BASE + "/_moved/")
        faulty = self.name == "main" and not moved
        fault = sandbox.faults.take(faults.INSTEAD) if faulty else None
        if fault:
            answer = faults.instead(fault, request, sandbox.origins)
        else:
            path = BASE + path.removeprefix(BASE + "/_moved") if moved else path
            answer = sandbox.api.answer(request, path, anyone=self.name != "main")
            if faulty:
                fault = (faults.distort(sandbox.faults, answer, request, sandbox.origins)
                         or sandbox.faults.take(faults.WIRE))
        sandbox.log.add(self.name, request, answer.status if answer else None, fault)
        if answer is None:
            if fault.kind == "hang":
                connection.wait_for_end()
            connection.reset()
            return False
        return _send(connection.sock, answer, fault, request)


def tls_context(pair):
    """A server's TLS settings for a (chain, key) pair."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*pair)
    context.set_alpn_protocols(["http/1.1"])
    return context
