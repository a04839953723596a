#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""The units of fob-hub, and that fob-hub needs no more than they leave it: system calls, files, no network."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, LIMIT, TOOL, USER, Browser, Hub, Invitation, until  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", "."))
SANITIZED = b"__asan_" in (BUILD / "fob-hub").read_bytes()
KEYS = {"client_id": "id-1", "client_secret": "hush"}


def run(*command, **given):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, timeout=LIMIT, **given)


def needs(program):
    """check.sh installs all of them."""
    if not shutil.which(program):
        assert not os.environ.get("FOB_TEST_NPM"), f"{program} is not there"
        raise unittest.SkipTest(f"{program} is not there")


def settings(unit, name):
    text = (BUILD / f"conf/systemd/{unit}").read_text(encoding="utf-8")
    return re.findall(rf"^{name}=(.*)$", text, re.M)


def allowed_calls():
    """The system calls that SystemCallFilter= of fob-hub.service leaves."""
    sets = {}
    name = None
    for line in run("systemd-analyze", "syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = set()
        elif name and line.strip() and not line.strip().startswith("#"):
            sets[name].add(line.strip())

    def expand(word):
        return set().union(*(expand(each) for each in sets[word])) if word.startswith("@") else {word}
    allowed = set()
    for value in settings("fob-hub.service", "SystemCallFilter"):
        found = set().union(*(expand(word) for word in value.lstrip("~").split()))
        allowed = allowed - found if value.startswith("~") else allowed | found
    return allowed


class Units(unittest.TestCase):
    def setUp(self):
        needs("systemd-analyze")

    def test_systemd_accepts_them(self):
        with tempfile.TemporaryDirectory(prefix="fob-hub-units.") as folder:
            units = []
            for unit in (SOURCE / "conf/systemd/fob-hub.socket", BUILD / "conf/systemd/fob-hub.service",
                         BUILD / "conf/systemd/fob-inbox.service"):
                # Programs are not installed while tests run.
                text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(encoding="utf-8"))
                units.append(pathlib.Path(folder, unit.name))
                units[-1].write_text(text, encoding="utf-8")
            done = run("systemd-analyze", "verify", "--man=no", *units, env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"})
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def page(self, begin):
        """The lines of a display in fob-hub(8) from BEGIN on."""
        text = (SOURCE / "man/fob-hub.8").read_text(encoding="utf-8")
        self.assertEqual(text.count(f"\n{begin}\n"), 1, begin)
        return text[text.index(f"\n{begin}\n") + 1:].split("\n.Ed", 1)[0] + "\n"

    def test_the_page_has_the_caddyfile(self):
        example = (SOURCE / "conf/examples/fob-hub.Caddyfile").read_text(encoding="utf-8")
        self.assertEqual(self.page("connect.example.com {"), re.sub("(?m)^#.*\n", "", example))

    def test_systemd_accepts_the_drop_ins_of_the_page(self):
        with tempfile.TemporaryDirectory(prefix="fob-hub-units.") as folder:
            page = self.page("# /etc/systemd/system/fob-hub.socket.d/tls.conf")
            for name, text in re.findall(r"(?ms)^# /etc/systemd/system/(\S+)\n(.*?)(?=^# |\Z)", page):
                path = pathlib.Path(folder, name)
                path.parent.mkdir()
                self.assertIn("ExecStart=/usr/libexec/fob/fob-hub" if "service" in name else "ListenStream=443", text)
                path.write_text(text.replace("/usr/libexec/fob/fob-hub", "/bin/true"), encoding="utf-8")
            shutil.copy(SOURCE / "conf/systemd/fob-hub.socket", folder)
            shutil.copy(BUILD / "conf/systemd/fob-hub.service", folder)
            done = run("systemd-analyze", "verify", "--man=no", f"{folder}/fob-hub.socket", f"{folder}/fob-hub.service",
                       env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"})
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
            self.assertEqual(len(os.listdir(folder)), 4)

    def test_their_exposure_is_low(self):
        for unit, most in (("fob-hub", 5), ("fob-inbox", 20)):
            done = run("systemd-analyze", "security", "--offline=true", f"--threshold={most}", BUILD / f"conf/systemd/{unit}.service")
            self.assertEqual(done.returncode, 0, done.stdout[-200:])

    def test_users_and_spool_are_made_as_the_hub_wants_them(self):
        needs("systemd-sysusers")
        if os.geteuid() != 0:
            self.skipTest("only root makes users")
        with tempfile.TemporaryDirectory(prefix="fob-hub-root.") as root:
            os.mkdir(f"{root}/etc")
            for command, file in (("systemd-sysusers", SOURCE / "conf/systemd/fob-hub.sysusers.conf"),
                                  ("systemd-tmpfiles", BUILD / "conf/systemd/fob-hub.tmpfiles.conf")):
                create = ["--create"] if command == "systemd-tmpfiles" else []
                done = run(command, *create, f"--root={root}", file)
                self.assertEqual(done.returncode, 0, done.stderr)
            passwd, group = (pathlib.Path(root, "etc", name).read_text(encoding="utf-8") for name in ("passwd", "group"))
            self.assertRegex(passwd, r"(?m)^fob-hub:x:\d+:")
            gid = re.search(r"^fob-hub:x:(\d+):", group, re.M)[1]
            # The same as src/spool makes.
            self.assertEqual(run(TOOL, "create", f"{root}/spool", gid).returncode, 0)
            [inbox] = settings("fob-hub.service", "BindPaths")
            made = [self.modes(pathlib.Path(spool)) for spool in (root + str(pathlib.Path(inbox).parent), f"{root}/spool")]
            self.assertEqual(*made)
            self.assertEqual(len(made[0]), 6)
            bound = [pathlib.Path(path).name for line in settings("fob-hub.service", "BindReadOnlyPaths") for path in line.split()]
            self.assertEqual(sorted([*bound, "inbox", "work"]), sorted([*os.listdir(f"{root}/spool"), "ld.so.cache"]))

    @staticmethod
    def modes(spool):
        found = [(".", spool.stat()), *((path.name, path.stat()) for path in spool.iterdir())]
        return sorted((name, oct(st.st_mode), st.st_uid, st.st_gid) for name, st in found)


class Contained(unittest.TestCase):
    def journey(self, hub):
        """All that the hub does."""
        invitation = Invitation(hub, signin="true", origin="https://login.example.com", pin="true")
        browser = Browser(hub, invitation)
        pin = {**browser.hidden(), "pin": "123456"}
        self.assertEqual(browser.post({"client_id": "a"}, hidden=pin).status, 422)
        sent = browser.post(KEYS, hidden=pin)
        self.assertEqual(sent.status, 303)
        [drop] = invitation.drops()
        self.assertEqual(browser.get(f"{browser.path}/w/{drop}.json").status, 200)
        invitation.result("signin", browser.nonce, drop=drop, go="https://login.example.com/x", until=int(time.time()) + 600)
        self.assertEqual(browser.get(f"{browser.path}/w/{drop}").status, 200)
        self.assertEqual(browser.get(f"{browser.path}/go/{drop}").status, 303)
        self.assertEqual(browser.get(f"/callback/charliehr?code=c&state={invitation.id}.AAECAwQFBgcICQoLDA0ODw").status, 303)
        self.assertEqual(len(invitation.drops()), 2)
        invitation.result("done", browser.nonce, drop=drop, identity="x")
        self.assertIn("Connected", browser.get().text)
        for path in ("/style.css", "/hub.js", "/robots.txt", "/logo", "/nowhere", "/i/x"):
            browser.get(path)

    def test_it_needs_no_call_and_no_file_that_the_unit_denies(self):
        needs("strace")
        needs("systemd-analyze")
        if SANITIZED:
            self.skipTest("a sanitizer makes calls of its own")
        hub = Hub(strace=["-s", "200"])
        try:
            if not self.is_traced(hub):
                self.skipTest("strace may not trace here")
            self.journey(hub)
            hub.stop()
            calls = hub.calls()
            spool = str(hub.spool)
        finally:
            hub.close()
        # From the program's own beginning.
        begin = next(at for at, (name, rest) in enumerate(calls) if name == "execve" and re.match(r'"[^"]*/fob-hub", .* = 0$', rest))
        calls = calls[begin + 1:]
        names = {name for name, _ in calls}
        self.assertIn("renameat2", names)
        self.assertGreater(len(names), 30)
        self.assertEqual(names - allowed_calls(), set())
        self.assertEqual(names & {"socket", "socketpair", "connect", "bind", "listen", "execve", "fork", "vfork", "clone", "clone3"}, set())
        opened = [re.match(r'(?:AT_FDCWD, )?"(/[^"]*)".* = \d', rest) for name, rest in calls if name in ("open", "openat")]
        opened = {found[1] for found in opened if found}
        # A user cannot see more of a process that must not be dumped.
        self.assertTrue(not hub.root or spool in opened)
        self.assertEqual({path for path in opened if path != spool and not re.match(
            r"/(usr/)?lib/|/usr/local/lib/|/usr/share/zoneinfo/|/etc/ld\.so\.cache$|/dev/urandom$|/proc/sys/crypto/", path)}, set())

    @staticmethod
    def is_traced(hub):
        until(lambda: hub.process.poll() is not None or ((hub.top / "trace").exists() and hub.calls()))
        return hub.process.poll() is None

    def test_it_serves_in_an_empty_network(self):
        needs("unshare")
        if run("unshare", "-c", "-n", "true", **({"user": USER, "group": USER} if os.geteuid() == 0 else {})).returncode != 0:
            self.skipTest("a user may make no namespace here")
        hub = Hub(wrap=["unshare", "-c", "-n"])
        try:
            self.journey(hub)
            if not hub.root:
                return
            there = f"/proc/{hub.process.pid}/ns/net"
            self.assertNotEqual(os.readlink(there), os.readlink("/proc/self/ns/net"))
            # Where it is, not even this machine can be reached.
            script = f"import socket; socket.create_connection(('127.0.0.1', {hub.port}), 5)"
            done = run("nsenter", f"--net={there}", sys.executable, "-c", script)
            self.assertIn("Network is unreachable", done.stderr)
        finally:
            self.assertEqual(hub.close(), 0)

    def test_another_user_reads_only_what_is_his(self):
        """As the user of the hub, and as one who has nothing to do with it."""
        if os.geteuid() != 0:
            self.skipTest("only root becomes several users")
        hub = Hub()
        try:
            invitation = Invitation(hub)
            browser = Browser(hub, invitation)
            browser.post(KEYS)
            [drop] = invitation.drops()
            invitation.result("retry", browser.nonce, drop=drop)
            (hub.spool / "work/x").write_text("x", encoding="ascii")
            spool, card = hub.spool, f"cards/{invitation.id}"
            tries = (("ls inbox", False), (f"cat inbox/{drop}", True), ("ls work", False), ("cat work/x", False),
                     (f"cat {card}", True), (f"cat results/{invitation.id}", True), ("cat site/site.json", True),
                     (f"echo x >{card}", False), ("echo x >cards/new", False), (f"rm {card}", False), (f"mv {card} inbox/", False),
                     ("echo x >results/new", False), ("echo x >site/site.json", False), ("touch new", False), ("mkdir new", False),
                     ("chmod 777 inbox", False), (f"ln {card} inbox/hard", False), ("echo x >inbox/new", True))
            for command, allowed in tries:
                done = run("sh", "-c", f"cd {spool} && {command}", user=USER, group=USER, extra_groups=[])
                self.assertEqual(done.returncode == 0, allowed, (command, done.stderr))
                done = run("sh", "-c", f"cd {spool} && {command}", user=USER - 1, group=USER - 1, extra_groups=[])
                self.assertNotEqual(done.returncode, 0, command)
        finally:
            self.assertEqual(hub.close(), 0)


if __name__ == "__main__":
    unittest.main()
