# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The fob authors
"""libfob in Python's children, for fork.bats.

forked.py methods             validates and edits an account in a child of each start method
forked.py goodbye COUNTS      a child ends, and the parent goes on with its connection
forked.py relay TO PORT BYTES passes connections on to the port TO; its own port is written to the
                              file PORT, and "CONNECTIONS BYTES" from clients to the file BYTES
"""
import ctypes
import multiprocessing
import os
import selectors
import socket
import sys

fob = ctypes.CDLL("libfob.so.0")
fob.fob_error.restype = ctypes.c_char_p


def check(code):
    if code != 0:
        raise OSError(fob.fob_error().decode())


def start(context, name):
    handle = ctypes.c_void_p()
    check(fob.fob_start(context, None, name, None, ctypes.byref(handle)))
    return handle


def new_context():
    context = ctypes.c_void_p()
    check(fob.fob_open(None, ctypes.byref(context)))
    return context


def use(context, owner):
    handle = start(context, b"acme")
    check(fob.fob_validate(handle, 0))
    check(fob.fob_lend(handle, b"test", 0))
    check(fob.fob_set_item(handle, 1, owner))
    check(fob.fob_edit(handle, 0))
    fob.fob_end(handle)


inherited = None


def work(owner):
    # With "fork" the parent's context, with the others one of the child's own.
    use(inherited or new_context(), owner)


def methods():
    global inherited
    inherited = new_context()
    use(inherited, b"parent")
    for method in multiprocessing.get_all_start_methods():
        child = multiprocessing.get_context(method).Process(target=work, args=(method.encode(),))
        child.start()
        child.join()
        if child.exitcode != 0:
            sys.exit(f"{method}: {child.exitcode}")
        use(inherited, b"parent")
        print(method)


def goodbye(counts):
    def read():
        with open(counts, encoding="ascii") as file:
            return file.read().split()

    context = new_context()
    handle = start(context, b"acme")
    check(fob.fob_validate(handle, 0))
    before = read()
    for leave in ctypes.CDLL(None).exit, lambda status: (fob.fob_end(handle), fob.fob_close(context),
                                                        ctypes.CDLL(None).exit(status)):
        pid = os.fork()
        if pid == 0:
            leave(0)
        os.waitpid(pid, 0)
    check(fob.fob_validate(handle, 0))
    after = read()
    print("connections", before[0], after[0])


def relay(to, port_file, counts):
    listener = socket.create_server(("127.0.0.1", 0))
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    connections = sent = 0

    def write(path, text):
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(path + ".new", path)

    write(counts, "0 0")
    write(port_file, str(listener.getsockname()[1]))
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", to))
                selector.register(client, selectors.EVENT_READ, server)
                selector.register(server, selectors.EVENT_READ, client)
                connections += 1
                continue
            data = key.fileobj.recv(65536)
            if key.fileobj.getsockname()[1] == listener.getsockname()[1]:
                sent += len(data)
            write(counts, f"{connections} {sent}")
            if data:
                key.data.sendall(data)
                continue
            for end in key.fileobj, key.data:
                selector.unregister(end)
                end.close()


if __name__ == "__main__":
    if sys.argv[1] == "methods":
        methods()
    elif sys.argv[1] == "goodbye":
        goodbye(sys.argv[2])
    else:
        relay(int(sys.argv[2]), sys.argv[3], sys.argv[4])
