/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fetches what is new from the engine into a mirror's folder. */
#include "config.h"

#include "store/mirror.h"

#include "store/crypto.h"
#include "store/driver_names.h"
#include "store/seal.h"
#include "util/error.h"
#include "util/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is written to the folder at once. */
#define BATCH_RECORDS 1024
#define BATCH_BYTES ((size_t)16 * 1024 * 1024)
/* How often the server notes that this machine uses the store, when there is no news. */
#define SEEN_EACH_MS 30000

struct mirror_news {
    struct driver *driver;
    bool all;          /* everything that is not fetched is gone */
    struct names told; /* with ALL: the names that were fetched */
    struct driver_record records[BATCH_RECORDS];
    struct blob blobs[BATCH_RECORDS];
    char names[BATCH_RECORDS][FOB_NAME_MAX + 1];
    size_t count;
    size_t bytes;
};

void mirror_header_stamp(struct span header, unsigned char stamp[static ENGINE_STAMP])
{
    unsigned char hash[CRYPTO_HASH];

    crypto_sha256(header, hash);
    memcpy(stamp, hash, ENGINE_STAMP);
}

static int step_write_batch(struct mirror_news *news)
{
    int code = news->count > 0 ? driver_file.write_many(news->driver, news->records, news->count)
                               : FOB_SUCCESS;

    for (size_t i = 0; i < news->count; i++) {
        if (code == FOB_SUCCESS && news->records[i].result != FOB_SUCCESS)
            code = error_set(FOB_UNAVAILABLE, "%s: something else writes to this copy of the store",
                             news->driver->path);
        blob_free(&news->blobs[i]);
    }
    news->count = 0;
    news->bytes = 0;
    return code;
}

static int step_all(void *data)
{
    struct mirror_news *news = data;

    news->all = true;
    return FOB_SUCCESS;
}

static int step_header(struct span header, void *data)
{
    const struct mirror_news *news = data;

    return driver_file.write_header(news->driver, header);
}

/* Erase NAME here, if it is here. */
static int step_erase(struct driver *driver, const char *name)
{
    struct driver_stamp stamp;

    return driver_file.stamp(driver, name, &stamp) == FOB_SUCCESS
               ? driver_file.erase(driver, name, &stamp)
               : FOB_SUCCESS;
}

/* Add the record NAME to the batch. */
static int step_add(struct mirror_news *news, const char *name, struct span sealed)
{
    struct driver_record *record = &news->records[news->count];
    struct blob *blob = &news->blobs[news->count];
    char *copy = news->names[news->count];

    *blob = (struct blob){ malloc(sealed.size), sealed.size };
    if (blob->data == NULL)
        return error_nomem();
    memcpy(blob->data, sealed.data, sealed.size);
    memcpy(copy, name, strlen(name) + 1);
    *record = (struct driver_record){ copy, { blob->data, blob->size }, { { 0, 0 } }, FOB_SUCCESS };
    if (driver_file.stamp(news->driver, name, &record->expected) != FOB_SUCCESS)
        record->expected = (struct driver_stamp){ { 0, 0 } };
    news->count++;
    news->bytes += sealed.size;
    return news->count == BATCH_RECORDS || news->bytes > BATCH_BYTES ? step_write_batch(news)
                                                                     : FOB_SUCCESS;
}

static int step_record(const unsigned char id[static ENGINE_ID], struct span box,
                       struct span sealed, void *data)
{
    struct mirror_news *news = data;
    const struct mirror *mirror = news->driver->mirror;
    char name[FOB_NAME_MAX + 1];
    int code = driver_names_open(mirror->store, box, id, name);

    if (code == FOB_SUCCESS && !record_is_name(name))
        code = FOB_CORRUPT;
    if (code == FOB_CORRUPT) {
        error_set(FOB_CORRUPT, "%s: the server has a record whose name does not open",
                  news->driver->path);
        error_hint("it was altered there, or belongs to another store: restore the database");
    }
    if (code != FOB_SUCCESS)
        return code;
    if (sealed.size == 0)
        return step_erase(news->driver, name);
    if (sealed.size > SEAL_MAX)
        return error_set(FOB_CORRUPT, "%s: the server has too large a record", name);
    if (news->all)
        code = names_add(&news->told, name, strlen(name));
    return code == FOB_SUCCESS ? step_add(news, name, sealed) : code;
}

static int step_moved(struct span box, void *data)
{
    const struct mirror_news *news = data;
    char place[FOB_NAME_MAX + 1] = "";
    int code = driver_names_open(news->driver->mirror->store, box, NULL, place);

    if (code == FOB_CORRUPT)
        snprintf(place, sizeof place, "another place");
    else if (code != FOB_SUCCESS)
        return code;
    return driver_note_moved(news->driver, place);
}

static int step_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Erase a record of the folder that the server has not. */
static int step_erase_unknown(const char *name, void *data)
{
    const struct mirror_news *news = data;

    return bsearch(&name, news->told.items, news->told.count, sizeof *news->told.items,
                   step_compare) == NULL
               ? step_erase(news->driver, name)
               : FOB_SUCCESS;
}

static int step_fetch(struct mirror_news *news, struct engine_tick *now)
{
    struct mirror *mirror = news->driver->mirror;
    const struct engine_sink sink = { .data = news,
                                      .all = step_all,
                                      .header = step_header,
                                      .record = step_record,
                                      .moved = step_moved };
    int code = mirror->class->step(mirror->engine, &mirror->fresh.tick, &sink, now);

    if (code == FOB_SUCCESS)
        code = step_write_batch(news);
    if (code == FOB_SUCCESS && news->all) {
        names_sort(&news->told);
        code = driver_file.list(news->driver, step_erase_unknown, news);
    }
    for (size_t i = 0; i < news->count; i++)
        blob_free(&news->blobs[i]);
    names_free(news->told.items, news->told.count);
    return code;
}

/* Let the server note that this machine uses the store. */
static int step_be_seen(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    struct engine_machine machine = { .revision = mirror->fresh.tick.revision };
    unsigned char box[DRIVER_NAME_BOX];
    int code = driver_names_id(mirror->store, "machine", mirror->remote->machine, machine.id);

    if (code == FOB_SUCCESS)
        code = driver_names_seal(mirror->store, mirror->remote->machine, box);
    if (code != FOB_SUCCESS)
        return code;
    memcpy(machine.instance, mirror->fresh.instance, ENGINE_STAMP);
    machine.info = (struct span){ box, sizeof box };
    code = mirror->class->see(mirror->engine, &machine);
    atomic_store(&mirror->namesake, code == FOB_EXISTS);
    if (code == FOB_SUCCESS)
        mirror->fresh.seen = mirror_now();
    else /* a server without room can still be read */
        error_clear();
    return FOB_SUCCESS;
}

static void step_note_young(struct mirror *mirror, int64_t asked)
{
    atomic_store(&mirror->good_until, asked + mirror->remote->max_age_ms);
    atomic_store(&mirror->stale, 0);
}

/* With both locks held. */
static int step_locked(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    const int64_t asked = mirror_now();
    struct mirror_news *news = calloc(1, sizeof *news);
    struct engine_tick now;
    int code = news != NULL ? mirror_engine(mirror, driver->user) : error_nomem();

    if (code == FOB_SUCCESS) {
        news->driver = driver;
        code = step_fetch(news, &now);
    }
    free(news);
    if (code != FOB_SUCCESS)
        return code;
    if (now.revision != mirror->fresh.tick.revision)
        mirror->fresh.seen = 0;
    mirror->fresh.tick = now;
    if (mirror->fresh.seen == 0 || asked - mirror->fresh.seen > SEEN_EACH_MS ||
        asked < mirror->fresh.seen)
        code = step_be_seen(driver);
    if (code == FOB_SUCCESS)
        code = mirror_fresh_write(driver, asked);
    if (code == FOB_SUCCESS)
        step_note_young(mirror, asked);
    return code;
}

/* Note how old what is read now is; the mirror is read all the same while it may be. */
static int step_judge_age(struct driver *driver, int code)
{
    struct mirror *mirror = driver->mirror;
    bool exact;
    const int64_t age = mirror_fresh_age(mirror, &exact);

    if (code != FOB_UNAVAILABLE)
        return code;
    if (mirror->remote->offline_ms > 0 &&
        age <= mirror->remote->max_age_ms + mirror->remote->offline_ms) {
        error_clear();
        atomic_store(&mirror->stale, age);
        return FOB_SUCCESS;
    }
    if (age != INT64_MAX)
        error_hint(
            "try again later; what this machine has is %lld s old, and offline: in fob.yaml(5) "
            "may let it serve",
            (long long)age / 1000);
    return code;
}

/* Read the age.  Whether the mirror is young enough. */
static bool step_is_young(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    bool exact;
    int64_t age;

    mirror_fresh_read(driver);
    age = mirror_fresh_age(mirror, &exact);
    if (!exact || age > mirror->remote->max_age_ms)
        return false;
    step_note_young(mirror, mirror->fresh.asked);
    return true;
}

/* With the mirror's lock held: ask the server, unless FORCED is false and another process has. */
static int step_make(struct driver *driver, bool forced)
{
    static const unsigned char none[ENGINE_STAMP];
    struct mirror *mirror = driver->mirror;
    int lock = -1;
    int code = mirror_fresh_lock(driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    if (step_is_young(driver) && !forced) {
        file_unlock(lock);
        return FOB_SUCCESS;
    }
    if (memcmp(mirror->fresh.instance, none, sizeof none) == 0)
        code = crypto_random(mirror->fresh.instance, ENGINE_STAMP);
    if (code == FOB_SUCCESS)
        code = step_locked(driver);
    file_unlock(lock);
    return code;
}

int mirror_freshen(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    int code = FOB_SUCCESS;

    if (mirror_now() <= atomic_load(&mirror->good_until))
        return FOB_SUCCESS;
    process_lock(&mirror->lock);
    if (!step_is_young(driver))
        code = step_judge_age(driver, step_make(driver, false));
    process_unlock(&mirror->lock);
    return code;
}

int mirror_catch_up(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    int code;

    process_lock(&mirror->lock);
    code = step_make(driver, true);
    process_unlock(&mirror->lock);
    return code;
}

static int step_no_record(const unsigned char id[static ENGINE_ID], struct span box,
                          struct span sealed, void *data)
{
    (void)id;
    (void)box;
    (void)sealed;
    (void)data;
    return FOB_IGNORE;
}

int mirror_fetch_header(struct driver *driver)
{
    struct mirror *mirror = driver->mirror;
    const struct engine_tick never = { 0, { 0 } };
    struct mirror_news *news = calloc(1, sizeof *news);
    const struct engine_sink sink = {
        .data = news, .all = step_all, .header = step_header, .record = step_no_record
    };
    struct engine_tick now;
    int code = FOB_SUCCESS;

    if (news == NULL)
        return error_nomem();
    news->driver = driver;
    process_lock(&mirror->lock);
    code = mirror_engine(mirror, driver->user);
    if (code == FOB_SUCCESS)
        code = mirror->class->step(mirror->engine, &never, &sink, &now);
    process_unlock(&mirror->lock);
    free(news);
    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}
