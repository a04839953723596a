/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Loaded into a worker by harm: a signal when the worker reads or writes a socket, or has read so
 * much. */
#include "config.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A sandbox refuses that a process stops itself: then this thread stands still. */
static void do_harm(void)
{
    const char *number = getenv("HARM_SIGNAL");

    if (number != NULL && kill(getpid(), atoi(number)) != 0) {
        for (;;)
            pause();
    }
}

static void count_call(void)
{
    static atomic_int count;
    const char *at = getenv("HARM_AT");
    const int wanted = at != NULL ? atoi(at) : -1;

    if (wanted == 0)
        (void)!write(STDERR_FILENO, "harm\n", 5);
    if (atomic_fetch_add(&count, 1) + 1 == wanted)
        do_harm();
}

/* The worker is about to read up to SIZE bytes. */
static void count_room(size_t size)
{
    const char *large = getenv("HARM_LARGE");

    if (large != NULL && size >= strtoul(large, NULL, 10))
        do_harm();
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t (*real)(int, struct msghdr *, int);

    *(void **)&real = dlsym(RTLD_NEXT, "recvmsg");
    count_call();
    count_room(message->msg_iov[0].iov_len);
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
    count_room(size);
    return real(fd, data, size, flags);
}
