/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Waits for a worker to end, and kills the processes that it leaves. */
#include "config.h"

#include "worker/keeper.h"

#include "frame/frame.h"
#include "util/calls.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#define GRACE_MS 2000
/* The pause between two rounds of killing, and the number of rounds. */
#define SWEEP_MS 5
#define SWEEPS_MAX 1000

/* Kill the children; their children become this process's own. */
static void keeper_kill_children(void)
{
    char path[64];
    FILE *file;
    long child;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%ld", &child) == 1)
        kill((pid_t)child, SIGKILL);
    if (file != NULL)
        fclose(file);
}

/* Reap the children that have ended.  False if no child is left. */
static bool keeper_collect(void)
{
    pid_t child;

    do
        child = waitpid(-1, NULL, WNOHANG);
    while (child > 0);
    return child == 0 || errno != ECHILD;
}

static void keeper_end_all(pid_t worker)
{
    const struct timespec pause = { .tv_nsec = SWEEP_MS * 1000000L };

    kill(worker, SIGKILL);
    for (unsigned i = 0; i < SWEEPS_MAX && keeper_collect(); i++) {
        keeper_kill_children();
        if (keeper_collect())
            nanosleep(&pause, NULL);
    }
}

enum { WORKER_ENDS, HOST_HANGS_UP, POLLS };

/* Wait at most MS milliseconds for WORKER to end; returns whether it has.  Adopted children may
 * end, too. */
static bool keeper_worker_ended(pid_t worker, struct pollfd polls[static POLLS], int ms)
{
    struct signalfd_siginfo ended;
    siginfo_t info = { .si_pid = 0 };

    if (poll(polls, POLLS, ms) > 0 && polls[WORKER_ENDS].revents != 0)
        (void)!read(polls[WORKER_ENDS].fd, &ended, sizeof ended);
    return waitid(P_PID, (id_t)worker, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
           info.si_pid == worker;
}

static _Noreturn void keeper_keep(pid_t worker, int ends)
{
    struct pollfd polls[] = {
        [WORKER_ENDS] = { ends, POLLIN, 0 },
        [HOST_HANGS_UP] = { FRAME_CONTROL, POLLRDHUP, 0 },
    };
    const short *host = &polls[HOST_HANGS_UP].revents;
    bool ended = false;
    int64_t until;

    while (!ended && *host == 0)
        ended = keeper_worker_ended(worker, polls, -1);
    polls[HOST_HANGS_UP].events = 0; /* POLLHUP alone */
    until = clock_ms() + GRACE_MS;
    while (!ended && (*host & POLLHUP) == 0 && clock_ms() < until)
        ended = keeper_worker_ended(worker, polls, (int)(until - clock_ms()));
    keeper_end_all(worker);
    _exit(0);
}

int keeper_start(void)
{
    sigset_t before;
    sigset_t all;
    sigset_t one;
    pid_t worker;
    int ends;

    sigfillset(&all);
    sigemptyset(&one);
    sigaddset(&one, SIGCHLD);
    ends = signalfd(-1, &one, SFD_CLOEXEC);
    if (ends < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        return -1;
    sigprocmask(SIG_SETMASK, &all, &before);
    worker = fork();
    if (worker > 0) {
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        keeper_keep(worker, ends);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(ends);
    return worker == 0 ? 0 : -1;
}
