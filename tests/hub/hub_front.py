#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""fob-hub as people reach it: behind nginx with the example that is installed, and by TLS of its own."""
import contextlib
import os
import pathlib
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, LIMIT, Browser, Hub, Invitation, until  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
EXAMPLE = pathlib.Path(os.environ.get("abs_top_srcdir", ".")) / "conf/examples/fob-hub.nginx.conf"
NAME = "connect.example.com"
KEYS = {"client_id": "id-1", "client_secret": "hush-4711"}
FOLDER = tempfile.mkdtemp(prefix="fob-hub-tls.")


def setUpModule():
    os.chmod(FOLDER, 0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                    f"/CN={NAME}", "-keyout", f"{FOLDER}/key", "-out", f"{FOLDER}/certificate"], capture_output=True, check=True)
    os.chmod(f"{FOLDER}/key", 0o644)


def tearDownModule():
    shutil.rmtree(FOLDER)


class DirectHub(Hub):
    """A hub that serves TLS itself."""
    net = 127  # connections come from these addresses

    def __init__(self):
        super().__init__("--certificate", f"{FOLDER}/certificate", "--key", f"{FOLDER}/key", proxy=False)

    def listen(self):
        super().listen()
        self.host = NAME
        self.url = f"https://{NAME}"

    def connect(self, sender, version=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if version is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                context.minimum_version = context.maximum_version = version
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT, source_address=(sender, 0))
        try:
            return context.wrap_socket(plain, server_hostname=NAME)
        except BaseException:
            plain.close()
            raise

    def request(self, method, path, headers=(), body=b"", **given):
        return super().request(method, path, ["Connection: close", *headers], body, **given)

    def logs(self):
        return self.log.read_text(encoding="utf-8")


class NginxHub(DirectHub):
    """A hub at a Unix socket, behind nginx with the example's server."""

    def __init__(self):
        Hub.__init__(self)  # pylint: disable=non-parent-init-called
        text = EXAMPLE.read_text(encoding="utf-8")
        for old, new in (("listen 443", f"listen 127.0.0.1:{self.port}"), ("/etc/ssl/connect.example.com.pem", f"{FOLDER}/certificate"),
                         ("/etc/ssl/private/connect.example.com.key", f"{FOLDER}/key"), ("/var/log/nginx", f"{self.top}/nginx"),
                         ("unix:/run/fob-hub/socket", f"unix:{self.top}/socket")):
            assert text.count(old) >= 1, old
            text = text.replace(old, new)
        (self.top / "nginx").mkdir()
        temporary = "".join(f"{kind}_temp_path {self.top}/nginx/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.top / "nginx.conf").write_text(
            f"daemon off; pid {self.top}/nginx/pid; events {{ worker_connections 1024; }} http {{ {temporary} access_log off;\n{text} }}",
            encoding="utf-8")
        with open(self.top / "nginx/main.log", "wb") as log:
            self.nginx = subprocess.Popen([NGINX, "-c", self.top / "nginx.conf", "-p", self.top, "-e", self.top / "nginx/main.log"],
                                          stdout=log, stderr=log)
        until(lambda: self.nginx.poll() is not None or self.is_up())
        assert self.nginx.poll() is None, self.logs()

    def is_up(self):
        with contextlib.suppress(OSError):
            self.connect("127.0.0.1").close()
            return True
        return False

    def listen(self):
        super().listen()
        self.listener.close()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.top / "socket"))
        os.chmod(self.top / "socket", 0o666)
        self.listener.listen(512)

    def close(self):
        self.nginx.terminate()
        self.nginx.wait(LIMIT)
        return super().close()

    def logs(self):
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in (self.top / "nginx").glob("*.log")) + super().logs()


class Front:
    """What holds of both."""
    make = None

    def setUp(self):
        self.hub = self.make()
        self.addCleanup(lambda: self.assertEqual(self.hub.close(), 0))
        self.invitation = Invitation(self.hub)

    def test_journey_without_traces(self):
        self.invitation.write(signin="true", origin="https://login.example.com")
        browser = Browser(self.hub, self.invitation)
        page = browser.get()
        self.assertEqual(page.raw.count(b"Strict-Transport-Security: max-age=31536000"), 1)
        self.assertIn(f"This page is at <b>{NAME}</b>", page.text)
        keys = {**KEYS, "client_secret": 3900 * "s"}
        sent = browser.post(keys, [f"Origin: https://{NAME}", "Sec-Fetch-Site: same-origin", f"Referer: https://{NAME}{browser.path}"])
        self.assertEqual(sent.status, 303, sent.raw)
        [drop] = self.invitation.drops()
        content = self.invitation.open(drop)
        self.assertEqual(content["f.client_secret"].decode(), keys["client_secret"])
        self.assertRegex(content["from"].decode(), r"^127\.0\.0\.\d+$")
        wait = browser.get(sent.headers["location"])
        self.assertIn("Checking with CharlieHR", wait.text)
        query = f"code=S3CR3T&state={self.invitation.id}.AAECAwQFBgcICQoLDA0ODw"
        back = browser.get(f"/callback/charliehr?{query}")
        self.assertEqual(back.status, 303)
        for answer in (page, sent, wait, back):
            self.assertNotIn(self.invitation.token.encode(), answer.raw)
        # Whoever sends an address in X-Forwarded-For is believed nothing.
        self.assertEqual(self.hub.request("GET", "/robots.txt", ["X-Forwarded-For: 192.0.2.99"], sender="127.0.3.4").status, 200)
        self.hub.stop()
        logs = self.hub.logs()
        self.assertRegex(logs, r"Z GET robots.txt 200 \d+ms 127\.0\.3\.4\n")
        self.assertNotIn("192.0.2.99", logs)
        self.check_logs(browser)

    def check_logs(self, browser):
        logs = self.hub.logs()
        for hidden in (self.invitation.token, self.invitation.token[:12], self.invitation.id, "S3CR3T", browser.cookie, "client_"):
            self.assertNotIn(hidden, logs)

    def test_no_second_request_is_served(self):
        post, form = f"POST /s/{self.invitation.id} HTTP/1.1", "Content-Type: application/x-www-form-urlencoded"
        get = "GET /i/x HTTP/1.1"
        behind = f"GET /robots.txt HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
        host = f"Host: {NAME}"
        table = (([post, host, form, "Content-Length: 5", f"Content-Length: {len(behind)}"], behind, (400,)),
                 ([post, host, form, f"Content-Length: {5 + len(behind)}", "Transfer-Encoding: chunked"], "0\r\n\r\n" + behind, (400, 411)),
                 ([post, host, form, f"Content-Length : {len(behind)}"], behind, (400,)),
                 ([post, host, form, "Transfer-Encoding: other"], behind, (400, 411, 501)),
                 ([post, host, form, "Content-Length: +3"], behind, (400, 413)),
                 ([post, host, form, "Content-Length: 3, 3"], behind, (400, 413)),
                 ([post, host, form, "Content-Length: 1073741824"], "", (413,)),
                 ([post, host, form, "Content-Length: 65537"], "", (413,)),
                 ([get, host, "Host: evil.example"], "", (400,)),
                 ([get, "Host: evil.example"], "", (400, 421)),
                 ([get], "", (400,)),
                 ([get, host, "X-A: " + 60000 * "y"], "", (0, 400, 413, 431)),
                 ([get, host, *(f"X-{n}: {60 * 'v'}" for n in range(1000))], "", (0, 400, 413, 431)),
                 (["GET /" + 60000 * "x" + " HTTP/1.1", host], "", (0, 400, 414, 431)),
                 (["GET /s/%00 HTTP/1.1", host], "", (400,)),
                 (["GET /style.css\0/i/x HTTP/1.1", host], "", (0, 200, 400)),
                 (["GET http://evil.example/s/x HTTP/1.1", host], "", (400, 421)),
                 (["BREW /i/x HTTP/1.1", host], "", (400, 405)),
                 ([get, host, " folded: yes"], "", (0, 400, 404)),
                 (["GET /i/x\r\n"], "", (0, 400)))
        for lines, rest, statuses in table:
            raw = "\r\n".join([*lines, "Connection: close"]).encode("latin-1") + b"\r\n\r\n" + rest.encode()
            got = self.hub.send(raw, "127.0.5.1")
            status = int(got.split()[1]) if got[:5] == b"HTTP/" else 0
            self.assertIn(status, statuses, (raw[:100], got[:100]))
            self.assertNotIn(b"User-agent", got, raw[:100])
        self.assertEqual(Browser(self.hub, self.invitation).post(KEYS).status, 303)


class Direct(Front, unittest.TestCase):
    make = DirectHub

    def test_one_address_cannot_take_all_connections(self):
        clients = [socket.create_connection(("127.0.0.1", self.hub.port), timeout=LIMIT, source_address=("127.0.8.1", 0))
                   for _ in range(300)]
        for client in clients:
            self.addCleanup(client.close)
        # The others are ended at once, long before any of these is over its time.
        left = clients
        begun = time.monotonic()
        while len(left) > 40 and time.monotonic() < begun + 8:
            ended = select.select(left, [], [], 8)[0]
            left = [client for client in left if client not in ended]
        self.assertEqual(len(left), 40)
        self.assertEqual(Browser(self.hub, self.invitation).post(KEYS).status, 303)

    def test_tls_of_today_alone(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.hub.connect("127.0.0.1", version).close()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with self.assertRaises(OSError):
                self.hub.connect("127.0.0.1", version)


@unittest.skipIf(NGINX is None and not os.environ.get("FOB_TEST_NPM"), "nginx is not there")
class Nginx(Front, unittest.TestCase):
    make = NginxHub

    def test_tls_of_today_alone(self):
        Direct.test_tls_of_today_alone(self)

    def test_chunks_arrive_whole(self):
        browser = Browser(self.hub, self.invitation)
        hidden = browser.hidden()
        body = f"f.client_id=a&f.client_secret=b&once={hidden['once']}&check={hidden['check']}"
        raw = (f"POST {browser.path} HTTP/1.1\r\nHost: {NAME}\r\nCookie: {browser.cookie}\r\nConnection: close\r\n"
               "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
               f"{len(body):x}\r\n{body}\r\n0\r\n\r\n")
        self.assertIn(b" 303 ", self.hub.send(raw.encode())[:20])

    def test_no_log_has_the_link_when_the_hub_is_gone(self):
        browser = Browser(self.hub, self.invitation)
        (self.hub.top / "socket").unlink()
        self.assertEqual(self.hub.request("GET", f"/i/{self.invitation.token}").status, 502)
        self.assertEqual(browser.get(f"/callback/charliehr?code=S3CR3T&state={self.invitation.id}.A").status, 502)
        self.assertRegex(self.hub.logs(), r"127\.0\.0\.\d+ \[.*\] GET /i/- 502\n")
        self.check_logs(browser)

    @staticmethod
    def is_ended(connection):
        try:
            return connection.recv(4096) == b""
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True

    def test_slow_clients_are_ended_and_others_served(self):
        left = []
        # Some get through the handshake, and drip their requests.
        for n in range(300):
            sender = f"127.0.6.{n % 200}"
            left.append(self.hub.connect(sender) if n < 20 else
                        socket.create_connection(("127.0.0.1", self.hub.port), source_address=(sender, 0)))
            left[-1].setblocking(False)
            self.addCleanup(left[-1].close)
        text = b"GET /robots.txt HTTP/1.1\r\nX: " + 60 * b"x"
        begun = time.monotonic()
        for second in range(25):
            for connection in left:
                if isinstance(connection, ssl.SSLSocket):
                    with contextlib.suppress(OSError):
                        connection.send(text[second:second + 1])
            if second == 3:
                self.assertGreater(len(left), 200)
                self.assertEqual(Browser(self.hub, self.invitation).post(KEYS).status, 303)
            select.select([], [], [], max(0, begun + second + 1 - time.monotonic()))
            left = [connection for connection in left if not self.is_ended(connection)]
            if not left:
                break
        self.assertEqual(left, [])


if __name__ == "__main__":
    unittest.main()
