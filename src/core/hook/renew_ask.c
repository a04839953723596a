/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks the provider for new tokens, and notes what became of that beside the account. */
#include "config.h"

#include "core/hook/renew_ask.h"

#include "core/hook/dispatch.h"
#include "core/session/status.h"
#include "util/error.h"

#include <stdlib.h>
#include <time.h>

/* A failed renewal is not repeated for this long. */
#define PAUSE_S 30
#define DAY_S 86400
/* How often tokens are stored, and the pause between. */
#define STORE_TRIES 5
#define STORE_PAUSE_MS 200
/* The same while the server of several machines is away: an hour at least. */
#define SERVER_TRIES 18000

int renew_ask_prepare(struct fob_handle *handle)
{
    int code = handle_provider(handle);

    if (code == FOB_SUCCESS)
        code = dispatch_prepare(handle);
    return code == FOB_SUCCESS && dispatch_is_empty(handle, HOOK_RENEW) ? FOB_IGNORE : code;
}

bool renew_ask_consumes(const struct fob_handle *handle)
{
    return handle->rehearsal == NULL && record_token_count(handle->stored) > 1;
}

int renew_ask_adopt(struct fob_handle *handle, const struct record *record)
{
    int code = record_token_copy_all(handle->stored, record);

    return code == FOB_SUCCESS && record != handle->candidate
               ? record_token_copy_all(handle->candidate, record)
               : code;
}

int renew_ask_fail_changed(const struct fob_handle *handle)
{
    error_set(FOB_CHANGED, "%s: it got other keys while its token was renewed", handle->account);
    error_hint("try again");
    return FOB_CHANGED;
}

int renew_ask_change(struct record *record, void *data)
{
    const struct fob_handle *handle = data;

    if (record_generation(record) != record_generation(handle->stored))
        return renew_ask_fail_changed(handle);
    return record_token_copy_all(record, handle->candidate);
}

/* The same in a renewal, whose tokens nobody else replaces.  A write whose answer was lost may have
 * been made. */
static int renew_ask_replace(struct record *record, void *data)
{
    const struct fob_handle *handle = data;

    if (record_token_same_all(record, handle->candidate))
        return FOB_IGNORE;
    if (record_generation(record) == record_generation(handle->stored) &&
        !record_token_same_all(record, handle->stored))
        return error_set(FOB_CHANGED, "%s: another machine has renewed its token meanwhile",
                         handle->account);
    return renew_ask_change(record, data);
}

static int renew_ask_write(struct fob_handle *handle, struct renewal *lock)
{
    const int code = renewal_write(lock, renew_ask_replace, handle);

    return code == FOB_IGNORE ? FOB_SUCCESS : code;
}

/* Whether a write that ended with CODE is tried again.  What replaces a token that is spent waits
 * for a server that is away. */
static bool renew_ask_may_write(const struct fob_handle *handle, int code, int tries)
{
    if (code == FOB_UNAVAILABLE)
        return renew_ask_consumes(handle) && tries < SERVER_TRIES;
    return code == FOB_SYSTEM && tries < STORE_TRIES;
}

/* When the youngest token was fetched. */
static int64_t renew_ask_since(const struct fob_handle *handle)
{
    int64_t since = 0;

    for (size_t i = 0; i < record_token_count(handle->stored); i++) {
        struct token token;

        record_token_at(handle->stored, i, &token);
        since = token.since > since ? token.since : since;
    }
    return since;
}

/* When a renewal of the present tokens began that had no end, as NOTE says; or 0.  Nobody knows
 * whether the provider got that request. */
static int64_t renew_ask_cut(const struct fob_handle *handle, const struct renewal_note *note)
{
    const int64_t since = renew_ask_since(handle);

    if (note->code == FOB_SUCCESS)
        return 0;
    /* Another machine's renewal, of whose tokens nothing is known but that they are not younger. */
    if (note->since == RENEWAL_SINCE_ANY ? note->when < since : note->since != since)
        return 0;
    return note->code == FOB_IGNORE ? note->when : note->cut;
}

/* The provider does not accept what it probably took before. */
static int renew_ask_fail_cut(const struct fob_handle *handle, int64_t cut)
{
    const time_t when = (time_t)cut;
    const int64_t age = handle_time(handle) - cut;
    struct tm parts;
    char text[32] = "";

    if (localtime_r(&when, &parts) != NULL)
        strftime(text, sizeof text, age >= 0 && age < DAY_S ? "%H:%M" : "%Y-%m-%d %H:%M", &parts);
    return error_set(FOB_REJECTED,
                     "a renewal was cut short at %s; sign in again with \"fob edit %s\"", text,
                     handle->account);
}

int renew_ask_pause(const struct fob_handle *handle, const struct renewal *lock)
{
    const int64_t now = handle_time(handle);
    struct renewal_note note;
    int64_t cut;

    renewal_read_note(lock, &note);
    cut = renew_ask_cut(handle, &note);
    if (note.code == FOB_REJECTED && cut != 0)
        return renew_ask_fail_cut(handle, cut);
    if (note.code == FOB_SUCCESS || note.code == FOB_IGNORE || note.when > now ||
        now - note.when >= PAUSE_S)
        return FOB_SUCCESS;
    error_set(note.code, "%s: its token could not be renewed %lld s ago: %s", handle->account,
              (long long)(now - note.when), fob_code_text(note.code));
    error_hint("the next attempt is after %d s; \"fob validate --now\" does so at once", PAUSE_S);
    return note.code;
}

/* Run the stack.  FOB_SUCCESS only with new tokens in the candidate. */
static int renew_ask_once(struct fob_handle *handle)
{
    const struct proof proof = handle->proof;
    int code;

    /* What proves requests belongs to the application, which may still use it. */
    handle->proof = (struct proof){ 0 };
    code = dispatch(handle, HOOK_RENEW);
    handle_clear_credential(handle);
    handle->proof = proof;
    if (!handle->renewed)
        return FOB_IGNORE;
    if (code == FOB_SUCCESS && !handle->token_put)
        code = error_set(FOB_PLUGIN, "provider %s: its renew stack put no token",
                         handle->provider_name);
    return code;
}

/* If the provider refuses a new token that has never worked, it may still accept the token that
 * this one replaced. */
static int renew_ask_provider(struct fob_handle *handle)
{
    struct saved_error kept;
    int code = renew_ask_once(handle);
    int again;

    if (code != FOB_REJECTED || handle->token_put || !record_token_has_before(handle->candidate))
        return code;
    error_save(&kept);
    record_token_restore_before(handle->candidate);
    again = renew_ask_once(handle);
    if (again != FOB_SUCCESS && !handle->token_put)
        (void)record_token_copy_all(handle->candidate, handle->stored);
    if (again != FOB_SUCCESS) {
        error_restore(&kept, code);
        return code;
    }
    free(kept.error);
    free(kept.hint);
    return FOB_SUCCESS;
}

/* Store the tokens that a hook put, even if it failed then: the old ones may be spent.  So a disk
 * that fails is tried again. */
static int renew_ask_store(struct fob_handle *handle, struct renewal *lock)
{
    int code = FOB_SUCCESS;

    if (renew_ask_consumes(handle))
        code = record_token_keep_before(handle->candidate, handle->stored);
    if (code == FOB_SUCCESS && lock != NULL)
        code = renew_ask_write(handle, lock);
    for (int tries = 1; lock != NULL && renew_ask_may_write(handle, code, tries); tries++) {
        code = call_sleep_for(handle, STORE_PAUSE_MS);
        if (code == FOB_SUCCESS)
            code = renew_ask_write(handle, lock);
    }
    return code == FOB_SUCCESS ? renew_ask_adopt(handle, handle->candidate) : code;
}

/* Ask the provider, and store its answer.  STORED is false if that failed. */
static int renew_ask_and_store(struct fob_handle *handle, struct renewal *lock, bool *stored)
{
    struct saved_error kept;
    int code = renew_ask_provider(handle);
    int written;

    *stored = true;
    if (!handle->token_put)
        return code;
    error_save(&kept);
    written = renew_ask_store(handle, lock);
    *stored = written == FOB_SUCCESS;
    if (*stored) {
        error_restore(&kept, code);
        return code;
    }
    free(kept.error);
    free(kept.hint);
    return written;
}

/* Whether CODE concerns the provider, and so every account that asks it now. */
static bool renew_ask_is_answer(int code)
{
    return status_is_verdict(code) || code == FOB_UNAVAILABLE || code == FOB_RATE_LIMITED ||
           code == FOB_UNTRUSTED || code == FOB_PROTOCOL;
}

/* After a renewal with CODE: BEFORE is the note that was there, NOTE the one to be made. */
static void renew_ask_note(const struct renewal *lock, const struct renewal_note *before,
                           const struct renewal_note *note)
{
    if (note->code == FOB_SUCCESS || (note->code == FOB_IGNORE && before->code == FOB_SUCCESS))
        renewal_remove_note(lock);
    else
        (void)renewal_write_note(lock, note->code != FOB_IGNORE ? note : before, false);
}

static int renew_ask_locked(struct fob_handle *handle, struct renewal *lock)
{
    const bool consumes = renew_ask_consumes(handle);
    struct renewal_note note = { FOB_IGNORE, handle_time(handle), renew_ask_since(handle), 0 };
    struct renewal_note before;
    struct saved_error kept;
    bool stored;
    int code = renewal_reserve(lock);

    renewal_read_note(lock, &before);
    note.cut = renew_ask_cut(handle, &before);
    if (code == FOB_SUCCESS && consumes)
        code = renewal_write_note(lock, &note, true);
    if (code == FOB_SUCCESS && renewal_is_over(lock))
        code =
            error_set(FOB_UNAVAILABLE, "%s: its renewal was held up for too long", handle->account);
    if (code != FOB_SUCCESS)
        return code;
    code = renew_ask_and_store(handle, lock, &stored);
    if (code == FOB_REJECTED && note.cut != 0)
        code = renew_ask_fail_cut(handle, note.cut);
    if (handle_is_lost(handle) || !stored || (code != FOB_IGNORE && !renew_ask_is_answer(code)))
        return code; /* the note still says that it began */
    error_save(&kept);
    note.code = code;
    note.when = handle_time(handle);
    renew_ask_note(lock, &before, &note);
    error_restore(&kept, code);
    return code;
}

int renew_ask(struct fob_handle *handle, struct renewal *lock)
{
    bool stored;
    int code = renew_ask_prepare(handle);

    if (code != FOB_SUCCESS)
        return code;
    return lock != NULL ? renew_ask_locked(handle, lock)
                        : renew_ask_and_store(handle, NULL, &stored);
}
