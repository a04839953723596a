/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log, whose writer is killed at each of its system calls: no line is lost, nothing looks
 * like tampering, and the next use works.
 *
 * Linked with --wrap for link(2), which some file systems lack.
 */
#include "config.h"

#include "core/log/audit.h"
#include "core/session/context.h"

#include "world.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP 3

static bool no_link;

int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to)
{
    if (!no_link)
        return __real_link(from, to);
    errno = EPERM;
    return -1;
}

/* The log and its parts. */
struct files {
    struct {
        char *data;
        size_t size;
    } parts[KEEP + 1];
};

static const char *part_path(const struct world *world, int part)
{
    static const char *const names[KEEP + 1] = { "log", "log.1", "log.2", "log.3" };

    return folder_path(world->folder, names[part]);
}

static void keep_files(const struct world *world, struct files *files)
{
    *files = (struct files){ { { NULL, 0 } } };
    for (int part = 0; part <= KEEP; part++) {
        FILE *file = fopen(part_path(world, part), "r");

        if (file == NULL)
            continue;
        files->parts[part].data = calloc(1, 64 * 1024);
        files->parts[part].size = fread(files->parts[part].data, 1, 64 * 1024, file);
        fclose(file);
    }
}

static void restore_files(const struct world *world, const struct files *files)
{
    for (int part = 0; part <= KEEP; part++) {
        const char *path = part_path(world, part);

        unlink(path);
        if (files->parts[part].data != NULL) {
            FILE *file = fopen(path, "w");

            assert_non_null(file);
            assert_int_equal(fwrite(files->parts[part].data, 1, files->parts[part].size, file),
                             files->parts[part].size);
            fclose(file);
            assert_int_equal(chmod(path, 0600), 0);
        }
    }
}

static void free_files(struct files *files)
{
    for (int part = 0; part <= KEEP; part++)
        free(files->parts[part].data);
}

/* Lines without a gap. */
struct range {
    uint64_t first;
    uint64_t last;
};

static struct range read_range(const struct world *world)
{
    struct range range = { 0, 0 };
    struct fob_log *log = world_open_log(world, NULL);
    const struct fob_log_entry *entry;

    while ((entry = world_next_entry(log)) != NULL) {
        if (range.first == 0)
            range.first = entry->seq;
        range.last = entry->seq;
    }
    fob_log_close(log);
    return range;
}

static void find_nothing(bool good, const char *text, void *data)
{
    if (!good)
        fail_msg("stop %d: %s", *(int *)data, text);
}

/* A chain without a gap: a verification would find one. */
static void verify(const struct world *world, int stop)
{
    expect(fob_verify_log(world->context, find_nothing, &stop), FOB_SUCCESS, "");
}

/* What is done with the log in a process of its own. */
typedef int use_fn(struct fob_context *context, struct fob_handle *handle);

static int lend(struct fob_context *context, struct fob_handle *handle)
{
    (void)context;
    return fob_lend(handle, "get", 0);
}

static int write_batch(struct fob_context *context, struct fob_handle *handle)
{
    struct audit_event events[30];

    (void)handle;
    for (size_t i = 0; i < 30; i++)
        events[i] = (struct audit_event){ .name = "validate", .account = "acme" };
    return audit_events(context, events, 30);
}

static _Noreturn void be_traced(const struct world *world, use_fn *use)
{
    struct fob_context *context = NULL;
    struct fob_handle *handle = NULL;

    if (fob_open(folder_path(world->folder, "fob.yaml"), &context) != FOB_SUCCESS ||
        fob_start(context, NULL, "acme", NULL, &handle) != FOB_SUCCESS ||
        ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(100);
    raise(SIGSTOP);
    _exit(use(context, handle));
}

/* Kill the child at its system call number STOP; false when it ended before. */
static bool kill_at(pid_t child, int stop)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSTOPPED(status))
        fail_msg("not traced: %#x", (unsigned)status);
    assert_int_equal(
        ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)),
        0);
    /* Each call stops at its begin and at its end. */
    for (int seen = 0; seen < 2 * stop + 1; seen++) {
        if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) < 0 || waitpid(child, &status, 0) != child)
            fail_msg("%s", strerror(errno));
        if (WIFEXITED(status)) {
            assert_int_equal(WEXITSTATUS(status), FOB_SUCCESS);
            return false;
        }
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (waitpid(child, &status, 0) == child && !WIFSIGNALED(status) && !WIFEXITED(status))
        ;
    return true;
}

static bool may_trace(void)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0);
    return waitpid(child, &status, 0) == child && status == 0;
}

/* Kill USE at each system call, from the state that is there now.  The lines since FIRST must stay.
 */
static void kill_everywhere(struct world *world, use_fn *use, uint64_t first)
{
    struct fob_handle *handle = world_start(world, "acme");
    struct range before = read_range(world);
    struct files files;
    bool killed = true;
    int stop = 0;

    keep_files(world, &files);
    for (; killed; stop++) {
        struct range after;
        pid_t child;

        restore_files(world, &files);
        child = fork();
        if (child == 0)
            be_traced(world, use);
        killed = kill_at(child, stop);
        verify(world, stop);
        after = read_range(world);
        if (after.first > first || after.last < before.last)
            fail_msg("stop %d: lines %llu to %llu are left", stop, (unsigned long long)after.first,
                     (unsigned long long)after.last);
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
        verify(world, stop);
        after = read_range(world);
        if (after.first > first || after.last <= before.last)
            fail_msg("stop %d: lines %llu to %llu are left", stop, (unsigned long long)after.first,
                     (unsigned long long)after.last);
    }
    print_message("%d system calls\n", stop);
    assert_true(stop > 5);
    free_files(&files);
    fob_end(handle);
}

/* A log that the next line rotates, with all parts that are kept; FIRST gets the first line of the
 * second oldest. */
static struct world *make_full(void **state, uint64_t *first)
{
    struct world *world = world_with_log(state, ", max_size: 16K, keep: 3");
    struct fob_handle *handle;
    struct stat st = { .st_size = 0 };

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    *first = 0;
    while (access(part_path(world, KEEP), F_OK) != 0 || st.st_size <= 16 * 1024) {
        if (*first == 0 && access(part_path(world, 1), F_OK) == 0)
            *first = read_range(world).last;
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
        assert_int_equal(stat(part_path(world, 0), &st), 0);
    }
    fob_end(handle);
    return world;
}

static void a_kill_at_each_call_of_a_rotation_loses_no_line(void **state)
{
    uint64_t first;
    struct world *world;

    if (!may_trace())
        skip();
    world = make_full(state, &first);
    kill_everywhere(world, lend, first);
    for (int part = 0; part <= KEEP; part++)
        assert_int_equal(access(part_path(world, part), F_OK), 0);
    assert_int_equal(access(folder_path(world->folder, "log.new"), F_OK), -1);
    assert_int_equal(access(folder_path(world->folder, "log.old"), F_OK), -1);
}

static void so_does_a_kill_where_there_is_no_link(void **state)
{
    uint64_t first;
    struct world *world;

    if (!may_trace())
        skip();
    no_link = true;
    world = make_full(state, &first);
    kill_everywhere(world, lend, first);
    no_link = false;
}

static void a_kill_at_each_call_of_a_batch_is_not_called_tampering(void **state)
{
    struct world *world = world_of(state);

    if (!may_trace())
        skip();
    world_link(world, "acme", "id");
    kill_everywhere(world, write_batch, 3);
}

/* What the killed process wrote makes the log too large, so that the next line rotates it. */
static void remains_of_a_kill_in_an_older_part_hide_no_line(void **state)
{
    struct world *world = world_with_log(state, ", max_size: 16K, keep: 3");
    struct fob_handle *handle;
    struct stat st = { .st_size = 0 };

    if (!may_trace())
        skip();
    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    while (st.st_size < 12 * 1024) {
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
        assert_int_equal(stat(part_path(world, 0), &st), 0);
    }
    fob_end(handle);
    kill_everywhere(world, write_batch, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kill_at_each_call_of_a_rotation_loses_no_line),
        TEST(so_does_a_kill_where_there_is_no_link),
        TEST(a_kill_at_each_call_of_a_batch_is_not_called_tampering),
        TEST(remains_of_a_kill_in_an_older_part_hide_no_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
