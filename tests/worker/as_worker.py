#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""A worker that follows fob-worker(7) alone serves fob: what is right is done, and what is wrong fails that account
alone."""
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from frames import Page  # noqa: E402 - after the line above
from malformed import answers, declarations  # noqa: E402
from worker import Workers  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("abs_top_srcdir", HERE.parents[1]))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", os.getcwd())).resolve()
LONG = bool(os.environ.get("FOB_TEST_LONG"))
LIMIT = 120  # seconds
PAGE = Page((SOURCE / "man/fob-worker.7").read_text(encoding="utf-8"))
ACCOUNTS = [f"a{number:02}" for number in range(20)]
PROVIDER = """provider: told
fields: [ { name: token, secret: true } ]
budget: { per_minute: 6000 }
link: [ { control: required, plugin: told } ]
validate: [ { control: required, plugin: told } ]
"""


class Served(unittest.TestCase):
    def setUp(self):
        # Not below /tmp, where others may write.
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="worker-", dir=BUILD))
        self.addCleanup(shutil.rmtree, self.home)
        (self.home / "providers.d").mkdir()
        (self.home / "plugins").mkdir()
        (self.home / "providers.d/told.yaml").write_text(PROVIDER)
        (self.home / "fob.yaml").write_text(
            f"store: {{ path: {self.home}/store }}\nkey_file: {self.home}/key\nproviders: [ {self.home}/providers.d ]\n"
            f"plugins: [ {self.home}/plugins ]\nlog: {{ path: {self.home}/log, syslog: false }}\n"
            "containment: { hook_limit: 50 }\n")
        shutil.copy(BUILD / "tests/plugins/.libs/told.so", self.home / "plugins/told.so")
        self.environment = dict(
            os.environ, FOB_CONFIG=str(self.home / "fob.yaml"), FOB_LIBEXEC=str(BUILD / ".libs"),
            LD_LIBRARY_PATH=str(BUILD / ".libs"),
            FOB_WORKER_PREFIX=f"{BUILD}/tests/worker/relay {self.home}/relay")
        self.environment.pop("FOB_DEBUG", None)
        self.workers = Workers(PAGE, self.home / "relay")
        self.addCleanup(self.workers.close)
        self.fob("init")

    def fob(self, *words, expect=(0,), text=""):
        done = subprocess.run([BUILD / "fob", *words], env=self.environment, input=text, capture_output=True, text=True,
                              timeout=LIMIT, check=False)
        self.assertIn(done.returncode, expect, done.stderr)
        return done

    def link_all(self):
        for name in ACCOUNTS:
            self.fob("link", "told", name, "--stdin", "--no-validate", text=f"token=t0ken-of-{name}\n")

    def sweep(self, expect=(0, 75, 78)):
        """Of each account what was told, in its order; each once."""
        done = self.fob("validate", "--all", "--json", "--jobs", "1", expect=expect)
        told = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(sorted(result["account"] for result in told), ACCOUNTS)
        return told

    def test_right(self):
        self.fob("link", "told", "acme", "--stdin", text="token=t0ken-of-acme\n")
        self.fob("validate", "acme")
        self.assertEqual(self.fob("get", "acme", "token").stdout.strip(), "t0ken-of-acme")

    def test_a_pause_is_of_the_time_that_a_hook_may_run(self):
        self.fob("link", "told", "acme", "--stdin", text="token=t0ken-of-acme\n")
        begun = time.monotonic()
        self.workers.todo = [("pause", 500)]
        self.fob("validate", "acme")
        self.assertGreaterEqual(time.monotonic() - begun, 0.5)
        for pause in (60000, (1 << 63) - 1):
            self.workers.todo = [("pause", pause)]
            self.fob("validate", "acme", expect=(75,))
        self.assertLess(time.monotonic() - begun, 50)

    def test_each_wrong_answer(self):
        cases = list(enumerate(words for words, *_ in answers(PAGE, 1)))
        self.link_all()
        while cases:
            now, cases = cases[:len(ACCOUNTS)], cases[len(ACCOUNTS):]
            self.workers.todo = [("answer", number) for number, _ in now]
            for (_, words), result in zip(now, self.sweep()):
                # A connection that is closed without a word is asked again, and then all is well.
                wanted = "success" if words == "no frame" else "plugin"
                self.assertEqual((words, result["result"]), (words, wanted), result)
                self.assertNotIn("not done within", result["message"] or "", words)
        self.fob("log", "--verify")

    def test_each_wrong_declaration(self):
        cases = [words for words, *_ in declarations(PAGE)]
        for number in range(len(cases)):
            shutil.copy(self.home / "plugins/told.so", self.home / f"plugins/told-{number:03}.so")
        told = json.loads(self.fob("plugins", "--json", expect=(78,)).stdout)
        mistakes = {plugin["name"]: plugin["mistake"] for plugin in told}
        self.assertEqual(mistakes.pop("told"), "")
        self.assertEqual(len(mistakes), len(cases))
        for number, words in enumerate(cases):
            self.assertNotEqual(mistakes[f"told-{number:03}"], "", words)
            self.assertNotIn("not done within", mistakes[f"told-{number:03}"], words)

    def test_damaged(self):
        self.link_all()
        seed = random.randrange(1 << 32) if LONG else 17
        print("seed", seed, file=sys.stderr)
        for at in range(0, 2000 if LONG else 40, len(ACCOUNTS)):
            self.workers.todo = [("damage", seed + at + number) for number in range(len(ACCOUNTS))]
            # What is still right may have another identity, or another code.
            self.sweep(range(100))


if __name__ == "__main__":
    unittest.main()
