/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renewals: the lock of an account, room on the disk, and a note of the last failure. */
#include "config.h"

#include "store/renewal.h"

#include "store/store_impl.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A note: the time, and the code. */
#define NOTE_SIZE 12

struct renewal {
    struct store *store;
    char name[FOB_NAME_MAX + 1];
    uint64_t process; /* which has the lock; a child of fork() does not */
    int lock;
    struct file_room room;
};

int renewal_begin(struct store *store, const char *name, struct renewal **renewal)
{
    struct renewal *new;
    int lock = -1;
    int code = record_check_name(name);

    if (code == FOB_SUCCESS)
        code = store->class->lock_renewal(store->driver, name, &lock);
    if (code != FOB_SUCCESS)
        return code;
    new = malloc(sizeof *new);
    if (new == NULL) {
        store->class->unlock(store->driver, lock);
        return error_nomem();
    }
    *new = (struct renewal){
        .store = store, .process = process_id(), .lock = lock, .room = { .fd = -1 }
    };
    memcpy(new->name, name, strlen(name) + 1);
    *renewal = new;
    return FOB_SUCCESS;
}

void renewal_end(struct renewal *renewal)
{
    if (renewal == NULL)
        return;
    if (renewal->process == process_id()) {
        renewal->store->class->release(renewal->store->driver, &renewal->room);
        renewal->store->class->unlock(renewal->store->driver, renewal->lock);
    }
    free(renewal);
}

int renewal_reserve(struct renewal *renewal)
{
    return renewal->store->class->reserve(renewal->store->driver, renewal->name, &renewal->room);
}

int renewal_write(struct renewal *renewal, store_change_fn *change, void *data)
{
    return store_update_in_room(renewal->store, renewal->name, &renewal->room, change, data);
}

void renewal_note(const struct renewal *renewal, int code, int64_t when)
{
    unsigned char note[NOTE_SIZE];

    wire_put(note, (uint64_t)when, 8);
    wire_put(note + 8, (uint64_t)code, 4);
    if (ftruncate(renewal->lock, 0) < 0 || code == FOB_SUCCESS)
        return;
    /* Half a note is none. */
    if (pwrite(renewal->lock, note, sizeof note, 0) < 0)
        return;
}

int renewal_noted(const struct renewal *renewal, int64_t *when)
{
    unsigned char note[NOTE_SIZE + 1];
    int code;

    if (pread(renewal->lock, note, sizeof note, 0) != NOTE_SIZE)
        return FOB_SUCCESS;
    *when = (int64_t)wire_get(note, 8);
    code = (int)wire_get(note + 8, 4);
    return code > FOB_SUCCESS && code < FOB_CODE_COUNT ? code : FOB_SUCCESS;
}
