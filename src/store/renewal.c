/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renewals: the lock of an account, room on the disk, and a note of the last one. */
#include "config.h"

#include "store/renewal.h"

#include "store/store_impl.h"
#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A note: the time, the code, the tokens' time, and that of a renewal that was cut short. */
#define NOTE_SIZE 28

struct renewal {
    struct store *store;
    char name[FOB_NAME_MAX + 1];
    uint64_t process; /* which has the locks; a child of fork() does not */
    int lock;
    int header; /* the lock of the store's header; or -1 */
    struct file_room room;
};

int renewal_begin(struct store *store, const char *name, struct renewal **renewal)
{
    int lock = -1;
    int code = record_check_name(name);

    if (code == FOB_SUCCESS)
        code = store->class->lock_renewal(store->driver, name, &lock);
    return code == FOB_SUCCESS ? renewal_take(store, name, lock, renewal) : code;
}

int renewal_take(struct store *store, const char *name, int lock, struct renewal **renewal)
{
    struct renewal *new = malloc(sizeof *new);

    if (new == NULL) {
        store->class->unlock(store->driver, lock);
        return error_nomem();
    }
    *new = (struct renewal){
        .store = store, .process = process_id(), .lock = lock, .header = -1, .room = { .fd = -1 }
    };
    memcpy(new->name, name, strlen(name) + 1);
    *renewal = new;
    return FOB_SUCCESS;
}

int renewal_keep_header(struct renewal *renewal)
{
    struct store *store = renewal->store;
    int code = store->class->lock_header(store->driver, true, &renewal->header);

    return code == FOB_SUCCESS ? store_refresh(store) : code;
}

void renewal_end(struct renewal *renewal)
{
    if (renewal == NULL)
        return;
    if (renewal->process == process_id()) {
        renewal->store->class->release(renewal->store->driver, &renewal->room);
        renewal->store->class->unlock(renewal->store->driver, renewal->lock);
        if (renewal->header >= 0)
            renewal->store->class->unlock(renewal->store->driver, renewal->header);
    }
    free(renewal);
}

int renewal_lock(const struct renewal *renewal)
{
    return renewal->lock;
}

void renewal_leave(struct renewal *renewal)
{
    if (renewal->process == process_id()) {
        process_forget(renewal->lock);
        close(renewal->lock);
    }
    free(renewal);
}

int renewal_reserve(struct renewal *renewal)
{
    return renewal->store->class->reserve(renewal->store->driver, renewal->name, &renewal->room);
}

int renewal_write(struct renewal *renewal, store_change_fn *change, void *data)
{
    return store_update_in_room(renewal->store, renewal->name, &renewal->room, change, data, NULL);
}

int renewal_write_note(const struct renewal *renewal, const struct renewal_note *note, bool durable)
{
    unsigned char bytes[NOTE_SIZE];

    wire_put(bytes, (uint64_t)note->when, 8);
    wire_put(bytes + 8, (uint64_t)note->code, 4);
    wire_put(bytes + 12, (uint64_t)note->since, 8);
    wire_put(bytes + 20, (uint64_t)note->cut, 8);
    errno = EIO;
    /* Half a note is none. */
    if (pwrite(renewal->lock, bytes, sizeof bytes, 0) != NOTE_SIZE ||
        (durable && fdatasync(renewal->lock) < 0))
        return error_system("%s: the note of its renewal", renewal->name);
    return FOB_SUCCESS;
}

void renewal_remove_note(const struct renewal *renewal)
{
    (void)!ftruncate(renewal->lock, 0);
}

void renewal_read_note(const struct renewal *renewal, struct renewal_note *note)
{
    unsigned char bytes[NOTE_SIZE + 1];
    int code;

    *note = (struct renewal_note){ .code = FOB_SUCCESS };
    if (pread(renewal->lock, bytes, sizeof bytes, 0) != NOTE_SIZE)
        return;
    code = (int)wire_get(bytes + 8, 4);
    if (code <= FOB_SUCCESS || code >= FOB_CODE_COUNT)
        return;
    *note = (struct renewal_note){ .code = code,
                                   .when = (int64_t)wire_get(bytes, 8),
                                   .since = (int64_t)wire_get(bytes + 12, 8),
                                   .cut = (int64_t)wire_get(bytes + 20, 8) };
}
