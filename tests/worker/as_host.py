#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A host that follows fob-worker(7) alone, against fob-worker: what a worker does when all is right, and that it only
ends what is wrong."""
import contextlib
import fcntl
import http.server
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from frames import HEAD, Connection, Page  # noqa: E402 - after the lines above
from malformed import frame, full, malformed, unknown_types, value  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", HERE.parents[1]))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
PLUGINS = BUILD / "tests/plugins/.libs"
# Its memory is full of shadows, and it ends a process that crashes in its own way.
SANITIZED = b"libasan" in (BUILD / ".libs/fob-worker").read_bytes()
LONG = bool(os.environ.get("FOB_TEST_LONG"))
PATIENCE = 60  # seconds
CONTROL = 3
PAGE = Page((SOURCE / "man/fob-worker.7").read_text(encoding="utf-8"))
EVERYTHING = 3  # the profile
HOOKS = {"link": 0, "validate": 1, "revoke": 2, "authorize": 3, "renew": 4, "check": 5, "request": 6}
ASK_SECRET = 1
REJECTED = 2
DENIED = 4
UNAVAILABLE = 5
UNTRUSTED = 7
PLUGIN = 17


def number(value, size):
    return value.to_bytes(size, "big", signed=value < 0)


def items(*pairs):
    """Items by their names; a number comes with its size."""
    made = []
    for name, value, *size in pairs:
        tag = 16 + int(name[5:]) if re.fullmatch(r"text \d", name) else PAGE.tag(name)
        if size:
            value = number(value, size[0])
        made.append((tag, value.encode() if isinstance(value, str) else value))
    return made


HELLO = items(("protocol", 1, 4), ("profile", EVERYTHING, 1))


def called(*more, hook="validate"):
    """The items of a call."""
    return items(("hook", HOOKS[hook], 1), ("provider", "told"), ("account", "acme"), ("handle", 1, 4),
                 ("caller", bytes(8)), *more)


# Keeps the number of the worker's control socket from other files of this process.
PLACEHOLDER = fcntl.fcntl(sys.stderr, fcntl.F_DUPFD_CLOEXEC, CONTROL + 1)
os.dup2(PLACEHOLDER, CONTROL)


class Worker:
    """fob-worker, with its control socket."""

    def __init__(self):
        ours, theirs = socket.socketpair()
        os.dup2(theirs.fileno(), CONTROL)
        theirs.close()
        self.log = open("/dev/null", "wb") if "-v" not in sys.argv else None
        self.process = subprocess.Popen(
            [BUILD / ".libs/fob-worker"], pass_fds=[CONTROL], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env=dict(os.environ, LD_LIBRARY_PATH=str(BUILD / ".libs")))
        os.dup2(PLACEHOLDER, CONTROL)
        ours.settimeout(PATIENCE)
        self.control = Connection(PAGE, ours)

    def load(self, plugin="told.so", hello=HELLO):
        """Load PLUGIN, one for tests or a path, and return the answer."""
        self.control.send("hello", 0, hello)
        path = PLUGINS / plugin
        with open(path, "rb") as file:
            self.control.send("load", 0, items(("path", str(path))), file.fileno())
        return self.control.receive()

    def open(self):
        """A further socket for calls."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.control.send("socket", 0, [], theirs.fileno())
        ours.settimeout(PATIENCE)
        return Connection(PAGE, ours)

    def end(self):
        """Close the control socket, and return how the worker ended."""
        with contextlib.suppress(OSError):
            self.control.socket.shutdown(socket.SHUT_RDWR)
        self.control.socket.close()
        if self.log:
            self.log.close()
        return self.process.wait(PATIENCE)


def wait_until(happened):
    """Until it has HAPPENED."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(0.01)


def ends(connection, may_say_why):
    """Whether the other side closes without another word but a reason."""
    try:
        name, _, told, _ = connection.receive()
        code = dict(told).get(PAGE.tag("code"))
        return may_say_why and name == "done" and code != number(0, 4) and connection.socket.recv(1) == b""
    except (EOFError, ConnectionResetError):
        return True


def send_raw(connection, data, descriptors=()):
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        if descriptors:
            sent = socket.send_fds(connection.socket, [data], descriptors)
            data = data[sent:]
        connection.socket.sendall(data)


class WorkerTest(unittest.TestCase):
    ending = 0

    def setUp(self):
        self.worker = Worker()
        self.addCleanup(self.finish)

    def finish(self):
        self.assertEqual(self.worker.end(), self.ending)

    def call(self, channel, *more, call=1, hook="validate"):
        """Call, and serve what is asked for: all frames up to done, the last."""
        channel.send("call", call, called(*more, hook=hook))
        frames = []
        while True:
            name, of, found, descriptor = channel.receive()
            self.assertEqual(of, call)
            self.assertIsNone(descriptor)
            frames.append((name, found))
            if name == "done":
                return frames
            if name == "ask":
                channel.send("answer", call, items(("code", 0, 4), ("reply", b"typed")))
            elif name == "open":
                with open("/dev/null", "rb") as file:
                    channel.send("answer", call, items(("code", 0, 4)), file.fileno())


STRING, BOOLEAN, LIST, DURATION, URL, TREE = 0, 2, 4, 5, 8, 10  # types of options


def option(name, kind, *values):
    return (("option", name), ("option-type", kind, 1), *values)


def text_option(name, text):
    return option(name, STRING, ("option-text", text))


def list_option(name, *texts):
    return option(name, LIST, *(("option-item", text) for text in texts))


def found(frames, name, item):
    """The contents of ITEM in the frames called NAME."""
    ((tag, _),) = items((item, b""))
    return [content for known, its in frames if known == name for at, content in its if at == tag]


class Examples(unittest.TestCase):
    def test_examples(self):
        """The page's examples are frames."""
        text = (SOURCE / "man/fob-worker.7").read_text(encoding="utf-8").split(".Sh EXAMPLES")[1]
        read = []
        for block in re.findall(r"^\.Bd .*\n([0-9a-f \n]+)\.Ed$", text, re.M):
            data = bytes.fromhex(block)
            size, kind, call = PAGE.decode_head(data[:HEAD.size], False)
            self.assertEqual(len(data), HEAD.size + size)
            read.append((PAGE.names[kind], call, PAGE.decode_items(kind, data[HEAD.size:])))
        self.assertEqual(read, [("cancel", 7, []), ("begin", 1, [(PAGE.tag("pause"), bytes(8))])])


class Calls(WorkerTest):
    def test_declaration(self):
        name, call, declared, descriptor = self.worker.load()
        self.assertEqual((name, call, descriptor), ("declaration", 0, None))
        frames = [(name, declared)]
        self.assertEqual(found(frames, name, "name"), [b"told"])
        self.assertEqual(found(frames, name, "hooks"), [b"\x3f"])
        names = found(frames, name, "option")
        self.assertEqual(len(names), len(found(frames, name, "option-type")))
        self.assertIn(b"result", names)

    def test_each_frame_of_a_call(self):
        self.worker.load()
        frames = self.call(
            self.worker.open(), ("level", 4, 1), *list_option("ask", "token"), *list_option("put", "id=7"),
            *list_option("open", "/dev/null"), *list_option("headers", "X-Key=$token"), *list_option("query", "key=$token"),
            *text_option("identity", "7"), *text_option("name", "Acme"), *text_option("tell", "told $id"),
            *text_option("log", "said"), *text_option("result", "success"), hook="link")
        self.assertEqual(found(frames, "ask", "kind"), [bytes([ASK_SECRET])])
        self.assertEqual(found(frames, "ask", "asked"), [b"token"])
        self.assertEqual(found(frames, "open", "path"), [b"/dev/null"])
        self.assertEqual(found(frames, "tell", "text"), [b"told 7"])
        self.assertIn(b"said", found(frames, "log", "text"))
        self.assertEqual(found(frames, "done", "code"), [number(0, 4)])
        self.assertEqual(found(frames, "done", "secret-field"), [b"token\0typed"])
        self.assertEqual(found(frames, "done", "public-field"), [b"id\x007"])
        self.assertEqual(found(frames, "done", "header"), [b"X-Key\0typed"])
        self.assertEqual(found(frames, "done", "parameter"), [b"key\0typed"])
        self.assertEqual(found(frames, "done", "text 6") + found(frames, "done", "text 7"), [b"7", b"Acme"])

    def test_failure(self):
        self.worker.load()
        frames = self.call(self.worker.open(), *text_option("result", "rejected"), *text_option("message", "no"),
                           *text_option("hint", "so"))
        self.assertEqual(found(frames, "done", "code"), [number(REJECTED, 4)])
        self.assertEqual(found(frames, "done", "message"), [b"no"])
        self.assertEqual(found(frames, "done", "hint"), [b"so"])

    def test_a_hook_that_leaves_rights_untried_says_so(self):
        self.worker.load()
        channel = self.worker.open()
        rights = (*text_option("result", "denied"), *option("thorough", BOOLEAN, ("option-number", number(1, 8))))
        for call, (hook, more, code, untried) in enumerate((
                ("validate", (), 0, [b""]), ("validate", (("thorough", b""),), DENIED, []), ("revoke", (), 0, [])), 1):
            frames = self.call(channel, *rights, *more, call=call, hook=hook)
            self.assertEqual(found(frames, "done", "code"), [number(code, 4)])
            self.assertEqual(found(frames, "done", "untried"), untried)

    def test_mistakes(self):
        self.worker.load()
        frames = self.call(self.worker.open(), *list_option("mistakes", "result", "entry"), hook="check")
        self.assertEqual(found(frames, "mistake", "option"), [b"result"])
        self.assertEqual(len(found(frames, "mistake", "text")), 2)

    def test_a_base_url_goes_back_only_from_authorize(self):
        self.worker.load()
        channel = self.worker.open()
        for number_of, (hook, wanted) in enumerate((("link", []), ("authorize", [b"https://a.example/x"])), 1):
            frames = self.call(channel, *text_option("base", "https://a.example/x"), call=number_of, hook=hook)
            self.assertEqual(found(frames, "done", "base-url"), wanted)
        frames = self.call(channel, *text_option("base", "ftp://a.example"), call=3, hook="authorize")
        self.assertNotEqual(found(frames, "done", "code"), [number(0, 4)])
        self.assertEqual(found(frames, "done", "base-url"), [])

    def test_declared_fields_have_a_type(self):
        self.worker.load()
        frames = self.call(self.worker.open(), ("public-field", b"sub\0"), ("secret-field", b"key\0"),
                           ("public-field", b"at\0"), ("public-field", b"eu\0"), ("field-type", b"sub\0label"),
                           ("field-type", b"at\0host"), ("field-type", b"eu\0enum"), ("field-type", b"key\0odd"),
                           *list_option("mistakes", "types"), hook="check")
        self.assertEqual(found(frames, "mistake", "text"),
                         [b"field sub: type 1", b"field at: type 2", b"field eu: type 3"])
        self.assertEqual(found(frames, "mistake", "asked"), [b"sub", b"at", b"eu"])

    def test_a_tree(self):
        """{ name: bad, list: [ true, { color: bad } ] }, whose items are numbered in their order."""
        tree = value(6, value(4, b"name") + value(4, b"bad") + value(4, b"list") +
                     value(5, value(2, b"\1") + value(6, value(4, b"color") + value(4, b"bad"))))
        self.worker.load()
        channel = self.worker.open()
        frames = self.call(channel, *option("tree", TREE, ("option-tree", tree)), hook="check")
        self.assertEqual(found(frames, "mistake", "option"), [b"tree"] * 3)
        self.assertEqual(found(frames, "mistake", "node"), [number(place, 4) for place in (2, 7, 8)])
        frames = self.call(channel, ("level", 2, 1), *option("tree", TREE, ("option-tree", tree)), call=2)
        self.assertEqual(found(frames, "log", "text"), [
            b"node 0 6 ", b"node 1 4 name", b"node 1 4 bad", b"node 1 4 list", b"node 1 5 ", b"node 2 2 true",
            b"node 2 6 ", b"node 3 4 color", b"node 3 4 bad"])

    def test_a_warning(self):
        self.worker.load()
        frames = self.call(self.worker.open(), *option("tree", TREE, ("option-tree", value(4, b"odd"))), hook="check")
        self.assertEqual(found(frames, "mistake", "text"), [b"is odd"])
        self.assertEqual(found(frames, "mistake", "warning"), [b""])

    def test_calls_follow_each_other_and_go_on_beside_each_other(self):
        self.worker.load()
        slow, quick = self.worker.open(), self.worker.open()
        slow.send("call", 1, called(*list_option("ask", "token"), hook="link"))
        self.assertEqual(slow.receive()[0:2], ("ask", 1))
        for call in range(2, 5):
            self.assertEqual(len(self.call(quick, call=call)), 1)
        slow.send("answer", 1, items(("code", 0, 4), ("reply", b"typed")))
        self.assertEqual(slow.receive()[0:2], ("done", 1))

    def batch(self, *results):
        """Call a batch of hooks with these RESULTS; their codes, None for a hook that was not run."""
        self.worker.load()
        channel = self.worker.open()
        for call, result in enumerate(results, 1):
            more = [("more", b"")] if call < len(results) else []
            channel.send("call", call, called(*more, *text_option("result", result)))
        codes = []
        for call in range(1, len(results) + 1):
            name, of, told, _ = channel.receive()
            self.assertEqual((name, of), ("done", call))
            told = dict(told)
            codes.append(None if PAGE.tag("skipped") in told else int.from_bytes(told[PAGE.tag("code")], "big"))
        self.assertEqual(len(self.call(channel, call=99)), 1)
        return codes

    def test_a_batch(self):
        self.assertEqual(self.batch(*["success"] * 8), [0] * 8)

    def test_a_batch_ends_with_a_failure(self):
        self.assertEqual(self.batch("success", "rejected", "success", "success"), [0, REJECTED, None, None])

    def test_a_batch_that_is_wrong(self):
        self.worker.load()
        more = called(("more", b""))
        for sent in ([("call", 1, more)] * 8 + [("call", 9, called())],
                     [("call", 1, more), ("cancel", 1, [])],
                     [("call", 1, more), ("forget", 0, items(("handle", 1, 4)))]):
            channel = self.worker.open()
            with contextlib.suppress(BrokenPipeError):
                for one in sent:
                    channel.send(*one)
            self.assertTrue(ends(channel, False), sent)

    def test_a_late_cancel_and_forget(self):
        self.worker.load()
        channel = self.worker.open()
        self.call(channel, *text_option("keep", "words"))
        channel.send("cancel", 1)
        self.call(channel, ("level", 4, 1), *text_option("keep", "words"), call=2)
        channel.send("forget", 0, items(("handle", 1, 4)))
        frames = self.call(channel, ("level", 4, 1), *text_option("keep", "words"), call=3)
        self.assertNotIn(b"kept words", found(frames, "log", "text"))

    def test_a_file_that_is_no_plugin(self):
        name, _, told, _ = self.worker.load("no_symbol.so")
        self.assertEqual(name, "done")
        self.assertEqual(found([(name, told)], name, "code"), [number(PLUGIN, 4)])

    def test_another_protocol(self):
        self.refuse_hello(2, EVERYTHING)

    def test_another_profile(self):
        self.refuse_hello(1, EVERYTHING + 1)

    def refuse_hello(self, protocol, profile):
        name, _, told, _ = self.worker.load(hello=items(("protocol", protocol, 4), ("profile", profile, 1)))
        self.assertEqual(name, "done")
        self.assertEqual(found([(name, told)], name, "code"), [number(PLUGIN, 4)])

    @unittest.skipIf(SANITIZED, "a sanitizer ends it otherwise")
    def test_a_crash(self):
        self.worker.load("hostile.so")
        channel = self.worker.open()
        channel.send("call", 1, called(*text_option("do", "segv")))
        name, call, told, _ = channel.receive()
        self.assertEqual((name, call), ("crash", 1))
        self.assertEqual(found([(name, told)], name, "signal"), [bytes([signal.SIGSEGV])])
        # It ends by the signal, unless its host is gone first.
        self.worker.process.wait(PATIENCE)
        self.ending = -signal.SIGSEGV


def memory_of(process):
    """Whatever the process can write to."""
    with open(f"/proc/{process}/maps", encoding="ascii") as maps, open(f"/proc/{process}/mem", "rb") as memory:
        for line in maps:
            begin, end = (int(word, 16) for word in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                memory.seek(begin)
                with contextlib.suppress(OSError):  # it was unmapped meanwhile
                    yield memory.read(end - begin)


class Answering(http.server.BaseHTTPRequestHandler):
    """A provider that keeps what it is sent."""

    def do_GET(self):
        self.server.asked.append(self.headers["Authorization"])
        self.server.waiting.wait(PATIENCE)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format, *args):
        pass


@unittest.skipIf(SANITIZED, "a sanitizer has memory of its own")
class Memory(WorkerTest):
    """A worker has the fields of calls under way, and nothing of those that are done."""

    def has(self, secret):
        return any(secret in part for part in memory_of(self.worker.process.pid))

    def test_told(self):
        self.worker.load()
        channels = [self.worker.open(), self.worker.open()]
        secrets = [b"s3cret-of-the-first", b"s3cret-of-the-second"]
        for call, (channel, secret) in enumerate(zip(channels, secrets), 1):
            channel.send("call", call, called(
                ("secret-field", b"key\0" + secret), ("header", b"X-Key\0" + secret), *list_option("ask", "token"),
                *text_option("keep", "words"), *text_option("spare", f"spare words of {call}"),
                *text_option("result", "success"), hook="link"))
            self.assertEqual(channel.receive()[0], "ask")
        self.assertEqual([self.has(secret) for secret in secrets], [True, True])
        channels[0].send("answer", 1, items(("code", 0, 4), ("reply", b"s3cret-that-was-typed")))
        self.assertIn((PAGE.tag("secret-field"), b"token\0s3cret-that-was-typed"), channels[0].receive()[2])
        # What it has done with the frame comes after it.
        channels[0].send("cancel", 1)
        wait_until(lambda: not self.has(b"s3cret-that-was-typed"))
        self.assertEqual([self.has(secret) for secret in secrets], [False, True])
        self.assertEqual([self.has(b"spare words of %d" % call) for call in (1, 2)], [False, True])

    def test_charliehr(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        server.asked, server.waiting, server.status = [], threading.Event(), 401
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.worker.load(BUILD / ".libs/charliehr.so")
        channel = self.worker.open()
        fields = (("public-field", b"client_id\0id-of-one"), ("secret-field", b"client_secret\0s3cret-of-one"))
        channel.send("call", 1, called(
            *fields, *option("base_url", URL, ("option-text", f"http://127.0.0.1:{server.server_port}")),
            *option("timeout", DURATION, ("option-number", PATIENCE, 8))))
        self.assertEqual(channel.receive()[0], "begin")
        channel.send("answer", 1, items(("code", 0, 4)))
        wait_until(lambda: server.asked)
        self.assertEqual(server.asked, ["Token token=id-of-one:s3cret-of-one"])
        sent = server.asked[0].split()[-1].encode()
        self.assertTrue(self.has(b"s3cret-of-one") or self.has(sent))
        server.waiting.set()
        name = None
        while name != "done":
            name = channel.receive()[0]
        wait_until(lambda: not self.has(b"s3cret-of-one"))
        self.assertFalse(self.has(sent))


    def test_a_rehearsal(self):
        """No begin and no network: the host answers."""
        self.worker.load(BUILD / ".libs/http.so")
        channel = self.worker.open()
        revoke = value(6, value(4, b"post") + value(4, b"/end") + value(4, b"body") +
                       value(6, value(4, b"all") + value(2, b"\1")))
        headers = value(6, value(4, b"X-Key") + value(4, b"{key}"))
        asked = called(("rehearsed", b""), ("secret-field", b"key\0k-1"),
                       *option("base_url", 0, ("option-text", "https://no.example")),
                       *option("headers", TREE, ("option-tree", headers)),
                       *option("revoke", TREE, ("option-tree", revoke)), hook="revoke")
        for call, (answer, code) in enumerate((
                ((("status", 204, 4), ("lines", "HTTP/1.1 204\r\n\r\n")), 0),
                ((("status", 403, 4), ("lines", "HTTP/1.1 403\r\n\r\n"), ("content", "no")), DENIED),
                ((("fault", 1, 1),), UNAVAILABLE), ((("fault", 2, 1),), UNTRUSTED)), 1):
            channel.send("call", call, asked)
            name, of, told, _ = channel.receive()
            self.assertEqual((name, of), ("rehearse", call))
            told = [(tag, content) for tag, content in told if not content.startswith(b"Accept")]
            self.assertEqual(told, items(("method", "POST"), ("target", "https://no.example/end"),
                                         ("header", b"X-Key\0k-1"), ("header", b"Content-Type\0application/json"),
                                         ("json", value(6, value(4, b"all") + value(2, b"\1")))))
            channel.send("answer", call, items(("code", 0, 4), *answer))
            name, _, told, _ = channel.receive()
            self.assertEqual((name, dict(told)[PAGE.tag("code")]), ("done", number(code, 4)))
        channel.send("call", 9, asked)
        self.assertEqual(channel.receive()[0], "rehearse")
        channel.send("answer", 9, items(("code", PLUGIN, 4), ("message", "another one")))
        told = dict(channel.receive()[2])
        self.assertEqual((told[PAGE.tag("code")], told[PAGE.tag("message")]), (number(PLUGIN, 4), b"another one"))


    def test_a_recording(self):
        """The worker tells what it was answered, before the hook ends."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        server.asked, server.waiting, server.status = [], threading.Event(), 429
        server.waiting.set()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.worker.load(BUILD / ".libs/charliehr.so")
        channel = self.worker.open()
        asked = called(("public-field", b"client_id\0id"), ("secret-field", b"client_secret\0s3cret"), ("recorded", b""),
                       *option("base_url", URL, ("option-text", f"http://127.0.0.1:{server.server_port}")),
                       *option("timeout", DURATION, ("option-number", PATIENCE, 8)))
        for call in 1, 2:
            got = {}
            channel.send("call", call, asked)
            while "done" not in got:
                name, _, told, _ = channel.receive()
                got[name] = dict(told)
                if name == "begin":
                    channel.send("answer", call, items(("code", 0, 4)))
            received = got["received"]
            if call == 1:
                self.assertRegex(received.pop(PAGE.tag("lines")), rb"^HTTP/1\.\d 429 ")
                self.assertEqual(received, dict(items(("status", 429, 4), ("retry-after", 0, 8), ("size", 2, 8),
                                                      ("json", value(6, b"")))))
                server.shutdown()
                server.server_close()
            else:
                self.assertEqual(received, dict(items(("fault", 0, 1))))


class Echoing(http.server.BaseHTTPRequestHandler):
    """Answers JSON that has what was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        answer = b'{"size":%d,"all":[1.50,null,true,"a\\u00e4",{"\\ud800":"x"}]}' % len(body)
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def values(data):
    """The values that DATA has, as the page says: a number as its text, an odd string as JSON writes it."""
    found = []
    while data:
        tag, size = struct.unpack_from(">BI", data)
        content, data = data[5:5 + size], data[6 + size:]
        if tag == 1:
            found.append(None)
        elif tag == 2:
            found.append(content == b"\1")
        elif tag < 5:
            found.append(content.decode())
        else:
            inner = values(content)
            found.append({5: lambda: inner, 6: lambda: dict(zip(inner[::2], inner[1::2])),
                          7: lambda: inner[1]}[tag]())
    return found


class Requests(unittest.TestCase):
    """The module requester, in place of a plugin."""

    def test_a_request(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echoing)
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        worker = Worker()
        self.addCleanup(worker.end)
        self.assertEqual(worker.load(BUILD / ".libs/requester.so")[0], "declaration")
        channel = worker.open()
        self.addCleanup(channel.socket.close)
        body = bytes(range(256)) * 300
        channel.send("call", 1, called(
            ("header", b"X-Key\0s3cret"), ("parameter", b"key\0s&cret"),
            *option("base_url", URL, ("option-text", f"http://127.0.0.1:{server.server_port}")),
            *option("timeout", DURATION, ("option-number", PATIENCE, 8)), hook="request"))
        channel.send("request", 1, items(("method", "POST"), ("target", "/notes?a=b"), ("line", "X-One: 1"),
                                         ("content-type", "text/plain"), ("size", len(body), 8), ("as-items", b"")))
        for at in range(0, len(body), 65536):
            channel.send("body", 1, items(("part", body[at:at + 65536])))
        got = {"head": [], "body": [], "log": []}
        while "done" not in got:
            name, call, told, _ = channel.receive()
            self.assertEqual(call, 1)
            if name == "begin":
                channel.send("answer", 1, items(("code", 0, 4)))
            got.setdefault(name, []).append(dict(told))
        self.assertEqual(got["done"][0][PAGE.tag("code")], bytes(4))
        (path, headers, sent), = server.asked
        self.assertEqual((path, headers["X-Key"], headers["X-One"], sent), ("/notes?a=b&key=s%26cret", "s3cret", "1", body))
        head, = got["head"]
        self.assertEqual(head[PAGE.tag("status")], number(201, 4))
        data = b"".join(part[PAGE.tag("part")] for part in got["body"])
        self.assertEqual(len(data), int.from_bytes(head[PAGE.tag("size")], "big"))
        if not SANITIZED:
            wait_until(lambda: not any(body[:1000] in part for part in memory_of(worker.process.pid)))
        self.assertEqual(values(data), [{"size": str(len(body)), "all": ["1.50", None, True, "a\u00e4", {'"\\ud800"': "x"}]}])


class Refusals(unittest.TestCase):
    """The worker ends the connection, and nothing else happens."""

    def refuse(self, words, data, prepare, descriptors=()):
        worker = Worker()
        try:
            connection = prepare(worker)
            send_raw(connection, data, descriptors)
            if not ends(connection, connection is worker.control):
                self.fail(f"{words}: not refused")
        finally:
            self.assertEqual(worker.end(), 0, words)

    def refuse_all(self, name, prepare, given=(), call=0):
        wanted = PAGE.types[PAGE.number(name)][1]
        descriptors = [CONTROL] if wanted == "yes" else []
        for words, data in malformed(PAGE, name, call, given, int(wanted == "yes")):
            with self.subTest(words):
                self.refuse(words, data, prepare, descriptors)
        for count in (2, 3, 40):
            with self.subTest(f"{name} with {count} descriptors"):
                self.refuse(name, frame(PAGE, name, call, full(PAGE, name, given), 1), prepare, [CONTROL] * count)

    def test_hello(self):
        self.refuse_all("hello", lambda worker: worker.control, HELLO)

    def test_library_and_load(self):
        def greet(worker):
            worker.control.send("hello", 0, HELLO)
            return worker.control
        self.refuse_all("library", greet, items(("path", "libc.so.6")))
        self.refuse_all("load", greet)

    def test_socket(self):
        def load(worker):
            worker.load()
            return worker.control
        self.refuse_all("socket", load)

    def open(self, worker):
        worker.load()
        return worker.open()

    def test_call(self):
        self.refuse_all("call", self.open, called(), 1)

    def test_forget(self):
        self.refuse_all("forget", self.open)

    def asking(self, worker):
        channel = self.open(worker)
        channel.send("call", 1, called(*list_option("ask", "token"), hook="link"))
        self.assertEqual(channel.receive()[0], "ask")
        return channel

    def test_answer_and_cancel(self):
        self.refuse_all("answer", self.asking, call=1)
        self.refuse_all("cancel", self.asking, call=1)
        self.refuse("of another call", frame(PAGE, "answer", 2, items(("code", 0, 4), ("reply", b"x"))), self.asking)

    def test_unknown(self):
        for words, data in unknown_types(PAGE):
            self.refuse(words, data, lambda worker: worker.control)
            self.refuse(words, data, self.open)
            self.refuse(words, data, self.asking)

    def test_frames_that_cannot_come_now(self):
        """Each of the right ones, where it is not to be."""
        places = {"control": lambda worker: worker.control, "calls": self.open, "asking": self.asking}
        fine = {"control": {"hello"}, "calls": {"call", "cancel", "forget"}, "asking": {"answer", "cancel"}}
        for place, prepare in places.items():
            for name in set(PAGE.names.values()) - fine[place]:
                descriptors = [CONTROL] if PAGE.types[PAGE.number(name)][1] == "yes" else []
                data = frame(PAGE, name, 1, full(PAGE, name), len(descriptors))
                with self.subTest(f"{name}: {place}"):
                    self.refuse(name, data, prepare, descriptors)

    def test_a_second_hello_or_load(self):
        def load(worker):
            worker.load()
            return worker.control
        self.refuse("hello", frame(PAGE, "hello", 0, HELLO), load)
        self.refuse("load", frame(PAGE, "load", 0, items(("path", "x")), 1), load, [CONTROL])

    def test_cut_short(self):
        """At each byte of a conversation the host is gone."""
        data = frame(PAGE, "call", 1, called())
        for size in range(0, len(data), 1 if LONG else 9):
            worker = Worker()
            channel = self.open(worker)
            channel.socket.sendall(data[:size])
            channel.socket.close()
            self.assertEqual(worker.end(), 0)

    def test_random(self):
        """Damaged frames, one behind the other, on both kinds of socket."""
        seed = random.randrange(1 << 32) if LONG else 17
        chance = random.Random(seed)
        print("seed", seed, file=sys.stderr)
        for _ in range(3000 if LONG else 60):
            worker = Worker()
            connection = chance.choice([lambda worker: worker.control, self.open])(worker)
            names = ["hello"] if connection is worker.control else ["call", "forget", "cancel", "answer"]
            for _ in range(20):
                data = bytearray(frame(PAGE, chance.choice(names), 1, called() if chance.random() < .5 else []))
                for _ in range(chance.randrange(4)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                send_raw(connection, bytes(data))
            self.assertEqual(worker.end(), 0)


if __name__ == "__main__":
    unittest.main()
