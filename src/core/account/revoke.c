/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Taking an account back: end it at the provider, erase it here, and say which of it was done. */
#include "config.h"

#include "core/account/duplicates.h"
#include "core/hook/dispatch.h"
#include "core/log/audit.h"
#include "core/session/status.h"
#include "util/error.h"
#include "util/wait.h"

#include <time.h>

/* Pauses between two questions of FOB_CONFIRM, in seconds. */
#define PAUSE_FIRST_S 2
#define PAUSE_MAX_S 30

/* What the provider said, or that it could not be asked: the account goes either way, unless the
 * person wants to be sure that the credential is dead. */
static bool revoke_ends_here(int code, unsigned flags)
{
    switch (code) {
    case FOB_SUCCESS:
    case FOB_REJECTED:
    case FOB_EXPIRED:
        return true;
    case FOB_MANUAL:
    case FOB_DENIED:
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
    case FOB_UNTRUSTED:
    case FOB_PROTOCOL:
        return (flags & FOB_CONFIRM) == 0;
    default:
        return false;
    }
}

static bool revoke_pause(const struct fob_handle *handle, unsigned seconds)
{
    const struct timespec wait = { .tv_sec = seconds };
    bool whole;

    wait_begin((int64_t)seconds * 1000, "waiting to ask %s again",
               handle->provider->texts[FOB_PROVIDER_TITLE]);
    whole = nanosleep(&wait, NULL) == 0;
    wait_end();
    return whole;
}

/* Ask until the provider rejects the credential, with growing pauses, as long as patience lasts. */
static int revoke_await_rejection(struct fob_handle *handle)
{
    unsigned patience = handle->patience;
    unsigned pause = PAUSE_FIRST_S;
    int code;

    fob_tell(handle, FOB_TELL_INFO, "asking %s until it rejects the old keys, for at most %u s",
             handle->provider->texts[FOB_PROVIDER_TITLE], patience);
    while ((code = dispatch(handle, HOOK_VALIDATE)) != FOB_REJECTED && code != FOB_EXPIRED) {
        /* Mistakes here will not mend themselves by waiting. */
        if (!status_is_verdict(code) && fob_code_retry(code) != FOB_RETRY_LATER)
            return code;
        if (patience == 0)
            break;
        if (pause > patience)
            pause = patience;
        if (!revoke_pause(handle, pause))
            return error_set(FOB_ABORT, "%s: interrupted; nothing was erased", handle->account);
        patience -= pause;
        pause = pause * 2 < PAUSE_MAX_S ? pause * 2 : PAUSE_MAX_S;
    }
    if (code == FOB_REJECTED || code == FOB_EXPIRED)
        return FOB_SUCCESS;
    error_set(FOB_UNAVAILABLE, "%s: %s", handle->account,
              status_is_verdict(code)
                  ? "the provider still accepts the old keys; nothing was erased"
                  : "the provider could not be asked; nothing was erased");
    error_hint("run the same command again once it is done there, or without --confirm");
    return FOB_UNAVAILABLE;
}

/* Whether the provider said no when it was asked last. */
static bool revoke_was_rejected(const struct fob_handle *handle)
{
    enum fob_status status = status_underlying(handle->stored);

    return status == FOB_STATUS_REJECTED || status == FOB_STATUS_EXPIRED;
}

static int revoke_fail_rejected(const struct fob_handle *handle)
{
    return error_set(FOB_REJECTED, "%s: it was rejected when the provider was asked last",
                     handle->account);
}

/* Whether the provider accepts it again.  Keeps the thread's error. */
static bool revoke_is_accepted_again(struct fob_handle *handle, int code)
{
    struct saved_error kept;
    int answer;

    error_save(&kept);
    answer = dispatch(handle, HOOK_VALIDATE);
    error_restore(&kept, code);
    return answer == FOB_SUCCESS || answer == FOB_DENIED;
}

/* The stack ended with CODE: a credential that is dead already needs nobody to end it. */
static int revoke_use_known_status(struct fob_handle *handle, int code)
{
    switch (code) {
    case FOB_MANUAL:
        return revoke_is_accepted_again(handle, code) ? code : revoke_fail_rejected(handle);
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
    case FOB_UNTRUSTED:
    case FOB_PROTOCOL:
        return revoke_fail_rejected(handle);
    default:
        return code;
    }
}

static int revoke_end_at_provider(struct fob_handle *handle, unsigned flags)
{
    const struct stack *stack = &handle->provider->stacks[HOOK_REVOKE];
    int code;

    if (stack->present)
        code = dispatch(handle, HOOK_REVOKE);
    else
        code = error_set(FOB_MANUAL, "%s: fob cannot revoke there: delete the credential at %s",
                         handle->account, handle->provider->texts[FOB_PROVIDER_TITLE]);
    if (revoke_was_rejected(handle))
        code = revoke_use_known_status(handle, code);
    if (code == FOB_MANUAL && !stack->present)
        fob_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    if ((flags & FOB_CONFIRM) != 0 && (code == FOB_MANUAL || code == FOB_SUCCESS))
        return revoke_await_rejection(handle);
    return code;
}

/* Without the provider's file nobody can be asked, but the account must not stay for ever. */
static int revoke_end_without_provider(struct fob_handle *handle, unsigned flags)
{
    if (revoke_was_rejected(handle))
        return revoke_fail_rejected(handle);
    if ((flags & FOB_CONFIRM) != 0)
        return FOB_NOT_FOUND;
    error_set(FOB_MANUAL, "%s: the file of the provider %s is gone, and nobody was asked there",
              handle->account, handle->provider_name);
    error_hint("delete the credential there by hand");
    fob_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    return FOB_MANUAL;
}

static int revoke_and_log(struct fob_handle *handle, unsigned flags)
{
    struct store *store;
    int code = context_store(handle->context, &store);
    int begun;
    int erased;

    if (code == FOB_SUCCESS && handle->stored == NULL)
        code = error_set(FOB_NOT_FOUND, "%s: no such account", handle->account);
    if (code == FOB_SUCCESS)
        code = audit_ready(handle->context);
    if (code != FOB_SUCCESS)
        return code;
    code = handle_provider(handle);
    if (code == FOB_SUCCESS)
        code = handle_make_candidate(handle);
    if (code == FOB_SUCCESS)
        code = duplicates_warn(handle, false);
    begun = code == FOB_SUCCESS || code == FOB_NOT_FOUND ? audit_begin(handle, "revoke") : code;
    if (begun != FOB_SUCCESS)
        return begun;
    if (code == FOB_SUCCESS)
        code = revoke_end_at_provider(handle, flags);
    else
        code = revoke_end_without_provider(handle, flags);
    if (handle_is_lost(handle))
        return handle_check(handle, handle->at_work);
    if (revoke_ends_here(code, flags)) {
        erased = store_erase(store, handle->account, record_generation(handle->stored));
        if (erased == FOB_SUCCESS)
            handle_set_stored(handle, NULL);
        else
            code = erased;
    }
    audit_note(handle, "revoke", code, handle->stored == NULL ? "erased" : "kept");
    return code;
}

int fob_revoke(struct fob_handle *handle, unsigned flags)
{
    int code = handle_begin_work(handle, __func__, flags, FOB_CONFIRM);

    return code == FOB_SUCCESS ? handle_end_work(handle, revoke_and_log(handle, flags)) : code;
}
