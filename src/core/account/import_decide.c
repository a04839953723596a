/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decides about an account of a backup: whether the store has it, and under which name to import
 * it. */
#include "config.h"

#include "core/account/import_parts.h"

#include "store/codec.h"
#include "util/error.h"
#include "util/secret.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Copy what routine validations and renewals change.  It is not part of the content compared, and
 * some of it lies outside the record. */
static int import_decide_copy_notes(struct record *record, const struct record *from)
{
    int code = record_token_copy_all(record, from);

    record_set_generation(record, record_generation(from));
    record_set_time(record, FOB_TIME_VALIDATED, record_time(from, FOB_TIME_VALIDATED));
    record_set_time(record, FOB_TIME_REFUSED, record_time(from, FOB_TIME_REFUSED));
    if (code != FOB_SUCCESS)
        return code;
    return record_set_text(record, FOB_TEXT_LAST_ERROR, record_text(from, FOB_TEXT_LAST_ERROR));
}

/* Whether two records have the same content. */
static int import_decide_is_same(const struct record *a, const struct record *b, bool *same)
{
    struct record *copy = NULL;
    struct fob_secret *left = NULL;
    struct fob_secret *right = NULL;
    int code = record_copy(a, &copy);

    if (code == FOB_SUCCESS)
        code = import_decide_copy_notes(copy, b);
    if (code == FOB_SUCCESS)
        code = codec_encode(copy, &left);
    if (code == FOB_SUCCESS)
        code = codec_encode(b, &right);
    if (code == FOB_SUCCESS)
        *same = secret_equal(fob_secret_data(left), fob_secret_size(left), fob_secret_data(right),
                             fob_secret_size(right));
    record_free(copy);
    fob_secret_free(left);
    fob_secret_free(right);
    return code;
}

static int import_decide_compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

int import_reserve_name(struct import *import, const char *name)
{
    char *copy = strdup(name);
    char *const *found =
        copy != NULL ? tsearch(copy, &import->names, import_decide_compare_names) : NULL;

    if (found == NULL || *found != copy)
        free(copy);
    return found != NULL ? FOB_SUCCESS : error_nomem();
}

static int64_t import_decide_time_of_keys(const struct record *record)
{
    int64_t linked = record_time(record, FOB_TIME_LINKED);
    int64_t changed = record_time(record, FOB_TIME_CHANGED);

    return changed > linked ? changed : linked;
}

int import_compare(const struct import *import, const struct record *record, const char *name,
                   struct import_existing *existing)
{
    struct record *stored = NULL;
    int code = store_read_any(import->store, name, &stored);

    *existing = (struct import_existing){ false, false };
    if (code == FOB_SUCCESS)
        code = import_decide_is_same(stored, record, &existing->same);
    if (code == FOB_SUCCESS)
        existing->newer = import_decide_time_of_keys(stored) > import_decide_time_of_keys(record);
    record_free(stored);
    return code;
}

/* Find the first of NAME-2, NAME-3 and so on that is free, or that is this account from an earlier
 * import. */
static int decide_find_name(const struct import *import, const struct record *record,
                            enum fob_import_step *step, char name[static FOB_NAME_MAX + 1])
{
    for (unsigned number = 2; number < 1000; number++) {
        struct import_existing existing;
        char ending[8];
        int size = snprintf(ending, sizeof ending, "-%u", number);
        int code;

        snprintf(name, FOB_NAME_MAX + 1, "%.*s%s", FOB_NAME_MAX - size, record_name(record),
                 ending);
        if (tfind(name, &import->names, import_decide_compare_names) != NULL)
            continue;
        code = import_compare(import, record, name, &existing);
        *step = code == FOB_NOT_FOUND ? FOB_IMPORT_RENAME : FOB_IMPORT_SAME;
        if (code == FOB_NOT_FOUND)
            return FOB_SUCCESS;
        if (code != FOB_SUCCESS || existing.same)
            return code;
    }
    return error_set(FOB_EXISTS, "%s: no name is free for it", record_name(record));
}

int import_decide(const struct import *import, const struct record *record,
                  enum fob_import_step *step, char name[static FOB_NAME_MAX + 1])
{
    struct import_existing existing;
    int code;

    snprintf(name, FOB_NAME_MAX + 1, "%s", record_name(record));
    code = import_compare(import, record, name, &existing);
    *step = FOB_IMPORT_NEW;
    if (code == FOB_NOT_FOUND)
        return FOB_SUCCESS;
    if (code == FOB_CORRUPT)
        error_hint("move that file away, and import again");
    if (code != FOB_SUCCESS)
        return code;
    if (existing.same)
        *step = FOB_IMPORT_SAME;
    else if ((import->plan->flags & FOB_REPLACE) != 0)
        *step = existing.newer ? FOB_IMPORT_OLDER : FOB_IMPORT_REPLACE;
    else if ((import->plan->flags & FOB_RENAME) != 0 && strchr(name, ':') != NULL)
        *step = FOB_IMPORT_SAME; /* an app has one name; the store's stays */
    else if ((import->plan->flags & FOB_RENAME) != 0)
        return decide_find_name(import, record, step, name);
    else
        *step = FOB_IMPORT_CONFLICT;
    return FOB_SUCCESS;
}
