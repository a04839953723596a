/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps sign-ins that are under way with their invitation: what belongs to the answer, and the form
 * that was sent. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "core/session/sign_in.h"
#include "util/error.h"
#include "util/secret.h"

#include <string.h>
#include <stdlib.h>

/* Whether the callback's query has the state of PENDING: "?state=STATE". */
static bool sign_in_has_state(const struct span *query, const struct fob_secret *state)
{
    const char *at = query->data;
    const char *wanted = (const char *)fob_secret_data(state) + 1;
    const size_t size = fob_secret_size(state) - 1;

    for (size_t i = 0; i + size <= query->size; i++) {
        const char after = i + size < query->size ? at[i + size] : '&';

        if ((i == 0 || at[i - 1] == '&' || at[i - 1] == '?') && (after == '&' || after == '#') &&
            secret_equal(at + i, size, wanted, size))
            return true;
    }
    return false;
}

/* Whether the sign-in PENDING, which the form DROP began, belongs to the callback of JOB: the same
 * state, and the same browser.  Takes both over if so. */
static int sign_in_match(struct inbox_job *job, struct span pending, struct span drop,
                         bool *matches)
{
    struct fob_secret *state = NULL;
    struct drop_content form = { .kind = DROP_FORM };
    int code = fob_secret_new(pending.data, pending.size, &job->pending);

    *matches = false;
    if (code == FOB_SUCCESS)
        code = fob_secret_new(drop.data, drop.size, &job->form);
    if (code == FOB_SUCCESS)
        code = sign_in_state(job->pending, &state);
    if (code == FOB_SUCCESS)
        *matches = sign_in_has_state(&job->content.query, state) && drop_read(job->form, &form) &&
                   secret_equal(form.nonce.data, form.nonce.size, job->content.nonce.data,
                                job->content.nonce.size);
    fob_secret_free(state);
    if (*matches) {
        job->fields = form;
        return code;
    }
    fob_secret_free(job->pending);
    fob_secret_free(job->form);
    job->pending = NULL;
    job->form = NULL;
    return code;
}

/* A sign-in is used once: it goes before the answer is used. */
static int sign_in_take(struct record *record, void *data)
{
    struct inbox_job *job = data;
    const struct span nothing = { "", 0 };
    struct span pending;
    struct span drop;
    bool matches = false;
    int code = FOB_SUCCESS;

    for (unsigned i = 0; i < INVITATION_SIGN_INS && code == FOB_SUCCESS; i++) {
        if (!invitation_sign_in(record, i, &pending, &drop))
            continue;
        code = sign_in_match(job, pending, drop, &matches);
        if (code == FOB_SUCCESS && matches)
            return invitation_set_sign_in(record, i, nothing, nothing);
    }
    return code == FOB_SUCCESS ? FOB_IGNORE : code;
}

int inbox_take_sign_in(struct inbox_job *job)
{
    const char *provider = record_text(job->record, FOB_TEXT_PROVIDER);
    const struct span wanted = wire_text(provider);
    const struct span given = job->content.provider;
    int code = FOB_IGNORE;

    if (secret_equal(wanted.data, wanted.size, given.data, given.size))
        code = store_update(job->inbox->store, record_name(job->record), sign_in_take, job, NULL);
    job->unmatched = code == FOB_IGNORE;
    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}

/* When PENDING ends: its third word. */
static int64_t sign_in_end(struct span pending)
{
    const char *at = pending.data;

    for (int word = 0; word < 2; word++) {
        at = strchr(at, ' ');
        if (at == NULL)
            return 0;
        at++;
    }
    return strtoll(at, NULL, 10);
}

int inbox_keep_sign_in(const struct inbox_job *job, struct record *record)
{
    const struct fob_secret *drop = job->form != NULL ? job->form : job->plain;
    unsigned oldest = 0;
    int64_t earliest = INT64_MAX;

    /* An empty place, or that of the oldest. */
    for (unsigned i = 0; i < INVITATION_SIGN_INS; i++) {
        struct span pending;
        struct span form;
        const int64_t end =
            invitation_sign_in(record, i, &pending, &form) ? sign_in_end(pending) : 0;

        if (end < earliest) {
            earliest = end;
            oldest = i;
        }
    }
    return invitation_set_sign_in(
        record, oldest, (struct span){ fob_secret_data(job->began), fob_secret_size(job->began) },
        (struct span){ fob_secret_data(drop), fob_secret_size(drop) });
}
