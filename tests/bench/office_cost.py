#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""What a store of several machines costs, as lines for report.py.

    office_cost.py ROUNDS ACCOUNTS

One machine's store of files with ACCOUNTS accounts is copied to a server; then each command runs in turn on both, and psql
beside what asks the server.
"""
import os
import pathlib
import resource
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "store"))
import office  # pylint: disable=wrong-import-position
import server  # pylint: disable=wrong-import-position


def measure(name, process):
    """Run PROCESS, a function that starts one, to its end; print a line of report.py."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    started = process()
    # A time-out would poll, in steps of up to 50 ms.
    if started.wait() != 0:
        sys.exit(f"{name}: failed")
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(name, wall * 1e6, cpu * 1e6, 0, sep="\t", flush=True)


def main(rounds, accounts):
    postgres = server.Server(["fsync = on"])
    try:
        postgres.start()
        postgres.set_up()
        place = office.Office(postgres)
        try:
            compare(postgres, place, rounds, accounts)
        finally:
            place.end()
    finally:
        postgres.end()


def fill(place, accounts):
    """The same accounts in a store of files, and at the server; copies are young for an hour on web1, and never on web2."""
    place.configure("files", store={"driver": "file"})
    subprocess.run([office.BUILD / "tests/bench/many", "make", place.top / "files/store", place.top / "files/key", str(accounts)],
                   check=True, env={**os.environ, "LD_LIBRARY_PATH": str(office.BUILD / ".libs")})
    place.configure("web1", max_age="1h")
    place.configure("web2", max_age="1s")
    place.configure("copied", store={"driver": "file"})
    place.top.joinpath("copied/store").parent.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", place.top / "files/store", place.top / "files/key", place.top / "copied"], check=True)
    for name in ("web1", "web2"):
        subprocess.run(["cp", place.top / "files/key", place.top / name / "key"], check=True)
    place.fob("copied", "store", "copy", "--to", str(place.top / "web1/fob.yaml"))


def compare(postgres, place, rounds, accounts):
    fill(place, accounts)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}

    def fob(name, *words):
        return lambda: subprocess.Popen(
            [office.BUILD / "fob", *words], **quiet,
            env={**os.environ, "FOB_CONFIG": str(place.top / name / "fob.yaml"), "FOB_LIBEXEC": str(office.BUILD / ".libs"),
                 "LD_LIBRARY_PATH": str(office.BUILD / ".libs")})

    def psql(statement):
        return lambda: subprocess.Popen(
            [f"{postgres.programs}/psql", "-XAtqc", statement, f"host=127.0.0.1 port={postgres.port} user=fob dbname=fob "
             f"sslmode=verify-full sslrootcert={postgres.certs}/ca.pem"], **quiet, env={"PGPASSWORD": server.PASSWORD})

    account = "client-000000"
    place.fob("web2", "get", account)
    for turn in range(rounds):
        measure("get of files", fob("files", "get", account))
        measure("get of a young copy", fob("web1", "get", account))
        # Both after the same rest.
        office.age()
        measure("psql select", psql("select 1"))
        office.age()
        measure("get that asks for news", fob("web2", "get", account))
        measure("psql update", psql("update fob.machines set revision = revision"))
        measure("edit", fob("web1", "edit", account, "--owner-name", str(turn)))
    for _ in range(3):
        measure("list of files", fob("files", "list", "--json"))
        measure("list of a young copy", fob("web1", "list", "--json"))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
