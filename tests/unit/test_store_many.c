/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Changing many records of a store together. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"

#include <stdlib.h>
#include <string.h>

/* How an edit was called. */
struct called {
    unsigned times;
    int code;
    char secret[16]; /* that the record had */
};

static int note_call(struct record *record, int code, void *data)
{
    struct called *called = data;
    struct record_field field;

    called->times++;
    called->code = code;
    if (record != NULL) {
        assert_int_equal(record_find_field(record, "client_secret", &field), FOB_SUCCESS);
        memcpy(called->secret, field.value, field.size);
    }
    return record != NULL ? FOB_IGNORE : FOB_SUCCESS;
}

static int set_secret(struct record *record, void *data)
{
    const char *value = data;

    return record_set_field(record, "client_secret", value, strlen(value), true);
}

/* A store with the account acme, which SEEN gets. */
static struct store *make_store(const struct scratch *scratch, struct record **seen)
{
    struct record *record = scratch_record("acme", "first");
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
    assert_int_equal(store_read(store, "acme", seen), FOB_SUCCESS);
    return store;
}

/* Confirm SEEN, which is freed. */
static void confirm(struct store *store, struct record *seen, struct called *called)
{
    const struct store_edit edit = { "acme", seen, 1000, called };

    assert_int_equal(store_update_many(store, &edit, 1, note_call), FOB_SUCCESS);
    record_free(seen);
    store_close(store);
}

static void a_record_that_was_changed_is_read_again(void **state)
{
    struct called called = { .times = 0 };
    struct record *seen = NULL;
    struct store *store = make_store(*state, &seen);

    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "second" }, NULL),
                     FOB_SUCCESS);
    confirm(store, seen, &called);
    assert_int_equal(called.times, 1);
    assert_string_equal(called.secret, "second");
}

static void a_record_that_is_gone_is_told_of(void **state)
{
    struct called called = { .times = 0 };
    struct record *seen = NULL;
    struct store *store = make_store(*state, &seen);

    assert_int_equal(store_erase(store, "acme", record_generation(seen)), FOB_SUCCESS);
    confirm(store, seen, &called);
    assert_int_equal(called.times, 1);
    assert_int_equal(called.code, FOB_NOT_FOUND);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

/* Two have read the record, and the second writes what the first has not seen. */
static void a_record_that_was_changed_is_not_written_over(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);
    struct record *first = NULL;
    struct record *second = NULL;

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(store_read(store, "acme", &first), FOB_SUCCESS);
    assert_int_equal(store_read(store, "acme", &second), FOB_SUCCESS);
    assert_int_equal(set_secret(first, (char[]){ "first" }), FOB_SUCCESS);
    assert_int_equal(set_secret(second, (char[]){ "second" }), FOB_SUCCESS);
    assert_int_equal(store_write_many(store, &first, 1), FOB_SUCCESS);
    assert_int_equal(store_write_many(store, &second, 1), FOB_EXISTS);
    assert_string_equal(fob_error(), "acme: it was changed meanwhile");
    scratch_assert_stored(store, "acme", "first");
    /* Who has written it may write it again. */
    assert_int_equal(store_write_many(store, &first, 1), FOB_SUCCESS);
    record_free(first);
    record_free(second);
    store_close(store);
}

/* Of a store of files alone. */
#ifndef SCRATCH_ENGINE
static void a_record_that_is_still_there_is_validated_unread(void **state)
{
    struct called called = { .times = 0 };
    struct record *seen = NULL;
    struct store *store = make_store(*state, &seen);

    confirm(store, seen, &called);
    assert_int_equal(called.times, 0);
}

/* From a backup comes a record of the same version, whose credential may be another. */
static void another_record_of_the_same_version_is_read_again(void **state)
{
    const struct scratch *scratch = *state;
    struct called called = { .times = 0 };
    struct record *seen = NULL;
    struct store *store = make_store(scratch, &seen);
    unsigned char *backup;
    size_t size;

    record_free(seen);
    backup = scratch_read(scratch_path(scratch, "accounts/acme"), &size);
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "second" }, NULL),
                     FOB_SUCCESS);
    assert_int_equal(store_read(store, "acme", &seen), FOB_SUCCESS);
    scratch_write(scratch_path(scratch, "accounts/acme"), backup, size, 0600);
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "third" }, NULL),
                     FOB_SUCCESS);
    confirm(store, seen, &called);
    assert_int_equal(called.times, 1);
    assert_string_equal(called.secret, "third");
    free(backup);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_record_that_was_changed_is_read_again),
        STORE_TEST(a_record_that_is_gone_is_told_of),
        STORE_TEST(a_record_that_was_changed_is_not_written_over),
#ifndef SCRATCH_ENGINE
        STORE_TEST(a_record_that_is_still_there_is_validated_unread),
        STORE_TEST(another_record_of_the_same_version_is_read_again),
#endif
    };

    return cmocka_run_group_tests_name("store many", tests, NULL, NULL);
}
