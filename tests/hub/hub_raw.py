#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""fob-hub by raw sockets: what a person's browser sends, what a broken or hostile one does, and what the hub leaves
behind in its spool, its log and its memory."""
import concurrent.futures
import contextlib
import os
import pathlib
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, PROGRAM, TOOL, USER, Browser, Hub, Invitation  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

SECRET = "hush-4711-Gärtner&Söhne"
KEYS = {"client_id": "id-1", "client_secret": SECRET}


class HubTest(unittest.TestCase):
    def setUp(self):
        self.hub = Hub()
        self.addCleanup(lambda: self.assertEqual(self.hub.close(), 0))
        self.invitation = Invitation(self.hub)

    def browser(self):
        return Browser(self.hub, self.invitation)

    def inbox(self):
        return self.invitation.drops()


class Journey(HubTest):
    def test_keys_become_a_drop_that_only_the_owner_opens(self):
        browser = self.browser()
        hidden = browser.hidden()
        sent = browser.post(KEYS, hidden=hidden)
        self.assertEqual(sent.status, 303, sent.raw)
        [drop] = self.inbox()
        self.assertEqual(sent.headers["location"], f"{browser.path}/w/{drop}")
        content = self.invitation.open(drop)
        self.assertEqual(content["kind"], "form")
        self.assertEqual(content["token"].hex(), self.invitation.raw)
        self.assertEqual(content["nonce"].hex(), browser.nonce)
        self.assertEqual(content["f.client_id"], b"id-1")
        self.assertEqual(content["f.client_secret"].decode(), SECRET)
        self.assertNotIn(b"hush", (self.hub.spool / "inbox" / drop).read_bytes())
        # The same press again, also twenty times at once, is the same drop.
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: browser.post(KEYS, hidden=hidden), range(20)))
        for answer in answers:
            self.assertEqual(answer.headers["location"], f"{browser.path}/w/{drop}")
        self.assertEqual(self.inbox(), [drop])

    def test_each_state_has_its_page(self):
        browser = self.browser()
        drop = browser.post(KEYS).headers["location"].rsplit("/", 1)[1]
        wait = f"{browser.path}/w/{drop}"
        self.assertIn("Checking with CharlieHR", browser.get(wait).text)
        self.assertEqual(browser.get(wait + ".json").text,
                         '{"state":"received","text":"This usually takes a few seconds."}\n')
        os.utime(self.hub.spool / "inbox" / drop, (1, 1))
        self.assertIn("Your keys are kept, encrypted.", browser.get(wait).text)
        (self.hub.spool / "inbox" / drop).unlink()
        self.assertIn('"checking"', browser.get(wait + ".json").text)
        self.invitation.result("received", browser.nonce, drop=drop, until=int(time.time()) + 600)
        self.assertIn("cannot be reached at the moment", browser.get(wait).text)
        self.assertEqual(browser.get().headers["location"], wait)
        self.invitation.result("retry", browser.nonce, drop=drop, seen=drop, left=4, message="No.", says="<b>Invalid</b>",
                               echo="client_id=it's", error="client_secret=Too short")
        self.assertEqual(browser.get(wait).headers["location"], browser.path)
        page = browser.get().text
        for text in ("Not connected yet", "No.", "CharlieHR says: “&lt;b&gt;Invalid&lt;/b&gt;”", "You can try 4 more times.",
                     'value="it&#39;s"', '<a href="#f.client_secret">Client Secret: Too short</a>', 'aria-invalid="true"'):
            self.assertIn(text, page)
        self.invitation.result("done", browser.nonce, drop=drop, identity='company "Acme <Ltd>"')
        self.invitation.write(end="done")
        for path in (browser.path, wait):
            page = browser.get(path)
            self.assertEqual(page.status, 200)
            self.assertIn("company &quot;Acme &lt;Ltd&gt;&quot;", page.text)
        # Another browser sees neither form nor company.
        other = self.browser().get()
        self.assertIn("Already connected", other.text)
        self.assertNotIn("Acme &lt;Ltd", other.text)
        self.invitation.result("blocked", browser.nonce)
        self.assertIn("Too many tries", browser.get().text)
        for state in ("expired", "cancelled"):
            self.invitation.result(state, browser.nonce)
            page = browser.get()
            self.assertEqual(page.status, 410)
            self.assertIn("This invitation has ended", page.text)

    def test_what_is_of_one_browser_is_not_shown_to_another(self):
        browser, other = self.browser(), self.browser()
        self.invitation.result("retry", browser.nonce, left=2, says="only for you", echo="client_id=mine")
        self.assertIn("only for you", browser.get().text)
        page = other.get().text
        self.assertNotIn("only for you", page)
        self.assertNotIn("mine", page)

    def test_an_expired_invitation_takes_what_is_under_way(self):
        browser = self.browser()
        hidden = browser.hidden()
        self.invitation.write(expires=int(time.time()) - 60)
        self.assertEqual(browser.get().status, 410)
        self.assertEqual(browser.post(KEYS, hidden=hidden).status, 303)
        self.invitation.write(expires=int(time.time()) - 1000)
        self.assertEqual(browser.post({"client_id": "a", "client_secret": "b"}, hidden=hidden).status, 410)
        self.assertEqual(len(self.inbox()), 1)

    def test_a_link_that_is_only_looked_at_does_nothing(self):
        before = [p.stat().st_mtime_ns for p in sorted(self.hub.spool.rglob("*"))]
        for method in ("GET", "HEAD") * 25:
            self.assertEqual(self.hub.request(method, f"/i/{self.invitation.token}").status, 303)
        self.assertEqual([p.stat().st_mtime_ns for p in sorted(self.hub.spool.rglob("*"))], before)
        self.assertEqual(self.browser().post(KEYS).status, 303)

    def test_a_good_cookie_keeps_its_nonce(self):
        browser = self.browser()
        again = self.hub.request("GET", f"/i/{self.invitation.token}", [f"Cookie: {browser.cookie}"])
        self.assertEqual(again.headers["set-cookie"].split(";")[0], browser.cookie)

    def test_the_pin_goes_with_the_drop(self):
        self.invitation.write(pin="true")
        browser = self.browser()
        hidden = browser.hidden()
        self.assertEqual(browser.post(KEYS, hidden=hidden).status, 422)
        self.assertEqual(browser.post(KEYS, hidden={**hidden, "pin": "123456"}).status, 303)
        self.assertEqual(self.invitation.open(self.inbox()[0])["pin"], b"123456")

    def test_a_sign_in_goes_out_and_comes_back_sealed(self):
        self.invitation.write(signin="true", origin="https://login.example.com")
        browser, other = self.browser(), self.browser()
        drop = browser.post(KEYS).headers["location"].rsplit("/", 1)[1]
        go = "https://login.example.com/auth?x=1&y=2"
        until_then = int(time.time()) + 600
        self.invitation.result("signin", browser.nonce, drop=drop, go=go, until=until_then)
        page = browser.get(f"{browser.path}/w/{drop}")
        self.assertIn(f'content="0;url={browser.path}/go/{drop}"', page.text)
        self.assertEqual(browser.get(f"{browser.path}/go/{drop}").headers["location"], go)
        self.assertEqual(other.get(f"{browser.path}/go/{drop}").headers["location"], browser.path)
        for bad in ("https://login.example.com.evil.org/", "https://evil.org/", "javascript:alert(1)", "http://login.example.com/"):
            self.invitation.result("signin", browser.nonce, drop=drop, go=bad, until=until_then)
            self.assertEqual(browser.get(f"{browser.path}/go/{drop}").headers["location"], browser.path)
        self.invitation.result("signin", browser.nonce, drop=drop, go=go, until=int(time.time()) - 1)
        self.assertEqual(browser.get(f"{browser.path}/go/{drop}").headers["location"], browser.path)
        state = f"{self.invitation.id}.AAECAwQFBgcICQoLDA0ODw"
        query = f"code=S3CR3T&state={state}&iss=https%3A%2F%2Fx"
        (self.hub.spool / "inbox" / drop).unlink()
        # Without the cookie of the browser that began, and with a state that is no state or twice there.
        for headers, asked in (([], query), ([f"Cookie: {browser.cookie}"], "state=x&" + query),
                               ([f"Cookie: {browser.cookie}"], "code=1"), ([f"Cookie: {browser.cookie}"], query.replace(".", "x", 1))):
            page = self.hub.request("GET", f"/callback/charliehr?{asked}", headers)
            self.assertEqual(page.status, 200)
            self.assertIn("This sign-in was begun elsewhere", page.text)
        self.assertEqual(self.inbox(), [])
        for _ in range(2):
            answer = browser.get(f"/callback/charliehr?{query}")
            self.assertEqual(answer.status, 303)
        [drop] = self.inbox()
        self.assertEqual(answer.headers["location"], f"{browser.path}/w/{drop}")
        content = self.invitation.open(drop)
        self.assertEqual((content["kind"], content["provider"], content["query"]), ("callback", b"charliehr", query.encode()))


class Refusals(HubTest):
    def test_forms_from_elsewhere_are_refused(self):
        browser = self.browser()
        hidden = browser.hidden()
        other = Browser(self.hub, Invitation(self.hub))
        for headers in (["Origin: null"], ["Origin: https://evil.example"], ["Sec-Fetch-Site: cross-site"],
                        ["Sec-Fetch-Site: same-site"], ["Sec-Fetch-Site: none"]):
            self.assertEqual(browser.post(KEYS, headers, hidden=hidden).status, 403, headers)
        for bad in ({"once": hidden["once"]}, {**hidden, "check": ""}, {**hidden, "check": other.hidden()["check"]}):
            self.assertEqual(browser.post(KEYS, hidden=bad).status, 403, bad)
        for cookie in ("", other.cookie, browser.cookie[:-1], browser.cookie + "; " + browser.cookie,
                       browser.cookie.replace("=", "=A", 1)):
            browser.cookie, kept = cookie, browser.cookie
            self.assertEqual(browser.post(KEYS, hidden=hidden).status, 403, cookie)
            browser.cookie = kept
        self.assertEqual(self.inbox(), [])
        self.assertEqual(browser.post(KEYS, [f"Origin: {self.hub.url}", "Sec-Fetch-Site: same-origin"], hidden=hidden).status, 303)

    def test_bodies_that_are_not_forms_are_refused(self):
        browser = self.browser()
        hidden = browser.hidden()
        rest = f"&once={hidden['once']}&check={hidden['check']}".encode()
        good = b"f.client_id=a&f.client_secret=b" + rest
        for body, status in ((good + b"&f.client_id=c", 400), (good + b"&f.other=c", 400), (good + b"&pin=1", 400),
                             (b"f.client_id=%zz&f.client_secret=b" + rest, 400), (b"f.client_id=%4&f.client_secret=b" + rest, 400),
                             (b"f.client_id=%00&f.client_secret=b" + rest, 400), (b"f.client_id=%ff&f.client_secret=b" + rest, 400),
                             (b"f.client_id=\xc3&f.client_secret=b" + rest, 400), (b"", 400), (b"f.client_id", 400),
                             (b"&".join(b"a%d=1" % n for n in range(44)) + rest, 400),
                             (b"f.client_id=+%0A+&f.client_secret=b" + rest, 422), (b"f.client_secret=b" + rest, 422),
                             (b"f.client_id=a%0Ab&f.client_secret=b" + rest, 422),
                             (b"f.client_id=" + 4097 * b"x" + b"&f.client_secret=b" + rest, 422)):
            answer = browser.post_raw(body)
            self.assertEqual(answer.status, status, body[:60])
            self.assertNotIn('value="b"', answer.text)
        self.assertEqual(self.inbox(), [])
        self.assertEqual(browser.post_raw(good + b"&" * 3).status, 400)
        self.assertEqual(browser.post_raw(good.replace(b"client_id=a", b"client_id=+a+%0D%0A")).status, 303)
        self.assertEqual(self.invitation.open(self.inbox()[0])["f.client_id"], b"a")

    def test_large_and_odd_bodies_are_refused_unread(self):
        for headers, status in ((["Content-Length: 65537"], 413), (["Content-Length: 1073741824"], 413),
                                (["Content-Length: 10", "Content-Type: multipart/form-data; boundary=x"], 415),
                                (["Content-Length: 10", "Content-Type: application/x-www-form-urlencodedx"], 415),
                                (["Content-Type: application/x-www-form-urlencoded"], 411)):
            raw = "\r\n".join([f"POST /s/{self.invitation.id} HTTP/1.1", f"Host: 127.0.0.1:{self.hub.port}",
                               *({"Content-Type: application/x-www-form-urlencoded"} if len(headers) == 1 and "Length" in headers[0] else ()),
                               *headers])
            self.assertIn(f" {status} ".encode(), self.hub.send(raw.encode() + b"\r\n\r\n")[:20], headers)

    def test_a_full_disk_gives_the_form_back_filled(self):
        if not self.hub.root:
            self.skipTest("only root can take the right to write away from another user")
        browser = self.browser()
        hidden = browser.hidden()
        inbox = self.hub.spool / "inbox"
        inbox.chmod(0o3710)
        answer = browser.post(KEYS, hidden=hidden)
        self.assertEqual(answer.status, 503)
        self.assertIn('value="hush-4711-Gärtner&amp;Söhne"', answer.text)
        self.assertEqual(answer.headers["cache-control"], "no-store")
        inbox.chmod(0o3730)
        self.assertEqual(browser.post(KEYS).status, 303)

    def test_unknown_links_are_limited(self):
        found = [self.hub.request("GET", "/i/" + 43 * "A", sender="192.0.2.1").status for _ in range(22)]
        self.assertEqual(found, 20 * [404] + 2 * [429])
        answer = self.hub.request("GET", f"/i/{self.invitation.token}", sender="192.0.2.1")
        self.assertEqual((answer.status, answer.headers["retry-after"]), (429, "60"))
        self.assertEqual(self.hub.request("GET", f"/i/{self.invitation.token}", sender="192.0.2.2").status, 303)
        # An IPv6 customer has 2^64 addresses.
        for n in range(120):
            self.assertEqual(self.hub.request("GET", "/robots.txt", sender=f"2001:db8::{n:x}").status, 200)
        self.assertEqual(self.hub.request("GET", "/robots.txt", sender="2001:db8::ffff").status, 429)
        self.assertEqual(self.hub.request("GET", "/robots.txt", sender="2001:db8:0:1::1").status, 200)

    def test_only_a_proxy_says_who_asks(self):
        hub = Hub(proxy=False)
        try:
            found = [hub.request("GET", "/robots.txt").status for _ in range(121)]
        finally:
            hub.close()
        self.assertEqual(found, 120 * [200] + [429])

    def test_at_most_twenty_drops_of_an_invitation_wait(self):
        browser = self.browser()
        hidden = browser.hidden()
        found = [browser.post({"client_id": str(n), "client_secret": "x"}, hidden=hidden).status for n in range(21)]
        self.assertEqual(found, 20 * [303] + [429])
        (self.hub.spool / "inbox" / self.inbox()[0]).unlink()
        self.assertEqual(browser.post(KEYS, hidden=hidden).status, 303)


class Malformed(HubTest):
    """The table of what libmicrohttpd accepts or hangs on."""

    def head(self, *lines, host=True):
        lines = [*lines, *([f"Host: 127.0.0.1:{self.hub.port}"] if host else [])]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def check(self, raw, *statuses):
        """The one answer to RAW and a second request behind it."""
        got = self.hub.send(raw + self.head("GET /robots.txt HTTP/1.1"))
        # libmicrohttpd 0.9.75 sends the head of its own refusals twice.
        head = got.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        self.assertLessEqual(got.replace(head, b"").count(b"HTTP/1."), 0, raw[:80])
        self.assertNotIn(b"User-agent", got, raw[:80])
        status = int(got.split()[1]) if got else 0
        self.assertIn(status, statuses, raw[:80])

    def test_no_second_request_is_served(self):
        post = f"POST /s/{self.invitation.id} HTTP/1.1"
        form = "Content-Type: application/x-www-form-urlencoded"
        self.check(self.head(post, form, "Content-Length: 5", "Content-Length: 9") + b"a=b&c=d&e", 400)
        self.check(self.head(post, form, "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, 411)
        self.check(self.head(post, form, "Transfer-Encoding: chunked") + b"0\r\n\r\n", 411)
        self.check(self.head(post, form, "Transfer-Encoding: other"), 411)
        self.check(self.head(post, form, "Content-Length : 37"), 400)
        for length in ("-1", "+3", "0x3", "3, 3", "", "99999999999999999999"):
            self.check(self.head(post, form, f"Content-Length: {length}"), 400, 413)
        self.check(self.head(post, form, "Content-Length: 3") + b"a=b", 403)
        self.check(self.head("GET /i/x HTTP/1.1"), 404)
        self.check(self.head("GET /i/x HTTP/1.1", "Content-Length: 3") + b"a=b", 400)
        self.check(self.head("GET /i/x HTTP/1.1", host=False), 400)
        self.check(self.head("GET /i/x HTTP/1.1", "Host: evil.example"), 400)
        self.check(self.head("GET /i/x HTTP/1.1", "Host: evil.example", host=False), 421)
        self.check(self.head("GET /i/x HTTP/1.1", "X-" + 60000 * "y" + ": 1"), 0, 400, 413, 431)
        self.check(self.head("GET /i/x HTTP/1.1", *(f"X-{n}: {60 * 'v'}" for n in range(1000))), 0, 413, 431)
        self.check(self.head("GET /" + 9000 * "x" + " HTTP/1.1"), 414)
        self.check(self.head("GET /" + 60000 * "x" + " HTTP/1.1"), 0, 414, 431)
        for path in ("/s/%00", "/%2e%2e/etc", "/../etc/passwd", "/s/..", "http://evil.example/s/x", "*", "/\xff"):
            self.check(self.head(f"GET {path} HTTP/1.1"), 400)
        self.check(self.head("GET /s/a b HTTP/1.1"), 0, 400)
        # A NUL cuts the path; nothing behind it counts.
        self.check(self.head("GET /style.css\0/i/x HTTP/1.1"), 0, 200, 400)
        for method in ("BREW", "PUT", "OPTIONS", "TRACE", "CONNECT", "get"):
            self.check(self.head(f"{method} /i/x HTTP/1.1"), 400, 405)
        self.check(self.head("GET /i/x HTTP/2.0"), 400, 505)
        self.check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 400, 505)
        self.check(self.head("GET /i/x HTTP/1.1", " folded: yes"), 0, 400, 404)
        self.check(self.head("GET /i/x HTTP/1.1").replace(b"\r\n", b"\n"), 0, 400, 404)
        self.check(self.head("GET /i/x HTTP/1.1", "Bad Name: 1"), 400)
        self.check(self.head("GET /i/x HTTP/1.1", "Cookie: a=b", "Cookie: c=d"), 400)
        self.check(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0, 400)
        self.assertEqual(self.browser().post(KEYS).status, 303)

    def test_wrong_places_and_methods(self):
        browser = self.browser()
        for path, status in (("/", 404), ("/s", 404), ("/s/x", 404), (f"{browser.path}/w", 404), (f"{browser.path}/w/x", 404),
                             (f"{browser.path}/x/{32 * '0'}", 404), (f"{browser.path}/w/{32 * '0'}/y", 404), ("/i/", 404),
                             ("/i/x/y", 404), ("/work", 404), ("/logo", 404), ("/favicon.ico", 404), ("/style.css", 200),
                             ("/hub.js", 200), ("/robots.txt", 200)):
            self.assertEqual(browser.get(path).status, status, path)
        for path in ("/i/x", "/style.css", f"{browser.path}/w/{32 * '0'}"):
            answer = self.hub.request("POST", path, [f"Cookie: {browser.cookie}"])
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"), path)

    def test_every_page_has_its_headers(self):
        browser = self.browser()
        for answer in (browser.get(), browser.get("/nowhere"), browser.get("/style.css"), self.hub.request("GET", "/i/x")):
            headers = answer.headers
            self.assertIn("default-src 'none'; style-src 'self'", headers["content-security-policy"])
            self.assertIn("frame-ancestors 'none'", headers["content-security-policy"])
            self.assertEqual(headers["referrer-policy"], "same-origin")
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["x-frame-options"], "DENY")
            self.assertEqual(headers["connection"].lower(), "close")
            self.assertNotIn("server", headers)
            self.assertNotIn("strict-transport-security", headers)
        self.assertEqual(browser.get().headers["cache-control"], "no-store")
        cookie = self.hub.request("GET", f"/i/{self.invitation.token}").headers["set-cookie"]
        self.assertRegex(cookie, r"^__Host-fob-[0-9a-f]{32}=[\w-]{43}\.[\w-]{22}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3\d{3}$")


class Guide(HubTest):
    def test_lines_that_are_wrapped(self):
        self.invitation.write(guide="You need to be an Admin.\n1. Open\n   the settings.\n2. Run:\n     openssl req\n   and wait.\n"
                                    "Then\n  rest.\n3. Copy both.\n\nDone.")
        page = self.browser().get().text
        self.assertIn("<p>You need to be an Admin.</p>\n<ol><li>Open\nthe settings.</li>\n<li>Run:<br>\nopenssl req<br>\nand wait.</li>\n"
                      '</ol><p>Then\nrest.</p>\n<ol start="3"><li>Copy both.</li>\n</ol><p>Done.</p>\n', page)


class Traces(HubTest):
    def test_hostile_texts_are_shown_as_text(self):
        evil = '"><script>alert(1)</script>\x1b[31m\''
        self.invitation.write(title=evil, guide=evil + " https://x.example/\"onclick=1", to=evil, note=evil, label=evil)
        page = self.browser().get().text
        self.assertEqual(len(re.findall("<script", page)), 1)
        self.assertNotIn("onclick=1>", page.replace("&quot;onclick=1", ""))
        self.assertIn("&quot;&gt;&lt;script&gt;", page)

    def test_log_and_pages_have_no_token_and_no_secret(self):
        browser = self.browser()
        page = browser.get().text
        browser.post(KEYS)
        browser.get(f"/callback/charliehr?code=S3CR3T&state={self.invitation.id}.AAECAwQFBgcICQoLDA0ODw")
        self.assertNotIn(self.invitation.token, page)
        self.hub.stop()
        log = self.hub.log.read_text()
        self.assertRegex(log, r"(?m)^\d{4}-\d\d-\d\dT[\d:]+Z POST /s/ID 303 \d+ms 10\.0\.0\.\d+$")
        self.assertIn("GET /callback/PROVIDER 303", log)
        for hidden in (self.invitation.token, self.invitation.id, "hush", "S3CR3T", browser.cookie):
            self.assertNotIn(hidden, log)

    def test_slow_clients_are_ended_and_others_served(self):
        hosts = []
        begun = time.monotonic()
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", self.hub.port))
            connection.setblocking(False)
            hosts.append(connection)
        poll = select.poll()
        left = {c.fileno(): c for c in hosts}
        for fd in left:
            poll.register(fd, select.POLLIN)
        served = 0
        text = b"GET /robots.txt HTTP/1.1\r\nX: " + 60 * b"x"
        try:
            # The first 200 are ended after 20 s; the others waited in the queue meanwhile.
            for second in range(50):
                for connection in left.values():
                    with contextlib.suppress(OSError):
                        connection.send(text[second:second + 1])
                end = begun + second + 1
                while time.monotonic() < end:
                    for fd, _ in poll.poll(max(0, 1000 * (end - time.monotonic()))):
                        poll.unregister(fd)
                        left.pop(fd)
                        served += 1
                if served >= 200:
                    break
            self.assertGreaterEqual(served, 200)
        finally:
            for connection in hosts:
                connection.close()
        self.assertEqual(self.browser().post(KEYS).status, 303)


class Contained(unittest.TestCase):
    def test_it_listens_at_a_port_and_replaces_only_a_socket(self):
        hub = Hub()
        precious = hub.spool / "inbox" / ".precious"
        precious.write_text("x", encoding="ascii")
        ids = {"user": USER, "group": USER, "extra_groups": []} if hub.root else {}
        try:
            os.chmod(hub.spool / "inbox", 0o777)
            for where, words in (("127.0.0.1:99999", "not a port"), ("127.0.0.1:80x", "not a port"),
                                 ("127.0.0.1:", "not a port"), (f"unix:{precious}", "Address already in use")):
                done = subprocess.run([PROGRAM, "--spool", hub.spool, "--insecure-loopback", "--listen", where],
                                      capture_output=True, timeout=60, check=False, cwd="/", **ids)
                self.assertNotEqual(done.returncode, 0, where)
                self.assertIn(words, done.stderr.decode(), where)
            self.assertTrue(precious.exists())
        finally:
            hub.close()

    def test_it_refuses_what_is_not_safe(self):
        program = str(BUILD / "fob-hub")
        for arguments, status in (([], 78), (["--certificate", "x"], 64), (["--nothing"], 64), (["extra"], 64),
                                  (["--behind-proxy", "--spool", "/nonexistent"], 78)):
            done = subprocess.run([program, *arguments], capture_output=True, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
        with tempfile.TemporaryDirectory(prefix="fob-hub-own.") as folder:
            os.chmod(folder, 0o777)
            users = [({}, "as root")] if os.geteuid() == 0 else [({}, "another user")]
            if os.geteuid() == 0:
                users.append(({"user": USER, "group": USER, "extra_groups": []}, "another user"))
            for ids, words in users:
                spool = f"{folder}/{words}"
                subprocess.run([TOOL, "create", spool, str(ids.get("group", os.getegid()))], check=True, **ids)
                done = subprocess.run([program, "--behind-proxy", "--spool", spool], capture_output=True, text=True, check=False, **ids)
                self.assertEqual(done.returncode, 77, done.stderr)
                self.assertIn(words, done.stderr)
        libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        self.assertNotRegex(libraries, r"libcurl|libfob|libyaml")


if __name__ == "__main__":
    unittest.main()
