/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Renews tokens before hooks use them: takes the account's lock, reads the record again, and has
 * the provider asked, in this process or in another one.
 */
#include "config.h"

#include "core/hook/renew.h"

#include "core/hook/dispatch.h"
#include "core/hook/renew_apart.h"
#include "core/hook/renew_ask.h"
#include "core/session/status.h"
#include "store/machines.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/wait.h"

#include <stdlib.h>

/* A token is renewed when a tenth of its lifetime is left, within these limits, in seconds. */
#define MARGIN_MIN_S 10
#define MARGIN_MAX_S 300
/* How often to check whether another process has ended a renewal; and how long to wait beyond the
 * limit of a hook. */
#define POLL_MS 20
#define POLL_SERVER_MS 300
#define WAIT_S 10

/* A part of MARGIN, up to a fifth, that differs between accounts, so that those that were linked
 * together are not renewed together. */
static int64_t renew_jitter(const struct fob_handle *handle, int64_t margin)
{
    uint32_t hash = 2166136261U;

    if (handle->rehearsal != NULL)
        return 0;
    for (const char *at = handle->account; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    return margin * (int64_t)(hash % 1000) / 5000;
}

/* The time from which TOKEN must be renewed. */
static int64_t renew_time(const struct fob_handle *handle, const struct token *token)
{
    const int64_t lifetime =
        token->since >= 0 && token->ends > token->since ? token->ends - token->since : 0;
    int64_t margin = lifetime / 10;

    margin = margin < MARGIN_MIN_S ? MARGIN_MIN_S : margin;
    margin = margin > MARGIN_MAX_S ? MARGIN_MAX_S : margin;
    return token->ends - margin - renew_jitter(handle, margin);
}

static bool renew_permits(const struct fob_handle *handle, const struct record *record)
{
    switch (status_now(record_status(record), record_time(record, FOB_TIME_EXPIRES),
                       handle_time(handle))) {
    case FOB_STATUS_SUSPENDED:
    case FOB_STATUS_REJECTED:
    case FOB_STATUS_EXPIRED:
        return false;
    default:
        return true;
    }
}

/* Whether a token of RECORD has to be renewed, or, if HAS_ENDED, cannot be used any more. */
static bool renew_needs(const struct fob_handle *handle, const struct record *record,
                        bool has_ended)
{
    const int64_t now = handle_time(handle);

    for (size_t i = 0; i < record_token_count(record); i++) {
        struct token token;

        record_token_at(record, i, &token);
        if (token.ends > 0 && now >= (has_ended ? token.ends : renew_time(handle, &token)))
            return true;
    }
    return false;
}

bool renew_is_due(const struct fob_handle *handle, bool any_status)
{
    return handle->stored != NULL && renew_needs(handle, handle->stored, false) &&
           (any_status || renew_permits(handle, handle->stored));
}

/* A renewal in progress. */
struct renew {
    struct fob_handle *handle;
    bool refused; /* the provider refused the tokens of the handle */
    bool any_status;
    int64_t until; /* do not wait longer, by clock_ms() */
    struct renewal *lock;
};

static int renew_lock(struct renew *renew, struct store *store)
{
    const struct fob_handle *handle = renew->handle;
    const int64_t patience = handle->context->settings->hook_limit + WAIT_S;
    /* A machine that was switched off has its claim for minutes. */
    const int64_t limit = machines_are_several(store) && !renew_needs(handle, handle->stored, true)
                              ? WAIT_S
                              : patience;
    const int64_t end = clock_ms() + 1000 * limit;
    int code = renewal_begin(store, handle->account, &renew->lock);

    renew->until = clock_ms() + 1000 * patience;
    if (code != FOB_IGNORE)
        return code;
    wait_begin(0, "waiting for another program that renews the token of %s", handle->account);
    while (code == FOB_IGNORE && clock_ms() < end) {
        code = call_sleep_for(handle, machines_are_several(store) ? POLL_SERVER_MS : POLL_MS);
        if (code == FOB_SUCCESS)
            code = renewal_begin(store, handle->account, &renew->lock);
    }
    wait_end();
    if (code == FOB_IGNORE)
        code =
            error_set(FOB_UNAVAILABLE, "%s: another program has been renewing its token for %lld s",
                      handle->account, (long long)limit);
    return code;
}

/* Read the record again: another may have renewed the tokens.  NEEDED says whether it has not. */
static int renew_read(const struct renew *renew, struct store *store, bool *needed)
{
    struct fob_handle *handle = renew->handle;
    struct record *record = NULL;
    int code = machines_catch_up(store);

    if (code == FOB_SUCCESS)
        code = store_read(store, handle->account, &record);
    if (code == FOB_SUCCESS && record_generation(record) != record_generation(handle->stored))
        code = renew_ask_fail_changed(handle);
    if (code == FOB_SUCCESS) {
        *needed = (renew->refused ? record_token_same_all(record, handle->stored)
                                  : renew_needs(handle, record, false)) &&
                  (renew->any_status || renew_permits(handle, record));
        code = renew_ask_adopt(handle, record);
    }
    record_free(record);
    return code;
}

/* Let another process renew the tokens, and read them. */
static int renew_elsewhere(const struct renew *renew, struct store *store)
{
    struct saved_error kept;
    bool needed;
    int code = renew_apart(renew->handle, renew->lock, renew->until);
    int read;

    if (handle_is_lost(renew->handle))
        return code;
    error_save(&kept);
    read = renew_read(renew, store, &needed);
    renew->handle->renewed = code != FOB_IGNORE;
    renew->handle->token_put = code == FOB_SUCCESS;
    if (code != FOB_SUCCESS || read == FOB_SUCCESS) {
        error_restore(&kept, code);
        return code;
    }
    free(kept.error);
    free(kept.hint);
    return read;
}

/* With the lock held, which this ends. */
static int renew_locked(const struct renew *renew, struct store *store)
{
    struct fob_handle *handle = renew->handle;
    bool needed = false;
    int code = renew_read(renew, store, &needed);

    if (code == FOB_SUCCESS && needed && !renew->any_status)
        code = renew_ask_pause(handle, renew->lock);
    if (code == FOB_SUCCESS && needed && renew_ask_consumes(handle))
        return renew_elsewhere(renew, store);
    if (code == FOB_SUCCESS && needed)
        code = renew_ask(handle, renew->lock);
    renewal_end(renew->lock);
    return code;
}

/* Renew the tokens.  FOB_IGNORE: no plugin of the provider does that. */
static int renew_now(struct renew *renew)
{
    struct fob_handle *handle = renew->handle;
    struct store *store;
    int code;

    handle->token_put = false;
    handle->renewed = false;
    /* If another process makes the renewal, this one needs no worker. */
    code = renew_ask_consumes(handle) ? FOB_SUCCESS : renew_ask_prepare(handle);
    /* The account of a rehearsal is only in memory. */
    if (code == FOB_SUCCESS && handle->rehearsal != NULL)
        return renew_ask(handle, NULL);
    if (code == FOB_SUCCESS)
        code = context_store(handle->context, &store);
    if (code == FOB_SUCCESS)
        code = renew_lock(renew, store);
    return code == FOB_SUCCESS ? renew_locked(renew, store) : code;
}

int renew_if_due(struct fob_handle *handle, bool any_status)
{
    struct renew renew = { .handle = handle, .any_status = any_status };
    int code;

    if (!renew_is_due(handle, any_status))
        return FOB_SUCCESS;
    code = handle->candidate == NULL ? handle_make_candidate(handle) : FOB_SUCCESS;
    if (code == FOB_SUCCESS)
        code = renew_now(&renew);
    if (code == FOB_IGNORE)
        return FOB_SUCCESS;
    if (code == FOB_SUCCESS || code == FOB_CHANGED || handle_is_lost(handle) ||
        renew_needs(handle, handle->stored, true))
        return code;
    context_log(handle->context, FOB_LOG_WARNING, "renew", "%s: its token is not renewed yet: %s",
                handle->account, fob_error());
    return FOB_SUCCESS;
}

/* Store the tokens that HOOK itself has put. */
static void renew_keep(struct fob_handle *handle)
{
    struct saved_error kept;
    struct store *store;
    int code;

    error_save(&kept);
    code = handle->rehearsal == NULL ? context_store(handle->context, &store) : FOB_SUCCESS;
    if (code == FOB_SUCCESS && handle->rehearsal == NULL)
        code = store_update(store, handle->account, renew_ask_change, handle, NULL);
    if (code == FOB_SUCCESS)
        code = renew_ask_adopt(handle, handle->candidate);
    if (code != FOB_SUCCESS)
        context_log(handle->context, FOB_LOG_WARNING, "renew", "%s: a new token is not stored: %s",
                    handle->account, fob_error());
    error_restore(&kept, FOB_SUCCESS);
}

static int renew_drop_before(struct record *record, void *data)
{
    (void)data;
    if (!record_token_has_before(record))
        return FOB_IGNORE;
    record_token_drop_before(record);
    return FOB_SUCCESS;
}

void renew_note_use(struct fob_handle *handle)
{
    struct store *store;

    if (handle->rehearsal != NULL || !record_token_has_before(handle->stored))
        return;
    record_token_drop_before(handle->stored);
    if (context_store(handle->context, &store) == FOB_SUCCESS)
        (void)store_update(store, handle->account, renew_drop_before, NULL, NULL);
    error_clear();
}

int renew_after(struct fob_handle *handle, enum hook hook, bool any_status, int code)
{
    struct renew renew = { .handle = handle, .refused = true, .any_status = any_status };
    struct saved_error kept;
    int renewed;

    if (handle->token_put && !handle_is_lost(handle))
        renew_keep(handle);
    if (code != FOB_REJECTED || handle->token_put ||
        (!any_status && !renew_permits(handle, handle->stored)))
        return code;
    error_save(&kept);
    renewed = renew_now(&renew);
    if (renewed == FOB_IGNORE) {
        error_restore(&kept, code);
        return code;
    }
    free(kept.error);
    free(kept.hint);
    return renewed == FOB_SUCCESS ? dispatch(handle, hook) : renewed;
}

int renew_and_dispatch(struct fob_handle *handle, enum hook hook, bool any_status)
{
    bool fetched;
    int code;

    handle->token_put = false;
    code = renew_if_due(handle, any_status);
    if (code != FOB_SUCCESS)
        return code;
    fetched = handle->token_put;
    handle->token_put = false;
    code = dispatch(handle, hook);
    return fetched && !handle->token_put ? code : renew_after(handle, hook, any_status, code);
}
