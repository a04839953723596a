# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A store, a CharlieHR, a fob-hub and their spool, of one user; and persons who were invited.

Root gives up its rights at first: fob-hub does not run as root, and here its user is the owner of the store.
"""
import hashlib
import base64
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, LIMIT, USER, Browser, Hub, tool, until  # pylint: disable=wrong-import-position

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", pathlib.Path(__file__).resolve().parents[2])).resolve()
LONG = bool(os.environ.get("FOB_TEST_LONG"))
DROP = re.compile("[0-9a-f]{32}")

if os.geteuid() == 0:
    # The python3 of a version manager may be root's own.
    if sys.executable != "/usr/bin/python3" and os.access("/usr/bin/python3", os.X_OK):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)

class Charlie:
    """A CharlieHR, by plain http."""

    def __init__(self, folder):
        self.folder = folder
        self.url = self.run("start", "--http", "--people", "3").split()[-1]

    def run(self, *words):
        return subprocess.run([sys.executable, SOURCE / "tests/sandbox/charliehr.py", *words, "--dir", self.folder],
                              check=True, capture_output=True, text=True, timeout=LIMIT).stdout

    def keys(self):
        return {name: (self.folder / name).read_text().strip() for name in ("client_id", "client_secret")}

    def calls(self):
        return len((self.folder / "requests.jsonl").read_text().splitlines())


class SpoolHub(Hub):
    """The hub on a spool that fob made."""

    def make(self, place):  # pylint: disable=arguments-differ
        self.top, self.spool, self.listener, self.log = place.top, place.spool, place.listener, place.top / "hub.log"
        self.port = self.listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"


class Link:
    """What a person gets."""

    def __init__(self, text, pin=""):
        self.url = text
        self.token = text.rsplit("/", 1)[1]
        self.raw = base64.urlsafe_b64decode(self.token + "=")
        self.id = hashlib.sha256(b"fob invitation" + self.raw).hexdigest()[:32]
        self.pin = pin

    def seal(self, spool, drop, **fields):
        """What the hub would make of a form with these fields."""
        key = json.loads((spool / "cards" / self.id).read_text())["key"]
        return tool("seal", base64.urlsafe_b64decode(key + "=").hex(), self.id, drop, f"token={self.raw.hex()}",
                    f"nonce={'00' * 16}", f"kind={b'form'.hex()}",
                    *(f"f.{name}={value.encode().hex()}" for name, value in fields.items()))


class Person(Browser):
    """A person with a browser who was invited."""

    def send(self, **values):
        """Press Connect, and return the name of the drop."""
        pin = values.pop("pin", None)
        hidden = self.hidden()
        if pin is not None:
            hidden["pin"] = pin
        answer = self.post(values, hidden=hidden)
        if answer.status != 303:
            raise AssertionError(answer.text)
        return answer.headers["location"].rsplit("/", 1)[1]

    def state(self, drop):
        return json.loads(self.get(f"{self.path}/w/{drop}.json").text)

    def outcome(self, drop):
        """Wait as the page does, and return the page at the end."""
        until(lambda: self.state(drop)["state"] not in ("received", "checking"))
        return self.page()

    def waits(self, drop):
        """The page while nothing is known yet."""
        return self.get(f"{self.path}/w/{drop}").text

    def page(self):
        answer = self.get()
        return answer.text if answer.status != 303 else self.get(answer.headers["location"]).text


class Place:
    def __init__(self, **hub):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="fob-place."))
        self.spool = self.top / "spool"
        self.hr = Charlie(self.top / "hr")
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        (self.top / "providers.d").mkdir()
        self.write_provider("charliehr", self.hr.url)
        self.environment = {
            **os.environ, "HOME": str(self.top), "FOB_CONFIG": str(self.top / "fob.yaml"),
            "FOB_LIBEXEC": str(BUILD / ".libs"), "LD_LIBRARY_PATH": str(BUILD / ".libs"), "TZ": "UTC"}
        self.settings = {"url": f"http://127.0.0.1:{self.listener.getsockname()[1]}", "spool": str(self.spool),
                         "name": "Payroll bureau", **hub}
        self.configure()
        self.fob("init")
        self.hub = None
        self.worker = None

    def configure(self):
        uncontained = subprocess.run([BUILD / "tests/cli/contained"], check=False).returncode == 1
        (self.top / "fob.yaml").write_text(json.dumps({
            "store": {"path": str(self.top / "store")}, "key_file": str(self.top / "key"),
            "log": {"path": str(self.top / "log"), "syslog": False},
            "plugins": [str(BUILD / ".libs")], "providers": [str(self.top / "providers.d")], "hub": self.settings,
            **({"containment": {"required": False}} if uncontained else {})}))

    def write_provider(self, name, url, more=""):
        text = (SOURCE / "conf/providers.d/charliehr.yaml").read_text()
        text = re.sub(r"^budget:.*\n", "", text.split("\nrehearsals:")[0] + "\n", flags=re.M)
        text = re.sub(r"^provider:.*", f"provider: {name}", text, flags=re.M)
        text = re.sub(r"^  base_url:.*", f"  base_url: {url}\n  retries: 0{more}", text, flags=re.M)
        (self.top / f"providers.d/{name}.yaml").write_text(text)

    def fob(self, *words, status=0, late=0):
        environment = dict(self.environment)
        if late:
            environment |= {"FOB_TEST_LATE": str(late), "LD_PRELOAD": str(BUILD / "tests/cli/.libs/late_clock.so"),
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        done = subprocess.run([BUILD / "fob", *words], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT, check=False, cwd=self.top)
        if done.returncode != status:
            raise AssertionError(f"fob {words}: {done.returncode}, not {status}: {done.stdout}{done.stderr}")
        return done

    def invite(self, *words, late=0):
        done = self.fob("invite", *words, late=late)
        if self.hub is None:
            self.hub = SpoolHub(place=self)
        return Link(done.stdout.strip(), "".join(re.findall(r"^PIN: (\d{6})$", done.stderr, re.M)))

    def person(self, link):
        return Person(self.hub, link)

    def of(self, account, *path):
        found = json.loads(self.fob("show", account, "--json").stdout)
        for name in path:
            found = found[name]
        return found

    def accounts(self):
        return sorted(one["name"] for one in json.loads(self.fob("list", "--json").stdout))

    def invitation(self, account):
        found = [one for one in json.loads(self.fob("invitations", "--all", "--json").stdout)
                 if one["account"] == account]
        return found[-1]

    def drops(self):
        """In the inbox, complete."""
        return sorted(path.name for path in (self.spool / "inbox").iterdir() if DROP.fullmatch(path.name))

    def waiting(self):
        """What is not handled yet."""
        return self.drops() + sorted(path.name for path in (self.spool / "work").iterdir() if path.name != ".lock")

    def watch(self, *words, **more):
        self.worker_log = self.top / "worker.log"
        with open(self.worker_log, "ab") as log:
            self.worker = subprocess.Popen([BUILD / "fob", "inbox", "--watch", *words], cwd=self.top, stdout=log,
                                           stderr=log, stdin=subprocess.DEVNULL, env={**self.environment, **more})
        return self.worker

    def stop(self, how=signal.SIGTERM):
        self.worker.send_signal(how)
        code = self.worker.wait(LIMIT)
        self.worker = None
        return code

    def close(self):
        if self.worker is not None:
            self.stop()
        if self.hub is not None:
            self.hub.stop()
        self.listener.close()
        self.hr.run("stop")
        shutil.rmtree(self.top)

    def files(self):
        """All that is stored, logged and spooled."""
        for path in self.top.rglob("*"):
            if path.is_file() and self.hr.folder not in path.parents and path != self.top / "key":
                yield path


def processor_time(process):
    """Of a process without its children, in seconds."""
    words = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def waits(process):
    """How often a process has waited for something."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)[1])


def soon(began, limit):
    """Whether less than LIMIT seconds have passed since BEGAN, on time.monotonic()."""
    return time.monotonic() - began < limit
