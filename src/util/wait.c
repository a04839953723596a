/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reports waits to the thread's listener. */
#include "config.h"

#include "util/wait.h"

#include <fob/fob.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>

#define TEXT_MAX 512

static _Thread_local struct {
    fob_wait_fn *fn; /* NULL: nobody listens */
    void *data;
} listener;

void fob_set_wait(fob_wait_fn *fn, void *data)
{
    listener.fn = fn;
    listener.data = data;
}

void wait_begin(int64_t ms, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (listener.fn == NULL)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    listener.fn(text, ms, listener.data);
}

void wait_end(void)
{
    if (listener.fn != NULL)
        listener.fn(NULL, 0, listener.data);
}

int wait_for_lock(int fd, int operation, const char *what)
{
    int result = flock(fd, operation | LOCK_NB);

    if (result == 0 || (errno != EWOULDBLOCK && errno != EINTR))
        return result;
    wait_begin(0, "waiting for another program that uses %s", what);
    do
        result = flock(fd, operation);
    while (result < 0 && errno == EINTR);
    wait_end();
    return result;
}
