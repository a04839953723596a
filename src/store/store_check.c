/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks that every record opens, and removes leftovers. */
#include "config.h"

#include "store/store_impl.h"
#include "util/names.h"
#include "util/text.h"

#include <stdio.h>

struct store_check_state {
    fob_finding_fn *fn;
    void *data;
    int code; /* the gravest so far */
};

static void store_check_note_code(struct store_check_state *check, int code)
{
    if (check->code == FOB_SUCCESS || code == FOB_CORRUPT)
        check->code = code;
}

/* Report the last error as a finding. */
static void store_check_report_error(struct store_check_state *check, int code)
{
    check->fn(false, fob_error(), check->data);
    store_check_note_code(check, code);
}

static void check_records(struct store *store, struct store_check_state *check, char **names,
                          size_t count)
{
    char text[256];
    size_t bad = 0;
    size_t gone = 0;

    for (size_t i = 0; i < count; i++) {
        struct record *record = NULL;
        int code = store_read_any(store, names[i], &record);

        record_free(record);
        if (code == FOB_NOT_FOUND) {
            gone++;
        } else if (code != FOB_SUCCESS) {
            bad++;
            store_check_report_error(check, code);
        }
    }
    count -= gone;
    snprintf(text, sizeof text, "store: %zu of %zu record%s can be read", count - bad, count,
             text_plural(count));
    check->fn(bad == 0, text, check->data);
}

int store_check(struct store *store, fob_finding_fn *fn, void *data)
{
    struct store_check_state check = { fn, data, FOB_SUCCESS };
    char **names = NULL;
    size_t count = 0;
    int code = store->class->check(store->driver, fn, data);

    if (code != FOB_SUCCESS)
        store_check_note_code(&check, code);
    code = store_unlock(store);
    if (code == FOB_SUCCESS)
        code = store_names_of(store, NULL, &names, &count);
    if (code != FOB_SUCCESS) {
        store_check_report_error(&check, code);
        return check.code;
    }
    check_records(store, &check, names, count);
    names_free(names, count);
    return check.code;
}

int store_repair(struct store *store, fob_finding_fn *fn, void *data)
{
    int lock = -1;
    /* With the lock held nobody writes, so an unfinished file will never be finished. */
    int code = store->class->lock(store->driver, &lock);

    if (code != FOB_SUCCESS)
        return code;
    code = store->class->repair(store->driver, fn, data);
    store->class->unlock(store->driver, lock);
    return code;
}
