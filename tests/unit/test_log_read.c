/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reading the audit log: which entries, in which order, and what a reader is independent of. */
#include "config.h"

#include "core/log/audit.h"

#include "util/array.h"
#include "forked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The remaining entries of LOG, which must have WORDS. */
static size_t count_rest(struct fob_log *log, const char *words)
{
    const struct fob_log_entry *entry;
    size_t count = 0;

    while ((entry = world_next_entry(log)) != NULL) {
        assert_non_null(strstr(entry->line, words));
        assert_null(strchr(entry->line, '\n'));
        count++;
    }
    return count;
}

static size_t count(const struct world *world, const struct fob_log_filter *filter,
                    const char *words)
{
    struct fob_log *log = world_open_log(world, filter);
    size_t found = count_rest(log, words);

    fob_log_close(log);
    return found;
}

static void the_log_of_one_account_has_its_lines_alone(void **state)
{
    static const char *const names[] = { "a", "acme", "acme.2", "me", "b" };
    struct world *world = world_of(state);
    struct fob_log_filter filter = { .size = sizeof filter, .account = "acme" };
    struct fob_log *log = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        world_link(world, names[i], "id");
    assert_int_equal(count(world, &filter, "\"account\":\"acme\""), 1);
    assert_int_equal(count(world, NULL, "\"event\":\"link\""), 5);
    filter.account = "nobody";
    assert_int_equal(count(world, &filter, ""), 0);
    filter.account = "../x";
    expect(fob_log_open(world->context, &filter, &log), FOB_INVALID, "not an account's name");
    assert_null(log);
}

static void a_log_that_is_not_there_is_empty(void **state)
{
    struct world *world = world_of(state);

    assert_int_equal(count(world, NULL, ""), 0);
}

static void nothing_follows_the_end(void **state)
{
    struct world *world = world_of(state);
    const struct fob_log_entry *entry = NULL;
    struct fob_log *log;

    world_link(world, "acme", "id");
    log = world_open_log(world, NULL);
    assert_non_null(world_next_entry(log));
    for (int i = 0; i < 2; i++)
        assert_int_equal(fob_log_next(log, &entry), FOB_NOT_FOUND);
    assert_null(entry);
    fob_log_close(log);
    fob_log_close(NULL);
}

static void a_filter_is_copied(void **state)
{
    struct world *world = world_of(state);
    char account[] = "acme";
    char event[] = "link";
    struct fob_log_filter filter = { .size = sizeof filter, .account = account, .event = event };
    struct fob_log *log;

    world_link(world, "acme", "id");
    world_link(world, "other", "id");
    log = world_open_log(world, &filter);
    account[0] = event[0] = 'x';
    filter.after = 1000;
    assert_int_equal(count_rest(log, "\"account\":\"acme\""), 1);
    fob_log_close(log);
}

/* A letter for an event, in capitals when it begins: Revoke or Edit of an account, Lend. */
static void write_events(const struct world *world, const char *letters)
{
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const bool begins = *letter >= 'A' && *letter <= 'Z';
        const int kind = begins ? *letter - 'A' + 'a' : *letter;
        const struct audit_event event = {
            .name = kind == 'r'   ? "revoke"
                    : kind == 'e' ? "edit"
                                  : "lend",
            .account = kind == 'l' ? "other" : "acme",
            .begins = begins,
            .code = FOB_SUCCESS,
        };

        expect(audit_event(world->context, &event), FOB_SUCCESS, "");
    }
}

/* The letters of the entries that are read. */
static void read_events(const struct world *world, const struct fob_log_filter *filter,
                        char letters[static 32])
{
    struct fob_log *log = world_open_log(world, filter);
    const struct fob_log_entry *entry;
    size_t size = 0;

    while ((entry = world_next_entry(log)) != NULL && size < 31)
        letters[size++] =
            (char)(entry->event[0] - (strcmp(entry->result, "begun") == 0 ? 'a' - 'A' : 0));
    letters[size] = '\0';
    fob_log_close(log);
}

static void a_begun_change_is_left_out_when_its_result_follows(void **state)
{
    static const struct {
        const char *written;
        const char *account; /* the filter's */
        const char *event;
        uint64_t after;
        const char *read;
    } cases[] = {
        { "Rr", NULL, NULL, 0, "r" },
        { "R", NULL, NULL, 0, "R" },
        { "lRrl", NULL, NULL, 0, "lrl" },
        { "Rlr", NULL, NULL, 0, "Rlr" },
        { "Rlr", "acme", NULL, 0, "r" },
        { "Rl", NULL, NULL, 0, "Rl" },
        { "REe", NULL, NULL, 0, "Re" },
        { "ReE", NULL, NULL, 0, "ReE" },
        { "RRr", NULL, NULL, 0, "Rr" },
        { "RrEe", NULL, "edit", 0, "e" },
        /* Line 1 begins the file.  Who has seen up to it may have seen line 2 without a result. */
        { "RrEe", NULL, NULL, 1, "Rre" },
        { "RrEe", NULL, NULL, 2, "re" },
    };
    struct world *world = world_of(state);
    char letters[32];

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct fob_log_filter filter = {
            .size = sizeof filter,
            .account = cases[i].account,
            .event = cases[i].event,
            .after = cases[i].after,
        };

        unlink(folder_path(world->folder, "log"));
        write_events(world, cases[i].written);
        read_events(world, &filter, letters);
        if (strcmp(letters, cases[i].read) != 0)
            fail_msg("%s: %s, not %s", cases[i].written, letters, cases[i].read);
    }
}

static struct fob_handle *lend_often(struct world *world, size_t times)
{
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    for (size_t i = 0; i < times; i++)
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    return handle;
}

static void what_is_logged_meanwhile_is_not_read(void **state)
{
    struct world *world = world_with_log(state, ", max_size: 16K, keep: 2");
    struct fob_handle *handle = lend_often(world, 40);
    struct fob_log *log = world_open_log(world, NULL);

    assert_non_null(world_next_entry(log));
    for (size_t i = 0; i < 200; i++)
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    assert_int_equal(access(folder_path(world->folder, "log.2"), F_OK), 0);
    assert_int_equal(count_rest(log, ""), 40);
    fob_log_close(log);
    fob_end(handle);
}

static void parent_and_child_read_on_independently(void **state)
{
    for (enum way way = 0; way < WAYS; way++) {
        struct world *world = world_with_log(state, ", max_size: 16K, keep: 3");
        struct fob_log *log;
        pid_t child;

        fob_end(lend_often(world, 100));
        log = world_open_log(world, NULL);
        for (size_t i = 0; i < 10; i++)
            assert_non_null(world_next_entry(log));
        child = forked_make(way);
        if (child == 0) {
            const struct fob_log_entry *entry;
            size_t rest = 0;

            while (fob_log_next(log, &entry) == FOB_SUCCESS)
                rest++;
            fob_log_close(log);
            _exit(rest == 91 ? 0 : 1);
        }
        assert_int_equal(forked_status(child), 0);
        assert_int_equal(count_rest(log, ""), 91);
        fob_log_close(log);
        world_tear_down(state);
        assert_int_equal(world_set_up(state), 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_log_of_one_account_has_its_lines_alone),
        TEST(a_log_that_is_not_there_is_empty),
        TEST(nothing_follows_the_end),
        TEST(a_filter_is_copied),
        TEST(a_begun_change_is_left_out_when_its_result_follows),
        TEST(what_is_logged_meanwhile_is_not_read),
        TEST(parent_and_child_read_on_independently),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
