/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running programs, on a handle that is only a struct: from many threads, with the caller's
 * standard streams closed, and that nothing is left of it.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../plugins/exec/program.h"
#include "util/array.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 10

struct fob_handle {
    char error[512];
    bool over; /* nobody waits for the hook */
};

const char *fob_provider_name(const struct fob_handle *handle)
{
    (void)handle;
    return "shell";
}

int fob_fail(struct fob_handle *handle, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(handle->error, sizeof handle->error, format, args);
    va_end(args);
    return code;
}

void fob_hint(struct fob_handle *handle, const char *format, ...)
{
    (void)handle;
    (void)format;
}

bool fob_is_over(const struct fob_handle *handle)
{
    return handle->over;
}

int fob_open_trusted(struct fob_handle *handle, const char *path, int *fd)
{
    int opened = open(path, O_RDONLY | O_CLOEXEC);

    if (opened < 0)
        return fob_fail(handle, FOB_NOT_FOUND, "%s: %s", path, strerror(errno));
    *fd = opened;
    return FOB_SUCCESS;
}

/* Run sh -c SCRIPT with INPUT. */
static int run(struct fob_handle *handle, const char *script, const char *input,
               struct ending *ending)
{
    const char *const arguments[] = { "/bin/sh", "-c", script, NULL };
    char path[] = "PATH=/usr/bin:/bin";
    char *environment[] = { path, NULL };
    struct fob_secret *secret = NULL;
    struct program program = { .arguments = arguments, .environment = environment, .timeout = 60 };
    int code;

    if (fob_secret_new(input, strlen(input), &secret) != FOB_SUCCESS)
        return FOB_NOMEM;
    program.input = secret;
    code = program_run(handle, &program, ending);
    fob_secret_free(secret);
    return code;
}

static size_t count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count;
}

static void assert_nothing_is_left(size_t descriptors)
{
    assert_int_equal(count_descriptors(), descriptors);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* Each thread's program must get its own input, and its own answer and status go back. */
static void *run_many(void *data)
{
    const int *number = data;
    char input[32];
    char words[32];
    bool good = true;

    snprintf(input, sizeof input, "field-of-%d\n", *number);
    snprintf(words, sizeof words, "words-%d", *number);
    for (int i = 0; i < ROUNDS && good; i++) {
        struct fob_handle handle = { .error = "" };
        struct ending ending;
        char script[64];

        snprintf(script, sizeof script, "cat; echo words-%d >&2; exit %d", *number, *number);
        good = run(&handle, script, input, &ending) == FOB_SUCCESS && !ending.signaled &&
               ending.status == *number && strcmp(fob_secret_data(ending.output), input) == 0 &&
               strcmp(program_stderr_line(&ending.errors, 0), words) == 0 &&
               program_stderr_line(&ending.errors, 1) == NULL;
        program_ending_free(&ending);
    }
    return good ? data : NULL;
}

static void threads_run_programs_at_once(void **state)
{
    size_t descriptors = count_descriptors();
    pthread_t threads[THREADS];
    int numbers[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, run_many, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *result;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &numbers[i]);
    }
    assert_nothing_is_left(descriptors);
}

static void a_program_that_cannot_run_leaves_nothing(void **state)
{
    static const char *const paths[] = { "/nonexistent", "/etc/passwd" };
    size_t descriptors = count_descriptors();

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        const char *const arguments[] = { paths[i], NULL };
        char *environment[] = { NULL };
        struct program program = { .arguments = arguments, .environment = environment };
        struct fob_secret *input = NULL;
        struct fob_handle handle = { .error = "" };
        struct ending ending;

        assert_int_equal(fob_secret_new("", 0, &input), FOB_SUCCESS);
        program.input = input;
        assert_int_equal(program_run(&handle, &program, &ending), FOB_PLUGIN);
        assert_non_null(strstr(handle.error, paths[i]));
        program_ending_free(&ending);
        fob_secret_free(input);
    }
    assert_nothing_is_left(descriptors);
}

/* In a child, since it needs its standard streams. */
static void standard_streams_may_be_closed(void **state)
{
    int status;
    pid_t pid;

    (void)state;
    fflush(NULL);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct fob_handle handle = { .error = "" };
        struct ending ending;
        bool good;

        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        close(STDERR_FILENO);
        good = run(&handle, "read -r line; echo \"$line\"; echo two >&2", "one\n", &ending) ==
                   FOB_SUCCESS &&
               strcmp(fob_secret_data(ending.output), "one\n") == 0 &&
               strcmp(program_stderr_line(&ending.errors, 0), "two") == 0 && fcntl(0, F_GETFD) < 0;
        program_ending_free(&ending);
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void the_last_lines_are_kept(void **state)
{
    static const char *const kept[] = { "8", "9", "10", "11", "12", "13", "14" };
    struct fob_handle handle = { .error = "" };
    struct ending ending;

    (void)state;
    assert_int_equal(run(&handle,
                         "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do echo $i; echo; done >&2;"
                         "printf '%0600d' 0 >&2",
                         "", &ending),
                     FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
        assert_string_equal(program_stderr_line(&ending.errors, i), kept[i]);
    assert_int_equal(strlen(program_stderr_line(&ending.errors, 7)), STDERR_LINE_SIZE - 1);
    assert_null(program_stderr_line(&ending.errors, 8));
    program_ending_free(&ending);
}

static void a_program_ends_when_the_caller_stops_waiting(void **state)
{
    size_t descriptors = count_descriptors();
    struct fob_handle handle = { .over = true };
    struct ending ending;

    (void)state;
    assert_int_equal(run(&handle, "sleep 50", "", &ending), FOB_ABORT);
    assert_string_equal(handle.error, "provider shell: exec: /bin/sh: interrupted");
    program_ending_free(&ending);
    assert_nothing_is_left(descriptors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_run_programs_at_once),
        cmocka_unit_test(a_program_that_cannot_run_leaves_nothing),
        cmocka_unit_test(standard_streams_may_be_closed),
        cmocka_unit_test(the_last_lines_are_kept),
        cmocka_unit_test(a_program_ends_when_the_caller_stops_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
