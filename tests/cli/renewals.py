# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Many users of accounts whose tokens rotate, for renew.bats; FOLDER is that of rotating.py.

renewals.py kills FOLDER FOB COUNT     six workers use the accounts a to d with the program FOB, and
                                       COUNT of their processes are killed, one each 50 ms
renewals.py threads                    eight threads of one context get the token of acme
renewals.py children                   so do a process and its forked children
"""
import ctypes
import os
import pathlib
import random
import subprocess
import sys
import threading
import time

WORKERS = 6
ACCOUNTS = "abcd"
PAUSE = 0.05


class Worker(threading.Thread):
    """Uses accounts in turn, each time by a new process."""

    def __init__(self, program, over):
        super().__init__()
        self.program = program
        self.over = over
        self.process = None
        self.failures = []
        self.done = 0

    def run(self):
        turn = random.randrange(len(ACCOUNTS))
        while not self.over.is_set():
            turn += 1
            account = ACCOUNTS[turn % len(ACCOUNTS)]
            words = ["validate", account] if turn % 3 == 0 else ["get", account, "token"]
            self.process = subprocess.Popen([self.program, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            said = self.process.communicate()[0].decode(errors="replace")
            self.done += self.process.returncode == 0
            if self.process.returncode not in (0, -9):
                self.failures.append(f"{words}: {self.process.returncode}: {said}")


def kills(folder, program, count):
    over = threading.Event()
    workers = [Worker(program, over) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    killed = 0
    while killed < count:
        time.sleep(PAUSE)
        process = random.choice(workers).process
        if process is not None and process.poll() is None:
            process.kill()
            killed += 1
    over.set()
    for worker in workers:
        worker.join()
    failures = [failure for worker in workers for failure in worker.failures]
    for failure in failures:
        print(failure)
    print(f"{killed} kills, {sum(worker.done for worker in workers)} uses, counts {(folder / 'counts').read_text()}")
    return 1 if failures else 0


def library():
    fob = ctypes.CDLL("libfob.so.0")
    fob.fob_error.restype = ctypes.c_char_p
    fob.fob_secret_data.restype = ctypes.c_char_p
    fob.fob_secret_data.argtypes = [ctypes.c_void_p]
    return fob


def token(fob, context):
    handle, secret = ctypes.c_void_p(), ctypes.c_void_p()
    code = fob.fob_start(context, None, b"acme", None, ctypes.byref(handle))
    if code == 0:
        code = fob.fob_get_field(handle, b"token", ctypes.byref(secret))
    return fob.fob_secret_data(secret).decode() if code == 0 else f"{code}: {fob.fob_error().decode()}"


def threads(fob, context):
    found = []
    users = [threading.Thread(target=lambda: found.append(token(fob, context))) for _ in range(8)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return found


def children(fob, context):
    """The context is the parent's, which has unlocked the store."""
    found = []
    pipes = []
    fob.fob_start(context, None, b"acme", None, ctypes.byref(ctypes.c_void_p()))
    for _ in range(4):
        out, into = os.pipe()
        if os.fork() == 0:
            os.write(into, token(fob, context).encode())
            os._exit(0)
        os.close(into)
        pipes.append(out)
    found.append(token(fob, context))
    found += [os.read(out, 4096).decode() for out in pipes]
    for _ in pipes:
        os.wait()
    return found


def main():
    if sys.argv[1] == "kills":
        return kills(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    fob = library()
    context = ctypes.c_void_p()
    if fob.fob_open(None, ctypes.byref(context)) != 0:
        raise OSError(fob.fob_error().decode())
    print("\n".join({"threads": threads, "children": children}[sys.argv[1]](fob, context)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
