/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renewals: the lock of an account, room on the disk, and a note of the last one. */
#include "config.h"

#include "store/renewal.h"

#include "store/machines.h"
#include "store/store_impl.h"
#include "util/clock.h"
#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A note: the time, the code, the tokens' time, and that of a renewal that was cut short. */
#define NOTE_SIZE 28

struct renewal {
    struct store *store;
    char name[FOB_NAME_MAX + 1];
    uint64_t process; /* which has the locks; a child of fork() does not */
    int lock;
    int header;    /* the lock of the store's header; or -1 */
    int64_t until; /* CLOCK_BOOTTIME in ms: until then no other machine makes it */
    struct file_room room;
};

/* What a renewal claims at the server of several machines, and for how long.  A request that
 * reached the provider late must not meet the next one. */
#define RENEWAL_CLAIM_S (15 * 60)

/* If another machine's claim ended by itself, nobody knows whether the provider got its request:
 * note that, as after a process of this machine. */
static void renewal_note_cut(const struct renewal *renewal, const struct machines_holder *last)
{
    const struct renewal_note note = { .code = FOB_IGNORE,
                                       .when = time(NULL) - last->age_ms / 1000,
                                       .since = RENEWAL_SINCE_ANY };

    if (last->left_ms <= 0 && strcmp(last->machine, machines_own_name(renewal->store)) != 0)
        (void)renewal_write_note(renewal, &note, false);
}

/* In a store of several machines: claim the renewal, which also proves that the server takes
 * writes. */
static int renewal_claim(struct renewal *renewal)
{
    const struct machines_claim claim = { "renewal", renewal->name, false };
    struct machines_holder last;
    struct machines_holder holder;
    int64_t begun = clock_ns(CLOCK_BOOTTIME) / 1000000;
    int code = machines_look(renewal->store, &claim, &last);
    const bool found = code == FOB_SUCCESS;

    renewal->until = INT64_MAX;
    if (!machines_are_several(renewal->store))
        return FOB_SUCCESS;
    if (code == FOB_SUCCESS || code == FOB_NOT_FOUND)
        code = machines_claim(renewal->store, &claim, RENEWAL_CLAIM_S, &holder);
    if (code != FOB_SUCCESS)
        return code;
    renewal->until = begun + (int64_t)RENEWAL_CLAIM_S * 1000;
    if (found)
        renewal_note_cut(renewal, &last);
    return FOB_SUCCESS;
}

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
    int code;

    if (new == NULL) {
        store->class->unlock(store->driver, lock);
        return error_nomem();
    }
    *new = (struct renewal){
        .store = store, .process = process_id(), .lock = lock, .header = -1, .room = { .fd = -1 }
    };
    memcpy(new->name, name, strlen(name) + 1);
    code = renewal_claim(new);
    if (code != FOB_SUCCESS) {
        store->class->unlock(store->driver, lock);
        free(new);
        return code;
    }
    *renewal = new;
    return FOB_SUCCESS;
}

bool renewal_is_over(const struct renewal *renewal)
{
    return clock_ns(CLOCK_BOOTTIME) / 1000000 >= renewal->until;
}

int renewal_keep_header(struct renewal *renewal)
{
    struct store *store = renewal->store;
    int code = store->class->lock_header(store->driver, true, &renewal->header);

    return code == FOB_SUCCESS ? store_refresh(store) : code;
}

/* If the server is away, the claim ends by itself; this machine has it until then. */
static void renewal_end_claim(const struct renewal *renewal)
{
    const struct machines_claim claim = { "renewal", renewal->name, false };
    struct saved_error kept;

    if (!machines_are_several(renewal->store))
        return;
    error_save(&kept);
    (void)machines_end_claim(renewal->store, &claim);
    error_restore(&kept, FOB_SUCCESS);
}

void renewal_end(struct renewal *renewal)
{
    if (renewal == NULL)
        return;
    if (renewal->process == process_id()) {
        renewal_end_claim(renewal);
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
