/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Making a store: its folder, its keys, and what it does not touch. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void store_is_private_when_made(void **state)
{
    const struct scratch *scratch = *state;

    assert_int_equal(scratch_mode(scratch->store), 0700);
    assert_int_equal(scratch_mode(scratch_path(scratch, "accounts")), 0700);
    assert_int_equal(scratch_mode(scratch_path(scratch, "header")), 0600);
    assert_int_equal(scratch_mode(scratch->key_file), 0600);
    assert_int_equal(scratch_count(scratch->store, ".tmp-"), 0);
    assert_int_equal(scratch_count(scratch->store, "header"), 1);
}

static void store_is_not_made_twice(void **state)
{
    const struct scratch *scratch = *state;
    size_t size = 0;
    size_t size_after = 0;
    unsigned char *before = scratch_read(scratch_path(scratch, "header"), &size);
    unsigned char *after;

    assert_int_equal(store_create(&scratch->settings, NULL), FOB_EXISTS);
    assert_non_null(strstr(fob_error(), "there is a store already"));
    after = scratch_read(scratch_path(scratch, "header"), &size_after);
    assert_int_equal(size, size_after);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
}

static void store_does_not_overwrite_a_key_file(void **state)
{
    struct scratch *scratch = *state;
    size_t size = 0;
    unsigned char *before = scratch_read(scratch->key_file, &size);
    unsigned char *after;

    snprintf(scratch->store, sizeof scratch->store, "%s/second", scratch->folder);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_EXISTS);
    assert_non_null(strstr(fob_error(), "there is a key file already"));
    assert_int_equal(access(scratch->store, F_OK), -1);
    after = scratch_read(scratch->key_file, &size);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
    /* Nor in a folder that is there. */
    assert_int_equal(mkdir(scratch->store, 0700), 0);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_EXISTS);
    assert_int_equal(scratch_count(scratch->store, "header"), 0);
}

static void store_is_made_in_an_empty_folder(void **state)
{
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(mkdir(scratch.store, 0700), 0);
    assert_int_equal(store_create(&scratch.settings, NULL), FOB_SUCCESS);
    store_close(scratch_open(&scratch));
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void store_is_not_made_among_other_files(void **state)
{
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(mkdir(scratch.store, 0700), 0);
    scratch_write(scratch_path(&scratch, "letter"), "x", 1, 0600);
    assert_int_equal(store_create(&scratch.settings, NULL), FOB_EXISTS);
    assert_non_null(strstr(fob_error(), "not empty: it holds letter"));
    assert_int_equal(access(scratch.key_file, F_OK), -1);
    assert_int_equal(scratch_count(scratch.store, ""), 3); /* with "." and ".." */
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void store_is_not_made_where_others_may_enter(void **state)
{
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(mkdir(scratch.store, 0700), 0);
    assert_int_equal(chmod(scratch.store, 0755), 0);
    assert_int_equal(store_create(&scratch.settings, NULL), FOB_NOT_ALLOWED);
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void store_makes_the_folders_above_it(void **state)
{
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    snprintf(scratch.store, sizeof scratch.store, "%s/deep/down", scratch.folder);
    assert_int_equal(store_create(&scratch.settings, NULL), FOB_SUCCESS);
    store_close(scratch_open(&scratch));
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void store_that_cannot_be_made_leaves_nothing(void **state)
{
    struct scratch scratch;
    char file[512];

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    /* A file where the key file's folder should be. */
    snprintf(file, sizeof file, "%s/keys", scratch.folder);
    scratch_write(file, "", 0, 0600);
    assert_int_equal(store_create(&scratch.settings, NULL), FOB_SYSTEM);
    assert_int_equal(access(scratch.store, F_OK), -1);
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void store_refuses_an_empty_passphrase(void **state)
{
    struct fob_secret *passphrase = NULL;
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(fob_secret_new("", 0, &passphrase), FOB_SUCCESS);
    assert_int_equal(store_create(&scratch.settings, passphrase), FOB_INVALID);
    assert_int_equal(access(scratch.store, F_OK), -1);
    fob_secret_free(passphrase);
    assert_int_equal(scratch_remove(&scratch), 0);
}

/* What a store_create() that was killed before the last step left, and before the one before that.
 */
static void store_that_was_half_made_is_finished(void **state)
{
    const struct scratch *scratch = *state;
    char header[512];
    struct store *store;

    snprintf(header, sizeof header, "%s/header", scratch->store);
    assert_int_equal(rename(header, scratch_path(scratch, "header.new")), 0);
    assert_int_equal(store_open(&scratch->settings, &store), FOB_NOT_FOUND);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_SUCCESS);
    store = scratch_open(scratch);
    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    assert_int_equal(scratch_count(scratch->store, "header"), 1);

    assert_int_equal(rename(header, scratch_path(scratch, "header.new")), 0);
    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(unlink(scratch_path(scratch, "accounts/acme")), 0);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_SUCCESS);
    store = scratch_open(scratch);
    scratch_insert(store, "acme", "swordfish");
    store_close(store);
}

static void store_half_made_for_another_key_is_not_finished(void **state)
{
    const struct scratch *scratch = *state;
    struct scratch other;
    char header[512];

    assert_int_equal(scratch_make(&other), 0);
    assert_int_equal(store_create(&other.settings, NULL), FOB_SUCCESS);
    snprintf(header, sizeof header, "%s/header", scratch->store);
    assert_int_equal(rename(header, scratch_path(scratch, "header.new")), 0);
    assert_int_equal(rename(other.key_file, scratch->key_file), 0);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_EXISTS);
    assert_non_null(strstr(fob_error(), "there is a key file already"));
    assert_int_equal(scratch_remove(&other), 0);
}

struct creator {
    pthread_t thread;
    const struct store_settings *settings;
    int code;
};

static void *create_in_thread(void *data)
{
    struct creator *creator = data;

    creator->code = store_create(creator->settings, NULL);
    return NULL;
}

static void store_is_made_once_by_many_at_a_time(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        struct creator creators[8];
        struct scratch scratch;
        struct store *store;
        int made = 0;

        assert_int_equal(scratch_make(&scratch), 0);
        for (int i = 0; i < 8; i++) {
            creators[i] = (struct creator){ .settings = &scratch.settings };
            assert_int_equal(
                pthread_create(&creators[i].thread, NULL, create_in_thread, &creators[i]), 0);
        }
        for (int i = 0; i < 8; i++) {
            assert_int_equal(pthread_join(creators[i].thread, NULL), 0);
            assert_true(creators[i].code == FOB_SUCCESS || creators[i].code == FOB_EXISTS);
            made += creators[i].code == FOB_SUCCESS;
        }
        assert_int_equal(made, 1);
        store = scratch_open(&scratch);
        scratch_insert(store, "acme", "swordfish");
        store_close(store);
        assert_int_equal(scratch_remove(&scratch), 0);
    }
}

static void store_that_is_not_there_says_how_to_make_it(void **state)
{
    struct store *store = NULL;
    struct scratch scratch;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(store_open(&scratch.settings, &store), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "run \"fob init\"");
    assert_int_equal(mkdir(scratch.store, 0700), 0);
    assert_int_equal(store_open(&scratch.settings, &store), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "run \"fob init\"");
    assert_null(store);
    assert_int_equal(scratch_remove(&scratch), 0);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(store_is_private_when_made),
        STORE_TEST(store_is_not_made_twice),
        STORE_TEST(store_does_not_overwrite_a_key_file),
        cmocka_unit_test(store_is_made_in_an_empty_folder),
        cmocka_unit_test(store_is_not_made_among_other_files),
        cmocka_unit_test(store_is_not_made_where_others_may_enter),
        cmocka_unit_test(store_makes_the_folders_above_it),
        cmocka_unit_test(store_that_cannot_be_made_leaves_nothing),
        cmocka_unit_test(store_refuses_an_empty_passphrase),
        STORE_TEST(store_that_was_half_made_is_finished),
        STORE_TEST(store_half_made_for_another_key_is_not_finished),
        cmocka_unit_test(store_is_made_once_by_many_at_a_time),
        cmocka_unit_test(store_that_is_not_there_says_how_to_make_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
