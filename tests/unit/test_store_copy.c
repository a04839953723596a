/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Moving a store from files to a server, and back: nothing is lost while others write. */
#include "config.h"

#include "store/store_copy.h"

#include "memory_engine.h"
#include "scratch.h"
#include "store/record_impl.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A store of files, and where it goes: to the engine, or to another folder. */
struct removal {
    struct scratch files;
    struct scratch server;
    struct scratch back;
    struct store *racer; /* changes the old store while it is copied */
    bool raced;
};

static int set_up(void **state)
{
    struct removal *removal = calloc(1, sizeof *removal);

    if (removal == NULL || scratch_make(&removal->files) != 0 ||
        scratch_make(&removal->server) != 0 || scratch_make(&removal->back) != 0)
        return -1;
    removal->files.settings.remote = NULL;
    removal->back.settings.remote = NULL;
    removal->server.settings.key_file = removal->files.key_file;
    removal->back.settings.key_file = removal->files.key_file;
    if (store_create(&removal->files.settings, NULL) != FOB_SUCCESS)
        return -1;
    *state = removal;
    return 0;
}

static int tear_down(void **state)
{
    struct removal *removal = *state;
    const int result = scratch_remove(&removal->files) + scratch_remove(&removal->server) +
                       scratch_remove(&removal->back);

    free(removal);
    return result;
}

static int copy_to(struct store *from, const struct scratch *to)
{
    const struct store_copy_plan plan = { .to = &to->settings, .place = "new.yaml" };

    return store_copy(from, &plan);
}

/* The two folders' records are the same, byte by byte. */
static void assert_same(const struct scratch *a, const struct scratch *b, const char *name)
{
    char path[64];
    unsigned char *left;
    unsigned char *right;
    size_t left_size;
    size_t right_size;

    snprintf(path, sizeof path, "accounts/%s", name);
    left = scratch_read(scratch_path(a, path), &left_size);
    right = scratch_read(scratch_path(b, path), &right_size);
    assert_int_equal(left_size, right_size);
    assert_memory_equal(left, right, left_size);
    free(left);
    free(right);
}

static int set_secret(struct record *record, void *data)
{
    const char *secret = data;

    return record_set_field(record, "client_secret", secret, strlen(secret), true);
}

static void store_goes_to_a_server_and_back(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);
    struct store *server;
    struct store *back;

    scratch_insert(files, "acme", "swordfish");
    scratch_insert(files, "globex", "marlin");
    assert_int_equal(copy_to(files, &removal->server), FOB_SUCCESS);
    assert_same(&removal->files, &removal->server, "acme");
    assert_int_equal(store_update(files, "acme", set_secret, (char[]){ "lost" }, NULL), FOB_CONFIG);
    assert_non_null(strstr(fob_error(), "this store has moved: new.yaml has it now"));
    server = scratch_open(&removal->server);
    assert_int_equal(store_update(server, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    assert_int_equal(copy_to(server, &removal->back), FOB_SUCCESS);
    back = scratch_open(&removal->back);
    scratch_assert_stored(back, "acme", "changed");
    scratch_assert_stored(back, "globex", "marlin");
    assert_same(&removal->back, &removal->files, "globex");
    assert_int_equal(store_erase(server, "acme", 0), FOB_CONFIG);
    store_close(files);
    store_close(server);
    store_close(back);
}

/* Once, when the first pass is done. */
static void race(size_t done, size_t all, void *data)
{
    struct removal *removal = data;

    if (done < all || removal->raced)
        return;
    removal->raced = true;
    scratch_insert(removal->racer, "late", "mine");
    assert_int_equal(store_erase(removal->racer, "globex", 0), FOB_SUCCESS);
    assert_int_equal(store_update(removal->racer, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
}

static void what_is_changed_meanwhile_is_copied(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);
    const struct store_copy_plan plan = {
        .to = &removal->server.settings, .place = "new.yaml", .progress = race, .data = removal
    };
    struct store *server;

    removal->racer = scratch_open(&removal->files);
    scratch_insert(files, "acme", "swordfish");
    scratch_insert(files, "globex", "marlin");
    assert_int_equal(store_copy(files, &plan), FOB_SUCCESS);
    assert_true(removal->raced);
    server = scratch_open(&removal->server);
    scratch_assert_stored(server, "acme", "changed");
    scratch_assert_stored(server, "late", "mine");
    assert_int_equal(scratch_read_code(server, "globex"), FOB_NOT_FOUND);
    store_close(removal->racer);
    store_close(files);
    store_close(server);
}

/* As after a kill between the move and its end, when the new store is used already. */
static void copy_again_takes_nothing_back(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);
    struct store *server;

    scratch_insert(files, "acme", "swordfish");
    assert_int_equal(copy_to(files, &removal->server), FOB_SUCCESS);
    server = scratch_open(&removal->server);
    assert_int_equal(store_update(server, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    scratch_insert(server, "late", "mine");
    assert_int_equal(copy_to(files, &removal->server), FOB_SUCCESS);
    scratch_assert_stored(server, "acme", "changed");
    scratch_assert_stored(server, "late", "mine");
    store_close(files);
    store_close(server);
}

static void store_that_is_used_is_not_copied_over(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);
    struct store *other;

    scratch_insert(files, "acme", "swordfish");
    assert_int_equal(store_create(&removal->back.settings, NULL), FOB_EXISTS);
    removal->back.settings.key_file = removal->back.key_file;
    assert_int_equal(store_create(&removal->back.settings, NULL), FOB_SUCCESS);
    assert_int_equal(copy_to(files, &removal->back), FOB_EXISTS);
    other = scratch_open(&removal->back);
    assert_int_equal(scratch_read_code(other, "acme"), FOB_NOT_FOUND);
    /* The old store is as it was. */
    assert_int_equal(store_update(files, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    store_close(files);
    store_close(other);
}

static void store_whose_key_is_not_there_is_not_moved_to(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);

    scratch_insert(files, "acme", "swordfish");
    removal->server.settings.key_file = removal->server.key_file;
    assert_int_equal(copy_to(files, &removal->server), FOB_LOCKED);
    assert_non_null(strstr(fob_error_hint(), "put a key that opens one"));
    assert_int_equal(store_update(files, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    store_close(files);
}

static void server_that_fails_leaves_the_old_store(void **state)
{
    struct removal *removal = *state;
    struct store *files = scratch_open(&removal->files);
    struct store *server;

    scratch_insert(files, "acme", "swordfish");
    memory_engine_orders.down = FOB_NOT_ALLOWED;
    assert_int_equal(copy_to(files, &removal->server), FOB_NOT_ALLOWED);
    assert_null(strstr(fob_error_hint(), "put a key that opens one"));
    memory_engine_orders.down = FOB_UNAVAILABLE;
    assert_int_equal(copy_to(files, &removal->server), FOB_UNAVAILABLE);
    memory_engine_orders.down = FOB_SUCCESS;
    assert_int_equal(store_update(files, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    assert_int_equal(copy_to(files, &removal->server), FOB_SUCCESS);
    server = scratch_open(&removal->server);
    scratch_assert_stored(server, "acme", "changed");
    store_close(files);
    store_close(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(store_goes_to_a_server_and_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_changed_meanwhile_is_copied, set_up, tear_down),
        cmocka_unit_test_setup_teardown(copy_again_takes_nothing_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(store_that_is_used_is_not_copied_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(store_whose_key_is_not_there_is_not_moved_to, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(server_that_fails_leaves_the_old_store, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
