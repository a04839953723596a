/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Two machines with one store: what each sees of the other's changes, and what it may do when the
 * server is away. */
#include "config.h"

#include "store/key_file.h"
#include "store/machines.h"
#include "store/mirror_accept.h"
#include "store/renewal.h"
#include "store/store.h"

#include "memory_engine.h"
#include "scratch.h"
#include "util/array.h"
#include "util/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two machines with the same key file. */
struct office {
    struct scratch first;
    struct scratch second;
};

static int set_up(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL || scratch_make(&office->first) != 0 || scratch_make(&office->second) != 0 ||
        store_create(&office->first.settings, NULL) != FOB_SUCCESS)
        return -1;
    office->second.remote.machine = "web2";
    office->second.settings.key_file = office->first.key_file;
    *state = office;
    return 0;
}

static int tear_down(void **state)
{
    struct office *office = *state;
    const int result = scratch_remove(&office->first) + scratch_remove(&office->second);

    free(office);
    return result;
}

static int set_secret(struct record *record, void *data)
{
    const char *secret = data;

    return record_set_field(record, "client_secret", secret, strlen(secret), true);
}

static int set_note(struct record *record, void *data)
{
    return record_set_text(record, FOB_TEXT_OWNER_NAME, data);
}

static void account_of_one_machine_is_read_on_another(void **state)
{
    struct office *office = *state;
    struct store *first = scratch_open(&office->first);
    struct store *second = scratch_open(&office->second);
    char **names = NULL;
    size_t count = 0;

    scratch_insert(first, "acme", "swordfish");
    scratch_assert_stored(second, "acme", "swordfish");
    assert_int_equal(store_update(second, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    scratch_assert_stored(first, "acme", "changed");
    assert_int_equal(store_erase(first, "acme", 0), FOB_SUCCESS);
    assert_int_equal(scratch_read_code(second, "acme"), FOB_NOT_FOUND);
    assert_int_equal(store_names(second, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 0);
    names_free(names, count);
    store_close(first);
    store_close(second);
}

/* A change that another machine makes between the read and the write of this one. */
static struct store *racer;
static unsigned races;

static void race(void)
{
    assert_int_equal(store_update(racer, "acme", set_note, (char[]){ "Ada" }, NULL), FOB_SUCCESS);
    if (--races > 0)
        memory_engine_orders.before = race;
}

static void change_of_another_machine_is_not_lost(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);
    struct record *record = NULL;

    racer = scratch_open(&office->second);
    races = 1;
    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.before = race;
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, &record),
                     FOB_SUCCESS);
    scratch_assert_secret(record, "changed");
    assert_string_equal(record_text(record, FOB_TEXT_OWNER_NAME), "Ada");
    record_free(record);
    scratch_assert_stored(racer, "acme", "changed");
    store_close(store);
    store_close(racer);
}

static void race_erase(void)
{
    assert_int_equal(store_erase(racer, "acme", 0), FOB_SUCCESS);
}

static void account_that_was_erased_meanwhile_is_not_found(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    racer = scratch_open(&office->second);
    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.before = race_erase;
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_NOT_FOUND);
    assert_int_equal(scratch_read_code(racer, "acme"), FOB_NOT_FOUND);
    store_close(store);
    store_close(racer);
}

static void race_insert(void)
{
    scratch_insert(racer, "acme", "theirs");
}

static void name_that_was_taken_meanwhile_exists(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);
    struct record *record = scratch_record("acme", "mine");

    racer = scratch_open(&office->second);
    memory_engine_orders.before = race_insert;
    assert_int_equal(store_insert(store, record), FOB_EXISTS);
    assert_string_equal(fob_error(), "acme: there is an account of this name");
    scratch_assert_stored(store, "acme", "theirs");
    record_free(record);
    store_close(store);
    store_close(racer);
}

static void change_that_meets_another_each_time_ends(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    racer = scratch_open(&office->second);
    races = 100;
    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.before = race;
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_UNAVAILABLE);
    memory_engine_orders.before = NULL;
    scratch_assert_stored(store, "acme", "swordfish");
    store_close(store);
    store_close(racer);
}

static void fresh_mirror_is_read_without_the_server(void **state)
{
    struct office *office = *state;
    struct store *store;
    unsigned steps;

    office->first.remote.max_age_ms = 60000;
    store = scratch_open(&office->first);
    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    steps = memory_engine_steps;
    memory_engine_orders.down = FOB_UNAVAILABLE;
    for (int i = 0; i < 3; i++) {
        store = scratch_open(&office->first);
        scratch_assert_stored(store, "acme", "swordfish");
        store_close(store);
    }
    assert_int_equal(memory_engine_steps, steps);
}

static void old_mirror_is_not_read_without_the_server(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.down = FOB_UNAVAILABLE;
    usleep(2000); /* its age is in milliseconds */
    assert_int_equal(scratch_read_code(store, "acme"), FOB_UNAVAILABLE);
    assert_int_equal(store_stale(store), 0);
    store_close(store);
    office->first.remote.offline_ms = 60000;
    store = scratch_open(&office->first);
    scratch_assert_stored(store, "acme", "swordfish");
    assert_true(store_stale(store) > 0);
    memory_engine_orders.down = FOB_SUCCESS;
    scratch_assert_stored(store, "acme", "swordfish");
    assert_int_equal(store_stale(store), 0);
    store_close(store);
}

/* Only a server that is away may be done without. */
static void codes_of_the_server_are_passed_on(void **state)
{
    static const int codes[] = { FOB_UNTRUSTED, FOB_NOT_ALLOWED, FOB_CORRUPT, FOB_CONFIG };
    struct office *office = *state;
    struct store *store;

    office->first.remote.offline_ms = 60000;
    store = scratch_open(&office->first);
    scratch_insert(store, "acme", "swordfish");
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        memory_engine_orders.down = codes[i];
        assert_int_equal(scratch_read_code(store, "acme"), codes[i]);
    }
    store_close(store);
}

static void nothing_is_written_without_the_server(void **state)
{
    struct office *office = *state;
    struct record *record = scratch_record("other", "mine");
    struct store *store;

    office->first.remote.max_age_ms = 60000;
    store = scratch_open(&office->first);
    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.down = FOB_UNAVAILABLE;
    assert_int_equal(store_insert(store, record), FOB_UNAVAILABLE);
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_UNAVAILABLE);
    assert_int_equal(store_erase(store, "acme", 0), FOB_UNAVAILABLE);
    memory_engine_orders.down = FOB_SUCCESS;
    scratch_assert_stored(store, "acme", "swordfish");
    record_free(record);
    store_close(store);
}

static void server_that_was_rolled_back_is_found(void **state)
{
    struct office *office = *state;
    struct store *first = scratch_open(&office->first);
    struct store *second = scratch_open(&office->second);

    scratch_insert(first, "acme", "swordfish");
    scratch_assert_stored(second, "acme", "swordfish");
    memory_engine_roll_back();
    assert_int_equal(scratch_read_code(first, "acme"), FOB_CORRUPT);
    assert_int_equal(scratch_read_code(second, "acme"), FOB_CORRUPT);
    store_close(first);
    store_close(second);
}

static int give_key(const struct store_slot *slot, unsigned attempt, struct fob_secret **material,
                    void *data)
{
    const struct office *office = data;

    (void)slot;
    return attempt == 0 ? key_file_read(office->first.key_file, geteuid(), material)
                        : FOB_NOT_FOUND;
}

static void race_rotation(void)
{
    scratch_insert(racer, "late", "with the old key");
}

/* Another machine writes when the rotation is about to begin: that changes no header. */
static void new_key_is_known_on_all_machines(void **state)
{
    struct office *office = *state;
    const struct store_rotation rotation = { give_key, NULL, office };
    struct store *store = scratch_open(&office->first);

    racer = scratch_open(&office->second);
    scratch_insert(store, "acme", "swordfish");
    scratch_assert_stored(racer, "acme", "swordfish");
    memory_engine_orders.before = race_rotation;
    assert_int_equal(store_rotate(store, &rotation), FOB_SUCCESS);
    scratch_assert_stored(racer, "acme", "swordfish");
    scratch_assert_stored(racer, "late", "with the old key");
    scratch_insert(racer, "later", "with the new key");
    scratch_assert_stored(store, "later", "with the new key");
    store_close(store);
    store_close(racer);
}

/* As when another process of the machine is killed, or is stopped, while it fetches a new key. */
static void half_of_a_rotation_is_not_read(void **state)
{
    struct office *office = *state;
    const struct store_rotation rotation = { give_key, NULL, office };
    struct store *first = scratch_open(&office->first);
    struct store *second;
    unsigned char *header;
    size_t size;

    office->second.remote.max_age_ms = 60000;
    second = scratch_open(&office->second);
    scratch_insert(first, "acme", "swordfish");
    scratch_assert_stored(second, "acme", "swordfish");
    store_close(second);
    assert_int_equal(store_rotate(first, &rotation), FOB_SUCCESS);
    header = scratch_read(scratch_path(&office->first, "header"), &size);
    scratch_write(scratch_path(&office->second, "header"), header, size, 0600);
    free(header);
    second = scratch_open(&office->second);
    scratch_assert_stored(second, "acme", "swordfish");
    store_close(first);
    store_close(second);
}

/* Two machines add a key slot at the same time. */
static void race_slot(void)
{
    struct fob_secret *material = NULL;
    const struct new_slot slot = { SLOT_KEY_FILE, NULL, 0, "theirs" };
    struct new_slot filled = slot;
    unsigned number;

    assert_int_equal(key_file_make(&material), FOB_SUCCESS);
    filled.material = material;
    assert_int_equal(store_add_slot(racer, &filled, &number), FOB_SUCCESS);
    fob_secret_free(material);
}

static void header_of_another_machine_is_not_lost(void **state)
{
    struct office *office = *state;
    const struct store_rotation rotation = { give_key, NULL, office };
    struct store *store = scratch_open(&office->first);

    racer = scratch_open(&office->second);
    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.before = race_slot;
    assert_int_equal(store_rotate(store, &rotation), FOB_EXISTS);
    assert_int_equal(store_unlock(store), FOB_SUCCESS);
    scratch_assert_stored(store, "acme", "swordfish");
    /* A record that is written while the header changes. */
    memory_engine_orders.before = race_slot;
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    scratch_assert_stored(racer, "acme", "changed");
    store_close(store);
    store_close(racer);
}

/* The records that the server has lost, one by one. */
struct lost {
    char names[256];
    const char *wanted; /* is written again */
};

static bool note_lost(const struct mirror_lost *record, void *data)
{
    struct lost *lost = data;
    const size_t used = strlen(lost->names);

    snprintf(lost->names + used, sizeof lost->names - used, "%s %u %u;", record->name,
             (unsigned)record->here, (unsigned)record->there);
    return lost->wanted != NULL && strcmp(lost->wanted, record->name) == 0;
}

static void what_the_server_lost_is_written_again(void **state)
{
    struct office *office = *state;
    struct lost lost = { .names = "" };
    struct store *first = scratch_open(&office->first);
    struct store *second = scratch_open(&office->second);

    scratch_insert(first, "acme", "swordfish");
    assert_int_equal(store_update(first, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SUCCESS);
    scratch_insert(first, "late", "mine");
    memory_engine_roll_back();
    memory_engine_roll_back();
    assert_int_equal(mirror_accept(first, false, note_lost, &lost), FOB_SUCCESS);
    assert_non_null(strstr(lost.names, "acme 2 1;"));
    assert_non_null(strstr(lost.names, "late 1 0;"));
    assert_int_equal(scratch_read_code(first, "acme"), FOB_CORRUPT);
    lost = (struct lost){ .names = "", .wanted = "acme" };
    assert_int_equal(mirror_accept(first, true, note_lost, &lost), FOB_SUCCESS);
    scratch_assert_stored(first, "acme", "changed");
    assert_int_equal(scratch_read_code(first, "late"), FOB_NOT_FOUND);
    scratch_assert_stored(second, "acme", "changed");
    store_close(first);
    store_close(second);
}

static void machine_with_the_name_of_another_only_reads(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);
    struct record *record = scratch_record("other", "mine");

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    memory_engine_orders.see = FOB_EXISTS;
    store = scratch_open(&office->second);
    scratch_assert_stored(store, "acme", "swordfish");
    assert_true(machines_have_namesake(store));
    assert_int_equal(store_insert(store, record), FOB_CONFIG);
    assert_string_equal(fob_error(), "another machine calls itself web2");
    record_free(record);
    store_close(store);
}

static void server_without_room_is_read(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    memory_engine_orders.see = FOB_SYSTEM;
    store = scratch_open(&office->second);
    scratch_assert_stored(store, "acme", "swordfish");
    store_close(store);
}

static void unknown_outcome_is_no_success(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    scratch_insert(store, "acme", "swordfish");
    memory_engine_orders.unknown = true;
    assert_int_equal(store_update(store, "acme", set_secret, (char[]){ "changed" }, NULL),
                     FOB_SYSTEM);
    scratch_assert_stored(store, "acme", "changed");
    store_close(store);
}

static void damaged_mirror_is_fetched_again(void **state)
{
    struct office *office = *state;
    struct store *store = scratch_open(&office->first);

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    scratch_write(scratch_path(&office->first, "fresh"), "nonsense", 8, 0600);
    assert_int_equal(unlink(scratch_path(&office->first, "accounts/acme")), 0);
    scratch_write(scratch_path(&office->first, "accounts/other"), "old", 3, 0600);
    store = scratch_open(&office->first);
    scratch_assert_stored(store, "acme", "swordfish");
    assert_int_equal(store_exists(store, "other"), FOB_NOT_FOUND);
    store_close(store);
}

static void second_store_is_not_made(void **state)
{
    struct office *office = *state;

    office->second.settings.key_file = office->second.key_file;
    assert_int_equal(store_create(&office->second.settings, NULL), FOB_EXISTS);
    assert_int_equal(access(office->second.key_file, F_OK), -1);
}

/* Begin a renewal of acme, whose CODE must be that. */
static struct renewal *begin_renewal(struct store *store, int code)
{
    struct renewal *renewal = NULL;

    assert_int_equal(renewal_begin(store, "acme", &renewal), code);
    return renewal;
}

static void renewal_is_made_by_one_machine(void **state)
{
    struct office *office = *state;
    struct store *first = scratch_open(&office->first);
    struct store *second = scratch_open(&office->second);
    struct renewal *renewal;

    scratch_insert(first, "acme", "swordfish");
    renewal = begin_renewal(first, FOB_SUCCESS);
    begin_renewal(second, FOB_IGNORE);
    renewal_end(renewal);
    memory_engine_orders.down = FOB_UNAVAILABLE;
    begin_renewal(second, FOB_UNAVAILABLE);
    memory_engine_orders.down = FOB_SUCCESS;
    renewal_end(begin_renewal(second, FOB_SUCCESS));
    renewal_end(begin_renewal(first, FOB_SUCCESS));
    store_close(first);
    store_close(second);
}

static void renewal_that_a_machine_did_not_end_is_known(void **state)
{
    struct office *office = *state;
    struct store *first = scratch_open(&office->first);
    struct store *second = scratch_open(&office->second);
    struct renewal_note note;
    struct renewal *renewal;

    scratch_insert(first, "acme", "swordfish");
    renewal_leave(begin_renewal(first, FOB_SUCCESS));
    renewal_leave(begin_renewal(first, FOB_SUCCESS));
    begin_renewal(second, FOB_IGNORE);
    memory_engine_let_claims_end();
    renewal = begin_renewal(second, FOB_SUCCESS);
    renewal_read_note(renewal, &note);
    assert_int_equal(note.code, FOB_IGNORE);
    assert_int_equal(note.since, RENEWAL_SINCE_ANY);
    renewal_remove_note(renewal);
    renewal_end(renewal);
    /* What a machine itself did is in its own notes. */
    renewal_leave(begin_renewal(first, FOB_SUCCESS));
    memory_engine_let_claims_end();
    renewal = begin_renewal(first, FOB_SUCCESS);
    renewal_read_note(renewal, &note);
    assert_int_equal(note.code, FOB_SUCCESS);
    renewal_end(renewal);
    store_close(first);
    store_close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(account_of_one_machine_is_read_on_another, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(change_of_another_machine_is_not_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(account_that_was_erased_meanwhile_is_not_found, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(name_that_was_taken_meanwhile_exists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(change_that_meets_another_each_time_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(fresh_mirror_is_read_without_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_mirror_is_not_read_without_the_server, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(codes_of_the_server_are_passed_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_without_the_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(server_that_was_rolled_back_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_key_is_known_on_all_machines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(half_of_a_rotation_is_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(header_of_another_machine_is_not_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_server_lost_is_written_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(machine_with_the_name_of_another_only_reads, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(server_without_room_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unknown_outcome_is_no_success, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_mirror_is_fetched_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(second_store_is_not_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renewal_is_made_by_one_machine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renewal_that_a_machine_did_not_end_is_known, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
