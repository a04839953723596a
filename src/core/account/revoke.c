/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Revokes an account: revokes the credential at the provider, erases it here, and reports which of
 * these was done. */
#include "config.h"

#include "core/account/revoke.h"

#include "core/account/duplicates.h"
#include "core/hook/dispatch.h"
#include "core/hook/renew.h"
#include "core/log/audit.h"
#include "core/session/conv.h"
#include "core/session/status.h"
#include "store/machines.h"
#include "util/error.h"
#include "util/wait.h"

#include <time.h>

/* The first and the longest pause between two attempts of FOB_CONFIRM. */
#define PAUSE_FIRST_S 2
#define PAUSE_MAX_S 30
/* How long a revocation is claimed at the server of several machines at most. */
#define REVOKE_CLAIM_S (15 * 60)

/* Whether to erase the account after the revoke stack returned CODE.  It is erased even if the
 * provider could not be asked, unless FLAGS require a confirmation. */
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

/* Ask the provider with growing pauses until it rejects the credential or the handle's patience is
 * over. */
static int revoke_await_rejection(struct fob_handle *handle)
{
    unsigned patience = handle->patience;
    unsigned pause = PAUSE_FIRST_S;
    int code;

    conv_tell(handle, FOB_TELL_INFO, "asking %s until it rejects the old keys, for at most %u s",
              handle->provider->texts[FOB_PROVIDER_TITLE], patience);
    while ((code = renew_and_dispatch(handle, HOOK_VALIDATE, false)) != FOB_REJECTED &&
           code != FOB_EXPIRED) {
        /* Waiting does not help against local mistakes. */
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

/* Whether the provider rejected the credential the last time it was asked. */
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

/* Whether the provider accepts the credential again.  Keeps the thread's error. */
static bool revoke_is_accepted_again(struct fob_handle *handle, int code)
{
    struct saved_error kept;
    int answer;

    error_save(&kept);
    answer = dispatch(handle, HOOK_VALIDATE);
    error_restore(&kept, code);
    return answer == FOB_SUCCESS || answer == FOB_DENIED;
}

/* The stack ended with CODE.  A credential that is known to be rejected need not be revoked. */
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

int revoke_end_at_provider(struct fob_handle *handle, unsigned flags)
{
    const bool alone = dispatch_is_empty(handle, HOOK_REVOKE);
    int code;

    if (!alone)
        code = renew_and_dispatch(handle, HOOK_REVOKE, false);
    else
        code = error_set(FOB_MANUAL, "%s: fob cannot revoke there: delete the credential at %s",
                         handle->account, handle->provider->texts[FOB_PROVIDER_TITLE]);
    if (revoke_was_rejected(handle))
        code = revoke_use_known_status(handle, code);
    if (code == FOB_MANUAL && alone)
        conv_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    if ((flags & FOB_CONFIRM) != 0 && (code == FOB_MANUAL || code == FOB_SUCCESS))
        return revoke_await_rejection(handle);
    return code;
}

/* Without the provider's file the provider cannot be asked, but the account must still be
 * removable. */
static int revoke_end_without_provider(struct fob_handle *handle, unsigned flags)
{
    if (revoke_was_rejected(handle))
        return revoke_fail_rejected(handle);
    if ((flags & FOB_CONFIRM) != 0)
        return FOB_NOT_FOUND;
    error_set(FOB_MANUAL, "%s: the file of the provider %s is missing, so nobody was asked there",
              handle->account, handle->provider_name);
    error_hint("delete the credential there by hand");
    conv_tell(handle, FOB_TELL_WARNING, "%s", fob_error());
    return FOB_MANUAL;
}

/* No two machines end a credential at the provider at the same time. */
static int revoke_claim(const struct fob_handle *handle, struct store *store)
{
    const struct machines_claim claim = { "revocation", handle->account, true };
    struct machines_holder holder;
    int code = machines_claim(store, &claim, REVOKE_CLAIM_S, &holder);

    if (code == FOB_NOT_FOUND)
        return FOB_SUCCESS;
    if (code == FOB_IGNORE) {
        code = error_set(FOB_UNAVAILABLE, "%s: the machine %s is revoking it", handle->account,
                         holder.machine);
        error_hint("try again later");
    }
    return code;
}

static void revoke_end_claim(const struct fob_handle *handle, struct store *store)
{
    const struct machines_claim claim = { "revocation", handle->account, true };
    struct saved_error kept;

    error_save(&kept);
    (void)machines_end_claim(store, &claim);
    error_restore(&kept, FOB_SUCCESS);
}

static int revoke_claimed(struct fob_handle *handle, struct store *store, unsigned flags)
{
    int code = handle_provider(handle);
    int begun;
    int erased;

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

static int revoke_and_log(struct fob_handle *handle, unsigned flags)
{
    struct store *store;
    int code = audit_ready_account(handle, 1, &store);

    if (code == FOB_SUCCESS)
        code = revoke_claim(handle, store);
    if (code != FOB_SUCCESS)
        return code;
    code = revoke_claimed(handle, store, flags);
    if (!handle_is_lost(handle))
        revoke_end_claim(handle, store);
    return code;
}

int fob_revoke(struct fob_handle *handle, unsigned flags)
{
    int code = handle_begin_work(handle, __func__, flags, FOB_CONFIRM);

    return code == FOB_SUCCESS ? handle_end_work(handle, revoke_and_log(handle, flags)) : code;
}
