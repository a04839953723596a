#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Three machines with one store in a PostgreSQL server: what each sees of the others, and what it may do when the server
fails, is rolled back, or is not what it should be."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import server  # pylint: disable=wrong-import-position

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", pathlib.Path(__file__).resolve().parents[2])).resolve()
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
LIMIT = 60
MAX_AGE = 1
KEYS = "client_id=id-{0}\nclient_secret=canary-{0}\n"

# Exit statuses.
OK, NO, DAMAGED, NOT_FOUND, CANNOT_SERVE, EXISTS, IO, LATER, NOT_ALLOWED, CONFIG = 0, 1, 65, 66, 69, 73, 74, 75, 77, 78


class Office:
    """Machines web1 to web3, whose key is the same, at SERVER's database fob, which is made anew."""

    def __init__(self, postgres, **settings):
        self.server = postgres
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fob-office."))
        (self.top / "password").write_text(server.PASSWORD + "\n", "utf-8")
        (self.top / "password").chmod(0o600)
        postgres.sql("postgres", "DROP DATABASE IF EXISTS fob WITH (FORCE)", "CREATE DATABASE fob OWNER fob")
        self.settings = {"driver": "postgresql", "hosts": [f"127.0.0.1:{postgres.port}"],
                         "ca_file": str(postgres.certs / "ca.pem"), "password_file": str(self.top / "password"),
                         "max_age": f"{MAX_AGE}s", "timeout": "3s", **settings}

    def begin(self):
        """Make the store, and give each machine its key."""
        for name in ("web1", "web2", "web3"):
            self.configure(name)
        self.fob("web1", "init")
        for name in ("web2", "web3"):
            shutil.copy(self.top / "web1/key", self.top / name / "key")

    def configure(self, name, store=None, **settings):
        """Write the machine's fob.yaml; a STORE in place of the shared one."""
        folder = self.top / name
        folder.mkdir(mode=0o700, exist_ok=True)
        uncontained = subprocess.run([BUILD / "tests/cli/contained"], check=False).returncode == 1
        if store is None:
            store = {**self.settings, "machine": name, **settings}
        (folder / "fob.yaml").write_text(json.dumps({
            "store": {"path": str(folder / "store"), **store}, "key_file": str(folder / "key"),
            "log": {"path": str(folder / "log")},
            "plugins": [str(BUILD / ".libs"), str(BUILD / "tests/plugins/.libs")],
            "providers": [str(self.top / "providers.d"), str(SOURCE / "conf/providers.d")],
            **({"containment": {"required": False}} if uncontained else {})}), "utf-8")
        (folder / "fob.yaml").chmod(0o600)

    def start(self, name, *words, keys=False, **variables):
        """Start fob on a machine."""
        environment = {**os.environ, "HOME": str(self.top), "FOB_CONFIG": str(self.top / name / "fob.yaml"),
                       "FOB_LIBEXEC": str(BUILD / ".libs"), "LD_LIBRARY_PATH": str(BUILD / ".libs"), "TZ": "UTC", **variables}
        return subprocess.Popen([BUILD / "fob", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.PIPE if keys else subprocess.DEVNULL, text=True)

    def run(self, name, *words, keys=None, **variables):
        process = self.start(name, *words, keys=keys is not None, **variables)
        out, err = process.communicate(keys, timeout=LIMIT)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def fob(self, name, *words, status=OK, keys=None, **variables):
        """Run fob on a machine; what it printed."""
        result = self.run(name, *words, keys=keys, **variables)
        if result.returncode != status:
            raise AssertionError(f"{name}: fob {' '.join(words)}: {result.returncode}, not {status}\n"
                                 f"{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def link(self, name, account):
        return self.fob(name, "link", "charliehr", account, "--no-validate", "--stdin", keys=KEYS.format(account))

    def secret(self, name, account, **options):
        return self.fob(name, "get", account, "client_secret", **options)

    def end(self):
        shutil.rmtree(self.top)


def renewers(top):
    """The processes fob-renew of the office in TOP."""
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if (folder / "exe").readlink().name.endswith("fob-renew") and str(top).encode() in (folder / "environ").read_bytes():
                yield int(folder.name)
        except OSError:
            continue


def age():
    """Let every copy grow too old to be read."""
    time.sleep(MAX_AGE + 0.1)


class Machines(unittest.TestCase):
    """The tests share a server; each has a database of its own."""

    @classmethod
    def setUpClass(cls):
        # What a test looks for in the log must be there, if it is anywhere.
        cls.server = server.Server(["log_statement = all", "log_parameter_max_length = -1", "log_min_messages = debug1"])
        cls.addClassCleanup(cls.server.end)
        cls.server.start()
        cls.server.set_up()

    def office(self, **settings):
        office = Office(self.server, **settings)
        self.addCleanup(office.end)
        office.begin()
        return office

    def claims(self):
        """How many claims there are."""
        return int(self.server.sql("fob", "SELECT count(*) FROM fob.claims WHERE until > now()"))

    def test_what_one_does_the_others_see(self):
        office = self.office()
        office.link("web1", "acme")
        self.assertEqual(office.secret("web2", "acme"), "canary-acme\n")
        self.assertIn("there is a store already", office.fob("web2", "init", status=EXISTS))
        office.fob("web2", "edit", "acme", "--owner-name", "Ada", "--no-validate", "--stdin",
                   keys=KEYS.format("other"))
        age()
        self.assertEqual(office.secret("web3", "acme"), "canary-other\n")
        self.assertIn("Ada", office.fob("web3", "list"))
        office.fob("web3", "suspend", "acme")
        age()
        self.assertIn("suspended", office.secret("web1", "acme", status=NOT_ALLOWED))
        office.fob("web1", "resume", "acme")
        office.fob("web1", "rename", "acme", "globex")
        age()
        office.secret("web2", "globex")
        office.secret("web2", "acme", status=NOT_FOUND)
        office.fob("web2", "link", "charliehr", "globex", "--no-validate", "--stdin", status=EXISTS, keys=KEYS.format("x"))
        office.fob("web1", "key", "rotate")
        office.link("web3", "initech")
        age()
        self.assertEqual(office.secret("web1", "initech"), "canary-initech\n")
        office.fob("web2", "revoke", "globex", "--yes")
        age()
        office.secret("web1", "globex", status=NOT_FOUND)

    def test_what_check_and_the_lists_say(self):
        office = self.office()
        office.link("web1", "acme")
        office.secret("web2", "acme")
        text = office.fob("web2", "check")
        self.assertIn("the store is shared at PostgreSQL", text)
        self.assertIn("machine web1 was seen", text)
        self.assertNotIn("not part of the store", text)
        machines = json.loads(office.fob("web1", "store", "machines", "--json"))
        self.assertEqual({m["machine"]: m["own"] for m in machines}, {"web1": True, "web2": False})
        jsonschema.validate(machines, json.loads((SOURCE / "conf/schema/store-machines.json").read_text("utf-8")))
        # Each machine's log is its own.
        self.assertIn("detail=\"get\"", office.fob("web2", "log"))
        self.assertNotIn("detail=\"get\"", office.fob("web1", "log"))
        office.fob("web1", "log", "--verify")
        self.assertIn("CREATE TABLE IF NOT EXISTS fob.records", office.fob("web1", "store", "schema"))

    def test_a_suspension_is_waited_for(self):
        office = self.office()
        office.link("web1", "acme")
        office.secret("web2", "acme")
        follower = office.start("web2", "store", "follow")
        try:
            office.fob("web1", "suspend", "acme", "--wait")
            # A copy that is followed is never too old to be read, and has it.
            self.assertIn("suspended", office.secret("web2", "acme", status=NOT_ALLOWED))
        finally:
            follower.terminate()
            said = follower.communicate(timeout=LIMIT)[1]
        self.assertEqual((follower.returncode, said), (0, ""))

    def test_a_server_that_is_away(self):
        office = self.office()
        office.configure("web3", offline="1h")
        office.link("web1", "acme")
        office.secret("web3", "acme")
        office.secret("web2", "acme")
        self.server.kill()
        try:
            # Fresh, as always; then refused, or lent with a warning.
            age()
            self.assertIn("s old", office.secret("web2", "acme", status=LATER))
            text = office.secret("web3", "acme")
            self.assertIn("canary-acme\n", text)
            self.assertIn("warning: the store's server cannot be reached", text)
            self.assertRegex(office.fob("web3", "log"), r"stale=\d+s")
            for words in (("suspend", "acme"), ("rename", "acme", "x"), ("revoke", "acme", "--yes"), ("store", "machines")):
                office.fob("web3", *words, status=LATER)
        finally:
            self.server.start()
        self.assertNotIn("warning", office.secret("web3", "acme"))

    def test_a_fresh_copy_needs_no_server_and_no_libpq(self):
        office = self.office(max_age="1h")
        office.link("web1", "acme")
        self.server.pause()
        try:
            self.assertEqual(office.secret("web1", "acme"), "canary-acme\n")
            if shutil.which("strace"):
                trace = office.top / "trace"
                subprocess.run(["strace", "-f", "-e", "trace=openat,connect", "-o", trace, BUILD / "fob", "get", "acme"],
                               env={**os.environ, "FOB_CONFIG": str(office.top / "web1/fob.yaml"), "ASAN_OPTIONS": "detect_leaks=0",
                                    "LD_LIBRARY_PATH": str(BUILD / ".libs")},
                               stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=LIMIT, check=True)
                self.assertNotIn("libpq", trace.read_text("utf-8"))
                self.assertNotIn("connect(", trace.read_text("utf-8"))
        finally:
            self.server.resume()

    def test_a_server_that_was_rolled_back(self):
        office = self.office()
        office.link("web1", "acme")
        office.secret("web2", "acme")
        self.server.restore("kept", "fob")
        office.link("web1", "late")
        office.fob("web1", "edit", "acme", "--owner-name", "Ada")
        self.server.restore("fob", "kept")
        age()
        self.assertIn("accept-rollback", office.secret("web1", "acme", status=DAMAGED))
        # This machine had seen nothing newer.
        self.assertEqual(office.secret("web2", "acme"), "canary-acme\n")
        text = office.fob("web1", "store", "accept-rollback", "--dry-run")
        self.assertIn("acme: the server has an older state", text)
        self.assertIn("late: the server does not have it any more", text)
        office.fob("web1", "list", status=DAMAGED)
        office.fob("web1", "store", "accept-rollback", status=64)
        office.fob("web1", "store", "accept-rollback", "--restore", "late", "--yes")
        age()
        self.assertEqual(office.secret("web2", "late"), "canary-late\n")
        self.assertNotIn("Ada", office.fob("web1", "list"))

    def tokens(self, office):
        """A provider whose refresh tokens can be used once; its folder."""
        folder = office.top / "tokens"
        folder.mkdir()
        process = subprocess.Popen([sys.executable, SOURCE / "tests/cli/rotating.py", folder], stdin=subprocess.PIPE)
        self.addCleanup(process.wait, LIMIT)
        self.addCleanup(process.stdin.close)
        server.until("the provider answers", (folder / "port").exists)
        (office.top / "providers.d").mkdir()
        (office.top / "providers.d/rotating.yaml").write_text(
            "provider: rotating\nplugin: rotating\nfields: [ { name: id } ]\n"
            f'options: {{ base_url: "http://127.0.0.1:{(folder / "port").read_text("ascii").strip()}" }}\n', "utf-8")
        (folder / "expires").write_text("5", "ascii")
        office.fob("web1", "link", "rotating", "acme", "--field", "id=acme")
        (folder / "expires").write_text("3600", "ascii")
        return folder

    def test_a_token_is_renewed_by_one_machine(self):
        office = self.office(timeout="20s")
        folder = self.tokens(office)
        (folder / "pause").write_text("0.3", "ascii")
        processes = [office.start(name, "get", "acme", "token") for name in ("web1", "web2", "web3") * 3]
        answers = [process.communicate(timeout=LIMIT) for process in processes]
        self.assertEqual({(out, err) for out, err in answers}, {("access-acme-11\n", "")})
        # Renewals, tokens that were used, and tokens that were used again.
        self.assertEqual((folder / "counts").read_text("ascii").split(), ["1", "1", "0"])
        self.assertEqual(self.claims(), 0)

    def test_a_renewal_that_another_machine_did_not_end(self):
        office = self.office()
        folder = self.tokens(office)
        (folder / "pause").write_text("30", "ascii")
        process = office.start("web2", "get", "acme", "token")
        # The provider has the request, and has spent the token; the machine loses its power.
        server.until("the provider is asked", lambda: (folder / "counts").read_text("ascii").split() == ["1", "1", "0"])
        for pid in renewers(office.top):
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        (folder / "pause").write_text("0", "ascii")
        time.sleep(5)
        # The claim lasts, and the token does not.
        waiting = office.start("web1", "get", "acme", "token")
        with self.assertRaises(subprocess.TimeoutExpired):
            waiting.communicate(timeout=2)
        self.assertEqual((folder / "counts").read_text("ascii").split(), ["1", "1", "0"])
        self.server.sql("fob", "UPDATE fob.claims SET until = now()")
        said = waiting.communicate(timeout=LIMIT)[1]
        self.assertIn("a renewal was cut short at", said)
        self.assertEqual((folder / "counts").read_text("ascii").split(), ["2", "1", "1"])

    def test_one_machine_revokes(self):
        office = self.office()
        (office.top / "end").write_text("#!/bin/sh\nsleep 2\n", "ascii")
        (office.top / "end").chmod(0o755)
        (office.top / "providers.d").mkdir()
        (office.top / "providers.d/slow.yaml").write_text(
            "provider: slow\nfields: [ { name: id } ]\n"
            "link: [ { control: required, plugin: debug } ]\nvalidate: [ { control: required, plugin: debug } ]\n"
            f"revoke: [ {{ control: required, plugin: exec, options: {{ command: [ {office.top}/end ] }} }} ]\n", "utf-8")
        office.fob("web1", "link", "slow", "acme", "--no-validate", "--field", "id=1")
        first = office.start("web2", "revoke", "acme", "--yes")
        server.until("the revocation is under way", lambda: self.claims() == 1)
        for name in ("web1", "web2"):
            self.assertIn("the machine web2 is revoking it", office.fob(name, "revoke", "acme", "--yes", status=LATER))
        self.assertEqual(first.wait(LIMIT), OK)
        self.assertEqual(self.claims(), 0)

    def test_two_machines_of_one_name(self):
        office = self.office()
        office.link("web1", "acme")
        office.configure("web2", machine="web1")
        self.assertIn("warning: another machine calls itself web1", office.secret("web2", "acme"))
        self.assertIn("another machine calls itself web1", office.fob("web2", "suspend", "acme", status=CONFIG))

    def test_a_store_moves_here_and_back(self):
        office = self.office()
        self.server.sql("postgres", "DROP DATABASE fob WITH (FORCE)", "CREATE DATABASE fob OWNER fob")
        for name in ("old", "back"):
            office.configure(name, store={"driver": "file"})
        office.fob("old", "init")
        office.link("old", "acme")
        office.fob("old", "store", "copy", "--to", str(office.top / "web2/fob.yaml"), status=NOT_ALLOWED)
        for name in ("web2", "web3", "back"):
            shutil.copy(office.top / "old/key", office.top / name / "key")
        office.fob("old", "store", "copy", "--to", str(office.top / "web2/fob.yaml"))
        self.assertIn("has moved", office.fob("old", "suspend", "acme", status=CONFIG))
        self.assertEqual(office.secret("web3", "acme"), "canary-acme\n")
        office.link("web3", "late")
        office.fob("web2", "store", "copy", "--to", str(office.top / "back/fob.yaml"))
        self.assertEqual(office.secret("back", "late"), "canary-late\n")
        age()
        self.assertIn("has moved", office.fob("web3", "suspend", "acme", status=CONFIG))
        self.assertEqual((office.top / "old/store/accounts/acme").read_bytes(),
                         (office.top / "back/store/accounts/acme").read_bytes())

    def test_bad_servers_and_configurations(self):
        """Rows of the failure matrix: what is wrong, the status of a read and of a change, and words of the message."""
        office = self.office()
        office.link("web1", "acme")
        certs = self.server.certs
        self.server.sql("fob", "GRANT USAGE ON SCHEMA fob TO certified", "GRANT ALL ON ALL TABLES IN SCHEMA fob TO certified")
        office.configure("web3", user="certified", cert_file=str(certs / "client-good.pem"),
                         cert_key=str(certs / "client-good.key"))
        self.assertEqual(office.secret("web3", "acme"), "canary-acme\n")
        age()
        (office.top / "wrong").write_text("nonsense\n", "ascii")
        (office.top / "wrong").chmod(0o600)
        (office.top / "open").write_text("nonsense\n", "ascii")
        (office.top / "open").chmod(0o644)
        cases = {
            "password": ({"password_file": str(office.top / "wrong")}, NOT_ALLOWED, "password"),
            "open password file": ({"password_file": str(office.top / "open")}, NOT_ALLOWED, "open"),
            "no rights": ({"user": "idle"}, NOT_ALLOWED, ""),
            "no such database": ({"database": "none"}, None, "none"),
            "no store in it": ({"database": "strict"}, None, ""),
            "authority": ({"ca_file": str(certs / "other-ca.pem")}, CANNOT_SERVE, "certificate"),
            "nobody there": ({"hosts": ["127.0.0.1:1"]}, LATER, "127.0.0.1:1"),
            "expired certificate": ({"user": "certified", "cert_file": str(certs / "client-expired.pem"),
                                     "cert_key": str(certs / "client-expired.key")}, NOT_ALLOWED, ""),
        }
        for what, (settings, status, words) in cases.items():
            with self.subTest(what):
                office.configure("web3", **settings)
                for command in (("get", "acme"), ("suspend", "acme")):
                    result = office.run("web3", *command)
                    self.assertNotEqual(result.returncode, OK)
                    self.assertNotIn("canary", result.stdout)
                    if status is not None:
                        self.assertEqual(result.returncode, status, result.stderr)
                    self.assertIn(words, result.stderr)

    def alter(self, setting):
        """ALTER SYSTEM, until the end of the test."""
        self.server.sql("postgres", f"ALTER SYSTEM SET {setting}")
        self.server.reload()

        def reset():
            self.server.sql("postgres", f"ALTER SYSTEM RESET {setting.split()[0]}")
            self.server.reload()
        self.addCleanup(reset)
        return reset

    def test_an_outcome_that_nobody_knows(self):
        office = self.office()
        office.link("web1", "acme")
        # The commit waits for a standby that never comes, so there is no answer, now or later.
        reset = self.alter("synchronous_standby_names = 'away'")
        self.assertIn("whether the change was made", office.fob("web1", "edit", "acme", "--owner-name", "Ada", status=IO))
        reset()
        self.assertRegex(office.fob("web1", "log", "acme"), r"edit account=acme provider=charliehr result=unknown")

    def test_a_server_that_is_read_only(self):
        office = self.office()
        office.link("web1", "acme")
        self.alter("default_transaction_read_only = on")
        self.assertEqual(office.secret("web1", "acme"), "canary-acme\n")
        age()
        # It may be a primary that is not one any more.
        office.secret("web1", "acme", status=IO)
        office.fob("web1", "suspend", "acme", status=IO)

    def test_an_engine_that_is_missing(self):
        office = self.office()
        office.link("web1", "acme")
        age()
        text = office.secret("web1", "acme", status=CONFIG, FOB_LIBEXEC="/nonexistent")
        self.assertIn("/nonexistent/postgresql.so: no such file", text)
        self.assertIn("fob-postgresql(7)", text)

    def test_another_store(self):
        office = self.office()
        office.link("web1", "acme")
        office.secret("web3", "acme")
        self.server.sql("postgres", "DROP DATABASE fob WITH (FORCE)", "CREATE DATABASE fob OWNER fob")
        (office.top / "web2/key").unlink()
        office.fob("web2", "init")
        age()
        for name in ("web1", "web3"):
            office.secret(name, "acme", status=DAMAGED)
            office.fob(name, "suspend", "acme", status=DAMAGED)

    def test_rows_that_were_altered(self):
        cases = {
            "a record": ("UPDATE fob.records SET sealed = set_byte(sealed, 100, get_byte(sealed, 100) # 1),"
                         " revision = 99", DAMAGED),
            "a name": ("UPDATE fob.records SET name = set_byte(name, 50, get_byte(name, 50) # 1), revision = 99", DAMAGED),
            "the tables": ("UPDATE fob.version SET version = 9", CONFIG),
            "another history": ("UPDATE fob.transactions SET stamp = decode(md5(stamp::text), 'hex')", DAMAGED),
        }
        for what, (statement, status) in cases.items():
            with self.subTest(what):
                office = self.office()
                office.link("web1", "acme")
                statements = [statement]
                if "revision = 99" in statement:
                    # As a writer of fob's would leave it.
                    statements += ["UPDATE fob.meta SET revision = 99, stamp = decode(md5('99'), 'hex')",
                                   "INSERT INTO fob.transactions SELECT 99, decode(md5('99'), 'hex'), now()"]
                self.server.sql("fob", *statements)
                if what == "another history":
                    self.server.sql("fob", "UPDATE fob.meta SET stamp = decode(md5(stamp::text), 'hex')")
                age()
                office.secret("web1", "acme", status=status)

    def test_nothing_readable_is_on_the_server(self):
        office = self.office()
        office.link("web1", "canary-name")
        office.fob("web1", "edit", "canary-name", "--owner-name", "canary-label")
        office.fob("web1", "suspend", "canary-name")
        office.fob("web1", "rename", "canary-name", "canary-other")
        dump = self.server.program("pg_dump", "-h", str(self.server.run), "-p", str(self.server.port), "-U", "owner",
                                   "fob").stdout
        self.server.sql("postgres", "CHECKPOINT")
        found = dump.encode() + (self.server.folder / "log").read_bytes()
        for path in sorted((self.server.data / "pg_wal").iterdir()):
            if path.is_file():
                found += path.read_bytes()
        # The statements are in the log, so the parameters would be.
        self.assertIn(b"UPDATE fob.meta", found)
        for text in (b"canary", b"charliehr", b"client_secret", b"web1"):
            self.assertNotIn(text, found)
            self.assertNotIn(text.hex().encode(), found)


def is_possible():
    """Whether there is what the tests need; if not, this says so."""
    if server.find_programs() is not None and (BUILD / ".libs/postgresql.so").exists():
        return True
    print("no PostgreSQL server, or fob was built without it: no test of a store of several machines")
    return False


if __name__ == "__main__":
    if not is_possible():
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main(verbosity=2)
