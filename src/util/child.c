/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Starting a program without a shell, and waiting for its end.  The process may have threads: after
 * the fork, the child calls only async-signal-safe functions.
 */
#include "config.h"

#include "util/child.h"

#include "util/calls.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_AFTER_MS 1000
#define POLL_MS 100

enum child_event { CHILD_ENDED, CHILD_NOT_STARTED };

/* The supervisor sends reports; fob sends it signal numbers for the program. */
struct child_report {
    enum child_event event;
    int value; /* a status of waitpid(2), or an errno */
};

static void child_send_report(int to, enum child_event event, int value)
{
    const struct child_report report = { event, value };

    (void)send(to, &report, sizeof report, MSG_NOSIGNAL);
}

/* Runs in the process that becomes the program.  Libraries may have opened descriptors without
 * O_CLOEXEC. */
static _Noreturn void child_exec(char *const *argv, char *const *environment, int output,
                                 int supervisor)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;
    int input;

    output = fcntl(output, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    sigemptyset(&none);
    sigaction(SIGPIPE, &usual, NULL);
    sigaction(SIGXFSZ, &usual, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (input >= 0 && dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0 &&
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
        (void)fcntl(STDIN_FILENO, F_SETFD, 0);
        execve(argv[0], argv, environment);
    }
    child_send_report(supervisor, CHILD_NOT_STARTED, errno);
    _exit(127);
}

/* Pass on the signals that PARENT requests until PROGRAM ends.  Once PARENT is gone, nobody reads
 * the report. */
static void child_supervise(pid_t program, int parent)
{
    struct signalfd_siginfo ended;
    struct pollfd polls[] = { { parent, POLLIN, 0 }, { -1, POLLIN, 0 } };
    sigset_t wanted;
    int status;
    int number;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    polls[1].fd = signalfd(-1, &wanted, SFD_CLOEXEC);
    while (polls[1].fd >= 0) {
        (void)poll(polls, 2, -1);
        if (polls[1].revents != 0 && read(polls[1].fd, &ended, sizeof ended) > 0 &&
            waitpid(program, &status, WNOHANG) == program) {
            child_send_report(parent, CHILD_ENDED, status);
            return;
        }
        if (polls[0].revents == 0)
            continue;
        if (recv(parent, &number, sizeof number, 0) != sizeof number)
            return;
        kill(program, number);
    }
}

/* Runs in the supervisor with all signals blocked; closes all of the application's descriptors. */
static _Noreturn void child_run_supervisor(char *const *argv, char *const *environment, int output,
                                           int parent)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    pid_t program;

    sigaction(SIGCHLD, &usual, NULL);
    program = fork();
    if (program == 0)
        child_exec(argv, environment, output, parent);
    if (program < 0) {
        child_send_report(parent, CHILD_NOT_STARTED, errno);
    } else if (dup2(parent, STDIN_FILENO) == STDIN_FILENO && close_range(1, ~0U, 0) == 0) {
        child_supervise(program, STDIN_FILENO);
    }
    _exit(0);
}

/* Move FD above the standard streams, whose numbers may be free. */
static int child_move_above_stdio(int *fd)
{
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

    if (moved < 0)
        return -1;
    close(*fd);
    *fd = moved;
    return 0;
}

int child_start(char *const *argv, char *const *environment, int output, struct child *child)
{
    int ends[2];
    sigset_t before;
    sigset_t all;
    int error = 0;

    *child = (struct child){ -1, -1 };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return errno;
    if (child_move_above_stdio(&ends[0]) < 0 || child_move_above_stdio(&ends[1]) < 0)
        error = errno;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error == 0)
        child->supervisor = fork();
    if (child->supervisor == 0) {
        close(ends[0]);
        child_run_supervisor(argv, environment, output, ends[1]);
    }
    if (error == 0 && child->supervisor < 0)
        error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(ends[1]);
    if (error == 0)
        child->socket = ends[0];
    else
        close(ends[0]);
    return error;
}

/* Whether a report arrives within MILLISECONDS.  A signal to this process does not shorten the
 * wait. */
static bool child_reports_within(int fd, int milliseconds, void (*on_poll)(void *data), void *data)
{
    const int64_t until = clock_ms() + milliseconds;
    struct pollfd wait = { fd, POLLIN, 0 };
    int64_t left = milliseconds;
    int ready = 0;

    while (left >= 0) {
        ready = poll(&wait, 1, on_poll != NULL && left > POLL_MS ? POLL_MS : (int)left);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            break;
        if (on_poll != NULL)
            on_poll(data);
        left = until - clock_ms();
    }
    return ready > 0;
}

static void child_request_signal(const struct child *child, int number)
{
    (void)send(child->socket, &number, sizeof number, MSG_NOSIGNAL);
}

const char *child_end(struct child *child, unsigned ms, void (*on_poll)(void *data), void *data)
{
    struct child_report report;
    bool late = !child_reports_within(child->socket, (int)ms, on_poll, data);
    ssize_t got;

    if (late) {
        child_request_signal(child, SIGTERM);
        if (!child_reports_within(child->socket, KILL_AFTER_MS, on_poll, data))
            child_request_signal(child, SIGKILL);
    }
    do
        got = recv(child->socket, &report, sizeof report, 0);
    while (got < 0 && errno == EINTR);
    close(child->socket);
    while (waitpid(child->supervisor, NULL, 0) < 0 && errno == EINTR)
        continue;
    *child = (struct child){ -1, -1 };
    if (got == sizeof report && report.event == CHILD_NOT_STARTED)
        return strerror(report.value);
    if (late)
        return "it did not end in time";
    return got == sizeof report && WIFEXITED(report.value) && WEXITSTATUS(report.value) == 0
               ? NULL
               : "it failed";
}

/* Read FD to its end.  False when the output is late or too large. */
static bool child_collect(int fd, unsigned seconds, struct child_output *output)
{
    const int64_t until = clock_ms() + (int64_t)seconds * 1000;

    for (;;) {
        struct pollfd wait = { fd, POLLIN, 0 };
        int64_t left = until - clock_ms();
        ssize_t got;

        if (left <= 0 || output->size == output->room)
            return false;
        if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
            return false;
        if (wait.revents == 0)
            continue;
        got = read(fd, output->data + output->size, output->room - output->size);
        if (got == 0)
            return true;
        if (got > 0)
            output->size += (size_t)got;
        else if (errno != EINTR && errno != EAGAIN)
            return false;
    }
}

const char *child_capture(char *const *argv, char *const *environment, unsigned seconds,
                          struct child_output *output)
{
    struct child child;
    const char *why;
    bool collected;
    int ends[2];
    int error;

    output->size = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return strerror(errno);
    error = child_start(argv, environment, ends[1], &child);
    close(ends[1]);
    collected = error == 0 && child_collect(ends[0], seconds, output);
    close(ends[0]);
    if (error != 0)
        return strerror(error);
    why = child_end(&child, collected ? seconds * 1000 : 0, NULL, NULL);
    return collected ? why : "it printed too much, or nothing for too long";
}
