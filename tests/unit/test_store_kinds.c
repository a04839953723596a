/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Records that are no accounts: they are kept, checked and sealed as accounts are, and no function
 * for accounts sees them. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"
#include "store/key_file.h"
#include "store/sharing.h"
#include "util/array.h"
#include "util/names.h"

#include <stdio.h>
#include <string.h>

#define APP "app:gusto"

static void kinds_count(const struct record *record, void *data)
{
    (void)record;
    ++*(int *)data;
}

static int kinds_give_material(const struct store_slot *slot, unsigned attempt,
                               struct fob_secret **material, void *data)
{
    const struct scratch *scratch = data;

    (void)slot;
    return attempt == 0 ? key_file_read(scratch->key_file, scratch->settings.user, material)
                        : FOB_NOT_FOUND;
}

static void kinds_move(const struct scratch *scratch, const char *from, const char *to)
{
    char path[512];

    snprintf(path, sizeof path, "%s", scratch_path(scratch, from));
    assert_int_equal(rename(path, scratch_path(scratch, to)), 0);
}

static void kinds_assert_secret(struct store *store, const char *name, const char *secret)
{
    struct record *record = NULL;

    assert_int_equal(store_read_any(store, name, &record), FOB_SUCCESS);
    assert_string_equal(record_name(record), name);
    scratch_assert_secret(record, secret);
    record_free(record);
}

static void kinds_are_not_accounts(void **state)
{
    struct store *store = scratch_open(*state);
    char **names = NULL;
    size_t count = 0;

    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, APP, "marlin");
    assert_int_equal(scratch_read_code(store, APP), FOB_INVALID);
    kinds_assert_secret(store, APP, "marlin");
    assert_int_equal(store_names(store, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "acme");
    names_free(names, count);
    store_close(store);
}

static void kinds_are_listed_by_kind(void **state)
{
    struct store *store = scratch_open(*state);
    char **names = NULL;
    size_t count = 0;

    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, APP, "marlin");
    scratch_insert(store, "apps:gusto", "carp");
    assert_int_equal(store_names_of(store, "app", &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "gusto");
    names_free(names, count);
    assert_int_equal(store_names_of(store, NULL, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 3);
    names_free(names, count);
    store_close(store);
}

static void kinds_have_strict_names(void **state)
{
    static const char *const names[] = { "app:",    ":gusto",     "app:a:b", "app:../x", "app:a/b",
                                         "APP:gus", "app:.tmp-1", ":",       "app: x" };
    struct store *store = scratch_open(*state);
    struct record *record = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        assert_int_equal(store_read_any(store, names[i], &record), FOB_INVALID);
        assert_int_equal(record_new(names[i], &record), FOB_INVALID);
        assert_int_equal(store_exists(store, names[i]), FOB_NOT_FOUND);
    }
    store_close(store);
}

static void kinds_do_not_open_under_another_name(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *record = NULL;

    scratch_insert(store, APP, "marlin");
    scratch_insert(store, "gusto", "swordfish");
    kinds_move(*state, "accounts/" APP, "accounts/gusto");
    assert_int_equal(store_read(store, "gusto", &record), FOB_CORRUPT);
    kinds_move(*state, "accounts/gusto", "accounts/app:deel");
    assert_int_equal(store_read_any(store, "app:deel", &record), FOB_CORRUPT);
    store_close(store);
}

static void kinds_get_the_new_key_too(void **state)
{
    struct store *store = scratch_open(*state);
    const struct store_rotation rotation = { .material = kinds_give_material, .data = *state };

    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, APP, "marlin");
    assert_int_equal(store_rotate(store, &rotation), FOB_SUCCESS);
    assert_false(store_is_rotating(store));
    store_close(store);
    store = scratch_open(*state);
    kinds_assert_secret(store, APP, "marlin");
    kinds_assert_secret(store, "acme", "swordfish");
    store_close(store);
}

static void kinds_share_nothing_with_accounts(void **state)
{
    struct store *store = scratch_open(*state);
    struct record *record = scratch_record("other", "swordfish");
    int found = 0;

    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, APP, "swordfish");
    assert_int_equal(sharing_find(store, record, kinds_count, &found), FOB_SUCCESS);
    assert_int_equal(found, 1);
    assert_int_equal(store_erase(store, APP, 0), FOB_SUCCESS);
    assert_int_equal(store_exists(store, APP), FOB_NOT_FOUND);
    found = 0;
    assert_int_equal(sharing_find(store, record, kinds_count, &found), FOB_SUCCESS);
    assert_int_equal(found, 1);
    record_free(record);
    store_close(store);
}

#define KINDS_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KINDS_TEST(kinds_are_not_accounts),    KINDS_TEST(kinds_are_listed_by_kind),
        KINDS_TEST(kinds_have_strict_names),   KINDS_TEST(kinds_do_not_open_under_another_name),
        KINDS_TEST(kinds_get_the_new_key_too), KINDS_TEST(kinds_share_nothing_with_accounts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
