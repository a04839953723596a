/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Renews tokens: takes the account's lock, reads the record again, reserves room on the disk, asks
 * the provider, and writes the new tokens before they are used.
 */
#include "config.h"

#include "core/hook/renew.h"

#include "core/hook/dispatch.h"
#include "core/session/status.h"
#include "store/renewal.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/wait.h"

#include <stdlib.h>

/* A token is renewed when a tenth of its lifetime is left, within these limits, in seconds. */
#define MARGIN_MIN_S 10
#define MARGIN_MAX_S 300
/* A failed renewal is not repeated for this long. */
#define PAUSE_S 30
/* How often to look whether another has ended a renewal; and how long to wait beyond the time of a
 * hook. */
#define POLL_MS 20
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
    struct renewal *lock;
};

static int renew_lock(struct renew *renew, struct store *store)
{
    const struct fob_handle *handle = renew->handle;
    const int64_t limit = handle->context->settings->hook_limit + WAIT_S;
    const int64_t until = clock_ms() + 1000 * limit;
    int code = renewal_begin(store, handle->account, &renew->lock);

    if (code != FOB_IGNORE)
        return code;
    wait_begin(0, "waiting for another program that renews the token of %s", handle->account);
    while (code == FOB_IGNORE && clock_ms() < until) {
        code = call_sleep_for(handle, POLL_MS);
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

/* Give the handle's records the tokens of RECORD. */
static int renew_adopt(struct fob_handle *handle, const struct record *record)
{
    int code = record_token_copy_all(handle->stored, record);

    return code == FOB_SUCCESS && record != handle->candidate
               ? record_token_copy_all(handle->candidate, record)
               : code;
}

static int renew_fail_changed(const struct fob_handle *handle)
{
    error_set(FOB_CHANGED, "%s: it got other keys while its token was renewed", handle->account);
    error_hint("try again");
    return FOB_CHANGED;
}

/* Read the record again: another may have renewed the tokens.  NEEDED says whether it has not. */
static int renew_read(const struct renew *renew, struct store *store, bool *needed)
{
    struct fob_handle *handle = renew->handle;
    struct record *record = NULL;
    int code = store_read(store, handle->account, &record);

    if (code == FOB_SUCCESS && record_generation(record) != record_generation(handle->stored))
        code = renew_fail_changed(handle);
    if (code == FOB_SUCCESS) {
        *needed = (renew->refused ? record_token_same_all(record, handle->stored)
                                  : renew_needs(handle, record, false)) &&
                  (renew->any_status || renew_permits(handle, record));
        code = renew_adopt(handle, record);
    }
    record_free(record);
    return code;
}

/* Whether the last renewal failed a moment ago, and a person does not insist on another one. */
static int renew_check_pause(const struct renew *renew)
{
    const int64_t now = handle_time(renew->handle);
    int64_t when = 0;
    int code = renewal_noted(renew->lock, &when);

    if (code == FOB_SUCCESS || renew->any_status || when > now || now - when >= PAUSE_S)
        return FOB_SUCCESS;
    error_set(code, "%s: its token could not be renewed %lld s ago: %s", renew->handle->account,
              (long long)(now - when), fob_code_text(code));
    error_hint("the next attempt is after %d s; \"fob validate --now\" does so at once", PAUSE_S);
    return code;
}

static int renew_change_record(struct record *record, void *data)
{
    const struct fob_handle *handle = data;

    if (record_generation(record) != record_generation(handle->stored))
        return renew_fail_changed(handle);
    return record_token_copy_all(record, handle->candidate);
}

/* Ask the provider, and store its answer.  Tokens that a hook put are stored even if it failed
 * then: the old ones may be spent. */
static int renew_ask(const struct renew *renew)
{
    struct fob_handle *handle = renew->handle;
    const struct proof proof = handle->proof;
    struct saved_error kept;
    int stored;
    int code;

    /* It is the application's, who may yet use it. */
    handle->proof = (struct proof){ 0 };
    code = dispatch(handle, HOOK_RENEW);
    handle_clear_credential(handle);
    handle->proof = proof;
    if (!handle->renewed)
        return FOB_IGNORE;
    if (!handle->token_put)
        return code == FOB_SUCCESS
                   ? error_set(FOB_PLUGIN, "provider %s: its renew stack put no token",
                               handle->provider_name)
                   : code;
    error_save(&kept);
    stored = handle->rehearsal == NULL ? renewal_write(renew->lock, renew_change_record, handle)
                                       : FOB_SUCCESS;
    if (stored == FOB_SUCCESS)
        stored = renew_adopt(handle, handle->candidate);
    if (stored == FOB_SUCCESS) {
        error_restore(&kept, code);
        return code;
    }
    free(kept.error);
    free(kept.hint);
    return stored;
}

/* Whether CODE says what the provider does, for all who ask it now. */
static bool renew_is_answer(int code)
{
    return status_is_verdict(code) || code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED ||
           code == FOB_UNTRUSTED || code == FOB_PROTOCOL;
}

/* With the lock held. */
static int renew_locked(struct renew *renew, struct store *store)
{
    bool needed = false;
    int code = renew_read(renew, store, &needed);

    if (code != FOB_SUCCESS || !needed)
        return code;
    code = renew_check_pause(renew);
    if (code == FOB_SUCCESS)
        code = renewal_reserve(renew->lock);
    if (code != FOB_SUCCESS)
        return code;
    code = renew_ask(renew);
    if (renew_is_answer(code) && !handle_is_lost(renew->handle))
        renewal_note(renew->lock, code, handle_time(renew->handle));
    return code;
}

/* Renew the tokens.  FOB_IGNORE: no plugin of the provider does that. */
static int renew_now(struct renew *renew)
{
    struct fob_handle *handle = renew->handle;
    struct store *store;
    int code = handle_provider(handle);

    handle->token_put = false;
    handle->renewed = false;
    if (code == FOB_SUCCESS)
        code = dispatch_prepare(handle);
    if (code == FOB_SUCCESS && dispatch_is_empty(handle, HOOK_RENEW))
        return FOB_IGNORE;
    /* The account of a rehearsal is only in memory. */
    if (code == FOB_SUCCESS && handle->rehearsal != NULL)
        return renew_ask(renew);
    if (code == FOB_SUCCESS)
        code = context_store(handle->context, &store);
    if (code == FOB_SUCCESS)
        code = renew_lock(renew, store);
    if (code != FOB_SUCCESS)
        return code;
    code = renew_locked(renew, store);
    renewal_end(renew->lock);
    return code;
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
        code = store_update(store, handle->account, renew_change_record, handle);
    if (code == FOB_SUCCESS)
        code = renew_adopt(handle, handle->candidate);
    if (code != FOB_SUCCESS)
        context_log(handle->context, FOB_LOG_WARNING, "renew", "%s: a new token is not stored: %s",
                    handle->account, fob_error());
    error_restore(&kept, FOB_SUCCESS);
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
