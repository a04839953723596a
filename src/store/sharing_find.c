/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the index, and brings it up to date. */
#include "config.h"

#include "store/sharing_impl.h"

#include "util/error.h"
#include "util/names.h"

#include <stdlib.h>
#include <string.h>

/* More frames than this are merged into one. */
#define FRAMES_MAX 128

/* The index in memory. */
struct view {
    struct store *store;
    struct sharing_keys keys;
    struct blob blob; /* holds ENTRIES, in the order in which they were written */
    const unsigned char **entries;
    size_t count;
    size_t room;
    size_t frames;
    unsigned char after[SHARING_ENTRIES - SHARING_AFTER]; /* the stamp after the last frame */
    bool broken; /* some frame does not continue the one before */
};

static void sharing_view_close(struct view *view)
{
    sharing_keys_close(&view->keys);
    blob_free(&view->blob);
    free(view->entries);
}

/* Add the entries of a frame's PLAIN to the view. */
static int sharing_read_entries(struct view *view, const unsigned char *plain, size_t size)
{
    const unsigned char *end = plain + size;
    const unsigned char *at = plain + SHARING_ENTRIES;

    while (at < end) {
        if (end - at < SHARING_NAME || (size_t)(end - at) < sharing_entry_size(at))
            return FOB_CORRUPT;
        if (view->count == view->room) {
            size_t room = view->room > 0 ? 2 * view->room : 256;
            const unsigned char **entries = reallocarray(view->entries, room, sizeof *entries);

            if (entries == NULL)
                return error_nomem();
            view->entries = entries;
            view->room = room;
        }
        view->entries[view->count++] = at;
        at += sharing_entry_size(at);
    }
    return FOB_SUCCESS;
}

/* Read all frames up to the first bad one. */
static int sharing_read_frames(struct view *view)
{
    struct blob rest = view->blob;
    int code = FOB_SUCCESS;

    while (rest.size > 0 && code == FOB_SUCCESS) {
        struct blob plain;

        code = sharing_next_frame(&view->keys, &rest, &plain);
        if (code == FOB_SUCCESS)
            code = sharing_read_entries(view, plain.data, plain.size);
        if (code != FOB_SUCCESS)
            break;
        if (memcmp(plain.data + SHARING_BEFORE, view->after, sizeof view->after) != 0)
            view->broken = true;
        memcpy(view->after, plain.data + SHARING_AFTER, sizeof view->after);
        view->frames++;
    }
    view->broken |= code != FOB_SUCCESS || view->frames == 0;
    return code == FOB_CORRUPT ? FOB_SUCCESS : code;
}

static int sharing_view_open(struct store *store, struct view *view)
{
    int code;

    *view = (struct view){ .store = store };
    code = sharing_keys_open(store, &view->keys);
    if (code != FOB_SUCCESS)
        return code;
    /* An unreadable index counts as none. */
    if (store->class->read_sharing(store->driver, SHARING_MAX, &view->blob) != FOB_SUCCESS)
        error_clear();
    return sharing_read_frames(view);
}

/* Whether nothing was written since the last frame. */
static bool sharing_is_up_to_date(const struct view *view)
{
    unsigned char now[sizeof view->after];
    struct driver_stamp stamp;

    if (view->broken || view->frames > FRAMES_MAX ||
        view->store->class->stamp(view->store->driver, NULL, &stamp) != FOB_SUCCESS)
        return false;
    sharing_put_stamp(now, &stamp);
    return memcmp(now, view->after, sizeof now) == 0;
}

static int sharing_find_compare_names(const unsigned char *a, const unsigned char *b)
{
    size_t mine = a[SHARING_NAME_SIZE];
    size_t other = b[SHARING_NAME_SIZE];
    int order = memcmp(a + SHARING_NAME, b + SHARING_NAME, mine < other ? mine : other);

    return order != 0 ? order : (mine > other) - (mine < other);
}

/* By name, the newest first. */
static int sharing_find_compare(const void *a, const void *b)
{
    const unsigned char *left = *(const unsigned char *const *)a;
    const unsigned char *right = *(const unsigned char *const *)b;
    int order = sharing_find_compare_names(left, right);

    return order != 0 ? order : (right > left) - (right < left);
}

static void sharing_find_sort_entries(const unsigned char **entries, size_t count)
{
    if (count > 0)
        qsort(entries, count, sizeof *entries, sharing_find_compare);
}

static void sharing_entry_name(const unsigned char *entry, char name[static FOB_NAME_MAX + 1])
{
    size_t size = entry[SHARING_NAME_SIZE] < FOB_NAME_MAX ? entry[SHARING_NAME_SIZE] : FOB_NAME_MAX;

    memcpy(name, entry + SHARING_NAME, size);
    name[size] = '\0';
}

/* Find the entry of NAME at or after *AT among the sorted entries, and move *AT there; NULL when
 * there is none. */
static const unsigned char *sharing_find_entry(const struct view *view, const char *name,
                                               size_t *at)
{
    for (; *at < view->count; ++*at) {
        char found[FOB_NAME_MAX + 1];
        int order;

        sharing_entry_name(view->entries[*at], found);
        order = strcmp(found, name);
        if (order >= 0)
            return order == 0 ? view->entries[*at] : NULL;
    }
    return NULL;
}

/* Put the entry of NAME into PLAIN: the KNOWN one if its record has not changed. */
static int sharing_renew_entry(struct view *view, const char *name, const unsigned char *known,
                               struct strbuf *plain)
{
    struct store *store = view->store;
    unsigned char now[SHARING_NAME_SIZE];
    struct record *record = NULL;
    struct driver_stamp stamp;
    size_t start = plain->size;
    int code = store->class->stamp(store->driver, name, &stamp);

    if (code != FOB_SUCCESS)
        return code;
    sharing_put_stamp(now, &stamp);
    if (known != NULL && memcmp(known + SHARING_STAMP, now, sizeof now) == 0) {
        strbuf_add(plain, known, sharing_entry_size(known));
        return FOB_SUCCESS;
    }
    code = store_read(store, name, &record);
    /* A corrupt account has no marks until somebody repairs it. */
    if (code == FOB_SUCCESS || code == FOB_CORRUPT)
        code = sharing_put_entry(&view->keys, name, record, plain);
    if (code == FOB_SUCCESS && !plain->failed)
        memcpy(plain->data + start + SHARING_STAMP, now, sizeof now);
    record_free(record);
    return code;
}

/* Add the entries of all NAMES to PLAIN, as one frame. */
static int sharing_renew_entries(struct view *view, char *const *names, size_t count,
                                 struct strbuf *plain)
{
    const struct driver_stamp none = { { 0, 0 } };
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        int code =
            sharing_renew_entry(view, names[i], sharing_find_entry(view, names[i], &at), plain);

        if (code == FOB_NOMEM)
            return code;
        /* An account that could not be read now makes the index outdated. */
        if (code != FOB_SUCCESS && code != FOB_NOT_FOUND)
            sharing_put_stamp((unsigned char *)plain->data + SHARING_AFTER, &none);
    }
    error_clear();
    return plain->failed ? error_nomem() : FOB_SUCCESS;
}

/* Replace the whole index by PLAIN.  A writer that appended to the old index meanwhile has also
 * changed the stamp. */
static void sharing_replace_index(struct view *view, const struct strbuf *plain)
{
    struct store *store = view->store;
    int lock = -1;

    if (store->class->lock(store->driver, &lock) == FOB_SUCCESS) {
        store->class->remove_sharing(store->driver);
        (void)sharing_append(store, &view->keys, plain);
        store->class->unlock(store->driver, lock);
    }
    error_clear();
}

/* Rebuild the view: read every record's stamp, and open the records that have changed. */
static int sharing_rebuild_view(struct view *view)
{
    const struct driver_stamp none = { { 0, 0 } };
    struct strbuf plain = STRBUF_INIT;
    struct driver_stamp stamp = none;
    char **names = NULL;
    size_t count = 0;
    int code;

    /* Read the stamp before the records, so that a record written meanwhile makes the index
     * outdated. */
    (void)view->store->class->stamp(view->store->driver, NULL, &stamp);
    sharing_put_head(&plain, &none, &stamp);
    code = store_names(view->store, &names, &count);
    sharing_find_sort_entries(view->entries, view->count);
    if (code == FOB_SUCCESS)
        code = plain.failed ? error_nomem() : sharing_renew_entries(view, names, count, &plain);
    names_free(names, count);
    if (code == FOB_SUCCESS) {
        sharing_replace_index(view, &plain);
        blob_free(&view->blob);
        view->blob = (struct blob){ (unsigned char *)plain.data, plain.size };
        plain = STRBUF_INIT;
        view->count = 0;
        code = sharing_read_entries(view, view->blob.data, view->blob.size);
    }
    strbuf_free(&plain);
    return code;
}

static bool sharing_has_mark(const unsigned char *entry, const unsigned char *mark)
{
    const unsigned char *at = entry + SHARING_NAME + entry[SHARING_NAME_SIZE];

    for (size_t i = 0; i < entry[SHARING_MARK_COUNT]; i++) {
        if (memcmp(at + i * SHARING_MARK, mark, SHARING_MARK) == 0)
            return true;
    }
    return false;
}

/* The marks an entry must have: all of SECRETS, or the ID. */
struct sharing_wanted {
    struct sharing_marks secrets;
    struct sharing_marks id;
};

static bool sharing_has_all(const unsigned char *entry, const struct sharing_marks *marks)
{
    size_t found = 0;

    while (found < marks->count && sharing_has_mark(entry, marks->marks[found]))
        found++;
    return found > 0 && found == marks->count;
}

static int sharing_make_wanted(const struct view *view, const struct record *record,
                               struct sharing_wanted *wanted)
{
    const char *id = record_text(record, FOB_TEXT_REMOTE_ID);
    int code = FOB_SUCCESS;

    wanted->secrets.count = 0;
    wanted->id.count = id[0] != '\0' ? 1 : 0;
    for (size_t i = 0; i < record_field_count(record) && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(record, i, &field);
        if (field.secret)
            code = sharing_make_mark(&view->keys, record, field.name,
                                     (struct span){ field.value, field.size },
                                     wanted->secrets.marks[wanted->secrets.count++]);
    }
    if (code == FOB_SUCCESS && wanted->id.count > 0)
        code = sharing_make_mark(&view->keys, record, "", wire_text(id), wanted->id.marks[0]);
    return code;
}

/* Open the accounts that were found, each once: the record decides, not the index. */
static void sharing_report_found(const struct view *view, sharing_fn *fn, void *data)
{
    sharing_find_sort_entries(view->entries, view->count);
    for (size_t i = 0; i < view->count; i++) {
        char name[FOB_NAME_MAX + 1];
        struct record *record = NULL;

        if (i > 0 && sharing_find_compare_names(view->entries[i - 1], view->entries[i]) == 0)
            continue;
        sharing_entry_name(view->entries[i], name);
        if (store_read(view->store, name, &record) == FOB_SUCCESS)
            fn(record, data);
        else
            error_clear();
        record_free(record);
    }
}

int sharing_find(struct store *store, const struct record *record, sharing_fn *fn, void *data)
{
    struct sharing_wanted wanted;
    struct view view;
    size_t found = 0;
    int code = sharing_view_open(store, &view);

    if (code == FOB_SUCCESS && !sharing_is_up_to_date(&view))
        code = sharing_rebuild_view(&view);
    if (code == FOB_SUCCESS)
        code = sharing_make_wanted(&view, record, &wanted);
    if (code == FOB_SUCCESS) {
        for (size_t i = 0; i < view.count; i++) {
            if (sharing_has_all(view.entries[i], &wanted.secrets) ||
                sharing_has_all(view.entries[i], &wanted.id))
                view.entries[found++] = view.entries[i];
        }
        view.count = found;
        sharing_report_found(&view, fn, data);
    }
    sharing_view_close(&view);
    return code;
}

void sharing_update(struct store *store)
{
    struct view view;

    if (sharing_view_open(store, &view) != FOB_SUCCESS ||
        (!sharing_is_up_to_date(&view) && sharing_rebuild_view(&view) != FOB_SUCCESS))
        error_clear();
    sharing_view_close(&view);
}
