/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The store on a disk that works: its rules about files, keys, and who comes first. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"
#include "util/array.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_USER 65534

static struct store *open_store(const struct scratch *scratch)
{
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    return store;
}

static void insert(struct store *store, const char *name, const char *secret)
{
    struct record *record = scratch_record(name, secret);

    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
}

static int read_code(struct store *store, const char *name)
{
    struct record *record = NULL;
    int code = store_read(store, name, &record);

    record_free(record);
    return code;
}

/* Of reading an account and, if that goes, of listing them. */
static int touch_code(struct store *store, const char *name)
{
    char **names = NULL;
    size_t count = 0;
    int code = read_code(store, name);

    if (code == FOB_SUCCESS)
        code = store_names(store, &names, &count);
    store_names_free(names, count);
    return code;
}

static void assert_secret(struct store *store, const char *name, const char *secret)
{
    struct record *record = NULL;

    assert_int_equal(store_read(store, name, &record), FOB_SUCCESS);
    scratch_assert_secret(record, secret);
    record_free(record);
}

static unsigned mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

/* DATA is the new value of the secret field. */
static int change_secret(struct record *record, void *data)
{
    const char *value = data;

    return record_set_field(record, "client_secret", value, strlen(value), true);
}

static void store_is_private_when_made(void **state)
{
    const struct scratch *scratch = *state;

    assert_int_equal(mode_of(scratch->store), 0700);
    assert_int_equal(mode_of(scratch_path(scratch, "accounts")), 0700);
    assert_int_equal(mode_of(scratch_path(scratch, "header")), 0600);
    assert_int_equal(mode_of(scratch->key_file), 0600);
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
    store_close(open_store(&scratch));
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
    store_close(open_store(&scratch));
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
    store = open_store(scratch);
    insert(store, "acme", "swordfish");
    store_close(store);
    assert_int_equal(scratch_count(scratch->store, "header"), 1);

    assert_int_equal(rename(header, scratch_path(scratch, "header.new")), 0);
    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(unlink(scratch_path(scratch, "accounts/acme")), 0);
    assert_int_equal(store_create(&scratch->settings, NULL), FOB_SUCCESS);
    store = open_store(scratch);
    insert(store, "acme", "swordfish");
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
        store = open_store(&scratch);
        insert(store, "acme", "swordfish");
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

static void record_comes_back_after_the_store_was_closed(void **state)
{
    struct store *store = open_store(*state);
    struct record *record = scratch_record("acme", "swordfish");

    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    assert_int_equal(record_version(record), 1);
    record_free(record);
    store_close(store);
    store = open_store(*state);
    assert_int_equal(store_exists(store, "acme"), FOB_SUCCESS);
    assert_secret(store, "acme", "swordfish");
    assert_int_equal(mode_of(scratch_path(*state, "accounts/acme")), 0600);
    store_close(store);
}

static void record_that_is_not_there_is_not_found(void **state)
{
    struct store *store = open_store(*state);
    char value[] = "x";

    assert_int_equal(store_exists(store, "acme"), FOB_NOT_FOUND);
    assert_int_equal(read_code(store, "acme"), FOB_NOT_FOUND);
    assert_string_equal(fob_error(), "acme: no such account");
    assert_int_equal(store_update(store, "acme", change_secret, value), FOB_NOT_FOUND);
    assert_int_equal(store_erase(store, "acme", 0), FOB_NOT_FOUND);
    store_close(store);
}

static void record_names_that_are_paths_are_refused(void **state)
{
    static const char *const names[] = { "../header", "..", ".", "", "a/b", ".tmp-1", "ACME" };
    struct store *store = open_store(*state);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(read_code(store, names[i]), FOB_INVALID);
        assert_int_equal(store_exists(store, names[i]), FOB_NOT_FOUND);
    }
    store_close(store);
}

static void record_is_not_inserted_over_another(void **state)
{
    struct store *store = open_store(*state);
    struct record *second = scratch_record("acme", "second");

    insert(store, "acme", "first");
    assert_int_equal(store_insert(store, second), FOB_EXISTS);
    assert_string_equal(fob_error(), "acme: there is an account of this name");
    assert_int_equal(record_version(second), 0);
    assert_secret(store, "acme", "first");
    assert_int_equal(scratch_count(scratch_path(*state, "accounts"), ".tmp-"), 0);
    record_free(second);
    store_close(store);
}

static void update_replaces_and_counts(void **state)
{
    struct store *store = open_store(*state);
    struct record *record = NULL;
    char value[] = "tuna";

    insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", change_secret, value), FOB_SUCCESS);
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
    struct store *store = open_store(*state);
    struct record *record = NULL;

    insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", refuse, NULL), FOB_SUSPENDED);
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
    struct store *store = open_store(*state);

    insert(store, "acme", "swordfish");
    assert_int_equal(store_update(store, "acme", raise_generation, NULL), FOB_SUCCESS);
    assert_int_equal(store_erase(store, "acme", 0), FOB_CHANGED);
    assert_int_equal(store_exists(store, "acme"), FOB_SUCCESS);
    assert_int_equal(store_erase(store, "acme", 1), FOB_SUCCESS);
    assert_int_equal(store_exists(store, "acme"), FOB_NOT_FOUND);
    store_close(store);
}

static void names_are_sorted_and_only_accounts(void **state)
{
    static const char *const wanted[] = { "0", "acme", "acme.test", "b_b", "zoo" };
    struct store *store = open_store(*state);
    char **names = NULL;
    size_t count = 0;

    for (size_t i = 5; i > 0; i--)
        insert(store, wanted[i * 2 % 5], "x");
    scratch_write(scratch_path(*state, "accounts/.tmp-1"), "", 0, 0600);
    scratch_write(scratch_path(*state, "accounts/ACME"), "", 0, 0600);
    assert_int_equal(store_names(store, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names[i], wanted[i]);
    store_names_free(names, count);
    store_close(store);
}

/* Which files of a store are refused for which modes. */
static void files_that_others_may_touch_are_refused(void **state)
{
    static const struct {
        const char *file;
        unsigned mode;
    } cases[] = {
        { "header", 0640 },
        { "header", 0602 },
        { "accounts/acme", 0604 },
        { "accounts/acme", 0620 },
        { "accounts", 0750 },
        { "accounts", 0701 },
        { ".", 0755 },
        { ".", 0770 },
    };
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    insert(store, "acme", "swordfish");
    store_close(store);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned old = mode_of(scratch_path(scratch, cases[i].file));
        int code;

        assert_int_equal(chmod(scratch_path(scratch, cases[i].file), cases[i].mode), 0);
        store = NULL;
        code = store_open(&scratch->settings, &store);
        if (code == FOB_SUCCESS)
            code = touch_code(store, "acme");
        assert_int_equal(code, FOB_NOT_ALLOWED);
        assert_string_not_equal(fob_error_hint(), "");
        store_close(store);
        assert_int_equal(chmod(scratch_path(scratch, cases[i].file), old), 0);
    }
}

static void files_of_somebody_else_are_refused(void **state)
{
    static const char *const files[] = { ".", "header", "accounts", "accounts/acme" };
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    insert(store, "acme", "swordfish");
    store_close(store);
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        int code;

        assert_int_equal(chown(scratch_path(scratch, files[i]), OTHER_USER, OTHER_USER), 0);
        store = NULL;
        code = store_open(&scratch->settings, &store);
        if (code == FOB_SUCCESS)
            code = touch_code(store, "acme");
        assert_int_equal(code, FOB_NOT_ALLOWED);
        store_close(store);
        assert_int_equal(chown(scratch_path(scratch, files[i]), 0, 0), 0);
    }
}

static void record_that_is_no_regular_file_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    insert(store, "acme", "swordfish");
    assert_int_equal(symlink("acme", scratch_path(scratch, "accounts/link")), 0);
    assert_int_equal(mkfifo(scratch_path(scratch, "accounts/pipe"), 0600), 0);
    assert_int_equal(mkdir(scratch_path(scratch, "accounts/folder"), 0700), 0);
    assert_int_equal(read_code(store, "link"), FOB_NOT_ALLOWED);
    assert_int_equal(read_code(store, "pipe"), FOB_NOT_ALLOWED);
    assert_int_equal(read_code(store, "folder"), FOB_NOT_ALLOWED);
    store_close(store);
}

static void record_renamed_or_brought_from_elsewhere_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);
    struct scratch other;
    struct store *other_store;
    unsigned char *sealed;
    size_t size;

    assert_int_equal(scratch_make(&other), 0);
    assert_int_equal(store_create(&other.settings, NULL), FOB_SUCCESS);
    other_store = open_store(&other);
    insert(store, "acme", "swordfish");
    insert(store, "other", "tuna");
    insert(other_store, "acme", "salmon");

    sealed = scratch_read(scratch_path(scratch, "accounts/acme"), &size);
    scratch_write(scratch_path(scratch, "accounts/renamed"), sealed, size, 0600);
    scratch_write(scratch_path(scratch, "accounts/other"), sealed, size, 0600);
    scratch_write(scratch_path(&other, "accounts/acme"), sealed, size, 0600);
    assert_int_equal(read_code(store, "renamed"), FOB_CORRUPT);
    assert_non_null(strstr(fob_error(), "accounts/renamed: "));
    assert_int_equal(read_code(store, "other"), FOB_CORRUPT);
    assert_int_equal(read_code(other_store, "acme"), FOB_CORRUPT);
    assert_secret(store, "acme", "swordfish");
    free(sealed);
    store_close(store);
    store_close(other_store);
    assert_int_equal(scratch_remove(&other), 0);
}

static void record_far_too_large_is_refused(void **state)
{
    struct store *store = open_store(*state);
    const char *path = scratch_path(*state, "accounts/acme");

    scratch_write(path, "FOBRECRD", 8, 0600);
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    assert_int_equal(read_code(store, "acme"), FOB_CORRUPT);
    store_close(store);
}

static void store_without_its_key_file_is_locked(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);
    struct scratch other;

    insert(store, "acme", "swordfish");
    store_close(store);
    assert_int_equal(scratch_make(&other), 0);
    assert_int_equal(store_create(&other.settings, NULL), FOB_SUCCESS);

    assert_int_equal(unlink(scratch->key_file), 0);
    store = open_store(scratch);
    assert_int_equal(read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "/key: the key file of the store"));
    assert_int_equal(rename(other.key_file, scratch->key_file), 0);
    assert_int_equal(read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "/key: this key does not open the store"));
    assert_int_equal(chmod(scratch->key_file, 0644), 0);
    assert_int_equal(read_code(store, "acme"), FOB_NOT_ALLOWED);
    store_close(store);
    assert_int_equal(scratch_remove(&other), 0);
}

static void account_that_is_not_there_needs_no_key(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(read_code(store, "acme"), FOB_NOT_FOUND);
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
    store = open_store(&scratch);
    assert_int_equal(asked.count, 0);
    insert(store, "acme", "swordfish");
    assert_secret(store, "acme", "swordfish");
    assert_int_equal(asked.count, 1);
    assert_string_equal(asked.why, "");
    store_close(store);

    asked.reply = "wrong horse";
    store = open_store(&scratch);
    assert_int_equal(read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "wrong passphrase"));
    asked.reply = NULL;
    assert_int_equal(read_code(store, "acme"), FOB_LOCKED);
    assert_non_null(strstr(fob_error(), "nobody gave it"));
    store_close(store);

    scratch.settings.ask = NULL;
    store = open_store(&scratch);
    assert_int_equal(read_code(store, "acme"), FOB_LOCKED);
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

        if (store_update(store, "acme", count_up, NULL) != FOB_SUCCESS ||
            store_read(store, "acme", &record) != FOB_SUCCESS)
            return data;
        record_free(record);
    }
    return NULL;
}

static void no_update_is_lost_between_threads(void **state)
{
    struct store *store = open_store(*state);
    pthread_t threads[THREADS];
    char wanted[16];

    insert(store, "acme", "0");
    store_close(store);
    store = open_store(*state); /* so that the threads race for the unlocking too */
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_in_thread, store), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed = NULL;

        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    snprintf(wanted, sizeof wanted, "%d", THREADS * ROUNDS);
    assert_secret(store, "acme", wanted);
    store_close(store);
}

static void lock_that_was_removed_is_made_again(void **state)
{
    struct store *store = open_store(*state);
    char value[] = "tuna";

    insert(store, "acme", "swordfish");
    assert_int_equal(unlink(scratch_path(*state, "lock")), 0);
    assert_int_equal(store_update(store, "acme", change_secret, value), FOB_SUCCESS);
    assert_int_equal(mode_of(scratch_path(*state, "lock")), 0600);
    store_close(store);
}

struct findings {
    char text[8192];
    int bad;
};

static void collect(bool good, const char *text, void *data)
{
    struct findings *findings = data;
    size_t used = strlen(findings->text);

    findings->bad += !good;
    snprintf(findings->text + used, sizeof findings->text - used, "%s\n", text);
}

static void check_finds_nothing_in_a_sound_store(void **state)
{
    struct findings findings = { "", 0 };
    struct store *store = open_store(*state);

    insert(store, "acme", "swordfish");
    insert(store, "other", "tuna");
    scratch_write(scratch_path(*state, "log"), "", 0, 0600);
    scratch_write(scratch_path(*state, "log.1"), "", 0, 0600);
    assert_int_equal(store_check(store, collect, &findings), FOB_SUCCESS);
    assert_string_equal(findings.text, "store: 2 of 2 accounts can be read\n");
    assert_int_equal(findings.bad, 0);
    store_close(store);
}

static void check_names_what_is_wrong(void **state)
{
    static const struct {
        const char *spoil; /* a file of the store that is written */
        unsigned mode;
        int code;
        const char *finding;
    } cases[] = {
        { "accounts/acme", 0600, FOB_CORRUPT, "accounts/acme: not a record of fob," },
        { "accounts/ACME", 0600, FOB_CORRUPT, "accounts/ACME: not an account's name" },
        { "accounts/other", 0640, FOB_NOT_ALLOWED, "accounts/other: others may read it" },
        { "lock", 0644, FOB_NOT_ALLOWED, "lock: others may read it" },
        { "accounts/.tmp-0123456789abcdef", 0600, FOB_SUCCESS, "abcdef: left by a write" },
        { ".tmp-0123456789abcdef", 0600, FOB_SUCCESS, "abcdef: left by a write" },
        { "accounts/.tmp-acme", 0600, FOB_CORRUPT, "accounts/.tmp-acme: not an account's name" },
        { ".tmp-notes", 0600, FOB_SUCCESS, ".tmp-notes: not part of the store" },
        { "header.new", 0600, FOB_SUCCESS, "header.new: left by a write" },
        { "letter", 0600, FOB_SUCCESS, "letter: not part of the store" },
    };
    const struct scratch *scratch = *state;
    struct store *store = open_store(scratch);

    insert(store, "acme", "swordfish");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct findings findings = { "", 0 };

        scratch_write(scratch_path(scratch, cases[i].spoil), "spoilt", 6, cases[i].mode);
        assert_int_equal(store_check(store, collect, &findings), cases[i].code);
        if (strstr(findings.text, cases[i].finding) == NULL)
            fail_msg("no \"%s\" in:\n%s", cases[i].finding, findings.text);
        assert_int_equal(findings.bad > 0, cases[i].code != FOB_SUCCESS);
        assert_int_equal(unlink(scratch_path(scratch, cases[i].spoil)), 0);
    }
    store_close(store);
}

static void check_of_a_locked_store_says_so(void **state)
{
    const struct scratch *scratch = *state;
    struct findings findings = { "", 0 };
    struct store *store = open_store(scratch);

    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(store_check(store, collect, &findings), FOB_LOCKED);
    assert_int_equal(findings.bad, 1);
    store_close(store);
}

static void derived_key_is_the_same_next_time(void **state)
{
    struct fob_secret *first = NULL;
    struct fob_secret *second = NULL;
    struct store *store = open_store(*state);

    assert_int_equal(store_derive(store, "log", &first), FOB_SUCCESS);
    store_close(store);
    store = open_store(*state);
    assert_int_equal(store_derive(store, "log", &second), FOB_SUCCESS);
    assert_int_equal(fob_secret_size(first), 32);
    assert_memory_equal(fob_secret_data(first), fob_secret_data(second), 32);
    fob_secret_free(first);
    fob_secret_free(second);
    store_close(store);
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
        STORE_TEST(record_comes_back_after_the_store_was_closed),
        STORE_TEST(record_that_is_not_there_is_not_found),
        STORE_TEST(record_names_that_are_paths_are_refused),
        STORE_TEST(record_is_not_inserted_over_another),
        STORE_TEST(update_replaces_and_counts),
        STORE_TEST(update_that_is_given_up_changes_nothing),
        STORE_TEST(erase_takes_the_generation_that_was_seen_only),
        STORE_TEST(names_are_sorted_and_only_accounts),
        STORE_TEST(files_that_others_may_touch_are_refused),
        STORE_TEST(files_of_somebody_else_are_refused),
        STORE_TEST(record_that_is_no_regular_file_is_refused),
        STORE_TEST(record_renamed_or_brought_from_elsewhere_is_refused),
        STORE_TEST(record_far_too_large_is_refused),
        STORE_TEST(store_without_its_key_file_is_locked),
        STORE_TEST(account_that_is_not_there_needs_no_key),
        cmocka_unit_test(passphrase_is_asked_for_once),
        STORE_TEST(no_update_is_lost_between_threads),
        STORE_TEST(lock_that_was_removed_is_made_again),
        STORE_TEST(check_finds_nothing_in_a_sound_store),
        STORE_TEST(check_names_what_is_wrong),
        STORE_TEST(check_of_a_locked_store_says_so),
        STORE_TEST(derived_key_is_the_same_next_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
