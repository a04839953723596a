/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Loaded into a worker by harm: a signal when the worker reads or writes a socket. */
#include "config.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void count_call(void)
{
    static atomic_int count;
    const char *at = getenv("HARM_AT");
    const char *number = getenv("HARM_SIGNAL");
    const int wanted = at != NULL ? atoi(at) : -1;

    if (wanted == 0)
        (void)!write(STDERR_FILENO, "harm\n", 5);
    /* A sandbox refuses that a process stops itself: then this thread stands still. */
    if (atomic_fetch_add(&count, 1) + 1 == wanted && number != NULL &&
        kill(getpid(), atoi(number)) != 0) {
        for (;;)
            pause();
    }
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t (*real)(int, struct msghdr *, int);

    *(void **)&real = dlsym(RTLD_NEXT, "recvmsg");
    count_call();
    return real(fd, message, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t (*real)(int, const struct msghdr *, int);

    *(void **)&real = dlsym(RTLD_NEXT, "sendmsg");
    count_call();
    return real(fd, message, flags);
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
    ssize_t (*real)(int, void *, size_t, int);

    *(void **)&real = dlsym(RTLD_NEXT, "recv");
    count_call();
    return real(fd, data, size, flags);
}
