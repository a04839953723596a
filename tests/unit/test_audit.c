/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The audit log: a line for everything that is done, in one form, and never a secret. */
#include "config.h"

#include "core/session/who.h"
#include "world.h"
#include "util/array.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The last line must be WHEN, then WORDS, an extended regular expression to the line's end. */
static void assert_line(const struct world *world, const char *words, int line)
{
    char pattern[1024];
    regex_t regex;

    snprintf(pattern, sizeof pattern, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z %s$",
             words);
    assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    if (regexec(&regex, world_last_log(world), 0, NULL, 0) != 0)
        fail_msg("line %d: %s: %s", line, pattern, world_last_log(world));
    regfree(&regex);
}

#define logged(world, event, result, detail)                                   \
    assert_line(world,                                                         \
                event " account=acme provider=told result=" result             \
                      " uid=[0-9]+ pid=[0-9]+ program=\"payroll run\"" detail, \
                __LINE__)

static struct fob_handle *start(struct world *world)
{
    struct fob_handle *handle = world_start(world, "acme");

    expect(fob_set_item(handle, FOB_ITEM_PROGRAM, "payroll run"), FOB_SUCCESS, "");
    return handle;
}

static void everything_that_is_done_leaves_one_line(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    size_t lines = 0;

    world_tell(world, &(struct told){ .link = "result: rejected" });
    handle = start(world);
    world_keys(handle, "id", "s3cret-token");
    expect(fob_link(handle, 0), FOB_REJECTED, "");
    logged(world, "link", "rejected", "");
    fob_end(handle);
    world_tell(world, &(struct told){ .validate = "result: unavailable, message: 'no $token'" });
    handle = start(world);
    world_keys(handle, "id", "s3cret-token");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    logged(world, "link", "success", "");
    expect(fob_validate(handle, 0), FOB_UNAVAILABLE, "");
    logged(world, "validate", "unavailable", "");
    expect(fob_lend(handle, "exec", 0), FOB_SUCCESS, "");
    logged(world, "lend", "success", " detail=\"exec\"");
    expect(fob_authorize(handle, "request", 0), FOB_SUCCESS, "");
    logged(world, "lend", "success", " detail=\"request\"");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    logged(world, "suspend", "success", "");
    expect(fob_lend(handle, "exec", 0), FOB_SUSPENDED, "");
    logged(world, "lend", "suspended", " detail=\"exec\"");
    expect(fob_lend(handle, "exec", FOB_FORCE), FOB_SUCCESS, "");
    logged(world, "lend", "success", " detail=\"exec, forced\"");
    expect(fob_resume(handle), FOB_SUCCESS, "");
    logged(world, "resume", "success", "");
    world_field(handle, "token", "s3cret-t0ken");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    logged(world, "edit", "success", " detail=\"keys\"");
    expect(fob_revoke(handle, 0), FOB_MANUAL, "");
    logged(world, "revoke", "manual", " detail=\"erased\"");
    lines = world_log_lines(world);
    assert_int_equal(lines, 11);
    expect(fob_lend(handle, "exec", 0), FOB_NOT_FOUND, "");
    assert_int_equal(world_log_lines(world), lines);
    expect(fob_link(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    logged(world, "link", "success", " detail=\"unchecked\"");
    fob_end(handle);
}

static void no_line_has_a_secret(void **state)
{
    struct world *world = world_of(state);
    const struct fob_log_entry *entry;
    struct fob_log *log;

    everything_that_is_done_leaves_one_line(state);
    log = world_open_log(world, NULL);
    while ((entry = world_next_entry(log)) != NULL)
        assert_null(strstr(entry->line, "s3cret"));
    fob_log_close(log);
}

/* What an application says cannot make a line look like another. */
static void a_value_can_not_break_its_line(void **state)
{
    struct world *world = world_of(state);
    const struct fob_log_entry *entry;
    struct fob_handle *handle;
    struct fob_log *log;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_PROGRAM, "a\" detail=\"b\\"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_DETAIL, "\",\"event\":\"revoke"), FOB_SUCCESS, "");
    expect(fob_lend(handle, "exec", 0), FOB_SUCCESS, "");
    log = world_open_log(world, NULL);
    assert_string_equal(world_next_entry(log)->event, "link");
    entry = world_next_entry(log);
    assert_string_equal(entry->event, "lend");
    assert_string_equal(entry->account, "acme");
    assert_string_equal(entry->program, "a\" detail=\"b\\");
    assert_string_equal(entry->detail, "exec: \",\"event\":\"revoke");
    assert_null(world_next_entry(log));
    fob_log_close(log);
    fob_end(handle);
    handle = world_start(world, "acme");
    expect(fob_lend(handle, "exec", 0), FOB_SUCCESS, "");
    assert_line(world,
                "lend account=acme provider=told result=success uid=[0-9]+ pid=[0-9]+ "
                "program=\"[^ \"]*test_audit\" detail=\"exec\"",
                __LINE__);
    fob_end(handle);
}

/* The purpose is a word; and no word makes another event of it. */
static void a_purpose_can_not_forge_an_event(void **state)
{
    static const char *const bad[] = {
        "", "link account=x result=success", "key add", "exec\n", "Exec", "-f", "caf\xc3\xa9",
    };
    struct world *world = world_of(state);
    struct fob_handle *handle;
    char long_one[5001];
    size_t lines;

    memset(long_one, 'a', sizeof long_one - 1);
    long_one[sizeof long_one - 1] = '\0';
    world_link(world, "acme", "id");
    handle = start(world);
    lines = world_log_lines(world);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        expect(fob_lend(handle, bad[i], 0), FOB_INVALID, "acme: the purpose must be a word");
        expect(fob_authorize(handle, bad[i], FOB_FORCE), FOB_INVALID, "must be a word");
    }
    expect(fob_lend(handle, long_one, 0), FOB_INVALID, "must be a word");
    assert_int_equal(world_log_lines(world), lines);
    expect(fob_lend(handle, "revoke", 0), FOB_INVALID, "the name of an event of the log");
    expect(fob_lend(handle, "payroll-2", 0), FOB_SUCCESS, "");
    logged(world, "lend", "success", " detail=\"payroll-2\"");
    assert_int_equal(world_log_lines(world), lines + 1);
    fob_end(handle);
}

static void the_log_is_private(void **state)
{
    struct world *world = world_of(state);
    struct stat st;

    umask(0);
    world_link(world, "acme", "id");
    umask(022);
    assert_int_equal(stat(folder_path(world->folder, "log"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

/* Whatever cannot be logged is not done. */
static void nothing_is_done_when_the_log_can_not_be_written(void **state)
{
    struct world *world = world_of(state);
    char *log = strdup(folder_path(world->folder, "log"));
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    world->trace[0] = '\0';
    for (int i = 0; i < 3; i++) {
        static const char *const words[] = { "others may read it", "regular file",
                                             "Too many levels" };
        struct fob_handle *other = world_start(world, "other");

        world_keys(other, "id", "token");
        unlink(log);
        if (i == 0)
            assert_int_equal(chmod(folder_write(world->folder, "log", ""), 0640), 0);
        else if (i == 1)
            assert_int_equal(mkfifo(log, 0600), 0);
        else
            assert_int_equal(symlink("elsewhere", log), 0);
        assert_int_not_equal(fob_lend(handle, "exec", 0), FOB_SUCCESS);
        assert_int_not_equal(fob_lend(handle, "exec", FOB_FORCE), FOB_SUCCESS);
        assert_int_not_equal(fob_authorize(handle, "exec", 0), FOB_SUCCESS);
        assert_int_not_equal(fob_validate(handle, 0), FOB_SUCCESS);
        assert_int_not_equal(fob_suspend(handle), FOB_SUCCESS);
        assert_int_not_equal(fob_revoke(handle, 0), FOB_MANUAL);
        assert_int_not_equal(fob_link(other, 0), FOB_SUCCESS);
        assert_non_null(strstr(fob_error(), words[i]));
        fob_end(other);
        assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
        assert_false(world_has(world, "other"));
    }
    /* Nobody was asked either. */
    assert_string_equal(world->trace, "");
    assert_int_equal(access(folder_path(world->folder, "elsewhere"), F_OK), -1);
    fob_end(handle);
    free(log);
}

/* A child of fork() is a process of its own, whose parent is not its parent's. */
static void a_child_is_somebody_else(void **state)
{
    struct who who = { .process = 0 };
    struct who before;
    char wanted[64];
    int status = 0;
    pid_t child;

    (void)state;
    assert_int_equal(prctl(PR_SET_NAME, "a\"\x1b\\b"), 0);
    expect(who_identify(&who, 17), FOB_SUCCESS, "");
    before = who;
    expect(who_identify(&who, 17), FOB_SUCCESS, "");
    assert_memory_equal(&who, &before, sizeof who);
    snprintf(wanted, sizeof wanted, ",\"uid\":17,\"pid\":%ld", (long)getpid());
    assert_memory_equal(who.members, wanted, strlen(wanted));
    child = fork();
    if (child == 0) {
        snprintf(wanted, sizeof wanted, ",\"pid\":%ld,", (long)getpid());
        _exit(who_identify(&who, 17) == FOB_SUCCESS && strstr(who.members, wanted) != NULL &&
                      strstr(who.members, ",\"parent\":\"a\\\"?\\\\b\"") != NULL
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

static void a_log_that_is_not_required_only_warns(void **state)
{
    struct world *world = world_with_log(state, ", required: false");
    struct fob_handle *handle;
    char *log;

    world_link(world, "acme", "id");
    log = strdup(folder_path(world->folder, "log"));
    assert_int_equal(unlink(log), 0);
    assert_int_equal(mkdir(log, 0700), 0);
    handle = world_start(world, "acme");
    expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(rmdir(log), 0);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_is_somebody_else),
        TEST(everything_that_is_done_leaves_one_line),
        TEST(no_line_has_a_secret),
        TEST(a_value_can_not_break_its_line),
        TEST(a_purpose_can_not_forge_an_event),
        TEST(the_log_is_private),
        TEST(nothing_is_done_when_the_log_can_not_be_written),
        TEST(a_log_that_is_not_required_only_warns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
