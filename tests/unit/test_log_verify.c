/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Verifying the audit log: whatever is altered, removed, moved or cut off is found. */
#include "config.h"

#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What fob_verify_log() says of the log. */
struct verdict {
    char text[4096];
    size_t bad;
};

static void take_finding(bool good, const char *text, void *data)
{
    struct verdict *verdict = data;

    verdict->bad += !good;
    strncat(verdict->text, text, sizeof verdict->text - strlen(verdict->text) - 2);
    strcat(verdict->text, "\n");
}

/* The log must verify (WORDS is NULL), or a finding must have WORDS. */
static void verify(const struct world *world, const char *words)
{
    struct verdict verdict = { "", 0 };
    int code = fob_verify_log(world->context, take_finding, &verdict);

    if (code != (words != NULL ? FOB_CORRUPT : FOB_SUCCESS) || (words == NULL && verdict.bad > 0) ||
        (words != NULL && strstr(verdict.text, words) == NULL))
        fail_msg("%s: %s%s", words != NULL ? words : "whole", fob_code_name(code), verdict.text);
}

/* A head and eleven lines. */
static char *make_lines(struct world *world)
{
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    for (int i = 0; i < 8; i++)
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    fob_end(handle);
    verify(world, NULL);
    return strdup(folder_path(world->folder, "log"));
}

/* The log's text, which ends with a NUL. */
static char *read_log(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 64 * 1024);

    assert_non_null(file);
    *size = fread(text, 1, 64 * 1024 - 1, file);
    fclose(file);
    return text;
}

static void write_log(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Where line number NUMBER (from 1) begins. */
static char *line_at(char *text, size_t number)
{
    while (--number > 0)
        text = strchr(text, '\n') + 1;
    return text;
}

static void any_altered_byte_is_found(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    size_t size;
    char *text = read_log(path, &size);

    for (size_t i = 0; i < size; i += 3) {
        char old = text[i];

        text[i] ^= 1;
        write_log(path, text, size);
        verify(world, "log ");
        text[i] = old;
    }
    write_log(path, text, size);
    verify(world, NULL);
    free(text);
    free(path);
}

static void a_line_that_was_removed_is_found(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    size_t size;
    char *text = read_log(path, &size);

    for (size_t number = 1; number <= 12; number++) {
        char *less = strdup(text);
        char *at = line_at(less, number);
        char *next = strchr(at, '\n') + 1;

        memmove(at, next, strlen(next) + 1);
        write_log(path, less, strlen(less));
        verify(world, number == 12  ? "the end is missing"
                      : number == 1 ? "the head is missing"
                                    : "log ");
        free(less);
    }
    free(text);
    free(path);
}

static void lines_that_changed_places_are_found(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    size_t size;
    char *text = read_log(path, &size);

    for (size_t number = 1; number <= 10; number++) {
        char *first = line_at(text, number);
        char *second = line_at(text, number + 1);
        char *rest = strchr(second, '\n') + 1;
        char *swapped = calloc(1, size + 1);

        sprintf(swapped, "%.*s%.*s%.*s%s", (int)(first - text), text, (int)(rest - second), second,
                (int)(second - first), first, rest);
        write_log(path, swapped, size);
        verify(world, "log ");
        free(swapped);
    }
    free(text);
    free(path);
}

/* Lines cut off the end are found, also after fob went on writing. */
static void a_log_that_was_cut_short_stays_found(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    struct fob_handle *handle = world_start(world, "acme");
    size_t size;
    char *text = read_log(path, &size);
    size_t head = (size_t)(line_at(text, 2) - text);

    for (size_t cut = 1; cut < size; cut += 97) {
        write_log(path, text, size - cut);
        verify(world, "log ");
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
        /* All of the last line but its newline is all of it. */
        verify(world, cut == 1             ? NULL
                      : size - cut >= head ? "lines before it were removed"
                                           : "head");
        unlink(folder_path(world->folder, "log.1"));
    }
    write_log(path, text, size);
    verify(world, NULL);
    fob_end(handle);
    free(text);
    free(path);
}

/* It is not shown, and the next line takes its place. */
static void a_line_of_somebody_elses_is_found(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    struct fob_handle *handle = world_start(world, "acme");
    FILE *file = fopen(path, "a");

    fputs("{\"seq\":11,\"time\":\"2026-11-24T00:00:00Z\",\"event\":\"get\"}\n", file);
    fclose(file);
    verify(world, "something follows the end");
    assert_int_equal(world_log_lines(world), 9);
    expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    verify(world, NULL);
    fob_end(handle);
    free(path);
}

/* A process that was killed wrote SIZE bytes of its line, and did not count it. */
static void a_line_that_was_not_counted_is_none(void **state)
{
    struct world *world = world_of(state);
    char *path = make_lines(world);
    struct fob_handle *handle = world_start(world, "acme");
    size_t before;
    size_t after;
    char *old = read_log(path, &before);
    size_t head = (size_t)(line_at(old, 2) - old);
    char *new;

    expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    new = read_log(path, &after);
    memcpy(new, old, head);
    for (size_t size = before; size <= after; size += size + 7 > after ? 1 : 7) {
        write_log(path, new, size);
        verify(world, NULL);
        assert_int_equal(world_log_lines(world), 9);
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
        verify(world, NULL);
        assert_int_equal(world_log_lines(world), 10);
    }
    fob_end(handle);
    free(old);
    free(new);
    free(path);
}

/* A log that grew large goes on in another file, and the chain with it. */
static void the_chain_goes_on_from_file_to_file(void **state)
{
    struct world *world = world_with_log(state, ", max_size: 16K, keep: 3");
    struct fob_handle *handle;
    char *last;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    for (int i = 0; i < 150; i++)
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    assert_int_equal(access(folder_path(world->folder, "log.1"), F_OK), 0);
    assert_int_equal(access(folder_path(world->folder, "log.2"), F_OK), 0);
    verify(world, NULL);
    assert_int_equal(world_log_lines(world), 151);
    for (int i = 0; i < 300; i++)
        expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    assert_int_equal(access(folder_path(world->folder, "log.3"), F_OK), 0);
    assert_int_equal(access(folder_path(world->folder, "log.4"), F_OK), -1);
    verify(world, NULL);
    /* A part from the middle is missed. */
    last = strdup(folder_path(world->folder, "log.2"));
    assert_int_equal(unlink(last), 0);
    verify(world, "does not continue");
    free(last);
    /* And so is the log, also when another was begun. */
    assert_int_equal(unlink(folder_path(world->folder, "log")), 0);
    verify(world, "the file is missing");
    expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    verify(world, "log:2: does not continue");
    fob_end(handle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(any_altered_byte_is_found),           TEST(a_line_that_was_removed_is_found),
        TEST(lines_that_changed_places_are_found), TEST(a_log_that_was_cut_short_stays_found),
        TEST(a_line_of_somebody_elses_is_found),   TEST(a_line_that_was_not_counted_is_none),
        TEST(the_chain_goes_on_from_file_to_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
