#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""fob-hub with a disk that fails at any of the calls that keep a drop: the form comes back filled, and the second
press keeps what was typed, once."""
import contextlib
import os
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from hub import BUILD, Browser, Hub, Invitation  # pylint: disable=wrong-import-position

if not (BUILD / "fob-hub").exists():
    print("fob-hub was not built: libmicrohttpd is not there")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)
if not shutil.which("strace"):
    print("strace is not there: no test of fob-hub with a disk that fails")
    sys.exit(1 if os.environ.get("FOB_TEST_NPM") else 77)

# Every call that changes the disk, or asks whether there is room.
CALLS = ("openat", "fstatfs", "fchmod", "write", "fsync", "syncfs", "renameat2", "unlinkat")
KEYS = {"client_id": "id-1", "client_secret": "hush-4711"}


class Faults(unittest.TestCase):
    @contextlib.contextmanager
    def hub(self, *options):
        hub = Hub(strace=["-e", f"trace={','.join(CALLS)}", *options])
        try:
            yield hub, Invitation(hub)
            hub.stop()
        finally:
            hub.close()

    def test_each_call_that_fails(self):
        with self.hub() as (hub, invitation):
            browser = Browser(hub, invitation)
            hidden = browser.hidden()
            before = len(hub.calls())
            self.assertEqual(browser.post(KEYS, hidden=hidden).status, 303)
            calls = hub.calls()
        # Cards and results are only read, and standard error has the log.
        faults = [(name, sum(1 for each, _ in calls[:at + 1] if each == name)) for at, (name, rest) in enumerate(calls)
                  if at >= before and (name != "openat" or "O_CREAT" in rest) and not rest.startswith("2,")]
        self.assertLessEqual({"openat", "fstatfs", "fchmod", "write", "fsync", "renameat2"}, {name for name, _ in faults})
        for name, number in faults:
            for error in ("ENOSPC", "EDQUOT", "EIO") if name == "write" else ("EIO",):
                with self.subTest(call=name, error=error):
                    self.check(f"inject={name}:error={error}:when={number}")

    def check(self, fault):
        with self.hub("-e", fault) as (hub, invitation):
            browser = Browser(hub, invitation)
            answer = browser.post(KEYS)
            self.assertEqual(sum("(INJECTED)" in rest for _, rest in hub.calls()), 1)
            self.assertEqual(answer.status, 503)
            self.assertIn('value="hush-4711"', answer.text)
            self.assertEqual(invitation.drops(), [])
            hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
            self.assertEqual(browser.post(KEYS, hidden=hidden).status, 303)
            [drop] = invitation.drops()
            self.assertEqual(invitation.open(drop)["f.client_secret"], b"hush-4711")
            self.assertEqual(len(list((hub.spool / "inbox").iterdir())), 1)


if __name__ == "__main__":
    unittest.main()
