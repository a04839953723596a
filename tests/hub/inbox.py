#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Invitations from fob invite through fob-hub to fob inbox and back, with a CharlieHR, by persons whose browser is a raw
socket: what becomes of the keys, of wrong keys, of hostile files in the spool, and of a worker that is killed."""
import concurrent.futures
import json
import os
import random
import re
import signal
import shutil
import socket
import subprocess
import sys
import time
import unittest
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from place import BUILD, LONG, Place, Charlie, processor_time, soon, until, waits  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

COMPANY = "Acme Sandbox Ltd"


class InboxTest(unittest.TestCase):
    hub_settings = {}

    def setUp(self):
        self.place = Place(**self.hub_settings)
        self.addCleanup(self.place.close)
        self.keys = self.place.hr.keys()
        self.wrong = {**self.keys, "client_secret": "a-wrong-secret"}

    def invite(self, account="acme", *words):
        link = self.place.invite("charliehr", account, *words)
        return link, self.place.person(link)

    def put(self, name, content):
        """As the hub, whose user this is, too."""
        path = self.place.spool / "inbox" / name
        path.write_bytes(content)
        path.chmod(0o440)

    def handle(self, status=0, late=0):
        """One round of fob inbox, and the states that it prints."""
        said = self.place.fob("inbox", status=status, late=late).stdout
        return re.findall(r"^[0-9a-f]{8} \S+: (\w+)", said, re.M)


class Journey(InboxTest):
    def test_wrong_keys_then_right_ones(self):
        """1, 2: in less than 3 s a press is an account."""
        link, jane = self.invite("acme", "--to", "Jane Doe", "--label", "Acme Ltd", "--note", "Thank you.")
        self.place.watch()
        page = jane.page()
        for text in ("Connect CharlieHR", "Hello Jane Doe", "<b>Payroll bureau</b>", "Acme Ltd", "Thank you.", "Reset Keys"):
            self.assertIn(text, page)
        self.assertNotIn("acme", page)  # the account's name
        page = jane.outcome(jane.send(**self.wrong))
        for text in ("Not connected yet", "CharlieHR does not accept these keys.", "Invalid client id or client secret",
                     "4 more times", f'value="{self.keys["client_id"]}"'):
            self.assertIn(text, page)
        self.assertNotIn("a-wrong-secret", page)
        self.assertEqual(self.place.accounts(), [])
        self.assertEqual(self.place.invitation("acme")["attempts"], 1)
        began = time.monotonic()
        page = jane.outcome(jane.send(**self.keys))
        self.assertTrue(soon(began, 3))
        self.assertIn("Connected", page)
        self.assertIn(COMPANY, page)
        self.assertEqual((self.place.of("acme", "status"), self.place.of("acme", "remote", "name")), ("active", COMPANY))
        self.assertIn(f"invitation {link.id} for Jane Doe", self.place.fob("log", "acme").stdout)
        self.assertEqual(self.place.invitation("acme")["state"], "done")
        self.assertEqual(self.place.fob("invitations").stderr, "No invitation waits for anybody.\n")
        self.assertEqual(self.place.fob("get", "acme", "client_secret").stdout, self.keys["client_secret"] + "\n")
        # 9: another browser sees neither the company nor what was typed, and the form does not come back.
        other = self.place.person(link).page()
        self.assertIn("Already connected", other)
        for text in (COMPANY, self.keys["client_id"], 'id="form"'):
            self.assertNotIn(text, other)
        self.assertNotIn('id="form"', jane.page())
        self.assertEqual(self.place.stop(), 0)

    def test_new_keys_of_an_account_that_exists(self):
        """3: keys of another company are refused, and the old ones stay."""
        _, jane = self.invite()
        drop = jane.send(**self.keys)
        self.assertEqual(self.handle(), ["done"])
        self.assertIn("Connected", jane.outcome(drop))
        linked = self.place.of("acme", "linked")
        self.place.hr.run("reset-keys")
        self.place.fob("validate", "acme", "--now", status=1)
        self.assertEqual(self.place.of("acme", "status"), "rejected")
        self.place.hr.run("company", "--id", "company_other", "--name", "Other Ltd")
        jane = self.place.person(self.place.invite("--relink", "acme"))
        drop = jane.send(**self.place.hr.keys())
        self.assertEqual(self.handle(), ["retry"])
        page = jane.outcome(drop)
        self.assertIn(f"belong to the company &quot;Other Ltd&quot;. Expected was &quot;{COMPANY}&quot;.", page)
        self.assertEqual(self.place.of("acme", "status"), "rejected")
        self.assertEqual(self.place.fob("get", "acme", "client_secret", "--force").stdout.strip(),
                         self.keys["client_secret"])
        self.place.fob("invitations", "--cancel", "acme")
        jane = self.place.person(self.place.invite("--relink", "acme", "--new-identity"))
        drop = jane.send(**self.place.hr.keys())
        self.assertEqual(self.handle(), ["done"])
        self.assertIn("Connected", jane.outcome(drop))
        self.assertEqual((self.place.of("acme", "status"), self.place.of("acme", "remote", "name"),
                          self.place.of("acme", "linked")), ("active", "Other Ltd", linked))

    def test_what_the_inviter_can_demand(self):
        """6: --hold, --expect, --pin, --field, --return, --attempts, --again, --cancel."""
        link, jane = self.invite("acme", "--hold", "--expect", "Somebody Else", "--return", "https://example.com/back",
                                 "--field", f"client_id={self.keys['client_id']}")
        self.assertNotIn("client_id", jane.page())
        self.assertEqual(jane.post({"client_id": "x", "client_secret": "y"}).status, 400)
        drop = jane.send(client_secret=self.keys["client_secret"])
        self.assertEqual(self.handle(), ["retry"])
        self.assertIn("Somebody Else", jane.outcome(drop))
        again = self.place.fob("invite", "--again", link.id[:8]).stdout.strip()
        self.assertIn("This invitation has ended", jane.page())
        self.place.fob("invitations", "--cancel", "acme")
        self.assertEqual(self.place.hub.request("GET", "/i/" + again.rsplit("/", 1)[1]).status, 303)
        _, jane = self.invite("acme", "--hold", "--expect", COMPANY, "--return", "https://example.com/back")
        drop = jane.send(**self.keys)
        self.assertEqual(self.handle(), ["done"])
        page = jane.outcome(drop)
        self.assertIn("Connected, waiting for Payroll bureau", page)
        self.assertIn('href="https://example.com/back"', page)
        self.assertEqual(self.place.of("acme", "status"), "suspended")
        self.place.fob("resume", "acme")
        self.assertEqual(self.place.of("acme", "status"), "active")
        # Cancelled while the form is open.
        _, jane = self.invite("other")
        hidden = jane.hidden()
        self.place.fob("invitations", "--cancel", "other")
        self.assertEqual(jane.post(self.keys, hidden=hidden).status, 410)
        self.assertEqual(self.handle(), [])

    def test_a_pin(self):
        """6: five wrong PINs end the invitation without a call at the provider."""
        link, jane = self.invite("acme", "--pin")
        self.assertRegex(link.pin, "^[0-9]{6}$")
        calls = self.place.hr.calls()
        wrong = f"{(int(link.pin) + 1) % 1000000:06}"
        for left in (4, 3, 2, 1):
            drop = jane.send(pin=wrong, **self.keys)
            self.assertEqual(self.handle(), ["retry"])
            self.assertIn(f"{left} more times" if left > 1 else "once more", jane.outcome(drop))
        drop = jane.send(pin=wrong, **self.keys)
        self.assertEqual(self.handle(), ["blocked"])
        self.assertIn("Too many tries", jane.outcome(drop))
        self.assertEqual(self.place.hr.calls(), calls)
        link, jane = self.invite("acme", "--pin")
        drop = jane.send(pin=link.pin, **self.keys)
        self.assertEqual(self.handle(), ["done"])
        self.assertIn("Connected", jane.outcome(drop))

    def test_a_link_that_is_only_looked_at(self):
        """7, 8: fifty looks change nothing, and the token is in no page, log or file."""
        link, _ = self.invite("acme", "--pin")
        for method in ("GET", "HEAD") * 25:
            self.assertEqual(self.place.hub.request(method, f"/i/{link.token}").status, 303)
        self.assertEqual(self.place.waiting(), [])
        jane = self.place.person(link)
        pages = jane.page()
        drop = jane.send(pin=link.pin, **self.keys)
        self.assertEqual(self.handle(), ["done"])
        pages += jane.outcome(drop) + jane.get(f"{jane.path}/w/{drop}").text
        self.assertEqual(self.place.invitation("acme")["attempts"], 0)
        self.assertNotIn(link.token, pages)
        # 33: neither are the PIN and the keys, also not after the end.
        for path in self.place.files():
            content = path.read_bytes()
            for secret in (link.token, link.raw, self.keys["client_secret"], f'"{link.pin}"'):
                self.assertNotIn(secret if isinstance(secret, bytes) else secret.encode(), content, path)

    def test_the_same_press_many_times(self):
        """9, 10: twenty equal forms at once are one drop and one call."""
        _, jane = self.invite()
        hidden = jane.hidden()
        calls = self.place.hr.calls()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: jane.post(self.keys, hidden=hidden), range(20)))
        [where] = {answer.headers["location"] for answer in answers}
        self.assertEqual(len(self.place.drops()), 1)
        self.assertEqual(self.handle(), ["done"])
        self.assertEqual(self.place.hr.calls() - calls, 1)
        # Reloaded, and pressed again after the end.
        self.assertIn("Connected", jane.get(where).text + jane.page())
        jane.post(self.keys, hidden=hidden)
        self.handle()
        self.assertEqual(self.place.hr.calls() - calls, 1)
        self.assertEqual(self.place.waiting(), [])


class Hostile(InboxTest):
    """Files that the user of fob-hub can make in the inbox; its owner is this user, too."""

    def name(self, number):
        return f"{number:032x}"

    def test_what_is_no_drop(self):
        """25: links, fifos, folders, sizes, names, thousands: real drops are handled, nothing outside is touched."""
        _, jane = self.invite()
        outside = self.place.top / "outside"
        outside.write_text("precious")
        inbox = self.place.spool / "inbox"
        (inbox / self.name(1)).symlink_to("/etc/passwd")
        (inbox / self.name(2)).symlink_to(outside)
        os.link(outside, inbox / self.name(3))
        os.mkfifo(inbox / self.name(4))
        (inbox / self.name(5)).mkdir()
        (inbox / self.name(5) / "x").write_text("x")
        self.put(self.name(6), b"")
        self.put(self.name(7), b"x" * 5000)
        with open(inbox / self.name(8), "wb") as file:
            file.truncate(1 << 30)
        self.put("x" * 255, b"x")
        self.put(self.name(9), b"x" * 5000)
        (inbox / self.name(9)).chmod(0)
        (inbox / "socket").touch()
        for number in range(5000 if LONG else 1200):
            self.put(f"junk-{number}", b"")
        drop = jane.send(**self.keys)
        worker = self.place.watch()
        page = jane.outcome(drop)
        self.assertIn("Connected", page)
        until(lambda: not any((inbox / self.name(number)).is_symlink() for number in (1, 2)))
        self.assertEqual(outside.read_text(), "precious")
        self.assertTrue(pathlib.Path("/etc/passwd").exists())
        until(lambda: [path.name for path in inbox.iterdir() if len(path.name) == 32] == [self.name(5)])
        # What cannot be removed does not keep it busy, and is said once.
        before = processor_time(worker)
        began = time.monotonic()
        until(lambda: not soon(began, 1))
        self.assertLess(processor_time(worker) - before, 0.05)
        self.assertLessEqual(self.place.worker_log.read_text().count(self.name(5)), 1)
        # Names that cannot be drops are left alone while they are young, and removed when they are old.
        self.assertEqual(self.place.stop(), 0)
        self.handle()
        self.assertTrue((inbox / "junk-1").exists())
        self.handle(late=4000)
        self.assertEqual([path.name for path in inbox.iterdir()], [self.name(5)])

    def test_drops_that_were_forged(self):
        """26: altered, exchanged, replayed, sealed without the token: none counts, none runs."""
        _, jane = self.invite()
        other, _ = self.invite("other")
        drop = jane.send(**self.keys)
        content = (self.place.spool / "inbox" / drop).read_bytes()
        (self.place.spool / "inbox" / drop).unlink()
        calls = self.place.hr.calls()
        # No more than 20 of an invitation wait at a time.
        step = 1 if LONG else 307
        places = sorted({0, 7, 8, 23, 24, 55, 56, len(content) - 17, len(content) - 16, len(content) - 1,
                         *range(0, len(content), step)})
        for begin in range(0, len(places), 15):
            for place in places[begin:begin + 15]:
                altered = bytearray(content)
                altered[place] ^= 1
                self.put(drop[:24] + f"{place:08x}", bytes(altered))
                altered = bytearray(content)
                altered[place] ^= 128
                if place == places[begin]:
                    self.put(drop, bytes(altered))
            self.handle()
        self.put(drop, content[:8] + bytes.fromhex(other.id) + content[24:])
        self.put(self.name(1), content)
        self.put(self.name(2), content[:24] + bytes(32) + content[56:])
        self.handle()
        other.raw = bytes(32)
        self.put(self.name(3), other.seal(self.place.spool, self.name(3), **self.keys))
        self.handle()
        self.assertEqual(self.place.hr.calls(), calls)
        self.assertEqual(self.place.accounts(), [])
        self.assertEqual(self.place.waiting(), [])
        for account in ("acme", "other"):
            self.assertEqual((self.place.invitation(account)["attempts"], self.place.invitation(account)["state"]),
                             (0, "open"))
        # The real one still works, once.
        self.put(drop, content)
        self.assertEqual(self.handle(), ["done"])
        self.place.fob("revoke", "acme", "--yes")
        self.put(drop, content)
        self.put(self.name(4), content)
        self.handle()
        self.assertEqual((self.place.accounts(), self.place.waiting()), ([], []))


class Faults(InboxTest):
    def test_nobody_works(self):
        """30: without a worker, and with a locked store, the keys are kept."""
        _, jane = self.invite()
        drop = jane.send(**self.keys)
        os.utime(self.place.spool / "inbox" / drop, (time.time() - 40, time.time() - 40))
        self.assertIn("kept, encrypted", jane.waits(drop))
        (self.place.top / "key").rename(self.place.top / "key.away")
        self.assertIn("key file", self.place.fob("inbox", status=77).stderr)
        worker = self.place.watch()
        until(lambda: "key" in self.place.worker_log.read_text())
        # Other rounds say nothing more.
        before = waits(worker)
        until(lambda: self.wake() and waits(worker) > before + 12)
        self.assertIn("kept, encrypted", jane.waits(drop))
        (self.place.top / "key.away").rename(self.place.top / "key")
        self.wake()
        self.assertIn("Connected", jane.outcome(drop))
        self.assertEqual(self.place.worker_log.read_text().count("\nfob: "), 0)
        self.assertIsNone(worker.poll())

    @unittest.skipUnless(shutil.which("strace"), "there is no strace")
    def test_the_disk_of_the_worker(self):
        """29: whichever write fails, the page says Connected only of an account that is there, and nothing is lost."""
        for call in ("fsync", "write", "renameat2", "fchmod", "unlinkat"):
            number = 1
            while self.failing(call, number, ("ENOSPC", "EDQUOT", "EIO")[number % 3]):
                number += 1 if LONG else 5

    def failing(self, call, number, error):
        """Let call NUMBER of each thread fail in a round; false if there is none."""
        account = f"{call}-{number}"
        _, jane = self.invite(account)
        drop = jane.send(**self.keys)
        trace = self.place.top / "trace"
        with self.subTest(call=call, error=error, number=number):
            subprocess.run(["strace", "-f", "-o", trace, "-e", f"trace={call}", "-e",
                            f"inject={call}:error={error}:when={number}", BUILD / "fob", "inbox"], check=False,
                           env=self.place.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            if "Connected" in jane.page():
                self.assertIn(account, self.place.accounts())
            self.place.fob("inbox", late=700)
            self.assertIn("Connected", jane.outcome(drop))
            self.assertIn(account, self.place.accounts())
            self.assertEqual((self.place.waiting(), self.place.invitation(account)["attempts"]), ([], 0))
        self.place.fob("revoke", account, "--yes")
        injected = "(INJECTED)" in trace.read_text()
        self.assertTrue(injected or number > 1, call)
        return injected

    def test_an_invitation_that_is_damaged(self):
        """It stops nobody else, is named once, and goes on when it is restored."""
        link, jane = self.invite("acme")
        _, joe = self.invite("other")
        record = self.place.top / f"store/accounts/invitation:{link.id}"
        content = record.read_bytes()
        record.write_bytes(content[:-1])
        worker = self.place.watch()
        drop = jane.send(**self.keys)
        until(lambda: link.id in self.place.worker_log.read_text())
        # While another job runs, too.
        self.place.hr.run("fault", "slow", "--value", "1", "--times", "1")
        self.assertIn("Connected", joe.outcome(joe.send(**self.keys)))
        before = waits(worker)
        until(lambda: self.wake() and waits(worker) > before + 12)
        self.assertEqual(self.place.worker_log.read_text().count(link.id), 1)
        record.write_bytes(content)
        self.wake()
        self.assertIn("Connected", jane.outcome(drop))
        self.assertIsNone(worker.poll())

    def wake(self):
        path = self.place.spool / "inbox" / ("f" * 32)
        path.unlink(missing_ok=True)
        path.write_bytes(b"")
        return True

    def test_the_provider_is_down(self):
        """30: it is tried again later, and no attempt is used."""
        _, jane = self.invite()
        self.place.hr.run("fault", "503", "--times", "3")
        drop = jane.send(**self.keys)
        self.assertEqual(self.handle(status=75), ["received"])
        self.assertIn("cannot be reached at the moment", jane.page())
        self.assertEqual(self.handle(status=75), [])  # not yet
        calls = self.place.hr.calls()
        self.handle(status=75, late=10)
        self.handle(status=75, late=60)
        self.assertEqual(self.place.hr.calls() - calls, 2)
        self.assertEqual(self.handle(late=300), ["done"])
        self.assertIn("Connected", jane.outcome(drop))
        self.assertEqual(self.place.invitation("acme")["attempts"], 0)

    def test_the_end_of_its_time(self):
        """32: what was sent a little too late is taken, by the owner's clock, and nothing that has ended opens again."""
        for account, ago, states in (("acme", 14 * 60, ["done"]), ("other", 16 * 60, [])):
            link = self.place.invite("charliehr", account, "--valid", "5m", late=-300 - ago)
            late = link.seal(self.place.spool, "e" * 32, **self.keys)
            self.put(link.id, link.seal(self.place.spool, link.id, **self.keys))
            self.assertEqual([state for state in self.handle() if state != "expired"], states, account)
        self.assertEqual((self.place.accounts(), self.place.waiting()), (["acme"], []))
        self.assertEqual(self.place.invitation("other")["state"], "expired")
        self.assertEqual(self.place.person(link).get().status, 410)
        # The clock goes back by an hour.
        self.put("e" * 32, late)
        self.assertEqual(self.handle(late=-3600), [])
        self.assertEqual((self.place.invitation("other")["state"], self.place.accounts()), ("expired", ["acme"]))

    def test_a_worker_that_is_killed(self):
        """31: at any moment: each account is linked once, and no drop is left."""
        rounds = 200 if LONG else 6
        chance = random.Random(19)
        for number in range(rounds):
            account = f"acme-{number}"
            _, jane = self.invite(account)
            drop = jane.send(**self.keys)
            worker = self.place.watch()
            began = time.monotonic()
            pause = chance.uniform(0, 0.25)
            until(lambda: not soon(began, pause))  # pylint: disable=cell-var-from-loop
            worker.kill()
            worker.wait()
            self.place.worker = None
            connected = "Connected" in jane.page()
            if connected:
                self.assertIn(account, self.place.accounts())
        self.handle()
        self.assertEqual(self.place.waiting(), [])
        self.assertEqual(self.place.accounts(), sorted(f"acme-{number}" for number in range(rounds)))
        lines = [json.loads(line) for line in self.place.fob("log", "--event", "link", "--json").stdout.splitlines()]
        # A line that only begins is of a worker that was killed before the result.
        self.assertTrue(all(line["result"] in ("begun", "success", "exists") for line in lines), lines)
        linked = [line["account"] for line in lines if line["result"] == "success"]
        self.assertEqual(len(linked), len(set(linked)), linked)


class Crowd(InboxTest):
    def test_many_at_once(self):
        """35: one provider is slow, and the others' persons do not wait for it, however many are invited."""
        persons = 50 if LONG else 10
        slow = Charlie(self.place.top / "slow")
        self.addCleanup(slow.run, "stop")
        slow.run("fault", "slow", "--value", "20" if LONG else "6")
        self.place.write_provider("slowhr", slow.url, "\n  timeout: 30")
        for number in range(10):
            self.place.write_provider(f"hr{number}", self.place.hr.url)
        late = self.place.person(self.place.invite("slowhr", "late"))
        people = [self.place.person(self.place.invite(f"hr{number % 10}", f"acme-{number}")) for number in range(persons)]
        for number in range(150 if LONG else 0):
            self.place.invite("charliehr", f"waits-{number}")
        self.place.watch("--jobs", "8")
        drop = late.send(**slow.keys())
        until(lambda: not self.place.drops())
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(persons) as pool:
            pages = list(pool.map(lambda person: person.outcome(person.send(**self.keys)), people))
        self.assertTrue(soon(began, 5), time.monotonic() - began)
        self.assertEqual([page for page in pages if "Connected" not in page], [])
        self.assertEqual(len(self.place.accounts()), persons)
        self.assertIn("Connected", late.outcome(drop))


class Told(InboxTest):
    """Who is told what becomes of an invitation."""

    def setUp(self):
        super().setUp()
        program = self.place.top / "told"
        program.write_text('#!/bin/sh\necho "$FOB_INVITATION $FOB_ACCOUNT $FOB_FROM $FOB_TO $FOB_REASON" >>"$0.lines"\n')
        program.chmod(0o755)
        with open(self.place.top / "fob.yaml", "r+", encoding="utf-8") as file:
            settings = {**json.load(file), "on_change": [str(program)]}
            file.seek(0)
            json.dump(settings, file)
            file.truncate()

    def lines(self):
        return (self.place.top / "told.lines").read_text().splitlines()

    def test_on_change(self):
        done, jane = self.invite("acme")
        jane.send(**self.keys)
        blocked, joe = self.invite("other", "--attempts", "1")
        joe.send(**self.wrong)
        late = self.place.invite("charliehr", "late", "--valid", "5m", late=-3600)
        self.handle()
        for link, account, state in ((done, "acme", "done"), (blocked, "other", "blocked"), (late, "late", "expired")):
            self.assertTrue([line for line in self.lines() if line.startswith(f"{link.id} {account} ") and f" {state} " in line],
                            (state, self.lines()))
        self.assertEqual(len([line for line in self.lines() if not line.startswith(" ")]), 3)

    def test_fob_invitations(self):
        """Keys that wait for more than a minute, with and without a reason."""
        _, jane = self.invite()
        jane.send(**self.keys)
        self.assertEqual(self.place.fob("invitations").stderr, "")
        self.assertIn('does "fob inbox --watch" run?', self.place.fob("invitations", late=90).stderr)
        self.assertIn('does "fob inbox --watch" run', self.place.fob("check", status=75, late=90).stdout)
        self.place.fob("check")
        self.place.hr.run("fault", "503")
        self.handle(status=75)
        found = self.place.fob("invitations", late=90)
        self.assertRegex(found.stdout, r"acme +charliehr +- +received +0 of 5")
        self.assertRegex(found.stderr, "^acme: waits: .*503")
        self.assertNotIn("--watch", found.stderr)


class Service(InboxTest):
    def test_systemd_is_told(self):
        """It says when it is ready, that it lives, and when it stops; and sees a new configuration."""
        self.invite()
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(told.close)
        told.bind(str(self.place.top / "notify"))
        told.settimeout(60)
        self.place.watch(NOTIFY_SOCKET=str(self.place.top / "notify"), WATCHDOG_USEC="400000")
        self.assertEqual(told.recv(100), b"READY=1")
        for _ in range(3):
            self.assertEqual(told.recv(100), b"WATCHDOG=1")
        self.place.write_provider("new", self.place.hr.url)
        jane = self.place.person(self.place.invite("new", "fresh"))
        self.assertIn("Connected", jane.outcome(jane.send(**self.keys)))
        self.assertEqual(self.place.stop(signal.SIGINT), 0)
        last = b""
        told.settimeout(0.1)
        while last != b"STOPPING=1":
            last = told.recv(100)

    def test_what_cannot_begin(self):
        self.place.settings = {}
        self.place.configure()
        text = (self.place.top / "fob.yaml").read_text().replace(', "hub": {}', "")
        (self.place.top / "fob.yaml").write_text(text)
        for words in (("inbox",), ("inbox", "--watch")):
            self.assertIn("hub", self.place.fob(*words, status=78).stderr)
        shutil.rmtree(self.place.top / "store")
        self.place.fob("inbox", "--jobs", "0", status=64)


if __name__ == "__main__":
    unittest.main()
