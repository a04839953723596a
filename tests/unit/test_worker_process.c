/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* How fob-worker is started and ended, with a program that tells what it finds in its place. */
#include "config.h"

#include <fob/fob.h>

#include "core/plugin/worker_ports.h"
#include "core/plugin/worker_process.h"

#include "forbid.h"

#include "util/calls.h"
#include "util/clock.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

static char folder[] = "/tmp/fob-test-worker-XXXXXX";

struct heard {
    size_t lines;
    char last[128];
};

static void hear(const char *line, void *data)
{
    struct heard *heard = data;

    heard->lines++;
    snprintf(heard->last, sizeof heard->last, "%s", line);
}

static struct worker_process *start(struct heard *heard)
{
    const struct worker_start how = { .log = hear, .data = heard };
    struct worker_process *process = NULL;

    *heard = (struct heard){ 0 };
    if (worker_process_start(&how, &process) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return process;
}

static void command(const struct worker_process *process, char byte)
{
    assert_int_equal(write(worker_process_control(process), &byte, 1), 1);
}

/* What it tells until the line "end". */
static const char *answer(struct worker_process *process)
{
    static char text[256 * 1024]; /* it may have the whole environment in it */
    size_t size = 0;

    while (size < sizeof text - 1) {
        struct pollfd polls[] = { { worker_process_control(process), POLLIN, 0 },
                                  { worker_process_output(process), POLLIN, 0 } };
        ssize_t got;

        assert_true(poll(polls, 2, 60000) > 0);
        if (polls[1].revents != 0)
            worker_process_pump(process);
        if (polls[0].revents == 0)
            continue;
        got = read(polls[0].fd, text + size, sizeof text - 1 - size);
        assert_true(got > 0);
        size += (size_t)got;
        text[size] = '\0';
        if (strstr(text, "end\n") != NULL)
            break;
    }
    return text;
}

static size_t count_descriptors(void)
{
    DIR *entries = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count;
}

/* Besides LD_LIBRARY_PATH, since FOB_LIBEXEC is set. */
static const char usual_state[] = "open 0 1 2 3\n"
                                  "folder /\n"
                                  "umask 077\n"
                                  "session own\n"
                                  "variable LANG=C.UTF-8\n"
                                  "variable TZ=UTC\n"
                                  "variable https_proxy=http://127.0.0.1:9\n";

static void test_state(void **state)
{
    struct heard heard;
    struct worker_process *process;
    sigset_t mask;

    (void)state;
    clearenv();
    setenv("FOB_LIBEXEC", folder, 1);
    setenv("LANG", "C.UTF-8", 1);
    setenv("TZ", "UTC", 1);
    setenv("https_proxy", "http://127.0.0.1:9", 1);
    setenv("FOB_PASSPHRASE", "s3cr3t", 1);
    setenv("LD_PRELOAD_NOT", "x", 1);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR2, SIG_IGN);
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    process = start(&heard);
    command(process, 's');
    assert_memory_equal(answer(process), usual_state, sizeof usual_state - 1);
    worker_process_end(process);
    assert_int_equal(heard.lines, 0);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    signal(SIGUSR2, SIG_DFL);
}

/* A program that has closed its standard streams, as a daemon may. */
static void test_closed_streams(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        struct heard heard;
        struct worker_process *process;
        bool good;

        close_range(0, 2, 0);
        process = start(&heard);
        command(process, 's');
        good = strncmp(answer(process), "open 0 1 2 3\n", 13) == 0;
        worker_process_end(process);
        _exit(good && fcntl(0, F_GETFD) < 0 && fcntl(1, F_GETFD) < 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static volatile sig_atomic_t signals;

static void note_signal(int number)
{
    (void)number;
    signals++;
}

/* The application sees neither a signal nor a child nor a descriptor of it. */
static void test_unseen(void **state)
{
    struct heard heard;
    size_t before;
    sigset_t mask;

    (void)state;
    signal(SIGCHLD, note_signal);
    signals = 0;
    before = count_descriptors();
    for (int i = 0; i < 20; i++) {
        struct worker_process *process = start(&heard);

        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
        sigprocmask(SIG_SETMASK, NULL, &mask);
        assert_int_equal(sigismember(&mask, SIGTERM), 0);
        command(process, 's');
        answer(process);
        if (i % 2 == 0)
            worker_process_kill(process);
        worker_process_end(process);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
    }
    assert_int_equal(signals, 0);
    assert_int_equal(count_descriptors(), before);
    signal(SIGCHLD, SIG_DFL);
}

/* The first process of a container has all orphans. */
static void test_orphans(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        struct heard heard;

        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        worker_process_end(start(&heard));
        _exit(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int64_t time_end(const char *commands, bool kill_first)
{
    struct heard heard;
    struct worker_process *process = start(&heard);
    int64_t begun;

    while (*commands != '\0')
        command(process, *commands++);
    begun = clock_ms();
    if (kill_first)
        worker_process_kill(process);
    worker_process_end(process);
    return clock_ms() - begun;
}

/* The end after COMMANDS never takes less than LEAST milliseconds, nor always more than MOST: a
 * busy machine may take its time once. */
static void assert_end_takes(const char *commands, bool kill_first, int64_t least, int64_t most)
{
    int64_t took = most + 1;

    for (int i = 0; i < 10 && took > most; i++) {
        took = time_end(commands, kill_first);
        assert_true(took >= least);
    }
    assert_true(took <= most);
}

static void test_end(void **state)
{
    (void)state;
    assert_end_takes("", false, 0, 1500);
    assert_end_takes("h", false, 1900, 2900);
    assert_end_takes("h", true, 0, 1500);
    assert_end_takes("qh", false, 0, 1500);
    worker_process_end(NULL);
}

static void test_output(void **state)
{
    struct heard heard;
    struct worker_process *process = start(&heard);

    (void)state;
    command(process, 'n');
    answer(process);
    worker_process_end(process);
    assert_int_equal(heard.lines, 1);
    assert_string_equal(heard.last, "no ? newline");

    process = start(&heard);
    command(process, 'p');
    answer(process);
    worker_process_pump(process);
    assert_int_equal(heard.lines, 1001);
    assert_string_equal(heard.last, "prints too much: the rest is left out");
    command(process, 'p');
    answer(process);
    worker_process_end(process);
    assert_int_equal(heard.lines, 1001);
}

/* A child of fork() has nothing of the worker, and ends nothing of it. */
static void test_fork(void **state)
{
    struct heard heard;
    struct worker_process *process = start(&heard);
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        const int fds[] = { worker_process_control(process), worker_process_output(process) };

        if (fcntl(fds[0], F_GETFD) >= 0 || fcntl(fds[1], F_GETFD) >= 0)
            _exit(1);
        worker_process_end(process);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    command(process, 's');
    answer(process);
    worker_process_end(process);
}

/* What comes of starting a worker, and ending it, without the call NUMBER: the code. */
static int start_without(unsigned number, bool hangs)
{
    const struct worker_start how = { .log = hear };
    struct worker_process *process = NULL;
    pid_t child = fork();
    int status;
    int code;

    if (child == 0) {
        assert_int_equal(forbid(number, ENOSYS), 0);
        code = worker_process_start(&how, &process);
        if (code == FOB_SUCCESS && hangs)
            command(process, 'h');
        worker_process_end(process);
        _exit(code);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_refused_calls(void **state)
{
    (void)state;
    assert_int_equal(start_without(SYS_pidfd_open, false), FOB_SUCCESS);
    assert_int_equal(start_without(SYS_pidfd_send_signal, false), FOB_SUCCESS);
    assert_int_equal(start_without(SYS_execveat, false), FOB_CONFIG);
    assert_int_equal(start_without(SYS_close_range, false), FOB_CONFIG);
    assert_int_equal(start_without(SYS_socketpair, false), FOB_CONFIG);
    assert_int_equal(start_without(SYS_pipe2, false), FOB_CONFIG);
    assert_int_equal(start_without(SYS_clone, false), FOB_CONFIG);
    assert_int_equal(start_without(SYS_chdir, false), FOB_CONFIG);
}

static void expect_fault(const char *text)
{
    const struct worker_start how = { .log = hear };
    struct worker_process *process = NULL;

    assert_int_equal(worker_process_start(&how, &process), FOB_CONFIG);
    assert_null(process);
    if (strstr(fob_error(), text) == NULL)
        fail_msg("%s: not %s", fob_error(), text);
    assert_string_not_equal(fob_error_hint(), "");
}

static void test_program(void **state)
{
    char path[128];
    char other[128];

    (void)state;
    snprintf(path, sizeof path, "%s/fob-worker", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    assert_int_equal(chmod(path, 0777), 0);
    expect_fault("everybody may write to it");
    assert_int_equal(chmod(path, 0644), 0);
    expect_fault("cannot be run: Permission denied");
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(rename(path, other), 0);
    expect_fault("No such file");
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    expect_fault("everybody may write to it");
    assert_int_equal(chmod(folder, 0700), 0);
}

static void test_prefix(void **state)
{
    struct heard heard;
    struct worker_process *process = start(&heard);

    (void)state;
    assert_false(worker_process_is_bare(process));
    worker_process_end(process);
    setenv("FOB_WORKER_PREFIX", "  env  MARK=1 ", 1);
    setenv("PATH", "/usr/bin:/bin", 1);
    process = start(&heard);
    assert_true(worker_process_is_bare(process));
    command(process, 's');
    assert_non_null(strstr(answer(process), "variable MARK=1\n"));
    worker_process_end(process);
    setenv("FOB_WORKER_PREFIX", "  ", 1);
    process = start(&heard);
    assert_false(worker_process_is_bare(process));
    worker_process_end(process);
    unsetenv("FOB_WORKER_PREFIX");
}

static int set_up(void **state)
{
    char script[256];

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(script, sizeof script, "cp %s %s/fob-worker", TEST_STUB_WORKER, folder);
    setenv("FOB_LIBEXEC", folder, 1);
    return system(script);
}

/* A scheme that is not in small letters must not lose its port. */
static void test_ports(void **state)
{
    char first[] = "HTTP://127.0.0.1:8001/v1";
    char second[] = "hTTps://[::1]:8002";
    char third[] = "Http://localhost";
    char *texts[] = { first, second, third, NULL };
    struct worker_ports ports;

    (void)state;
    worker_ports_find(texts, worker_ports_of("http://[::1]:8003/v1"), &ports);
    assert_true(ports.count >= 4);
    assert_int_equal(ports.numbers[0], 8001);
    assert_int_equal(ports.numbers[1], 8002);
    assert_int_equal(ports.numbers[2], 80);
    assert_int_equal(ports.numbers[3], 8003);
    /* Without a URL among the options, no port is closed. */
    worker_ports_find(texts + 3, 8003, &ports);
    assert_int_equal(ports.count, 0);
    assert_int_equal(worker_ports_of("https://a.example"), 443);
    assert_int_equal(worker_ports_of("a.example:8003"), 0);
    assert_int_equal(worker_ports_of(NULL), 0);
}

static int tear_down(void **state)
{
    char script[128];

    (void)state;
    snprintf(script, sizeof script, "rm -rf %s", folder);
    return system(script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_streams), cmocka_unit_test(test_unseen),
        cmocka_unit_test(test_orphans),        cmocka_unit_test(test_end),
        cmocka_unit_test(test_output),         cmocka_unit_test(test_fork),
        cmocka_unit_test(test_refused_calls),  cmocka_unit_test(test_program),
        cmocka_unit_test(test_prefix),         cmocka_unit_test(test_ports),
        cmocka_unit_test(test_state), /* it clears the environment */
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
