#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
# Proves every endpoint, fault and certificate of the sandbox, through its command and sockets.
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

from certs import VARIANTS  # noqa: E402 - after the lines above
from faults import KINDS    # noqa: E402
from sandbox import control     # noqa: E402

COMMAND = os.path.join(HERE, "charliehr.py")
PAGE = "/team_members"


def run(*args, check=True, **more):
    """Runs the command; its output as text."""
    done = subprocess.run([sys.executable, COMMAND, *args], capture_output=True, text=True,
                          timeout=60, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{args}: {done.stderr}")
    return done


class Running:
    """A sandbox of one test, with what is needed to talk to it."""

    def __init__(self, *options, folder=None):
        self.root = None if folder else tempfile.mkdtemp(prefix="fob-sandbox-")
        self.dir = folder or os.path.join(self.root, "hr")
        try:
            self.url = run("start", "--dir", self.dir, *options).stdout.strip()
        except AssertionError:
            if self.root:
                shutil.rmtree(self.root)
            raise
        self.parts = urllib.parse.urlsplit(self.url)

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as file:
            return file.read().strip()

    def control(self, *args, check=True):
        return run(args[0], "--dir", self.dir, *args[1:], check=check)

    def fault(self, kind, times=None, value=None):
        """By the socket that the command uses, without a process each time."""
        control(self.dir, {"do": "fault", "kind": kind, "times": times, "value": value})

    def end(self):
        self.control("stop")
        if self.root:
            shutil.rmtree(self.root)

    def connect(self):
        if self.parts.scheme == "http":
            return http.client.HTTPConnection(self.parts.netloc, timeout=60)
        trust = ssl.create_default_context(cafile=os.path.join(self.dir, "ca.pem"))
        return http.client.HTTPSConnection(self.parts.netloc, timeout=60, context=trust)

    def token(self):
        return f"Token token={self.read('client_id')}:{self.read('client_secret')}"

    def raw(self, path, method="GET", body=None, headers=None, patience=60):
        """(status, headers, bytes) of one request with the credential."""
        connection = self.connect()
        try:
            connection.request(method, self.parts.path + path, body=body,
                               headers={"Authorization": self.token(), **(headers or {})})
            connection.sock.settimeout(patience)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def json(self, path, **more):
        status, _, body = self.raw(path, **more)
        return status, json.loads(body)

    def post(self, path, value):
        return self.json(path, method="POST", body=json.dumps(value),
                         headers={"Content-Type": "application/json"})

    def log(self):
        return [json.loads(line) for line in self.read("requests.jsonl").splitlines()]


class Shared(unittest.TestCase):
    """Tests that share one sandbox, and leave it without a fault."""

    @classmethod
    def setUpClass(cls):
        cls.hr = Running()
        cls.person = cls.hr.json(PAGE)[1]["data"][0]["id"]

    @classmethod
    def tearDownClass(cls):
        cls.hr.end()

    def get(self, path, status=200):
        got, answer = self.hr.json(path)
        self.assertEqual(got, status, (path, answer))
        self.assertIs(answer["success"], status < 300)
        if status >= 300:
            self.assertIsInstance(answer["error"], str)
        return answer


class Endpoints(Shared):
    LISTS = {
        "/offices": "id name head address timezone phone_number email",
        "/teams": "id name team_members",
        PAGE: "id first_name last_name display_name profile_picture date_of_birth start_date "
              "end_date work_email job_title office manager teams employment_status",
        "/team_members/PERSON/notes": "id label content",
        "/team_member_note_types": "id name type permissions",
        "/leave_requests": "id team_member approver status details amount units request_type "
                           "start_date end_date",
        "/team_members/PERSON/leave_requests": "id team_member status",
        "/leave_allowances": "id team_member allowance_in_days days_used "
                             "remaining_allowance_in_days leave_types period_start period_end",
        "/non_holiday_leave_allowances": "id team_member allowance_in_days leave_types",
        "/leave_types": "id name",
        "/working_locations": "id name",
        "/working_locations?date=2026-06-30": "team_member date working_location",
        "/salaries": "id team_member job_title pay_rate pay_period pay_frequency pay_currency "
                     "effective_date employment_type",
        "/team_members/PERSON/salaries": "id team_member pay_rate",
        "/bank_accounts": "id team_member account_number sort_code bank_name",
    }

    def test_lists(self):
        for path, keys in self.LISTS.items():
            with self.subTest(path):
                answer = self.get(path.replace("PERSON", self.person))
                self.assertEqual(set(answer), {"success", "data", "meta"})
                self.assertEqual(set(answer["meta"]), {
                    "total_results", "results_per_page", "current_page", "total_pages",
                    "next_url", "prev_url"})
                self.assertLessEqual(set(keys.split()), set(answer["data"][0]))

    def test_single_objects(self):
        self.assertLessEqual({"id", "name", "subdomain", "logo"}, set(self.get("/company")["data"]))
        for path in ("/offices", "/teams", "/team_members", "/team_member_note_types",
                     "/leave_requests"):
            item = self.get(path)["data"][0]
            answer = self.get(f"{path}/{item['id']}")
            self.assertEqual(set(answer), {"success", "data"})
            self.assertLessEqual(item.items(), answer["data"].items())
            self.get(f"{path}/nobody_1", 404)
        self.assertIn("notes", self.get(f"{PAGE}/{self.person}")["data"])
        for path in (f"{PAGE}/{self.person}/leave_allowance", f"/bank_accounts/{self.person}",
                     f"{PAGE}/{self.person}/working_location",
                     f"{PAGE}/{self.person}/working_location?date=2026-07-01"):
            self.assertEqual(self.get(path)["data"]["team_member"], self.person)
        for path in ("notes", "leave_requests", "leave_allowance", "salaries", "working_location"):
            self.get(f"{PAGE}/team_member_x/{path}", 404)
        self.get("/bank_accounts/team_member_x", 404)

    def test_paging(self):
        seen, path, pages = [], "?per_page=25", 0
        while path:
            answer = self.get(PAGE + path)
            self.assertRegex(path, r"^\?")
            seen += [person["id"] for person in answer["data"]]
            path, pages = answer["meta"]["next_url"], pages + 1
        self.assertEqual((len(seen), len(set(seen)), pages), (312, 312, 13))
        self.assertEqual(answer["meta"], {
            "total_results": 312, "results_per_page": 25, "current_page": 13, "total_pages": 13,
            "next_url": None, "prev_url": "?page=12&per_page=25"})
        self.assertEqual(self.get(PAGE + "?page=99")["data"], [])
        for query in ("page=0", "page=x", "page=-1", "page=", "per_page=0", "per_page=26"):
            self.get(f"{PAGE}?{query}", 422)

    def test_leave_window(self):
        query = "start_date=2026-03-01&end_date=2026-03-07"
        answer = self.get("/leave_requests?" + query)
        for leave in answer["data"]:
            self.assertLessEqual(leave["start_date"], "2026-03-07")
            self.assertGreaterEqual(leave["end_date"], "2026-03-01")
        self.assertEqual(answer["meta"]["next_url"], "?page=2&per_page=25&" + query)
        self.assertLess(0, answer["meta"]["total_results"])
        for bad in ("start_date=2026-03-01", "end_date=2026-03-01",
                    "start_date=2026-03-02&end_date=2026-03-01",
                    "start_date=20260301&end_date=2026-03-02",
                    "start_date=2026-02-30&end_date=2026-03-02"):
            self.get("/leave_requests?" + bad, 422)
        self.get("/working_locations?date=tomorrow", 422)

    def test_wrong_paths_and_methods(self):
        for path in ("/nothing", "/company/", "/company/x", "/team_members/a/b/c", "/", ""):
            self.get(path, 404)
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            status, headers, _ = self.hr.raw("/company", method=method)
            self.assertEqual((status, headers["Allow"]), (405, "GET"))
        status, headers, body = self.hr.raw("/company", method="HEAD")
        self.assertEqual((status, body), (405, b""))

    def test_credentials(self):
        good = self.hr.token()
        pair = good.partition("=")[2]
        for wrong in ("", "Bearer " + pair, "Basic " + pair, "Token " + pair, good + "x", good[:-1],
                      good.lower(), "Token token=:", f'Token token="{pair}"', "token" + good[5:]):
            status, answer = self.hr.json("/company", headers={"Authorization": wrong})
            self.assertEqual((status, answer["success"]), (401, False), wrong)

    def test_writes(self):
        permissions = {"admins": True}
        status, made = self.hr.post("/team_member_note_types", {
            "name": "Shoe size", "type": "Number", "permissions": permissions})
        self.assertEqual(status, 201)
        kind = made["data"]
        self.assertEqual((kind["name"], kind["type"], kind["permissions"]["admins"],
                          kind["permissions"]["anyone"]), ("Shoe size", "Number", True, False))
        self.assertEqual(self.get("/team_member_note_types/" + kind["id"])["data"], kind)
        notes = f"{PAGE}/{self.person}/notes"
        note = {"team_member_note_type_id": kind["id"], "content": "43 – wide"}
        status, made = self.hr.post(notes, note)
        self.assertEqual((status, made["data"]["label"]), (201, "Shoe size"))
        self.assertIn(made["data"], self.get(notes)["data"])
        self.assertEqual(json.loads(self.hr.log()[-2]["body"]), note)
        for path, body, wanted in (
                (notes, {}, 422), (notes, {**note, "content": " "}, 422), (notes, [], 400),
                (notes, {**note, "team_member_note_type_id": "x"}, 422),
                (f"{PAGE}/x/notes", note, 404),
                ("/team_member_note_types", {"name": "a", "type": "Color"}, 422),
                ("/team_member_note_types", {"name": "a", "type": "Text", "permissions": 1}, 422)):
            self.assertEqual(self.hr.post(path, body)[0], wanted, (path, body))
        for kind, body, wanted in (("application/json", "{", 400), ("text/plain", "{}", 415),
                                   ("application/json", b"\xff", 400),
                                   ("application/json", "[" * 100000, 400)):
            status, _, _ = self.hr.raw(notes, "POST", body, {"Content-Type": kind})
            self.assertEqual(status, wanted)

    def test_one_connection_serves_many_requests(self):
        connection = self.hr.connect()
        connection.connect()
        port = connection.sock.getsockname()
        for _ in range(5):
            connection.request("GET", "/api/v1/company", headers={"Authorization": self.hr.token()})
            self.assertEqual(connection.getresponse().read()[:15], b'{"success":true')
            self.assertEqual(connection.sock.getsockname(), port)
        connection.request("GET", "/api/v1/company", headers={"Connection": "close"})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.headers["Connection"]), (401, "close"))
        connection.close()

    def test_many_connections(self):
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda n: self.hr.json("/company")[0], range(160)))
        self.assertEqual(set(answers), {200})

    def test_bad_requests(self):
        for sent, wanted in ((b"nonsense\r\n\r\n", b"400"),
                             (b"GET / HTTP/1.1\r\nbad\r\n\r\n", b"400"),
                             (b"GET / HTTP/1.1\r\nA: " + b"a" * 70000, b"431"),
                             (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
                             (b"POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", b"413"),
                             (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400")):
            with contextlib.closing(self.hr.connect()) as connection:
                connection.connect()
                sock = connection.sock
                sock.sendall(sent)
                self.assertEqual(sock.recv(12)[9:12], wanted, sent[:30])

    def test_log(self):
        self.hr.raw("/company?x=1", headers={"X-Twice": "a"})
        line = self.hr.log()[-1]
        self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT[\d:.]{15}Z$")
        self.assertEqual([line[key] for key in ("listener", "method", "path", "status", "fault")],
                         ["main", "GET", "/api/v1/company?x=1", 200, None])
        self.assertEqual(line["headers"]["Authorization"], self.hr.token())
        self.assertEqual(line["headers"]["X-Twice"], "a")


class Faults(Shared):
    def tearDown(self):
        self.hr.fault("none")

    def test_every_kind_is_tested(self):
        with open(__file__, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual([kind for kind in KINDS
                          if not kind.isdigit() and f'"{kind}"' not in text], [])

    def test_statuses(self):
        codes = [kind for kind in KINDS if kind.isdigit()]
        self.assertEqual(codes, "400 401 403 404 409 422 429 500 502 503 504".split())
        for code in codes:
            self.hr.fault(code)
            status, headers, body = self.hr.raw("/company")
            self.assertEqual((status, headers["Retry-After"]), (int(code), None))
            self.assertIs(json.loads(body)["success"], False)
        for code in ("429", "503"):
            self.hr.control("fault", code, "--value", "7")
            self.assertEqual(self.hr.raw("/company")[1]["Retry-After"], "7")

    def test_times(self):
        self.hr.control("fault", "503", "--times", "2")
        self.assertEqual([self.hr.raw("/company")[0] for _ in range(3)], [503, 503, 200])
        self.assertEqual([line["fault"] for line in self.hr.log()[-3:]], ["503", "503", None])

    def test_a_write_behind_a_status_adds_nothing(self):
        before = self.get("/team_member_note_types")["meta"]["total_results"]
        self.hr.fault("503", times=1)
        kind = {"name": "Hat size", "type": "Text"}
        self.assertEqual(self.hr.post("/team_member_note_types", kind)[0], 503)
        self.assertEqual(self.get("/team_member_note_types")["meta"]["total_results"], before)

    def test_wrong_settings(self):
        for args in (("nonsense",), ("slow", "--value", "x"), ("500", "--value", "1"),
                     ("503", "--times", "0"), ("drip", "--value", "-1"), ("huge", "--value", "nan"),
                     ("503", "--value", "1\r\nX: y")):
            self.assertNotEqual(self.hr.control("fault", *args, check=False).returncode, 0, args)
        self.assertEqual(self.hr.raw("/company")[0], 200)

    def test_slow_and_drip(self):
        for kind, value in (("slow", "0.3"), ("drip", "0.001")):
            self.hr.fault(kind, value=value)
            start = time.monotonic()
            self.assertEqual(self.get("/company")["success"], True)
            self.assertGreater(time.monotonic() - start, 0.25)

    def test_hang(self):
        self.hr.fault("hang")
        before = len(self.hr.log())
        with self.assertRaises(TimeoutError):
            self.hr.raw("/company", patience=0.3)
        while len(self.hr.log()) == before:
            time.sleep(0.01)
        self.assertIsNone(self.hr.log()[-1]["status"])

    def test_reset(self):
        self.hr.fault("reset")
        with self.assertRaises(ConnectionResetError):
            self.hr.raw("/company")

    def test_truncated(self):
        self.hr.fault("truncated")
        with self.assertRaises((http.client.IncompleteRead, ssl.SSLEOFError)):
            self.hr.raw("/company")

    def test_bodies(self):
        def body(kind):
            self.hr.fault(kind)
            status, headers, data = self.hr.raw("/company")
            self.assertEqual(status, 200)
            return headers, data

        whole = len(body("none")[1])
        cut = body("truncated-json")[1]
        self.assertTrue(cut.startswith(b'{"success":true') and len(cut) < whole)
        headers, page = body("html")
        self.assertRegex(headers["Content-Type"], "^text/html")
        self.assertIn(b"Sign in", page)
        self.assertEqual(body("empty")[1], b"")
        self.assertRaises(ValueError, json.loads, body("not-json")[1])
        deep = body("deep")[1]
        self.assertEqual((deep.count(b"{"), deep.count(b"}")), (100001, 100001))
        answer = json.loads(body("success-false")[1])
        self.assertIs(answer["success"], False)
        headers, data = body("no-length")
        self.assertNotIn("Content-Length", headers)
        self.assertEqual(len(data), whole)
        self.hr.fault("no-length-cut")
        self.assertTrue(0 < len(self.hr.raw("/company")[2]) < whole)
        self.hr.fault("bad-header")
        with self.assertRaises(http.client.LineTooLong):
            self.hr.raw("/company")

    def test_huge(self):
        self.hr.fault("huge")
        headers, data = self.hr.raw("/company")[1:]
        self.assertEqual(int(headers["Content-Length"]), len(data))
        self.assertGreater(len(data), 64 * 1024 * 1024)
        self.assertTrue(json.loads(data)["data"]["id"])
        self.hr.fault("huge-chunked", value="2")
        headers, data = self.hr.raw("/company")[1:]
        self.assertEqual(headers["Transfer-Encoding"], "chunked")
        self.assertGreater(len(data), 2 * 1024 * 1024)
        self.assertTrue(json.loads(data)["data"]["id"])

    def test_ids(self):
        for kind in ("no-data", "no-id", "null-id", "number-id"):
            self.hr.fault(kind)
            answer = self.get("/company")
            self.assertEqual("data" in answer, kind != "no-data")
            if "data" in answer:
                for item in (answer["data"], self.get(PAGE)["data"][0]):
                    self.assertEqual(item.get("id", "none"), {
                        "no-id": "none", "null-id": None, "number-id": 4711}[kind])
        self.assertEqual(self.hr.json("/company", headers={"Authorization": "x"})[0], 401)

    def test_names(self):
        self.hr.fault("latin1", times=1)
        self.get(PAGE)                      # has no company name, so it does not count
        data = self.hr.raw("/company")[2]
        self.assertIn("Café".encode("latin-1"), data)
        self.assertRaises(UnicodeDecodeError, data.decode)
        self.hr.fault("control-name")
        name = self.get("/company")["data"]["name"]
        self.assertTrue(all(char in name for char in "\x1b\n\r\u202e\u2066"))

    def test_links(self):
        other = self.hr.read("url_elsewhere")
        for kind, wanted in (("next-url-elsewhere", other + PAGE),
                             ("next-url-path", "/api/v1" + PAGE),
                             ("next-url-absolute", self.hr.url + PAGE), ("none", "")):
            self.hr.fault(kind)
            self.assertEqual(self.get(PAGE + "?page=2")["meta"]["next_url"],
                             wanted + "?page=3&per_page=25")
        self.hr.fault("next-url-loop")
        self.assertEqual(self.get(PAGE + "?page=13")["meta"]["next_url"], "?page=13&per_page=25")

    def test_forms_of_links(self):
        """Each leads from page 1 to page 2 of 13, or says that there are 312 people, or nothing."""
        path = "/api/v1" + PAGE
        for kind, wanted in (("link-page", "?page=2"), ("link-page-path", path + "?page=2"),
                             ("link-page-absolute", self.hr.url + PAGE + "?page=2")):
            self.hr.fault(kind)
            self.assertEqual(self.get(PAGE)["meta"], {"next_url": wanted})
            self.assertEqual(self.get(PAGE + "?page=13")["meta"], {"next_url": None})
        for kind, wanted in (("link-header", f"<{self.hr.url}{PAGE}?page=2&per_page=25>"),
                             ("link-header-page", "<?page=2>")):
            self.hr.fault(kind)
            _, headers, body = self.hr.raw(PAGE)
            self.assertIn(wanted + '; title="a, b"; rel="next"', headers["Link"])
            self.assertNotIn("meta", json.loads(body))
            self.assertNotIn('"next"', self.hr.raw(PAGE + "?page=13")[1]["Link"])
        for kind, wanted in (("meta-total", {"total_results": 312}), ("meta-empty", {}),
                             ("meta-openapi", {"page": 1, "per_page": 25, "total": 312}),
                             ("meta-pages", {"current_page": 1, "total_pages": 13}),
                             ("meta-missing", None)):
            self.hr.fault(kind)
            self.assertEqual(self.get(PAGE).get("meta"), wanted)

    def test_redirects(self):
        for kind, listener in (("redirect-http", "plain"), ("redirect-host", "elsewhere")):
            self.hr.fault(kind)
            status, headers, _ = self.hr.raw("/company?a=b")
            url = self.hr.read("url_" + listener)
            self.assertEqual((status, headers["Location"]), (302, url + "/company?a=b"))
            self.follow(headers["Location"])
            line = self.hr.log()[-1]
            self.assertEqual((line["listener"], line["path"]), (listener, "/api/v1/company?a=b"))
            self.assertNotIn("Authorization", line["headers"])
        self.hr.fault("redirect-same")
        where = self.hr.raw("/company")[1]["Location"]
        self.assertEqual(where, "/api/v1/_moved/company")
        self.assertIn("id", self.get(where.removeprefix("/api/v1"))["data"])
        self.hr.fault("redirect-loop")
        where = "/company"
        for hop in range(1, 4):
            where = self.hr.raw(where)[1]["Location"].removeprefix("/api/v1")
            self.assertEqual(where, f"/company?hop={hop}")

    def follow(self, url):
        """The other listeners answer anyone, so that a client which follows would succeed."""
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "http":
            connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        else:
            trust = ssl.create_default_context(cafile=os.path.join(self.hr.dir, "ca.pem"))
            connection = http.client.HTTPSConnection(parts.netloc, timeout=60, context=trust)
        connection.request("GET", f"{parts.path}?{parts.query}")
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()


class Control(unittest.TestCase):
    def setUp(self):
        self.running = []

    def tearDown(self):
        for hr in self.running:
            hr.end()

    def start(self, *options, **more):
        self.running.append(Running(*options, **more))
        return self.running[-1]

    def test_files_and_restart(self):
        hr = self.start("--people", "3", "--client-id", "me", "--client-secret", "s:e-c")
        self.assertEqual(stat.S_IMODE(os.stat(hr.dir).st_mode), 0o700)
        for name in ("client_id", "client_secret", "requests.jsonl", "tls/server.key"):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(hr.dir, name)).st_mode), 0o600, name)
        self.assertEqual((hr.token(), hr.read("url")), ("Token token=me:s:e-c", hr.url))
        self.assertEqual(hr.json(PAGE)[1]["meta"]["total_results"], 3)
        second = hr.control("start", check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn("is running in", second.stderr)
        authority = hr.read("ca.pem")
        hr.control("stop")
        for name in ("url", "pid", "control"):
            self.assertFalse(os.path.exists(os.path.join(hr.dir, name)), name)
        hr.control("stop")                  # nothing to do is no error
        again = Running("--port", str(hr.parts.port), folder=hr.dir)
        self.assertEqual((again.url, again.read("ca.pem"), again.token()),
                         (hr.url, authority, "Token token=me:s:e-c"))
        self.assertEqual(again.raw("/company")[0], 200)

    def test_reset_keys_and_company(self):
        hr = self.start("--people", "0")
        old = hr.token()
        hr.fault("503")                     # control works while a fault is on
        lines = hr.control("reset-keys").stdout.splitlines()
        hr.control("company", "--id", "company_other", "--name", "Other & Söhne")
        hr.fault("none")
        self.assertEqual(lines, [f"client_id={hr.read('client_id')}",
                                 f"client_secret={hr.read('client_secret')}"])
        self.assertEqual(hr.raw("/company", headers={"Authorization": old})[0], 401)
        company = hr.json("/company")[1]["data"]
        self.assertEqual((company["id"], company["name"]), ("company_other", "Other & Söhne"))
        self.assertEqual(hr.json(PAGE)[1]["data"], [])

    def test_restricted_and_plain_http(self):
        hr = self.start("--http", "--restricted")
        self.assertRegex(hr.url, r"^http://127\.0\.0\.1:\d+/api/v1$")
        person = hr.json(PAGE)[1]["data"][0]["id"]
        for path in ("/salaries", f"{PAGE}/{person}/salaries", "/bank_accounts",
                     f"/bank_accounts/{person}"):
            self.assertEqual(hr.json(path)[0], 403, path)
        self.assertEqual(hr.raw("/leave_requests")[0], 200)
        hr.fault("redirect-host")
        self.assertRegex(hr.raw("/company")[1]["Location"],
                         r"^http://localhost:\d+/api/v1/company$")
        hr.fault("reset")
        with self.assertRaises(ConnectionResetError):
            hr.raw("/company")

    def test_start_lets_go_of_descriptors(self):
        root = tempfile.mkdtemp(prefix="fob-sandbox-")
        ours, theirs = os.pipe()
        try:
            run("start", "--dir", root + "/hr", pass_fds=(theirs,))
            os.close(theirs)
            os.set_blocking(ours, False)
            self.assertEqual(os.read(ours, 1), b"")     # nobody holds the other end
        finally:
            os.close(ours)
            run("stop", "--dir", root + "/hr")
            shutil.rmtree(root)

    def test_serve_ends_on_signals(self):
        for signum in (signal.SIGTERM, signal.SIGINT):
            with tempfile.TemporaryDirectory() as root:
                server = subprocess.Popen([sys.executable, COMMAND, "serve", "--dir", root],
                                          stdout=subprocess.PIPE)
                with server.stdout:
                    self.assertRegex(server.stdout.readline(), b"^https://localhost:")
                with open(root + "/pid", encoding="ascii") as file:
                    self.assertEqual(int(file.read()), server.pid)
                server.send_signal(signum)
                self.assertEqual(server.wait(60), 0)
                self.assertEqual({"url", "pid", "control"} & set(os.listdir(root)), set())

    def test_failures_have_a_reason(self):
        with tempfile.TemporaryDirectory() as root, socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            for args, why in ((("start", "--port", port), "in use"),
                              (("start", "--client-id", "a:b"), "colon"),
                              (("fault", "none"), "no sandbox is running"),
                              (("reset-keys",), "no sandbox is running")):
                done = run(args[0], "--dir", root + "/hr", *args[1:], check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""), args)
                self.assertIn(why, done.stderr)

    def test_certificates(self):
        wanted = {"expired": "certificate has expired", "wrong-host": "mismatch",
                  "self-signed": "self.signed certificate",
                  "other-ca": "unable to get local issuer"}
        self.assertEqual(set(VARIANTS), {"good", *wanted})
        for variant, why in wanted.items():
            with self.subTest(variant):
                hr = self.start("--cert", variant, "--people", "1")
                with self.assertRaisesRegex(ssl.SSLCertVerificationError, why):
                    hr.raw("/company")
                self.assertEqual(hr.read("requests.jsonl"), "")

    def test_readme_names_everything(self):
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        options = re.findall(r"--[a-z-]+", run("serve", "--help").stdout)
        self.assertEqual([word for word in [*KINDS, *VARIANTS, *options]
                          if f"`{word}" not in text and word != "--help"], [])


if __name__ == "__main__":
    unittest.main()
