/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Backups: what goes in comes out, and every way to spoil one is seen. */
#include "config.h"

#include "store/backup.h"

#include "store/key_file.h"
#include "util/error.h"
#include "util/wire.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "acme", "bolt", "coyote" };

/* A backup of three accounts, and where its frames begin. */
struct world {
    struct fob_secret *material;
    unsigned char *data;
    size_t size;
    size_t frames[5]; /* and its end */
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct backup *backup = NULL;
    FILE *file;
    char *data = NULL;

    assert_non_null(world);
    assert_int_equal(key_file_make(&world->material), FOB_SUCCESS);
    file = open_memstream(&data, &world->size);
    assert_non_null(file);
    assert_int_equal(backup_create(file, "backup", SLOT_KEY_FILE, world->material, &backup),
                     FOB_SUCCESS);
    for (size_t i = 0; i < 3; i++) {
        struct record *record = scratch_record(names[i], names[i]);

        fflush(file);
        world->frames[i] = world->size;
        assert_int_equal(backup_add(backup, record), FOB_SUCCESS);
        record_free(record);
    }
    fflush(file);
    world->frames[3] = world->size;
    assert_int_equal(backup_finish(backup), FOB_SUCCESS);
    backup_free(backup);
    fclose(file);
    world->frames[4] = world->size;
    world->data = (unsigned char *)data;
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    fob_secret_free(world->material);
    free(world->data);
    free(world);
    return 0;
}

/* Read a backup to its end; COUNT is how many records came out.  Returns how it ended. */
static int read_all(const struct world *world, struct span bytes, size_t *count)
{
    FILE *file = fmemopen((void *)(uintptr_t)bytes.data, bytes.size, "r");
    struct backup *backup = NULL;
    int code;

    assert_non_null(file);
    error_clear();
    *count = 0;
    code = backup_open(file, "backup", &backup);
    if (code == FOB_SUCCESS)
        code = backup_unlock(backup, world->material);
    while (code == FOB_SUCCESS) {
        struct record *record = NULL;

        code = backup_next(backup, &record);
        if (code == FOB_SUCCESS) {
            assert_string_equal(record_name(record), names[*count]);
            scratch_assert_secret(record, names[*count]);
            (*count)++;
        }
        record_free(record);
    }
    backup_free(backup);
    fclose(file);
    return code;
}

static void what_goes_in_comes_out(void **state)
{
    const struct world *world = *state;
    size_t count;

    assert_int_equal(read_all(world, (struct span){ world->data, world->size }, &count),
                     FOB_NOT_FOUND);
    assert_int_equal(count, 3);
}

static void an_empty_backup_is_whole(void **state)
{
    const struct world *world = *state;
    struct backup *backup = NULL;
    size_t size = 0;
    char *data = NULL;
    FILE *file = open_memstream(&data, &size);
    size_t count;

    assert_non_null(file);
    assert_int_equal(backup_create(file, "backup", SLOT_KEY_FILE, world->material, &backup),
                     FOB_SUCCESS);
    assert_int_equal(backup_finish(backup), FOB_SUCCESS);
    backup_free(backup);
    fclose(file);
    assert_int_equal(read_all(world, (struct span){ data, size }, &count), FOB_NOT_FOUND);
    assert_int_equal(count, 0);
    free(data);
}

/* Of the stream's own head some bits say that it is of another version; the MAC does the rest. */
static void a_flipped_bit_is_refused(void **state)
{
    const struct world *world = *state;
    unsigned char *copy = malloc(world->size);
    size_t count;

    assert_non_null(copy);
    memcpy(copy, world->data, world->size);
    for (size_t i = 0; i < 8 * world->size; i++) {
        int code;

        copy[i / 8] ^= (unsigned char)(1U << i % 8);
        code = read_all(world, (struct span){ copy, world->size }, &count);
        if (code != FOB_CORRUPT && code != FOB_CONFIG && code != FOB_LOCKED)
            fail_msg("bit %zu: %s", i, fob_code_name(code));
        copy[i / 8] = world->data[i / 8];
    }
    free(copy);
}

static void a_backup_cut_short_anywhere_is_refused(void **state)
{
    const struct world *world = *state;
    size_t count;

    for (size_t size = 1; size < world->size; size++)
        assert_int_equal(read_all(world, (struct span){ world->data, size }, &count), FOB_CORRUPT);
}

static void what_follows_the_end_is_refused(void **state)
{
    const struct world *world = *state;
    unsigned char *copy = calloc(1, world->size + 1);
    size_t count;

    assert_non_null(copy);
    memcpy(copy, world->data, world->size);
    assert_int_equal(read_all(world, (struct span){ copy, world->size + 1 }, &count), FOB_CORRUPT);
    free(copy);
}

/* Frames FROM and TO, which are of one size, change places. */
static void reordered_frames_are_refused(void **state)
{
    const struct world *world = *state;
    const size_t *frames = world->frames;
    size_t size = frames[1] - frames[0];
    unsigned char *copy = malloc(world->size);
    size_t count;

    assert_non_null(copy);
    assert_int_equal(size, frames[2] - frames[1]);
    memcpy(copy, world->data, world->size);
    memcpy(copy + frames[0], world->data + frames[1], size);
    memcpy(copy + frames[1], world->data + frames[0], size);
    assert_int_equal(read_all(world, (struct span){ copy, world->size }, &count), FOB_CORRUPT);
    assert_int_equal(count, 0);
    free(copy);
}

static void a_missing_frame_is_refused(void **state)
{
    const struct world *world = *state;
    unsigned char *copy = malloc(world->size);
    size_t size = world->frames[2];
    size_t count;

    assert_non_null(copy);
    memcpy(copy, world->data, size);
    memcpy(copy + size, world->data + world->frames[3], world->size - world->frames[3]);
    size += world->size - world->frames[3];
    assert_int_equal(read_all(world, (struct span){ copy, size }, &count), FOB_CORRUPT);
    assert_int_equal(count, 2);
    free(copy);
}

static void another_backups_frame_is_refused(void **state)
{
    const struct world *world = *state;
    struct backup *backup = NULL;
    struct record *record = scratch_record(names[0], names[0]);
    size_t size = 0;
    char *data = NULL;
    FILE *file = open_memstream(&data, &size);
    size_t first;
    size_t count;

    assert_non_null(file);
    assert_int_equal(backup_create(file, "backup", SLOT_KEY_FILE, world->material, &backup),
                     FOB_SUCCESS);
    fflush(file);
    first = size;
    assert_int_equal(backup_add(backup, record), FOB_SUCCESS);
    assert_int_equal(backup_finish(backup), FOB_SUCCESS);
    backup_free(backup);
    fclose(file);
    memcpy(data + first, world->data + world->frames[0], world->frames[1] - world->frames[0]);
    assert_int_equal(read_all(world, (struct span){ data, size }, &count), FOB_CORRUPT);
    assert_int_equal(count, 0);
    record_free(record);
    free(data);
}

static void another_key_does_not_open_it(void **state)
{
    const struct world *world = *state;
    struct world other = { .material = NULL };
    size_t count;

    assert_int_equal(key_file_make(&other.material), FOB_SUCCESS);
    assert_int_equal(read_all(&other, (struct span){ world->data, world->size }, &count),
                     FOB_LOCKED);
    fob_secret_free(other.material);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(an_empty_backup_is_whole),
        cmocka_unit_test(a_flipped_bit_is_refused),
        cmocka_unit_test(a_backup_cut_short_anywhere_is_refused),
        cmocka_unit_test(what_follows_the_end_is_refused),
        cmocka_unit_test(reordered_frames_are_refused),
        cmocka_unit_test(a_missing_frame_is_refused),
        cmocka_unit_test(another_backups_frame_is_refused),
        cmocka_unit_test(another_key_does_not_open_it),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
