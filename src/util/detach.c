/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A child starts the program and ends, so the program becomes a child of init.  The end of this
 * child sends no signal, and only a wait for its process id finds it.  Both processes share this
 * process's memory while the calling thread is suspended, as after vfork(2).
 */
#include "config.h"

#include "util/detach.h"

#include "util/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Enough for the few calls of each process. */
#define STACK_SIZE ((size_t)64 * 1024)
#define STACKS 2
/* P_PIDFD, which older C libraries lack. */
#define BY_PIDFD ((idtype_t)3)

/* AddressSanitizer does not know these stacks, and would report errors. */
#define OWN_STACK __attribute__((no_sanitize_address))

/* ThreadSanitizer takes each clone(2) for a fork(2), and its state in shared memory for the
 * child's. */
#ifdef FOB_SANITIZED
#define SHARED 0
#else
#define SHARED CLONE_VM
#endif

struct detach_child {
    const struct detach *detach;
    int streams[DETACH_STREAMS]; /* copies above the program's descriptors */
    int file;
    int report;  /* the socket for the result */
    char *stack; /* the top of the stack for the program's process */
};

/* Send ERROR and, if FD is not -1, the descriptor FD. */
OWN_STACK static void detach_report(int to, int error, int fd)
{
    union {
        char data[CMSG_SPACE(sizeof fd)];
        struct cmsghdr head;
    } control = { .data = { 0 } };
    struct iovec part = { &error, sizeof error };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    if (fd >= 0) {
        message.msg_control = control.data;
        message.msg_controllen = sizeof control.data;
        control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof fd),
                                         .cmsg_level = SOL_SOCKET,
                                         .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
    }
    (void)sendmsg(to, &message, MSG_NOSIGNAL);
}

/* The program gets the default signal actions.  Signals stay blocked until all are reset: the
 * application's handlers would run in this process, in the application's memory. */
OWN_STACK static void detach_reset_signals(void)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

OWN_STACK static int detach_exec(void *data)
{
    const struct detach_child *child = data;
    const struct detach *detach = child->detach;
    bool ready = true;

    setsid();
    detach_reset_signals();
    umask(077);
    for (int i = 0; i < DETACH_STREAMS; i++)
        ready = ready && dup2(child->streams[i], i) == i;
    if (ready && close_range(DETACH_STREAMS, ~0U, CLOSE_RANGE_CLOEXEC) == 0 && chdir("/") == 0) {
        if (child->file >= 0)
            execveat(child->file, "", detach->argv, detach->environment, AT_EMPTY_PATH);
        else
            execve(detach->argv[0], detach->argv, detach->environment);
    }
    detach_report(child->report, errno, -1);
    return 127;
}

/* Runs in the child between. */
OWN_STACK static int detach_run_child(void *data)
{
    const struct detach_child *child = data;
    pid_t program = clone(detach_exec, child->stack, SHARED | CLONE_VFORK | SIGCHLD, data);

    if (program < 0)
        detach_report(child->report, errno, -1);
    else
        detach_report(child->report, 0, (int)syscall(SYS_pidfd_open, program, 0));
    return 0;
}

/* Read the reports of both processes.  All have arrived: do not wait for the end of file, which a
 * child that another thread forks meanwhile could delay. */
static int detach_read_reports(int from, int *pidfd)
{
    union {
        char data[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control;
    int result = ECHILD; /* no report: they were killed */
    bool any = false;
    int error = 0;
    struct iovec part = { &error, sizeof error };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    for (;;) {
        ssize_t got;

        message.msg_control = control.data;
        message.msg_controllen = sizeof control.data;
        got = recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (got != sizeof error)
            return !any && got < 0 && errno != EAGAIN ? errno : result;
        if (CMSG_FIRSTHDR(&message) != NULL)
            memcpy(pidfd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof *pidfd);
        result = any && result != 0 ? result : error;
        any = true;
    }
}

/* Start both processes with all signals blocked. */
static int detach_clone(struct detach_child *child)
{
    char *stack = mmap(NULL, STACKS * STACK_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    sigset_t before;
    sigset_t all;
    pid_t between;
    int error;

    if (stack == MAP_FAILED)
        return errno;
    child->stack = stack + STACKS * STACK_SIZE;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    between = clone(detach_run_child, stack + STACK_SIZE, SHARED | CLONE_VFORK, child);
    error = between < 0 ? errno : 0;
    while (between > 0 && waitpid(between, NULL, __WALL) < 0 && errno == EINTR)
        continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    munmap(stack, STACKS * STACK_SIZE);
    return error;
}

/* Copy the descriptors for the program above the numbers that they will get. */
static int detach_move_up(const struct detach *detach, struct detach_child *child)
{
    for (int i = 0; i < DETACH_STREAMS; i++) {
        child->streams[i] = fcntl(detach->streams[i], F_DUPFD_CLOEXEC, DETACH_STREAMS);
        if (child->streams[i] < 0)
            return errno;
    }
    if (detach->file >= 0) {
        child->file = fcntl(detach->file, F_DUPFD_CLOEXEC, DETACH_STREAMS);
        if (child->file < 0)
            return errno;
    }
    return 0;
}

static void detach_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

int detach_start(const struct detach *detach, int *pidfd)
{
    struct detach_child child = { detach, { -1, -1, -1, -1 }, -1, -1, NULL };
    int ends[2] = { -1, -1 };
    int found = -1;
    int error = detach_move_up(detach, &child);

    if (error == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        error = errno;
    if (error == 0) {
        child.report = fcntl(ends[1], F_DUPFD_CLOEXEC, DETACH_STREAMS);
        error = child.report >= 0 ? detach_clone(&child) : errno;
    }
    detach_close(child.report);
    detach_close(ends[1]);
    if (error == 0)
        error = detach_read_reports(ends[0], &found);
    detach_close(ends[0]);
    for (int i = 0; i < DETACH_STREAMS; i++)
        detach_close(child.streams[i]);
    detach_close(child.file);
    if (error == 0)
        *pidfd = found;
    else
        detach_close(found);
    return error;
}

void detach_reap(int pidfd)
{
    siginfo_t info;

    while (pidfd >= 0 && waitid(BY_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR)
        continue;
}
