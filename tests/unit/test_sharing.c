/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The index of what accounts share: right whatever became of its file, and only what it names is
 * opened.
 *
 * Linked with --wrap for openat(), so that the records that are opened can be counted.
 */
#include "config.h"

#include "store/sharing.h"

#include "scratch.h"
#include "wrapped.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 2000
#define NONE ""

/* Records opened for reading. */
static size_t opened;

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...)
{
    opened += strncmp(name, "accounts/", strlen("accounts/")) == 0;
    return __real_openat(folder, name, flags, 0600);
}

WRAPPED_TOO(int, openat64, (int folder, const char *name, int flags), openat(folder, name, flags))
WRAPPED_TOO(int, __openat_2, (int folder, const char *name, int flags), openat(folder, name, flags))
WRAPPED_TOO(int, __openat64_2, (int folder, const char *name, int flags),
            openat(folder, name, flags))

static struct store *open_store(const struct scratch *scratch)
{
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    return store;
}

static struct record *make_record(const char *name, const char *secret, const char *id)
{
    struct record *record = scratch_record(name, secret);

    assert_int_equal(record_set_text(record, FOB_TEXT_REMOTE_ID, id), FOB_SUCCESS);
    return record;
}

static void insert(struct store *store, const char *name, const char *secret, const char *id)
{
    struct record *record = make_record(name, secret, id);

    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
}

static void insert_many(struct store *store)
{
    static struct record *records[MANY];

    for (size_t i = 0; i < MANY; i++) {
        char name[32];
        char secret[32];

        snprintf(name, sizeof name, "many-%04zu", i);
        snprintf(secret, sizeof secret, "secret-%04zu", i);
        records[i] = make_record(name, secret, name);
    }
    assert_int_equal(store_write_many(store, records, MANY), FOB_SUCCESS);
    for (size_t i = 0; i < MANY; i++)
        record_free(records[i]);
}

static void note_name(const struct record *record, void *data)
{
    char *found = data;

    strncat(found, record_name(record), 200 - strlen(found));
    strncat(found, " ", 200 - strlen(found));
}

/* Who shares SECRET or ID must be WANTED, each followed by a blank; returns how many records were
 * opened to find that. */
static size_t assert_found(struct store *store, const char *secret, const char *id,
                           const char *wanted)
{
    struct record *draft = make_record("draft", secret, id);
    char found[256] = "";

    opened = 0;
    assert_int_equal(sharing_find(store, draft, note_name, found), FOB_SUCCESS);
    assert_string_equal(found, wanted);
    record_free(draft);
    return opened;
}

static int set_secret(struct record *record, void *data)
{
    return record_set_field(record, "client_secret", data, strlen(data), true);
}

static void only_who_shares_is_opened(void **state)
{
    struct store *store = open_store(*state);

    assert_found(store, "none", NONE, "");
    insert_many(store);
    assert_int_equal(assert_found(store, "none", NONE, ""), 0);
    insert(store, "acme", "secret-0007", "many-1999");
    assert_int_equal(assert_found(store, "secret-0007", NONE, "acme many-0007 "), 2);
    assert_int_equal(assert_found(store, "none", "many-1999", "acme many-1999 "), 2);
    store_close(store);
    store = open_store(*state);
    assert_int_equal(assert_found(store, "secret-0007", "many-0003", "acme many-0003 many-0007 "),
                     3);
    store_close(store);
}

static void every_change_is_known(void **state)
{
    struct store *store = open_store(*state);
    char new_secret[] = "new";
    struct record *moved = NULL;

    assert_found(store, "none", NONE, "");
    insert(store, "acme", "old", NONE);
    insert(store, "bolt", "old", NONE);
    assert_int_equal(assert_found(store, "old", NONE, "acme bolt "), 2);
    assert_int_equal(store_update(store, "acme", set_secret, new_secret, NULL), FOB_SUCCESS);
    assert_int_equal(assert_found(store, "new", NONE, "acme "), 1);
    assert_int_equal(store_rename(store, "acme", "coil", &moved), FOB_SUCCESS);
    record_free(moved);
    assert_found(store, "new", NONE, "coil ");
    assert_int_equal(store_erase(store, "bolt", 0), FOB_SUCCESS);
    assert_found(store, "old", NONE, "");
    assert_int_equal(assert_found(store, "none", NONE, ""), 0);
    store_close(store);
}

/* Of another provider's accounts nothing is looked at. */
static void providers_are_kept_apart(void **state)
{
    struct store *store = open_store(*state);
    struct record *record = make_record("acme", "secret", "id");

    assert_int_equal(record_set_text(record, FOB_TEXT_PROVIDER, "other"), FOB_SUCCESS);
    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
    assert_found(store, "secret", "id", "");
    assert_int_equal(assert_found(store, "secret", "id", ""), 0);
    store_close(store);
}

/* A field that the draft does not have keeps nobody from having its credential. */
static void all_secrets_of_the_draft_must_be_there(void **state)
{
    struct store *store = open_store(*state);
    struct record *record = make_record("acme", "secret", NONE);

    assert_int_equal(record_set_field(record, "more", "x", 1, true), FOB_SUCCESS);
    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
    assert_found(store, "secret", NONE, "acme ");
    insert(store, "bolt", "secret", NONE);
    record = make_record("draft", "secret", NONE);
    assert_int_equal(record_set_field(record, "more", "x", 1, true), FOB_SUCCESS);
    {
        char found[256] = "";

        assert_int_equal(sharing_find(store, record, note_name, found), FOB_SUCCESS);
        assert_string_equal(found, "acme ");
    }
    record_free(record);
    store_close(store);
}

/* What is wrong with the index costs one look at the records, and then nothing. */
static void assert_made_again(const struct scratch *scratch)
{
    struct store *store = open_store(scratch);

    assert_found(store, "secret", NONE, "acme bolt ");
    assert_int_equal(assert_found(store, "secret", NONE, "acme bolt "), 2);
    assert_int_equal(assert_found(store, "none", NONE, ""), 0);
    store_close(store);
}

static void an_index_that_is_gone_or_damaged_is_made_again(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);
    const char *path;
    unsigned char *good;
    size_t size;

    assert_found(store, "none", NONE, "");
    insert(store, "acme", "secret", NONE);
    insert(store, "bolt", "secret", NONE);
    insert(store, "coil", "other", NONE);
    store_close(store);
    path = scratch_path(scratch, "sharing");
    good = scratch_read(path, &size);
    for (size_t at = 0; at < size; at += 13) {
        good[at] ^= 1;
        scratch_write(path, good, size, 0600);
        assert_made_again(scratch);
        good[at] ^= 1;
    }
    for (size_t cut = 0; cut < size; cut += 17) {
        scratch_write(path, good, cut, 0600);
        assert_made_again(scratch);
    }
    scratch_write(path, good, size, 0644);
    assert_made_again(scratch);
    assert_int_equal(unlink(path), 0);
    assert_made_again(scratch);
    free(good);
}

/* A store that a fob without an index, or somebody's backup, has changed meanwhile. */
static void an_index_of_other_records_opens_only_those(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);
    char new_secret[] = "new";
    unsigned char *index;
    unsigned char *record;
    size_t index_size;
    size_t record_size;

    insert_many(store);
    insert(store, "acme", "old", NONE);
    assert_found(store, "none", NONE, "");
    index = scratch_read(scratch_path(scratch, "sharing"), &index_size);
    record = scratch_read(scratch_path(scratch, "accounts/acme"), &record_size);
    assert_int_equal(store_update(store, "acme", set_secret, new_secret, NULL), FOB_SUCCESS);
    insert(store, "bolt", "new", NONE);
    assert_int_equal(store_erase(store, "many-0001", 0), FOB_SUCCESS);
    scratch_write(scratch_path(scratch, "sharing"), index, index_size, 0600);
    assert_int_equal(assert_found(store, "none", NONE, ""), 2);
    assert_int_equal(assert_found(store, "new", NONE, "acme bolt "), 2);
    assert_int_equal(assert_found(store, "secret-0001", "many-0001", ""), 0);

    /* The record of before, put back: its version is known, and it is another one. */
    assert_int_equal(unlink(scratch_path(scratch, "accounts/acme")), 0);
    scratch_write(scratch_path(scratch, "accounts/acme"), record, record_size, 0600);
    assert_int_equal(assert_found(store, "old", NONE, "acme "), 2);
    assert_int_equal(assert_found(store, "new", NONE, "bolt "), 1);
    free(index);
    free(record);
    store_close(store);
}

static void a_damaged_account_shares_nothing(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    insert(store, "acme", "secret", NONE);
    insert(store, "bolt", "secret", NONE);
    assert_int_equal(unlink(scratch_path(scratch, "accounts/acme")), 0);
    scratch_write(scratch_path(scratch, "accounts/acme"), "no record", 9, 0600);
    assert_found(store, "secret", NONE, "bolt ");
    assert_int_equal(assert_found(store, "secret", NONE, "bolt "), 1);
    store_close(store);
}

/* An index that nobody reads does not grow for ever, and one of many writes becomes one of few. */
static void many_writes_are_made_one(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);
    char secret[] = "secret";
    struct stat before;
    struct stat after;

    insert(store, "acme", "secret", NONE);
    for (int i = 0; i < 150; i++)
        assert_int_equal(store_update(store, "acme", set_secret, secret, NULL), FOB_SUCCESS);
    assert_int_equal(stat(scratch_path(scratch, "sharing"), &before), 0);
    assert_found(store, "secret", NONE, "acme ");
    assert_int_equal(stat(scratch_path(scratch, "sharing"), &after), 0);
    assert_true(after.st_size < before.st_size / 100);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_who_shares_is_opened),
        TEST(every_change_is_known),
        TEST(providers_are_kept_apart),
        TEST(all_secrets_of_the_draft_must_be_there),
        TEST(an_index_that_is_gone_or_damaged_is_made_again),
        TEST(an_index_of_other_records_opens_only_those),
        TEST(a_damaged_account_shares_nothing),
        TEST(many_writes_are_made_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
