#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""fob-hub under load: many forms that never end, guessed links, kills at any point, and what its memory keeps."""
import contextlib
import os
import pathlib
import re
import secrets
import signal
import socket
import sys
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, Answer, Browser, Hub, Invitation, until  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

SANITIZED = b"__asan_" in (BUILD / "fob-hub").read_bytes()
KEYS = {"client_id": "id-1", "client_secret": "hush"}
LONG = bool(os.environ.get("FOB_TEST_LONG"))
CONNECTIONS = 200


class LoadTest(unittest.TestCase):
    def setUp(self):
        self.hub = Hub()
        self.addCleanup(lambda: self.assertEqual(self.hub.close(), 0))
        self.invitation = Invitation(self.hub)

    def status(self, name):
        """KiB, or another number, of /proc/PID/status."""
        text = pathlib.Path(f"/proc/{self.hub.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(rf"^{name}:\s*(\d+)", text, re.M)[1])


class Forms(LoadTest):
    """Forms whose end does not come."""

    def begin(self, browser, sender, body, length):
        connection = socket.create_connection(("127.0.0.1", self.hub.port), timeout=60)
        self.addCleanup(connection.close)
        connection.sendall(f"POST {browser.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.hub.port}\r\nX-Forwarded-For: {sender}\r\n"
                           f"Cookie: {browser.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           f"Content-Length: {length}\r\n\r\n".encode() + body)
        return connection

    def end(self, connection, rest):
        got = b""
        # The hub may have answered and gone already.
        with contextlib.suppress(ConnectionError):
            connection.sendall(rest)
            while part := connection.recv(65536):
                got += part
        return Answer(got)

    def test_half_sent_forms_neither_fill_the_memory_nor_keep_others_out(self):
        browser = Browser(self.hub, self.invitation)
        hidden = browser.hidden()
        locked = self.status("VmLck")
        honest = urllib.parse.urlencode({**{f"f.{n}": v for n, v in KEYS.items()}, **hidden}).encode()
        # A person on a slow line began before, and has sent half.
        slow = self.begin(browser, "192.0.2.1", honest[:60], len(honest))
        # Its one address could send 20; behind a proxy of one's own, one has as many as one likes.
        many = [self.begin(browser, f"10.0.0.{n % 11}", b"f.client_id=" + 65000 * b"x", 65536) for n in range(CONNECTIONS - 2)]
        self.assertEqual(browser.post({**KEYS, "client_id": "in-between"}, hidden=hidden, sender="192.0.2.2").status, 303)
        if not SANITIZED:
            self.assertLess(self.status("VmHWM"), 16 * 1024)
        self.assertEqual(self.end(slow, honest[60:]).status, 303)
        self.assertEqual(len(self.invitation.drops()), 2)
        rest = (65536 - 65012) * b"x"
        ends = [self.end(connection, rest) for connection in many]
        counts = {status: sum(1 for end in ends if end.status == status) for status in (403, 503)}
        # 1 MiB was kept of what are no forms; the others were read for nothing, and are told so.
        self.assertEqual(sum(counts.values()), len(many), [end.status for end in ends])
        self.assertIn(counts[403], range(12, 16))
        lost = next(end for end in ends if end.status == 503)
        self.assertEqual(lost.headers["retry-after"], "20")
        self.assertIn("reload this page: your browser sends the form again", lost.text)
        # All of it is free again.
        self.assertLess(self.status("VmLck"), locked + 512)
        self.assertEqual(browser.post(KEYS).status, 303)

    def test_a_form_without_the_cookie_is_answered_before_its_body(self):
        browser = Browser(self.hub, self.invitation)
        browser.cookie = "__Host-fob-x=y"
        for path, status in ((browser.path, 403), ("/s/x", 404), ("/i/x", 405)):
            browser.path = path
            self.assertEqual(self.end(self.begin(browser, "192.0.2.1", b"", 65536), b"").status, status)


class Links(LoadTest):
    def test_guessed_links_are_limited_and_only_counted(self):
        tries = 10000 if LONG else 1000
        self.hub.request("GET", "/robots.txt", sender="192.0.2.7")
        found = [self.hub.request("GET", f"/i/{secrets.token_urlsafe(32)}", sender=f"192.0.2.{n % 2}").status
                 for n in range(tries)]
        self.assertEqual(found, 40 * [404] + (tries - 40) * [429])
        # The one who has a link comes from elsewhere.
        self.assertEqual(Browser(self.hub, self.invitation).post(KEYS).status, 303)
        self.hub.stop()
        log = self.hub.log.read_text(encoding="utf-8")
        self.assertEqual(log.count("GET /i/TOKEN 404"), 40)
        self.assertEqual(sum(int(n) for n in re.findall(r"Z 429 (\d+) requests over a limit\n", log)), tries - 40)
        self.assertLess(len(log.splitlines()), 60)


class Kills(LoadTest):
    def again(self):
        self.hub.stop(signal.SIGKILL)
        self.hub.start()

    def test_a_person_goes_on_whenever_the_hub_was_killed(self):
        self.invitation.write(signin="true", origin="https://login.example.com")
        browser = Browser(self.hub, self.invitation)
        self.again()
        hidden = browser.hidden()
        self.again()
        sent = browser.post(KEYS, hidden=hidden)
        self.again()
        self.assertEqual(browser.post(KEYS, hidden=hidden).headers["location"], sent.headers["location"])
        self.assertEqual(browser.get(sent.headers["location"]).status, 200)
        drop = sent.headers["location"].rsplit("/", 1)[1]
        go = "https://login.example.com/auth"
        self.invitation.result("signin", browser.nonce, drop=drop, seen=drop, go=go, until=int(time.time()) + 600)
        self.again()
        self.assertEqual(browser.get(f"{browser.path}/go/{drop}").headers["location"], go)
        self.again()
        query = f"code=c&state={self.invitation.id}.AAECAwQFBgcICQoLDA0ODw"
        for _ in range(2):
            self.assertEqual(browser.get(f"/callback/charliehr?{query}").status, 303)
            self.again()
        self.assertEqual(len(self.invitation.drops()), 2)
        self.assertEqual(browser.get("/robots.txt").status, 200)

    def test_a_press_that_was_killed_can_be_repeated(self):
        browser = Browser(self.hub, self.invitation)
        hidden = browser.hidden()
        for n in range(100 if LONG else 8):
            keys = {**KEYS, "client_id": f"id-{n}"}
            press = threading.Thread(target=self.press, args=(browser, keys, hidden))
            press.start()
            # From before the first byte is read until after the answer.
            time.sleep(secrets.randbelow(4000) / 1e6)
            self.again()
            press.join(60)
            self.assertEqual(browser.post(keys, hidden=hidden).status, 303)
            [drop] = self.invitation.drops()
            self.assertEqual(self.invitation.open(drop)["f.client_id"].decode(), f"id-{n}")
            (self.hub.spool / "inbox" / drop).unlink()

    @staticmethod
    def press(browser, keys, hidden):
        # No answer comes from a hub that was killed.
        with contextlib.suppress(OSError, IndexError):
            browser.post(keys, hidden=hidden)


class Memory(LoadTest):
    def setUp(self):
        super().setUp()
        if not self.hub.root:
            self.skipTest("only root may read another process")
        if SANITIZED:
            self.skipTest("a sanitizer keeps what was freed")

    def copies(self, mark):
        pid = self.hub.process.pid
        count = 0
        with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
            for line in maps:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "r" in line.split()[1] and "[v" not in line:
                    with contextlib.suppress(OSError, OverflowError, ValueError):
                        memory.seek(begin)
                        count += memory.read(end - begin).count(mark)
        return count

    def test_no_copy_of_what_was_sent_is_left(self):
        self.invitation.fields = (*Invitation.KEYS, ("field", "certificate"), ("title", "Certificate"), ("lines", "9"),
                                  ("max", "60000"), ("optional", "true"))
        self.invitation.write(pin="true")
        browser = Browser(self.hub, self.invitation)
        hidden = browser.hidden()
        mark = "Xq7" + "zKw" * 5
        # A body that grows several times, and one that is refused.
        for values, status in (({"certificate": mark + 50000 * "c"}, 303), ({"client_id": mark + "\n\n" + mark}, 422)):
            sent = browser.post({**KEYS, "client_secret": mark, **values}, hidden={**hidden, "pin": "123456"})
            self.assertEqual(sent.status, status)
            self.assertEqual(self.copies(mark.encode()), 0, status)
        # One that is given back, since the disk is full.
        inbox = self.hub.spool / "inbox"
        inbox.chmod(0o3710)
        sent = browser.post({**KEYS, "client_secret": mark}, hidden={**hidden, "pin": "123456"})
        self.assertEqual((sent.status, sent.text.count(mark)), (503, 1))
        inbox.chmod(0o3730)
        until(lambda: self.copies(mark.encode()) == 0, 5)
        # One whose end never comes.
        with socket.create_connection(("127.0.0.1", self.hub.port), timeout=60) as half:
            half.sendall(f"POST {browser.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.hub.port}\r\nCookie: {browser.cookie}\r\n"
                         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999\r\n\r\n"
                         f"f.client_secret={mark}".encode())
            until(lambda: self.copies(mark.encode()) > 0)
        until(lambda: self.copies(mark.encode()) == 0)
        # The link, in its address and in the cookie.
        self.assertEqual(self.copies(self.invitation.token.encode()), 0)


if __name__ == "__main__":
    unittest.main()
