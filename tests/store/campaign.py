#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Three machines with four clients each change and read the same accounts while their server, and they themselves, are
killed and stopped.  What happened is recorded, and checked at the end:

    no write that was acknowledged, or that somebody has read, is missing in what a machine reads MAX_AGE later;
    no write that failed is ever seen; one of an unknown outcome (status 74, or a client that was killed) may be;
    a suspension that was acknowledged is not lent MAX_AGE later.

Each client alone writes one text of an account, and counts: so an update that is lost shows as a number that is too low.
FOB_TEST_LONG makes it five minutes."""
import collections
import json
import os
import random
import sys
import threading
import time
import unittest

import office
import server
from office import EXISTS, IO, LATER, MAX_AGE, NOT_ALLOWED, OK

SECONDS = 300 if os.environ.get("FOB_TEST_LONG") else 12
ACCOUNTS = ("acme", "bolt", "cube", "dune")
TEXTS = {"web1": ("--owner-name", "name"), "web2": ("--owner-email", "email"), "web3": ("--owner-id", "id")}
# What a machine's reads may be late beyond MAX_AGE: processes start, and a loaded machine is slow to begin.
SLACK = 0.1

Write = collections.namedtuple("Write", "key number begun ended outcome")  # made, failed or unknown
Read = collections.namedtuple("Read", "machine key number begun ended")
Lent = collections.namedtuple("Lent", "account begun ended lent")


def faults(writes, reads):
    """What is wrong with a history, as texts."""
    found = []
    by_key = collections.defaultdict(dict)
    # What is known to have been there, from when on: writes that were acknowledged, and what somebody read.
    there = collections.defaultdict(list)
    for write in writes:
        by_key[write.key][write.number] = write
        if write.outcome == "made":
            there[write.key].append((write.ended, write.number))
    for read in reads:
        there[read.key].append((read.ended, read.number))
    for read in reads:
        known = by_key[read.key]
        least = max((number for ended, number in there[read.key] if ended <= read.begun - MAX_AGE - SLACK), default=0)
        seen = known.get(read.number)
        if read.number < least:
            found.append(f"{read} is older than {known.get(least)}")
        elif read.number > 0 and seen is None:
            found.append(f"{read} was never written")
        elif seen is not None and seen.outcome == "failed":
            found.append(f"{read}, but {seen}")
    return found


def lent_though_suspended(writes, lent):
    """Credentials that were lent long after a suspension was acknowledged, and before anything may have ended it."""
    found = []
    for get in lent:
        history = sorted((w for w in writes if w.key == (get.account, "suspended") and w.outcome != "failed" and
                          w.begun < get.ended), key=lambda w: w.number)
        last = history[-1] if history else None
        if (get.lent and last is not None and last.number % 2 and last.outcome == "made" and
                last.ended <= get.begun - MAX_AGE - SLACK):
            found.append((get, last))
    return found


class Checker(unittest.TestCase):
    """It finds what it is to find."""

    def test_planted_suspensions(self):
        key = ("acme", "suspended")
        history = [Write(key, 1, 1.0, 2.0, "made"), Write(key, 2, 10.01, 10.05, "made")]
        late = 2.0 + MAX_AGE + SLACK
        for get, count in ((Lent("acme", late - 0.01, 5.0, True), 0), (Lent("acme", late, 5.0, True), 1),
                           (Lent("acme", late, 5.0, False), 0), (Lent("acme", 10.0, 10.06, True), 0),
                           (Lent("acme", 9.0, 10.0, True), 1), (Lent("acme", 11.0, 11.1, True), 0)):
            self.assertEqual(len(lent_though_suspended(history, [get])), count, get)

    def test_planted_faults(self):
        key = ("acme", "name")
        history = [Write(key, 1, 0.0, 1.0, "made"), Write(key, 2, 2.0, 3.0, "unknown"), Write(key, 3, 4.0, 5.0, "failed"),
                   Write(key, 4, 6.0, 7.0, "made")]
        late = 7.0 + MAX_AGE + SLACK
        self.assertEqual(faults(history, [Read("web1", key, 1, 3.5, 3.6), Read("web2", key, 2, 3.5, 3.6),
                                          Read("web2", key, 2, late - 0.01, late), Read("web1", key, 4, late, late)]), [])
        for read in (Read("web1", key, 0, 1.0 + MAX_AGE + SLACK, 9.0), Read("web1", key, 1, late, late),
                     Read("web1", key, 2, late, late), Read("web1", key, 3, 5.0, 5.1), Read("web1", key, 9, 5.0, 5.1)):
            self.assertEqual(len(faults(history, [read])), 1, read)
        # What one has read is there for all.
        seen = Read("web1", key, 2, 3.5, 3.6)
        self.assertEqual(len(faults(history[:2], [seen, Read("web2", key, 1, 3.7 + MAX_AGE + SLACK, 9.0)])), 1)


class Client(threading.Thread):
    """Counts in its text of ITS account, and reads all of them, on its machine, until the time is up."""

    def __init__(self, campaign, machine, account):
        super().__init__()
        self.campaign, self.machine, self.account = campaign, machine, account
        self.random = random.Random(f"{machine} {account}")
        self.number = 0
        self.suspended = 0

    def run(self):
        while time.monotonic() < self.campaign.end:
            self.random.choice((self.write, self.write, self.read, self.switch))()

    def fob(self, *words):
        """Run fob; None when it was killed."""
        process = self.campaign.office.start(self.machine, *words)
        if self.random.random() < 0.05:
            time.sleep(self.random.random() * 0.05)
            process.kill()
        elif self.random.random() < 0.02:
            process.send_signal(server.signal.SIGSTOP)
            time.sleep(self.random.random())
            process.send_signal(server.signal.SIGCONT)
        out, err = process.communicate(timeout=60)
        return (None if process.returncode < 0 else process.returncode), out, err

    def write(self):
        option, text = TEXTS[self.machine]
        self.number += 1
        self.change((self.account, text), self.number, "edit", self.account, option, str(self.number))

    def switch(self):
        """Suspend and resume the account of this client: odd numbers mean suspended."""
        if self.machine != "web1":
            return
        self.suspended += 1
        self.change((self.account, "suspended"), self.suspended, "suspend" if self.suspended % 2 else "resume", self.account)

    def change(self, key, number, *words):
        begun = time.monotonic()
        status, _, err = self.fob(*words)
        outcome = {OK: "made", LATER: "failed", IO: "unknown", None: "unknown"}.get(status)
        if outcome is None:
            self.campaign.wrong.append(f"{self.machine}: {words}: {status}: {err}")
        self.campaign.writes.append(Write(key, number, begun, time.monotonic(), outcome))

    def read(self):
        account = self.random.choice(ACCOUNTS)
        begun = time.monotonic()
        status, out, err = self.fob("show", account, "--json")
        if status == OK:
            owner = json.loads(out)["owner"]
            ended = time.monotonic()
            for _, text in TEXTS.values():
                self.campaign.reads.append(Read(self.machine, (account, text), int(owner.get(text) or 0), begun, ended))
        elif status not in (LATER, None):
            self.campaign.wrong.append(f"{self.machine}: show {account}: {status}: {err}")
        begun = time.monotonic()
        status, out, err = self.fob("get", account, "client_secret")
        if status in (OK, NOT_ALLOWED):
            self.campaign.lent.append(Lent(account, begun, time.monotonic(), status == OK))
            if status == OK and out != f"canary-{account}\n":
                self.campaign.wrong.append(f"{self.machine}: get {account}: {out}")
        elif status not in (LATER, None):
            self.campaign.wrong.append(f"{self.machine}: get {account}: {status}: {err}")


class Campaign(unittest.TestCase):
    def setUp(self):
        self.server = server.Server()
        self.addCleanup(self.server.end)
        self.server.start()
        self.server.set_up()
        self.office = office.Office(self.server)
        self.addCleanup(self.office.end)
        self.office.begin()
        self.writes, self.reads, self.lent, self.wrong = [], [], [], []
        self.end = 0

    def disturb(self):
        """Kill and stop the server, and give the store another key."""
        chance = random.Random(7)
        while time.monotonic() < self.end:
            time.sleep(0.5 + chance.random())
            kind = chance.choice(("kill", "pause", "rotate"))
            if kind == "kill":
                self.server.kill()
                time.sleep(chance.random() * 0.3)
                self.server.start()
            elif kind == "pause":
                self.server.pause()
                time.sleep(chance.random() * 1.5)
                self.server.resume()
            else:
                rotation = self.office.start("web2", "key", "rotate")
                err = rotation.communicate(timeout=60)[1]
                # Others may change the header at the same time.
                if rotation.returncode not in (OK, LATER, IO, EXISTS):
                    self.wrong.append(f"key rotate: {rotation.returncode}: {err}")

    def test_nothing_is_lost(self):
        for account in ACCOUNTS:
            self.office.link("web1", account)
        office.age()
        self.end = time.monotonic() + SECONDS
        clients = [Client(self, machine, account) for machine in TEXTS for account in ACCOUNTS]
        for client in clients:
            client.start()
        self.disturb()
        for client in clients:
            client.join()
        office.age()
        self.last_reads()
        self.assertEqual(self.wrong, [])
        self.assertEqual(faults(self.writes, self.reads), [])
        self.assertEqual(lent_though_suspended(self.writes, self.lent), [])
        made = sum(w.outcome == "made" for w in self.writes)
        print(f"{made} of {len(self.writes)} writes made, {len(self.reads)} texts read, {len(self.lent)} credentials asked for")
        self.assertGreater(made, 50)

    def last_reads(self):
        """What every machine has at the end, when all is quiet."""
        for machine in TEXTS:
            for account in ACCOUNTS:
                begun = time.monotonic()
                owner = json.loads(self.office.run(machine, "show", account, "--json").stdout)["owner"]
                for _, text in TEXTS.values():
                    self.reads.append(Read(machine, (account, text), int(owner.get(text) or 0), begun, time.monotonic()))


if __name__ == "__main__":
    if not office.is_possible():
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main(verbosity=2)
