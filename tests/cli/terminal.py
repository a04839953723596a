# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""Runs a command with a controlling terminal and plays the person at it.

    terminal.py [--all] TRANSCRIPT STEP... -- COMMAND...

Only /dev/tty is the terminal: stdin, stdout and stderr stay what they are, unless --all makes them
the terminal, too.  What the terminal showed goes to the file TRANSCRIPT.  Steps, in order:

    expect=TEXT   wait until TEXT was shown, after what was expected before
    send=TEXT     type TEXT and a newline
    type=TEXT     type TEXT alone
    key=eof       ^D
    key=int       ^C
    key=stop      ^Z; when the command has stopped, and the terminal echoes, it is let go on
    kill=NAME     send the signal, as from another terminal
    kill-fob=NAME send it to each fob on this terminal
    run=COMMAND   run a shell command, which must succeed
    answer=COMMAND  type what a shell command prints that gets what was shown, and a newline
    fobs=N        wait until so many fobs share this terminal
    waiters=N     wait until so many fobs wait for their turn at this terminal
    echo=on|off   the terminal must be in this mode

Ends with the command's status, as a shell gives it; with 99 when a step fails, or the command stops
or ends and leaves the terminal in another mode than it was in.
"""
import fcntl
import os
import select
import signal
import sys
import termios
import time

LIMIT = 180.0
FAILED = 99


class Failed(Exception):
    pass


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


class Player:
    def __init__(self, command, everything):
        self.shown = b""
        self.seen = 0
        self.status = None
        self.master, slave = os.openpty()
        self.slave = slave
        self.modes = termios.tcgetattr(slave)
        self.deadline = time.monotonic() + LIMIT
        ready, go = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            if everything:
                for fd in (0, 1, 2):
                    os.dup2(slave, fd)
            os.close(self.master)
            os.close(ready)
            # The command gets a process group of its own, as from a shell with job control, whose
            # leader it is not: so ^Z stops it.
            job = os.fork()
            if job == 0:
                os.setpgid(0, 0)
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                os.tcsetpgrp(slave, os.getpid())
                # What runs in a script's background is deaf to the keyboard; no shell's job is.
                for signum in (signal.SIGTTOU, signal.SIGINT, signal.SIGQUIT):
                    signal.signal(signum, signal.SIG_DFL)
                os.close(slave)
                os.write(go, b"%d\n" % os.getpid())
                os.close(go)
                try:
                    os.execvp(command[0], command)
                finally:
                    os._exit(127)
            os.close(go)
            self.be_shell(job, slave)
        os.close(go)
        self.job = int(os.read(ready, 32))
        os.close(ready)

    @staticmethod
    def be_shell(job, slave):
        """The session's leader: continues its job when that stops, and passes its status on."""
        while True:
            _, status = os.waitpid(job, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                if not echoes(slave):
                    os.kill(-job, signal.SIGKILL)
                    os._exit(FAILED)
                os.kill(-job, signal.SIGCONT)
            elif os.WIFSIGNALED(status):
                os._exit(128 + os.WTERMSIG(status))
            else:
                os._exit(os.WEXITSTATUS(status))

    def read(self, wait):
        readable, _, _ = select.select([self.master], [], [], wait)
        if not readable:
            return
        try:
            self.shown += os.read(self.master, 65536)
        except OSError:
            pass

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid != 0:
                self.status = os.WEXITSTATUS(status)
        return self.status is not None

    def expect(self, text):
        wanted = text.encode()
        last = False
        while True:
            at = self.shown.find(wanted, self.seen)
            if at >= 0:
                self.seen = at + len(wanted)
                return
            if last or time.monotonic() > self.deadline:
                raise Failed(f"never shown: {text!r}")
            last = self.ended()
            self.read(0.02)

    def echo(self, wanted):
        while echoes(self.slave) != (wanted == "on"):
            if time.monotonic() > self.deadline:
                raise Failed(f"echo is not {wanted}")
            time.sleep(0.01)

    def fobs(self, wanted):
        import subprocess   # takes longer to load than all else: pylint: disable=import-outside-toplevel
        count = ["pgrep", "-c", "-x", "-s", str(self.child), "fob"]
        while subprocess.run(count, capture_output=True, text=True, check=False).stdout.strip() != wanted:
            if time.monotonic() > self.deadline:
                raise Failed(f"there are never {wanted} fobs")
            time.sleep(0.01)

    def waiters(self, wanted):
        name = f"@fob-turn-{self.child}-{os.geteuid()}"
        while True:
            with open("/proc/net/unix", encoding="ascii", errors="replace") as sockets:
                lines = [line.split() for line in sockets]
            # The other side of one that nobody has accepted yet (state 2); without it, 2 users.
            if sum(line[-1] == name and line[5] == "02" and int(line[1], 16) > 2
                   for line in lines) >= int(wanted):
                return
            if time.monotonic() > self.deadline:
                raise Failed(f"{wanted} do not wait")
            time.sleep(0.01)

    def key(self, name):
        os.write(self.master, {"eof": b"\x04", "int": b"\x03", "stop": b"\x1a"}[name])

    @staticmethod
    def run(command):
        if os.system(command) != 0:
            raise Failed(f"failed: {command}")

    def answer(self, command):
        import subprocess   # pylint: disable=import-outside-toplevel
        shown = self.shown.replace(b"\r\n", b"\n")
        printed = subprocess.run(command, shell=True, check=True, input=shown, stdout=subprocess.PIPE).stdout
        os.write(self.master, printed.strip() + b"\n")

    def step(self, step):
        name, _, value = step.partition("=")
        if name == "send":
            os.write(self.master, value.encode() + b"\n")
        elif name == "type":
            os.write(self.master, value.encode())
        elif name == "kill":
            os.kill(self.job, getattr(signal, "SIG" + value))
        elif name == "kill-fob":
            self.run(f"pkill -{value} -s {self.child} -x fob")
        else:
            {"expect": self.expect, "echo": self.echo, "key": self.key, "run": self.run, "answer": self.answer,
             "fobs": self.fobs, "waiters": self.waiters}[name](value)

    def finish(self):
        while not self.ended():
            self.read(0.02)
            if time.monotonic() > self.deadline:
                raise Failed("the command does not end")
        for _ in range(5):
            self.read(0.01)
        if termios.tcgetattr(self.slave) != self.modes:
            raise Failed("the terminal is left in another mode")
        return self.status


def main():
    arguments = sys.argv[1:]
    everything = arguments[0] == "--all"
    if everything:
        arguments.pop(0)
    end = arguments.index("--")
    transcript, steps, command = arguments[0], arguments[1:end], arguments[end + 1:]
    player = Player(command, everything)
    try:
        for step in steps:
            player.step(step)
        status = player.finish()
    except Failed as failed:
        if not player.ended():
            os.kill(player.job, signal.SIGKILL)
        print(f"terminal.py: {failed}; shown: {player.shown!r}", file=sys.stderr)
        status = FAILED
    with open(transcript, "wb") as file:
        file.write(player.shown.replace(b"\r\n", b"\n"))
    return status


if __name__ == "__main__":
    sys.exit(main())
