/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* That a worker's crash is told by a frame, and that nothing of what it started outlives it. */
#include "config.h"

#include "frame/frame.h"
#include "util/clock.h"
#include "util/containment.h"
#include "worker/crash.h"
#include "worker/keeper.h"
#include "worker/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CALL 7

/* A frame as it came, and how its sender ended. */
struct told {
    struct frame_head head;
    unsigned char bytes[256];
    struct span items;
    int status;
};

static int use_stack(volatile char *above)
{
    volatile char here[4096];

    here[0] = above[0];
    return above[0] != 0 ? use_stack(here) + here[0] : 0;
}

/* UndefinedBehaviorSanitizer reports NULL itself, and prevents the signal. */
static char *volatile nowhere = (char *)16;

static void crash_by(int number)
{
    char byte = 1;

    if (number == SIGSYS)
        syscall(SYS_vhangup);
    else if (number == 0)
        use_stack(&byte);
    else if (number == SIGSEGV)
        *(volatile char *)nowhere = 1;
    else if (number == SIGABRT)
        abort();
    else
        raise(number);
}

struct crashing {
    int fd; /* where the call came from; -1 for none */
    int number;
};

static void *crashing_thread(void *data)
{
    const struct crashing *crashing = data;

    if (crashing->fd >= 0)
        crash_begin(crashing->fd, CALL);
    crash_by(crashing->number);
    return NULL;
}

static _Noreturn void be_worker(int control, int channel, int number, bool in_call)
{
    const struct sandbox sandbox = { .required = true };
    struct crashing crashing = { in_call ? channel : -1, number };
    char why[SANDBOX_WHY];
    pthread_t thread;

    if (dup2(control, FRAME_CONTROL) != FRAME_CONTROL)
        _exit(99);
    crash_watch();
    if (containment_has_seccomp() && containment_landlock_level() > 0 &&
        sandbox_enter(&sandbox, why) != 0)
        _exit(98);
    if (!in_call)
        crashing_thread(&crashing);
    if (pthread_create(&thread, NULL, crashing_thread, &crashing) != 0)
        _exit(97);
    pthread_join(thread, NULL);
    _exit(96);
}

/* Out of the control socket's way. */
static void move_up(int *fd)
{
    int moved = fcntl(*fd, F_DUPFD_CLOEXEC, 20);

    assert_true(moved >= 0);
    close(*fd);
    *fd = moved;
}

/* Have a child crash, and read what it tells on the socket of the call, or on the control socket.
 */
static void crash_child(int number, bool in_call, struct told *told)
{
    int control[2];
    int channel[2];
    ssize_t got;
    pid_t child;
    int end;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel), 0);
    move_up(&channel[1]);
    move_up(&control[1]);
    child = fork();
    if (child == 0)
        be_worker(control[1], channel[1], number, in_call);
    assert_int_equal(waitpid(child, &told->status, 0), child);
    end = in_call ? channel[0] : control[0];
    got = recv(end, told->bytes, sizeof told->bytes, MSG_DONTWAIT);
    assert_true(got >= FRAME_HEAD);
    told->head = frame_read_head(told->bytes);
    assert_null(told->head.why);
    assert_int_equal(told->head.size, got - FRAME_HEAD);
    told->items = (struct span){ told->bytes + FRAME_HEAD, told->head.size };
    assert_null(frame_check((enum frame_type)told->head.type, told->items));
    for (int i = 0; i < 2; i++) {
        close(control[i]);
        close(channel[i]);
    }
}

static void test_signals(void **state)
{
    static const int numbers[] = { 0, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGXCPU };
    struct told told;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int number = numbers[i] != 0 ? numbers[i] : SIGSEGV;

        for (int in_call = 0; in_call < 2; in_call++) {
            crash_child(numbers[i], in_call != 0, &told);
            assert_int_equal(told.head.type, FRAME_CRASH);
            assert_int_equal(told.head.call, in_call != 0 ? CALL : 0);
            assert_int_equal(frame_number(told.items, FRAME_SIGNAL, -1), number);
            assert_int_equal(frame_number(told.items, FRAME_SYSTEM_CALL, -1), -1);
            assert_true(WIFSIGNALED(told.status));
            assert_int_equal(WTERMSIG(told.status), number);
        }
    }
}

static void test_refused_call(void **state)
{
    struct told told;

    (void)state;
    if (!containment_has_seccomp() || containment_landlock_level() < 0)
        skip();
    crash_child(SIGSYS, true, &told);
    assert_int_equal(frame_number(told.items, FRAME_SIGNAL, -1), SIGSYS);
    assert_int_equal(frame_number(told.items, FRAME_SYSTEM_CALL, -1), SYS_vhangup);
    assert_true(WIFSIGNALED(told.status));
    assert_int_equal(WTERMSIG(told.status), SIGSYS);
}

/* Processes that leave their group and session and ignore what they can, each the next one's
 * parent, which ends. */
static void leave_processes(int depth)
{
    if (fork() != 0)
        return;
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    if (depth > 0) {
        leave_processes(depth - 1);
        _exit(0);
    }
    for (;;)
        pause();
}

enum ending { ENDS, HANGS };

/* A worker with a keeper, and descendants. */
static pid_t start_kept(int control, enum ending ending)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    if (dup2(control, FRAME_CONTROL) != FRAME_CONTROL || keeper_start() != 0)
        _exit(99);
    leave_processes(3);
    if (ending == ENDS)
        _exit(0);
    for (;;)
        pause();
}

/* Whether the pipe's END is closed by all who had it within MS milliseconds. */
static bool ends_within(int end, int ms)
{
    struct pollfd wait = { end, POLLIN, 0 };

    return poll(&wait, 1, ms) == 1 && (wait.revents & POLLHUP) != 0;
}

static void check_kept(enum ending ending)
{
    int control[2];
    int kept[2];
    int status;
    int64_t begun = 0;
    pid_t child;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), 0);
    assert_int_equal(pipe2(kept, O_CLOEXEC), 0);
    move_up(&control[1]);
    move_up(&kept[1]);
    child = start_kept(control[1], ending);
    close(control[1]);
    close(kept[1]);
    if (ending == HANGS) {
        assert_false(ends_within(kept[0], 300));
        begun = clock_ms();
        assert_int_equal(shutdown(control[0], SHUT_WR), 0);
    }
    assert_true(ends_within(kept[0], 60000));
    if (ending == HANGS)
        assert_true(clock_ms() - begun >= 1900); /* it has two seconds */
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(control[0]);
    close(kept[0]);
}

static void test_keeper(void **state)
{
    (void)state;
    check_kept(ENDS);
    check_kept(HANGS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_refused_call),
        cmocka_unit_test(test_keeper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
