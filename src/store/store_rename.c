/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renames an account, which means sealing its record again, because the seal includes the name. */
#include "config.h"

#include "store/store_impl.h"

#include "store/validated.h"
#include "util/error.h"
#include "util/secret.h"

#include <string.h>

static bool rename_same_fields(const struct record *a, const struct record *b)
{
    if (record_field_count(a) != record_field_count(b))
        return false;
    for (size_t i = 0; i < record_field_count(a); i++) {
        struct record_field mine;
        struct record_field other;

        record_field_at(a, i, &mine);
        if (record_find_field(b, mine.name, &other) != FOB_SUCCESS ||
            !secret_equal(mine.value, mine.size, other.value, other.size))
            return false;
    }
    return true;
}

/* Whether MOVED is RECORD under its new name, left by an interrupted rename.  Validation times and
 * labels may have changed since; the credential must not have. */
static bool rename_was_cut_short(const struct record *record, const struct record *moved)
{
    return record_generation(record) == record_generation(moved) &&
           record_time(record, FOB_TIME_LINKED) == record_time(moved, FOB_TIME_LINKED) &&
           strcmp(record_text(record, FOB_TEXT_PROVIDER), record_text(moved, FOB_TEXT_PROVIDER)) ==
               0 &&
           rename_same_fields(record, moved);
}

/* With the lock held: store RECORD as NEW_NAME too.  MOVED receives the new record. */
static int rename_write(struct store *store, const struct record *record, const char *new_name,
                        struct record **moved)
{
    struct record *new = NULL;
    int code = store_read(store, new_name, &new);

    if (code == FOB_SUCCESS) {
        if (!rename_was_cut_short(record, new)) {
            error_set(FOB_EXISTS, "%s: there is an account of this name", new_name);
            error_hint("choose another name");
            code = FOB_EXISTS;
        }
    } else if (code == FOB_NOT_FOUND) {
        error_clear();
        code = record_new(new_name, &new);
        if (code == FOB_SUCCESS)
            code = record_assign(new, record);
        if (code == FOB_SUCCESS)
            code = store_insert_locked(store, new);
    }
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    *moved = new;
    return FOB_SUCCESS;
}

struct rename_work {
    const char *name;
    const char *new_name;
    struct record **moved;
};

static int rename_again(struct store *store, void *data)
{
    const struct rename_work *work = data;
    struct record *record = NULL;
    struct record *new = NULL;
    int code = store_read_any(store, work->name, &record);

    if (code == FOB_SUCCESS)
        code = validated_apply_one(store, record);
    if (code == FOB_SUCCESS)
        code = rename_write(store, record, work->new_name, &new);
    if (code == FOB_SUCCESS)
        code = store_erase_locked(store, record);
    record_free(record);
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    *work->moved = new;
    return FOB_SUCCESS;
}

int store_rename(struct store *store, const char *name, const char *new_name, struct record **moved)
{
    struct rename_work work = { name, new_name, moved };

    return store_with_lock(store, rename_again, &work);
}
