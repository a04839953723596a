/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A program that uses libfob is after each call as it was before, whatever the plugin does: no
 * signal, no child, no descriptor, no thread, and nothing else of the process has changed.
 */
#include "config.h"

#include "world.h"

#include "util/clock.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMITS 16
#define ACCOUNTS 8

/* What of a process others could see changed. */
struct host {
    size_t descriptors;
    size_t threads;
    char folder[512];
    char environment[8192];
    mode_t mask;
    sigset_t blocked;
    void (*handlers[NSIG])(int);
    struct rlimit limits[LIMITS];
};

static volatile sig_atomic_t signals;
/* Before any worker was started. */
static sigset_t blocked_at_first;

static void note_signal(int number)
{
    (void)number;
    signals++;
}

static size_t count_entries(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;

    assert_non_null(entries);
    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count;
}

static void look(struct host *host)
{
    size_t used = 0;

    memset(host, 0, sizeof *host);
    host->descriptors = count_entries("/proc/self/fd");
    host->threads = count_entries("/proc/self/task");
    assert_non_null(getcwd(host->folder, sizeof host->folder));
    for (char **variable = environ; *variable != NULL && used < sizeof host->environment;
         variable++)
        used += (size_t)snprintf(host->environment + used, sizeof host->environment - used, "%s\n",
                                 *variable);
    host->mask = umask(0);
    umask(host->mask);
    sigprocmask(SIG_SETMASK, NULL, &host->blocked);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;

        if (sigaction(number, NULL, &action) == 0)
            host->handlers[number] = action.sa_handler;
    }
    for (int i = 0; i < LIMITS; i++)
        syscall(SYS_prlimit64, 0, i, NULL, &host->limits[i]);
}

/* The process is as HOST says, and has no child. */
static void assert_same(const struct host *host)
{
    struct host now;

    look(&now);
    assert_int_equal(now.descriptors, host->descriptors);
    assert_int_equal(now.threads, host->threads);
    assert_string_equal(now.folder, host->folder);
    assert_string_equal(now.environment, host->environment);
    assert_int_equal(now.mask, host->mask);
    for (int number = 1; number < NSIG; number++) {
        assert_int_equal(sigismember(&now.blocked, number), sigismember(&blocked_at_first, number));
        assert_ptr_equal(now.handlers[number], host->handlers[number]);
    }
    assert_memory_equal(now.limits, host->limits, sizeof now.limits);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(signals, 0);
}

static void tell(const struct fob_sweep_result *result, void *data)
{
    (void)result;
    (*(size_t *)data)++;
}

static void sweep(struct world *world)
{
    size_t told = 0;
    const struct fob_sweep plan = { .size = sizeof plan, .tell = tell, .data = &told };

    assert_int_equal(fob_sweep(world->context, &plan), FOB_SUCCESS);
    assert_int_equal(told, ACCOUNTS);
}

static int validate(struct world *world)
{
    struct fob_handle *handle = world_start(world, "a0");
    int code = fob_validate(handle, 0);

    fob_end(handle);
    return code;
}

static void set_up_signals(void)
{
    signal(SIGCHLD, note_signal);
    signal(SIGPIPE, note_signal);
    signals = 0;
}

/* Whatever is opened once and kept, the store say, is. */
static void link_all(struct world *world)
{
    fob_set_log(world->context, NULL, NULL);
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%u", i);
        world_link(world, name, "id");
    }
}

/* The world, with accounts, and what its host is like after a first sweep. */
static struct world *prepare(void **state, struct host *host)
{
    struct world *world = world_of(state);

    link_all(world);
    set_up_signals();
    sweep(world);
    look(host);
    return world;
}

static void test_calls(void **state)
{
    struct host host;
    struct world *world = prepare(state, &host);

    world_link(world, "other", "id");
    assert_same(&host);
    assert_int_equal(validate(world), FOB_SUCCESS);
    assert_same(&host);
    signal(SIGCHLD, SIG_DFL);
}

static void test_sweep(void **state)
{
    struct host host;
    struct world *world = prepare(state, &host);

    for (int i = 0; i < 3; i++) {
        sweep(world);
        assert_same(&host);
    }
    signal(SIGCHLD, SIG_DFL);
}

/* Let the validate hook be the hostile plugin's, with ACT. */
static void set_act(struct world *world, const char *act)
{
    char text[512];

    snprintf(text, sizeof text,
             "provider: told\nfields: [ { name: id }, { name: token, secret: true } ]\n"
             "link: [ { control: required, plugin: told } ]\n"
             "validate: [ { control: required, plugin: hostile, options: { do: %s } } ]\n",
             act);
    world_provider(world, "told", text);
}

/* Have the hostile plugin commit ACT at each account. */
static void commit(struct world *world, const char *act, int code)
{
    set_act(world, act);
    assert_int_equal(validate(world), code);
    sweep(world);
}

/* The worker ends at every account, in each way. */
static void test_hostile(void **state)
{
    static const char *const acts[] = { "segv",        "abort", "exit_now", "exit",
                                        "kill_itself", "throw", "longjmp",  "flood" };
    struct world *world = world_of(state);
    struct host host;

    link_all(world);
    set_up_signals();
    commit(world, "nothing", FOB_SUCCESS); /* the plugin's file stays open */
    look(&host);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        commit(world, acts[i], FOB_PLUGIN);
        assert_same(&host);
    }
    signal(SIGCHLD, SIG_DFL);
}

/* Waiting for a worker that has closed its output takes no processor time. */
static void test_closed_output(void **state)
{
    struct world *world = world_of(state);
    int64_t before;

    link_all(world);
    set_act(world, "close_output");
    before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    assert_int_equal(validate(world), FOB_SUCCESS);
    assert_true(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before < 500000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_calls, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_sweep, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_closed_output, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(test_hostile, world_set_up, world_tear_down),
    };

    sigprocmask(SIG_SETMASK, NULL, &blocked_at_first);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
