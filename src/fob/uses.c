/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the last use of each account in one pass over the log. */
#include "config.h"

#include "fob/uses.h"

#include "util/array.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct use {
    int64_t when;
    char name[FOB_NAME_MAX + 1];
};

static int uses_compare(const void *a, const void *b)
{
    const struct use *left = a;
    const struct use *right = b;

    return strcmp(left->name, right->name);
}

static struct use uses_key_of(const char *name)
{
    struct use key = { .when = 0 };

    strncpy(key.name, name, sizeof key.name - 1);
    return key;
}

/* Whether ENTRY is a use of the account.  Programs name their own purposes, so every event except
 * these is a use. */
static bool uses_is_use(const struct fob_log_entry *entry)
{
    static const char *const others[] = { "link",   "validate", "edit",   "suspend", "resume",
                                          "rename", "revoke",   "export", "import" };

    if (entry->account[0] == '\0' || strcmp(entry->result, "success") != 0)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (strcmp(entry->event, others[i]) == 0)
            return false;
    }
    return true;
}

/* Note ENTRY.  False when out of memory. */
static bool uses_add(struct uses *uses, const struct fob_log_entry *entry)
{
    struct use key = uses_key_of(entry->account);
    struct use **found;
    struct use *new;

    if (!uses_is_use(entry))
        return true;
    found = tfind(&key, &uses->tree, uses_compare);
    if (found != NULL) {
        (*found)->when = entry->when;
        return true;
    }
    new = malloc(sizeof *new);
    if (new == NULL)
        return false;
    *new = key;
    new->when = entry->when;
    if (tsearch(new, &uses->tree, uses_compare) != NULL)
        return true;
    free(new);
    return false;
}

void uses_read(struct fob_context *context, const char *account, struct uses *uses)
{
    const struct fob_log_filter filter = { .size = sizeof filter, .account = account };
    const struct fob_log_entry *entry;
    struct fob_log *log = NULL;
    int code = fob_log_open(context, &filter, &log);

    while (code == FOB_SUCCESS && fob_log_next(log, &entry) == FOB_SUCCESS && uses_add(uses, entry))
        ;
    fob_log_close(log);
}

int64_t uses_last(const struct uses *uses, const struct fob_account *account)
{
    const struct use key = uses_key_of(fob_account_text(account, FOB_TEXT_NAME));
    struct use *const *found = tfind(&key, &uses->tree, uses_compare);

    /* An earlier account may have had the same name. */
    return found != NULL && (*found)->when >= fob_account_time(account, FOB_TIME_LINKED)
               ? (*found)->when
               : 0;
}

void uses_free(struct uses *uses)
{
    tdestroy(uses->tree, free);
    uses->tree = NULL;
}
