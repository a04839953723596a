/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists invitations for applications. */
#include "config.h"

#include "core/session/invitation.h"

#include "util/error.h"
#include "util/names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct fob_invitation {
    char *texts[FOB_INVITATION_TEXT_COUNT];
    int64_t numbers[FOB_INVITATION_NUMBER_COUNT];
    enum fob_invitation_state state; /* as stored */
};

struct fob_invitations {
    struct store *store;
    struct fob_invitation **items; /* sorted; NULL before the first is asked for */
    char **ids;
    size_t count; /* of IDS */
    size_t read;  /* of IDS */
    size_t known; /* of ITEMS */
    size_t next;
};

const char *fob_invitation_state_name(int state)
{
    static const char *const names[FOB_INVITATION_STATES] = {
        "open", "received", "checking", "retry",     "signin",
        "done", "blocked",  "expired",  "cancelled",
    };

    return state >= 0 && state < FOB_INVITATION_STATES ? names[state] : "unknown";
}

const char *fob_invitation_text(const struct fob_invitation *invitation,
                                enum fob_invitation_text which)
{
    return invitation != NULL && (unsigned)which < FOB_INVITATION_TEXT_COUNT
               ? invitation->texts[which]
               : "";
}

int64_t fob_invitation_number(const struct fob_invitation *invitation,
                              enum fob_invitation_number which)
{
    return invitation != NULL && (unsigned)which < FOB_INVITATION_NUMBER_COUNT
               ? invitation->numbers[which]
               : 0;
}

enum fob_invitation_state fob_invitation_state(const struct fob_invitation *invitation)
{
    if (invitation == NULL)
        return FOB_INVITATION_OPEN;
    /* What came in before the end is still handled. */
    if (invitation->state != FOB_INVITATION_OPEN && invitation->state != FOB_INVITATION_RETRY &&
        invitation->state != FOB_INVITATION_SIGN_IN)
        return invitation->state;
    return time(NULL) < invitation->numbers[FOB_INVITATION_EXPIRES] ? invitation->state
                                                                    : FOB_INVITATION_EXPIRED;
}

void fob_invitation_free(struct fob_invitation *invitation)
{
    if (invitation == NULL)
        return;
    for (size_t i = 0; i < FOB_INVITATION_TEXT_COUNT; i++)
        free(invitation->texts[i]);
    free(invitation);
}

static int64_t invitation_count_sign_ins(const struct record *record)
{
    struct span pending;
    struct span drop;
    int64_t count = 0;

    for (unsigned i = 0; i < INVITATION_SIGN_INS; i++)
        count += invitation_sign_in(record, i, &pending, &drop);
    return count;
}

int invitation_copy(const struct record *record, struct fob_invitation **invitation)
{
    const char *const texts[FOB_INVITATION_TEXT_COUNT] = {
        [FOB_INVITATION_ID] = invitation_id(record),
        [FOB_INVITATION_ACCOUNT] = invitation_text(record, INVITATION_ACCOUNT),
        [FOB_INVITATION_PROVIDER] = record_text(record, FOB_TEXT_PROVIDER),
        [FOB_INVITATION_TO] = invitation_text(record, INVITATION_TO),
        [FOB_INVITATION_FROM] = invitation_text(record, INVITATION_FROM),
        [FOB_INVITATION_LABEL] = invitation_text(record, INVITATION_LABEL),
        [FOB_INVITATION_REASON] = invitation_text(record, INVITATION_REASON),
    };
    const int64_t left = invitation_number(record, INVITATION_LEFT);
    const int64_t numbers[FOB_INVITATION_NUMBER_COUNT] = {
        [FOB_INVITATION_MADE] = invitation_number(record, INVITATION_MADE),
        [FOB_INVITATION_EXPIRES] = invitation_number(record, INVITATION_EXPIRES),
        [FOB_INVITATION_SINCE] = invitation_number(record, INVITATION_SINCE),
        [FOB_INVITATION_ATTEMPTS] = invitation_number(record, INVITATION_ALLOWED) - left,
        [FOB_INVITATION_LEFT] = left,
        [FOB_INVITATION_SIGN_INS] = invitation_count_sign_ins(record),
    };
    struct fob_invitation *new = calloc(1, sizeof *new);

    if (new == NULL)
        return error_nomem();
    new->state = invitation_state(record);
    memcpy(new->numbers, numbers, sizeof numbers);
    for (size_t i = 0; i < FOB_INVITATION_TEXT_COUNT; i++) {
        new->texts[i] = strdup(texts[i]);
        if (new->texts[i] == NULL) {
            fob_invitation_free(new);
            return error_nomem();
        }
    }
    *invitation = new;
    return FOB_SUCCESS;
}

int fob_invitations_open(struct fob_context *context, struct fob_invitations **invitations)
{
    struct fob_invitations *new;
    int code;

    NEED(context);
    NEED(invitations);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    code = context_store(context, &new->store);
    if (code == FOB_SUCCESS)
        code = store_names_of(new->store, INVITATION_KIND, &new->ids, &new->count);
    if (code == FOB_SUCCESS) {
        new->items = calloc(new->count + 1, sizeof *new->items);
        code = new->items != NULL ? FOB_SUCCESS : error_nomem();
    }
    if (code == FOB_SUCCESS)
        *invitations = new;
    else
        fob_invitations_close(new);
    return code;
}

static int invitation_compare(const void *a, const void *b)
{
    const struct fob_invitation *first = *(struct fob_invitation *const *)a;
    const struct fob_invitation *second = *(struct fob_invitation *const *)b;
    const int64_t mine = first->numbers[FOB_INVITATION_MADE];
    const int64_t theirs = second->numbers[FOB_INVITATION_MADE];

    if (mine != theirs)
        return mine < theirs ? -1 : 1;
    return strcmp(first->texts[FOB_INVITATION_ID], second->texts[FOB_INVITATION_ID]);
}

/* Read all; an error about one is reported once, and the next call goes on after it. */
static int invitation_read_all(struct fob_invitations *list)
{
    char name[INVITATION_NAME_ROOM];
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && list->read < list->count) {
        struct record *record = NULL;

        code = invitation_name(list->ids[list->read++], name);
        if (code == FOB_SUCCESS)
            code = store_read_any(list->store, name, &record);
        if (code == FOB_SUCCESS)
            code = invitation_copy(record, &list->items[list->known]);
        list->known += code == FOB_SUCCESS;
        record_free(record);
        if (code == FOB_NOT_FOUND) /* erased meanwhile */
            code = FOB_SUCCESS;
        if (code == FOB_LOCKED)
            list->read = list->count;
    }
    if (list->read == list->count)
        qsort(list->items, list->known, sizeof *list->items, invitation_compare);
    return code;
}

int fob_invitations_next(struct fob_invitations *invitations, struct fob_invitation **invitation)
{
    NEED(invitations);
    NEED(invitation);
    if (invitations->read < invitations->count) {
        int code = invitation_read_all(invitations);

        if (code != FOB_SUCCESS)
            return code;
    }
    if (invitations->next == invitations->known)
        return FOB_NOT_FOUND;
    *invitation = invitations->items[invitations->next];
    invitations->items[invitations->next++] = NULL;
    return FOB_SUCCESS;
}

void fob_invitations_close(struct fob_invitations *invitations)
{
    if (invitations == NULL)
        return;
    for (size_t i = 0; i < invitations->known; i++)
        fob_invitation_free(invitations->items[i]);
    free(invitations->items);
    names_free(invitations->ids, invitations->count);
    free(invitations);
}
