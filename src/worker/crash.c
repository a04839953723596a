/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reports a crash in a frame, and then lets the signal end the process. */
#include "config.h"

#include "worker/crash.h"

#include "frame/frame.h"
#include "util/array.h"

#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Room for the processor's state at a signal, and for the handler. */
#define CRASH_STACK ((size_t)32 * 1024)
#define FRAME_ROOM (FRAME_HEAD + WIRE_ITEM_EXTRA + 1 + WIRE_ITEM_EXTRA + 4)

static const int signals[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, SIGXCPU };

/* Where to report a crash of this thread. */
static _Thread_local struct {
    int fd;
    uint32_t call;
    void *stack; /* for the handler; NULL if it has another one */
} crash = { .fd = FRAME_CONTROL };

/* Calls only functions that are safe in a signal handler. */
static void crash_send(int number, const siginfo_t *info)
{
    unsigned char bytes[FRAME_ROOM];
    const unsigned char signal_number = (unsigned char)number;
    unsigned char *end = bytes + FRAME_HEAD;
    struct frame_head head = { .type = FRAME_CRASH, .call = crash.call };
    unsigned char system_call[4];

    end = wire_put_item(end, FRAME_SIGNAL, &signal_number, 1);
    if (number == SIGSYS) {
        wire_put(system_call, (uint64_t)info->si_syscall, 4);
        end = wire_put_item(end, FRAME_SYSTEM_CALL, system_call, 4);
    }
    head.size = (uint32_t)(end - bytes - FRAME_HEAD);
    frame_write_head(bytes, &head);
    (void)send(crash.fd, bytes, (size_t)(end - bytes), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The signal is unblocked and has its default action again (SA_RESETHAND, SA_NODEFER). */
static void crash_handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    crash_send(number, info);
    raise(number);
}

/* The handler needs its own stack after an overflow.  A sanitizer has set one already.  Pages that
 * are mapped take no memory before they are used; those of a thread-local variable do. */
static void crash_use_stack(void)
{
    stack_t stack = { .ss_size = CRASH_STACK };
    stack_t before;

    if (crash.stack != NULL || sigaltstack(NULL, &before) < 0 ||
        (before.ss_flags & SS_DISABLE) == 0)
        return;
    stack.ss_sp =
        mmap(NULL, CRASH_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp == MAP_FAILED)
        return;
    crash.stack = stack.ss_sp;
    (void)sigaltstack(&stack, NULL);
}

void crash_watch(void)
{
    struct sigaction action = {
        .sa_sigaction = crash_handle,
        .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER),
    };

    sigemptyset(&action.sa_mask);
    crash_use_stack();
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &action, NULL);
}

void crash_begin(int fd, uint32_t call)
{
    crash_use_stack();
    crash.fd = fd;
    crash.call = call;
}

void crash_end(void)
{
    crash.fd = FRAME_CONTROL;
    crash.call = 0;
}

void crash_end_thread(void)
{
    const stack_t none = { .ss_flags = SS_DISABLE };

    if (crash.stack == NULL)
        return;
    (void)sigaltstack(&none, NULL);
    munmap(crash.stack, CRASH_STACK);
    crash.stack = NULL;
}
