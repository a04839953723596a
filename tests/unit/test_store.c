/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The records of a store, the key that opens it, and who comes first. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"
#include "util/array.h"
#include "util/names.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* DATA is the new value of the secret field. */
static int change_secret(struct record *record, void *data)
{
    const char *value = data;

    return record_set_field(record, "client_secret", value, strlen(value), true);
}

static void record_comes_back_after_the_store_was_closed(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *record = scratch_record("acme", "swordfish");

    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    assert_int_equal(record_version(record), 1);
    record_free(record);
    store_close(store);
    store = scratch_open(*state);
    assert_int_equal(store_exists(store, "acme"), FOB_SUCCESS);
    scratch_assert_stored(store, "acme", "swordfish");
    assert_int_equal(scratch_mode(scratch_path(*state, "accounts/acme")), 0600);
    store_close(store);
}

static void record_that_is_not_there_is_not_found(void **state)
{
    struct store *store = scratch_open(*state);
    char value[] = "x";

    assert_int_equal(store_exists(store, "acme"), FOB_NOT_FOUND);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_NOT_FOUND);
    assert_string_equal(fob_error(), "acme: no such account");
    assert_int_equal(store_update(store, "acme", change_secret, value, NULL), FOB_NOT_FOUND);
    assert_int_equal(store_erase(store, "acme", 0), FOB_NOT_FOUND);
    store_close(store);
}

static void record_names_that_are_paths_are_refused(void **state)
{
    static const char *const names[] = { "../header", "..", ".", "", "a/b", ".tmp-1", "ACME" };
    struct store *store = scratch_open(*state);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(scratch_read_code(store, names[i]), FOB_INVALID);
        assert_int_equal(store_exists(store, names[i]), FOB_NOT_FOUND);
    }
    store_close(store);
}

static void record_is_not_inserted_over_another(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *second = scratch_record("acme", "second");

    scratch_insert(store, "acme", "first");
    assert_int_equal(store_insert(store, second), FOB_EXISTS);
    assert_string_equal(fob_error(), "acme: there is an account of this name");
    assert_int_equal(record_version(second), 0);
    scratch_assert_stored(store, "acme", "first");
    assert_int_equal(scratch_count(scratch_path(*state, "accounts"), ".tmp-"), 0);
    record_free(second);
    store_close(store);
}

static void update_replaces_and_counts(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *record = NULL;
    char value[] = "tuna";

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", change_secret, value, NULL), FOB_SUCCESS);
    assert_int_equal(store_read(store, "acme", &record), FOB_SUCCESS);
    scratch_assert_secret(record, "tuna");
    assert_int_equal(record_version(record), 2);
    record_free(record);
    store_close(store);
}

static int refuse(struct record *record, void *data)
{
    (void)data;
    assert_int_equal(record_set_text(record, FOB_TEXT_TYPE, "test"), FOB_SUCCESS);
    return FOB_SUSPENDED;
}

static void update_that_is_given_up_changes_nothing(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *record = NULL;

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", refuse, NULL, NULL), FOB_SUSPENDED);
    assert_int_equal(store_read(store, "acme", &record), FOB_SUCCESS);
    assert_string_equal(record_text(record, FOB_TEXT_TYPE), "");
    assert_int_equal(record_version(record), 1);
    record_free(record);
    store_close(store);
}

static int raise_generation(struct record *record, void *data)
{
    (void)data;
    record_set_generation(record, record_generation(record) + 1);
    return FOB_SUCCESS;
}

static void erase_takes_the_generation_that_was_seen_only(void **state)
{
    struct store *store = scratch_open(*state);

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", raise_generation, NULL, NULL), FOB_SUCCESS);
    assert_int_equal(store_erase(store, "acme", 0), FOB_CHANGED);
    assert_int_equal(store_exists(store, "acme"), FOB_SUCCESS);
    assert_int_equal(store_erase(store, "acme", 1), FOB_SUCCESS);
    assert_int_equal(store_exists(store, "acme"), FOB_NOT_FOUND);
    store_close(store);
}

static void names_are_sorted_and_only_accounts(void **state)
{
    static const char *const wanted[] = { "0", "acme", "acme.test", "b_b", "zoo" };
    struct store *store = scratch_open(*state);
    char **names = NULL;
    size_t count = 0;

    for (size_t i = 5; i > 0; i--)
        scratch_insert(store, wanted[i * 2 % 5], "x");
    scratch_write(scratch_path(*state, "accounts/.tmp-1"), "", 0, 0600);
    scratch_write(scratch_path(*state, "accounts/ACME"), "", 0, 0600);
    assert_int_equal(store_names(store, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names[i], wanted[i]);
    names_free(names, count);
    store_close(store);
}

struct asked {
    const char *reply; /* NULL: nobody answers */
    int count;
    char why[512];
};

static int ask(const char *why, struct fob_secret **passphrase, void *data)
{
    struct asked *asked = data;

    asked->count++;
    snprintf(asked->why, sizeof asked->why, "%s", why);
    if (asked->reply == NULL)
        return FOB_CONVERSATION;
    return fob_secret_new(asked->reply, strlen(asked->reply), passphrase);
}

static void passphrase_is_asked_for_once(void **state)
{
    struct asked asked = { .reply = "correct horse" };
    struct fob_secret *passphrase = NULL;
    struct scratch scratch;
    struct store *store;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(fob_secret_new("correct horse", 13, &passphrase), FOB_SUCCESS);
    assert_int_equal(store_create(&scratch.settings, passphrase), FOB_SUCCESS);
    assert_int_equal(access(scratch.key_file, F_OK), -1);
    scratch.settings.ask = ask;
    scratch.settings.data = &asked;
    store = scratch_open(&scratch);
    assert_int_equal(asked.count, 0);
    scratch_insert(store, "acme", "swordfish");
    scratch_assert_stored(store, "acme", "swordfish");
    assert_int_equal(asked.count, 1);
    assert_string_equal(asked.why, "");
    store_close(store);

    asked.reply = "wrong horse";
    store = scratch_open(&scratch);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "wrong passphrase"));
    asked.reply = NULL;
    assert_int_equal(scratch_read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "nobody gave it"));
    store_close(store);

    scratch.settings.ask = NULL;
    store = scratch_open(&scratch);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_LOCKED);
    store_close(store);
    fob_secret_free(passphrase);
    assert_int_equal(scratch_remove(&scratch), 0);
}

#define THREADS 8
#define ROUNDS 20

static int count_up(struct record *record, void *data)
{
    struct record_field field;
    char text[16];
    int size;

    (void)data;
    if (record_find_field(record, "client_secret", &field) != FOB_SUCCESS)
        return FOB_CORRUPT;
    size = snprintf(text, sizeof text, "%d", atoi(field.value) + 1);
    return record_set_field(record, "client_secret", text, (size_t)size, true);
}

static void *count_in_thread(void *data)
{
    struct store *store = data;

    for (int i = 0; i < ROUNDS; i++) {
        struct record *record = NULL;

        if (store_update(store, "acme", count_up, NULL, NULL) != FOB_SUCCESS ||
            store_read(store, "acme", &record) != FOB_SUCCESS)
            return data;
        record_free(record);
    }
    return NULL;
}

static void no_update_is_lost_between_threads(void **state)
{
    struct store *store = scratch_open(*state);
    pthread_t threads[THREADS];
    char wanted[16];

    scratch_insert(store, "acme", "0");
    store_close(store);
    store = scratch_open(*state); /* so that the threads race for the unlocking too */
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_in_thread, store), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    snprintf(wanted, sizeof wanted, "%d", THREADS * ROUNDS);
    scratch_assert_stored(store, "acme", wanted);
    store_close(store);
}

static void lock_that_was_removed_is_made_again(void **state)
{
    struct store *store = scratch_open(*state);
    char value[] = "tuna";

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(unlink(scratch_path(*state, "lock")), 0);
    assert_int_equal(store_update(store, "acme", change_secret, value, NULL), FOB_SUCCESS);
    assert_int_equal(scratch_mode(scratch_path(*state, "lock")), 0600);
    store_close(store);
}

static void derived_key_is_the_same_next_time(void **state)
{
    struct fob_secret *first = NULL;
    struct fob_secret *second = NULL;
    struct store *store = scratch_open(*state);

    assert_int_equal(store_derive(store, "log", &first), FOB_SUCCESS);
    store_close(store);
    store = scratch_open(*state);
    assert_int_equal(store_derive(store, "log", &second), FOB_SUCCESS);
    assert_int_equal(fob_secret_size(first), 32);
    assert_memory_equal(fob_secret_data(first), fob_secret_data(second), 32);
    fob_secret_free(first);
    fob_secret_free(second);
    store_close(store);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

/* Of a store of files alone. */
#ifndef SCRATCH_ENGINE
static void store_without_its_key_file_is_locked(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);
    struct scratch other;

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    assert_int_equal(scratch_make(&other), 0);
    assert_int_equal(store_create(&other.settings, NULL), FOB_SUCCESS);

    assert_int_equal(unlink(scratch->key_file), 0);
    store = scratch_open(scratch);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "/key: the key file of the store"));
    assert_int_equal(rename(other.key_file, scratch->key_file), 0);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "/key: this key does not open the store"));
    assert_int_equal(chmod(scratch->key_file, 0644), 0);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_NOT_ALLOWED);
    store_close(store);
    assert_int_equal(scratch_remove(&other), 0);
}

static void account_that_is_not_there_needs_no_key(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);

    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_NOT_FOUND);
    store_close(store);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(record_comes_back_after_the_store_was_closed),
        STORE_TEST(record_that_is_not_there_is_not_found),
        STORE_TEST(record_names_that_are_paths_are_refused),
        STORE_TEST(record_is_not_inserted_over_another),
        STORE_TEST(update_replaces_and_counts),
        STORE_TEST(update_that_is_given_up_changes_nothing),
        STORE_TEST(erase_takes_the_generation_that_was_seen_only),
        STORE_TEST(names_are_sorted_and_only_accounts),
        cmocka_unit_test(passphrase_is_asked_for_once),
        STORE_TEST(no_update_is_lost_between_threads),
        STORE_TEST(lock_that_was_removed_is_made_again),
        STORE_TEST(derived_key_is_the_same_next_time),
#ifndef SCRATCH_ENGINE
        STORE_TEST(store_without_its_key_file_is_locked),
        STORE_TEST(account_that_is_not_there_needs_no_key),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
