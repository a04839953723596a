/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Changing many records together: one lock, and one wait for the disk. */
#include "config.h"

#include "store/store_impl.h"

#include "store/seal.h"
#include "util/error.h"

#include <stdlib.h>

/* One record that is to be written. */
struct sealed {
    struct record *record;
    struct blob blob;
};

/* With the lock held: the record of EDIT as it is now.  Who read it before has mostly still the
 * right one, and opening it again is saved. */
static int read_now(struct store *store, const struct store_edit *edit, struct record **record)
{
    struct blob blob = { NULL, 0 };
    uint64_t version;
    int code = store->class->read(store->driver, edit->name, &blob);

    if (code != FOB_SUCCESS)
        return code;
    version = seal_version((struct span){ blob.data, blob.size });
    blob_free(&blob);
    return version != 0 && version == record_version(edit->seen)
               ? record_copy(edit->seen, record)
               : store_read(store, edit->name, record);
}

/* With the lock held: change one record and seal it.  FOB_IGNORE when there is nothing to write. */
static int prepare(struct store *store, const struct store_edit *edit, store_edit_fn *change,
                   struct sealed *sealed)
{
    struct record *record = NULL;
    struct crypto *crypto = NULL;
    int code = read_now(store, edit, &record);

    if (code != FOB_SUCCESS) {
        change(NULL, code, edit->data);
        return FOB_IGNORE;
    }
    code = change(record, FOB_SUCCESS, edit->data);
    if (code == FOB_SUCCESS)
        code = store_borrow_crypto(store, &crypto);
    if (code == FOB_SUCCESS) {
        code = seal_record(crypto, store_keyring(store), record, record_version(record) + 1,
                           &sealed->blob);
        store_return_crypto(store, crypto);
    }
    if (code == FOB_SUCCESS)
        sealed->record = record;
    else
        record_free(record);
    return code;
}

/* With the lock held: all of it. */
static int update_locked(struct store *store, const struct store_edit *edits, size_t count,
                         store_edit_fn *change, struct sealed *sealed)
{
    struct driver_record *records = calloc(count, sizeof *records);
    size_t ready = 0;
    int code = records != NULL ? FOB_SUCCESS : error_nomem();

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = prepare(store, &edits[i], change, &sealed[ready]);
        if (code == FOB_SUCCESS) {
            records[ready] =
                (struct driver_record){ edits[i].name,
                                        { sealed[ready].blob.data, sealed[ready].blob.size } };
            ready++;
        } else if (code == FOB_IGNORE) {
            code = FOB_SUCCESS;
        }
    }
    if (code == FOB_SUCCESS && ready > 0)
        code = store->class->write_many(store->driver, records, ready);
    free(records);
    return code;
}

int store_update_many(struct store *store, const struct store_edit *edits, size_t count,
                      store_edit_fn *change)
{
    struct sealed *sealed = calloc(count + 1, sizeof *sealed);
    int lock = -1;
    int code = sealed != NULL ? store_lock_to_write(store, &lock) : error_nomem();

    if (code == FOB_SUCCESS) {
        code = update_locked(store, edits, count, change, sealed);
        store->class->unlock(store->driver, lock);
    }
    for (size_t i = 0; i < count && sealed != NULL; i++) {
        record_free(sealed[i].record);
        blob_free(&sealed[i].blob);
    }
    free(sealed);
    return code;
}
