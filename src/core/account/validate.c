/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Validates an account: asks the provider, and stores the result.  Also suspends and resumes
 * accounts. */
#include "config.h"

#include "core/account/validate.h"

#include "core/account/change.h"
#include "core/hook/renew.h"
#include "core/log/audit.h"
#include "core/session/status.h"
#include "store/validated.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int validate_apply_result(struct record *record, const struct validation_result *result)
{
    int code = FOB_SUCCESS;

    if (record_generation(record) != result->generation) {
        error_set(FOB_CHANGED,
                  "%s: it got other keys while the provider was asked about the old ones",
                  record_name(record));
        error_hint("nothing was changed; try again");
        return FOB_CHANGED;
    }
    if (result->code == FOB_SUCCESS)
        record_token_drop_before(record);
    code = status_apply(record, result->code, time(NULL), result->reject_at_once, result->why);
    if (code == FOB_SUCCESS && result->code == FOB_SUCCESS)
        code = record_set_text(record, FOB_TEXT_REMOTE_ID, result->remote_id);
    if (code == FOB_SUCCESS && result->code == FOB_SUCCESS)
        code = record_set_text(record, FOB_TEXT_REMOTE_NAME, result->remote_name);
    return code;
}

bool validate_is_unchanged(const struct record *record, const struct validation_result *result)
{
    return result->code == FOB_SUCCESS && record_status(record) == FOB_STATUS_ACTIVE &&
           record_time(record, FOB_TIME_REFUSED) == 0 && record_unreported(record) < 0 &&
           !record_token_has_before(record) &&
           record_text(record, FOB_TEXT_LAST_ERROR)[0] == '\0' &&
           strcmp(record_text(record, FOB_TEXT_REMOTE_ID), result->remote_id) == 0 &&
           strcmp(record_text(record, FOB_TEXT_REMOTE_NAME), result->remote_name) == 0;
}

/* The result to be stored, and the updated record. */
struct validate_update {
    const struct fob_context *context;
    struct validation_result result;
    struct record *updated;
};

static int validate_change_record(struct record *record, int code, void *data)
{
    struct validate_update *update = data;
    int was;
    int copied;

    if (record == NULL)
        return code;
    was = (int)record_status(record);
    code = validate_apply_result(record, &update->result);
    if (code == FOB_SUCCESS)
        change_record(update->context, record, was);
    record_free(update->updated);
    update->updated = NULL;
    copied = record_copy(record, &update->updated);
    return copied == FOB_SUCCESS ? code : copied;
}

/* Check that the accepted keys still open the identity that was linked. */
static int validate_check_identity(const struct fob_handle *handle)
{
    const char *old = record_text(handle->stored, FOB_TEXT_REMOTE_ID);
    const char *new = record_text(handle->candidate, FOB_TEXT_REMOTE_ID);

    if (old[0] == '\0' || strcmp(old, new) == 0)
        return FOB_SUCCESS;
    error_set(FOB_MISMATCHED, "%s: its keys now belong to the %s \"%s\", not to \"%s\"",
              handle->account, handle->provider->texts[FOB_PROVIDER_IDENTITY],
              record_text(handle->candidate, FOB_TEXT_REMOTE_NAME),
              record_text(handle->stored, FOB_TEXT_REMOTE_NAME));
    error_hint(
        "\"fob edit %s\" gives it keys of the right %s; \"fob edit --new-identity %s\" if the "
        "change is meant",
        handle->account, handle->provider->texts[FOB_PROVIDER_IDENTITY], handle->account);
    return FOB_MISMATCHED;
}

void validate_prepare(struct fob_handle *handle, bool now)
{
    handle->thorough = now || status_underlying(handle->stored) == FOB_STATUS_UNCHECKED ||
                       handle->rehearsal != NULL;
    handle->untried = false;
}

/* The right that was missing was not tried again.  Returns FOB_DENIED, with its old error. */
static int validate_stay_degraded(const struct fob_handle *handle)
{
    error_set(FOB_DENIED, "%s", record_text(handle->stored, FOB_TEXT_LAST_ERROR));
    error_hint("\"fob validate --now %s\" tries that again", handle->account);
    return FOB_DENIED;
}

int validate_judge(const struct fob_handle *handle, int code, bool *verdict)
{
    if ((code == FOB_SUCCESS || code == FOB_DENIED) &&
        validate_check_identity(handle) != FOB_SUCCESS)
        code = FOB_MISMATCHED;
    if (code == FOB_SUCCESS && handle->untried &&
        status_underlying(handle->stored) == FOB_STATUS_DEGRADED)
        code = validate_stay_degraded(handle);
    *verdict = status_is_verdict(code);
    return code;
}

int validate_ask(struct fob_handle *handle, unsigned flags, bool *verdict)
{
    int code = handle_make_candidate(handle);

    *verdict = false;
    if (code != FOB_SUCCESS)
        return code;
    validate_prepare(handle, (flags & FOB_NOW) != 0);
    code = renew_and_dispatch(handle, HOOK_VALIDATE, (flags & FOB_NOW) != 0);
    return validate_judge(handle, code, verdict);
}

static void validate_report_change(const struct fob_handle *handle, struct store *store)
{
    int64_t left = CHANGE_MS;
    struct change change = {
        .account = handle->account,
        .provider = handle->provider_name,
        .left = &left,
    };

    if (change_find(handle->context, handle->stored, &change))
        change_report(handle->context, store, &change);
}

/* Store the result.  A time that only confirms the account goes where a sweep puts it, and the
 * disk is not waited for. */
static int validate_store_result(const struct fob_handle *handle, struct store *store,
                                 struct validate_update *update)
{
    const struct store_edit edit = {
        .name = handle->account,
        .seen = handle->stored,
        .validated = validate_is_unchanged(handle->stored, &update->result) ? time(NULL) : 0,
        .data = update,
    };
    int code = store_update_many(store, &edit, 1, validate_change_record);

    if (code != FOB_SUCCESS || update->updated != NULL)
        return code;
    code = record_copy(handle->stored, &update->updated);
    if (code == FOB_SUCCESS)
        record_set_time(update->updated, FOB_TIME_VALIDATED, edit.validated);
    (void)validated_tidy_rarely(store);
    return code;
}

/* Store a verdict.  Returns VERDICT, or the code of the failure to store it; after
 * FOB_CHANGED the handle has the new keys. */
static int validate_store_verdict(struct fob_handle *handle, struct store *store, int verdict,
                                  unsigned flags)
{
    char *why = strdup(fob_error());
    char *hint = strdup(fob_error_hint());
    struct validate_update update = { .context = handle->context,
                                      .result = {
                                          .generation = record_generation(handle->stored),
                                          .code = verdict,
                                          .reject_at_once = (flags & FOB_NOW) != 0,
                                          .why = why,
                                          .remote_id =
                                              record_text(handle->candidate, FOB_TEXT_REMOTE_ID),
                                          .remote_name =
                                              record_text(handle->candidate, FOB_TEXT_REMOTE_NAME),
                                      } };
    int code = why != NULL && hint != NULL ? FOB_SUCCESS : error_nomem();

    if (code == FOB_SUCCESS)
        code = validate_store_result(handle, store, &update);
    if (code == FOB_SUCCESS || code == FOB_CHANGED) {
        handle_set_stored(handle, update.updated);
        update.updated = NULL;
    }
    if (code == FOB_SUCCESS) {
        error_clear();
        code = verdict;
        if (why[0] != '\0')
            error_set(verdict, "%s", why);
        if (hint[0] != '\0')
            error_hint("%s", hint);
    }
    record_free(update.updated);
    free(why);
    free(hint);
    return code;
}

/* Log the answer before it is stored. */
static int validate_log_answer(struct fob_handle *handle, int answer)
{
    struct saved_error kept;
    int code;

    error_save(&kept);
    code = audit_write(handle, "validate", answer, answer == FOB_DENIED ? fob_error() : NULL);
    if (code == FOB_SUCCESS) {
        error_restore(&kept, answer);
        return FOB_SUCCESS;
    }
    free(kept.error);
    free(kept.hint);
    return code;
}

static int validate_checked(struct fob_handle *handle, struct store *store, unsigned flags)
{
    bool verdict;
    int answer = validate_ask(handle, flags, &verdict);
    int code = validate_log_answer(handle, answer);

    if (code != FOB_SUCCESS || !verdict)
        return code != FOB_SUCCESS ? code : answer;
    code = validate_store_verdict(handle, store, answer, flags);
    if (code != answer)
        audit_note(handle, "validate", code, NULL);
    return code;
}

/* The account got other keys.  Returns FOB_CHANGED, with these in the handle, or why not. */
static int validate_read_again(struct fob_handle *handle, struct store *store)
{
    struct record *record = NULL;
    int code = store_read(store, handle->account, &record);

    if (code != FOB_SUCCESS)
        return code;
    handle_set_stored(handle, record);
    return FOB_CHANGED;
}

static int validate_and_log(struct fob_handle *handle, unsigned flags)
{
    struct store *store;
    int code = audit_ready_account(handle, 1, &store);

    if (code != FOB_SUCCESS)
        return code;
    code = validate_checked(handle, store, flags);
    if (code == FOB_CHANGED)
        code = validate_read_again(handle, store);
    if (code == FOB_CHANGED)
        code = validate_checked(handle, store, flags);
    validate_report_change(handle, store);
    return code;
}

int fob_validate(struct fob_handle *handle, unsigned flags)
{
    int code = handle_begin_work(handle, __func__, flags, FOB_NOW);

    return code == FOB_SUCCESS ? handle_end_work(handle, validate_and_log(handle, flags)) : code;
}

static int validate_switch_record(struct record *record, void *data)
{
    const bool *suspended = data;

    if (*suspended)
        status_suspend(record);
    else
        record_set_status(record, status_underlying(record));
    return FOB_SUCCESS;
}

/* Suspend or resume the account, without asking the provider. */
static int validate_switch_account(struct fob_handle *handle, const char *event, bool suspended)
{
    struct record *switched = NULL;
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code == FOB_SUCCESS)
        code = audit_begin(handle, event);
    if (code != FOB_SUCCESS)
        return code;
    code = store_update(store, handle->account, validate_switch_record, &suspended, &switched);
    if (code == FOB_SUCCESS)
        handle_set_stored(handle, switched);
    audit_note(handle, event, code, NULL);
    return code;
}

int fob_suspend(struct fob_handle *handle)
{
    int code = handle_begin_work(handle, __func__, 0, 0);

    return code == FOB_SUCCESS
               ? handle_end_work(handle, validate_switch_account(handle, "suspend", true))
               : code;
}

int fob_resume(struct fob_handle *handle)
{
    int code = handle_begin_work(handle, __func__, 0, 0);

    return code == FOB_SUCCESS
               ? handle_end_work(handle, validate_switch_account(handle, "resume", false))
               : code;
}
