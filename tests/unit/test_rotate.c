/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* New keys for a store, when more than one process gives it one: no record is left without its key.
 */
#include "config.h"

#include "store/key_file.h"
#include "store/store.h"

#include "scratch.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int give_key_file(const struct store_slot *slot, unsigned attempt,
                         struct fob_secret **material, void *data)
{
    struct scratch *scratch = data;

    (void)slot;
    return attempt == 0 ? key_file_read(scratch->key_file, scratch->settings.user, material)
                        : FOB_NOT_FOUND;
}

static int rotate(struct scratch *scratch, void (*progress)(size_t, size_t, void *))
{
    const struct store_rotation rotation = { give_key_file, progress, scratch };
    struct store *store = NULL;
    int code = store_open(&scratch->settings, &store);

    if (code == FOB_SUCCESS)
        code = store_rotate(store, &rotation);
    store_close(store);
    return code;
}

static void insert(struct scratch *scratch, const char *name, const char *secret)
{
    struct record *record = scratch_record(name, secret);
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_int_equal(store_insert(store, record), FOB_SUCCESS);
    record_free(record);
    store_close(store);
}

static void assert_secret(struct scratch *scratch, const char *name, const char *secret)
{
    struct record *record = NULL;
    struct store *store = NULL;

    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_int_equal(store_read(store, name, &record), FOB_SUCCESS);
    scratch_assert_secret(record, secret);
    record_free(record);
    store_close(store);
}

/* A rotation in a process of its own, which has room for the header with the new key, and for no
 * record. */
static void begin_only(struct scratch *scratch)
{
    const struct rlimit small = { 8192, 8192 };
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &small) == 0 && rotate(scratch, NULL) == FOB_SYSTEM ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static bool met;

/* Between sealing the records and the end of that rotation: another process finishes it, and a
 * third begins the next. */
static void meet_others(size_t done, size_t all, void *data)
{
    struct scratch *scratch = data;

    if (done < all || met)
        return;
    met = true;
    assert_int_equal(rotate(scratch, NULL), FOB_SUCCESS);
    begin_only(scratch);
}

static void rotation_does_not_finish_that_of_another(void **state)
{
    static char much[20000];
    struct scratch *scratch = *state;

    memset(much, 'm', sizeof much - 1);
    insert(scratch, "acme", much);
    insert(scratch, "globex", much);
    met = false;
    assert_int_equal(rotate(scratch, meet_others), FOB_SUCCESS);
    assert_true(met);
    assert_secret(scratch, "acme", much);
    assert_secret(scratch, "globex", much);
}

static void listen(const char *what, int64_t ms, void *data)
{
    (void)ms;
    if (what != NULL)
        snprintf(data, 64, "%s", what);
}

/* A large store takes longer than a person waits without a word. */
static void rotation_is_reported_as_a_wait(void **state)
{
    struct scratch *scratch = *state;
    char what[64] = "";

    insert(scratch, "acme", "s3cret");
    fob_set_wait(listen, what);
    assert_int_equal(rotate(scratch, NULL), FOB_SUCCESS);
    fob_set_wait(NULL, NULL);
    assert_string_equal(what, "sealing under the new key: 0 of 1 record done");
}

static void the_next_rotation_finishes_an_interrupted_one(void **state)
{
    static char much[20000];
    struct scratch *scratch = *state;
    struct store *store = NULL;

    memset(much, 'm', sizeof much - 1);
    insert(scratch, "acme", much);
    begin_only(scratch);
    assert_secret(scratch, "acme", much);
    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_true(store_is_rotating(store));
    store_close(store);
    assert_int_equal(rotate(scratch, NULL), FOB_SUCCESS);
    assert_int_equal(store_open(&scratch->settings, &store), FOB_SUCCESS);
    assert_false(store_is_rotating(store));
    store_close(store);
    assert_secret(scratch, "acme", much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rotation_does_not_finish_that_of_another, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(rotation_is_reported_as_a_wait, scratch_set_up,
                                        scratch_tear_down),
        cmocka_unit_test_setup_teardown(the_next_rotation_finishes_an_interrupted_one,
                                        scratch_set_up, scratch_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
