/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Persisting results: in the records and the log; then they are reported to the application. */
#include "config.h"

#include "core/sweep/sweep.h"

#include "core/account/validate.h"
#include "core/log/audit.h"
#include "core/session/status.h"
#include "store/validated.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int persist_status_of(const struct record *record)
{
    return (int)status_now(record_status(record), record_time(record, FOB_TIME_EXPIRES),
                           time(NULL));
}

/* The status when the provider was last asked.  If the expiry date has passed since then, the
 * status has changed. */
static int persist_known_status(const struct sweep *sweep, struct record *record)
{
    const int64_t expires = record_time(record, FOB_TIME_EXPIRES);
    int64_t known;

    /* On failure, use the record's own time. */
    if (expires != 0)
        (void)validated_apply(sweep->validated, record);
    known = record_time(record, FOB_TIME_VALIDATED);
    if (record_time(record, FOB_TIME_LINKED) > known)
        known = record_time(record, FOB_TIME_LINKED);
    return (int)status_now(record_status(record), expires, known);
}

/* The texts are borrowed. */
static struct validation_result persist_result_of(const struct sweep *sweep,
                                                  const struct sweep_result *result)
{
    return (struct validation_result){
        .generation = record_generation(result->stored),
        .code = result->code,
        .reject_at_once = (sweep->plan.flags & FOB_NOW) != 0,
        .why = result->reason != NULL ? result->reason : "",
        .remote_id = result->remote_id,
        .remote_name = result->remote_name,
    };
}

/* Apply a result to the account's record, and note its new status in the result. */
static int persist_put(struct record *record, int code, void *data)
{
    struct sweep_result *result = data;
    const struct sweep *sweep = result->sweep;
    const struct validation_result validation = persist_result_of(sweep, result);

    result->gone = code == FOB_NOT_FOUND;
    if (record == NULL)
        return result_fail(result, code);
    result->was = persist_known_status(sweep, record);
    code = validate_apply_result(record, &validation);
    result->status = persist_status_of(record);
    if (code == FOB_SUCCESS)
        change_record(sweep->context, record, result->was);
    result->unreported = record_unreported(record);
    if (code != FOB_CHANGED)
        return code;
    result->was = result->status;
    return result_fail(result, code) == FOB_SUCCESS ? FOB_IGNORE : FOB_NOMEM;
}

/* Whether a result changes nothing but the time of validation. */
static bool persist_is_unchanged(const struct sweep *sweep, struct sweep_result *result)
{
    const struct validation_result validation = persist_result_of(sweep, result);
    struct record *record = result->stored;

    if (!validate_is_unchanged(record, &validation))
        return false;
    result->was = persist_known_status(sweep, record);
    result->status = persist_status_of(record);
    return result->was == result->status || sweep->context->settings->on_change == NULL;
}

/* Make the store's edits from RESULTS; returns their number. */
static size_t persist_collect(const struct sweep *sweep, struct sweep_result *results,
                              struct store_edit *edits)
{
    size_t count = 0;

    for (struct sweep_result *at = results; at != NULL; at = at->next) {
        if (!at->verdict)
            continue;
        at->sweep = sweep;
        edits[count++] = (struct store_edit){
            .name = at->entry->account,
            .seen = at->stored,
            .validated = persist_is_unchanged(sweep, at) ? at->asked : 0,
            .data = at,
        };
    }
    return count;
}

/* If one verdict cannot be stored, none is: each reports so. */
static int persist_fail_all(struct sweep_result *results, int code)
{
    for (struct sweep_result *at = results; at != NULL; at = at->next) {
        if (at->verdict && result_fail(at, code) != FOB_SUCCESS)
            return FOB_NOMEM;
        at->status = at->was;
    }
    return code;
}

static int persist_store_all(const struct sweep *sweep, struct sweep_result *results, size_t count)
{
    struct store_edit *edits = calloc(count, sizeof *edits);
    size_t verdicts = edits != NULL ? persist_collect(sweep, results, edits) : 0;
    int code = edits != NULL ? FOB_SUCCESS : error_nomem();

    if (verdicts > 0)
        code = store_update_many(sweep->store, edits, verdicts, persist_put);
    free(edits);
    return code == FOB_SUCCESS ? code : persist_fail_all(results, code);
}

static int persist_log_all(const struct sweep *sweep, const struct sweep_result *results,
                           size_t count)
{
    struct audit_event *events = calloc(count, sizeof *events);
    size_t used = 0;
    int code;

    if (events == NULL)
        return error_nomem();
    for (const struct sweep_result *at = results; at != NULL; at = at->next) {
        /* An account that could not be read was not validated. */
        if (at->was >= 0 && !at->gone)
            events[used++] =
                (struct audit_event){ .name = "validate",
                                      .account = at->entry->account,
                                      .provider = at->provider,
                                      .code = at->code,
                                      .detail = at->code == FOB_DENIED ? at->reason : NULL };
    }
    code = used > 0 ? audit_events(sweep->context, events, used) : FOB_SUCCESS;
    free(events);
    return code;
}

/* The reason, without the account's name at its beginning. */
static const char *persist_reason(const struct sweep_result *result)
{
    const char *why = result->reason != NULL ? result->reason : "";
    size_t size = strlen(result->entry->account);

    if (strncmp(why, result->entry->account, size) == 0 && strncmp(why + size, ": ", 2) == 0)
        return why + size + 2;
    return why;
}

static void persist_report(struct sweep *sweep, const struct sweep_result *result)
{
    struct fob_sweep_result public = {
        .size = sizeof public,
        .account = result->entry->account,
        .provider = result->provider,
        .code = result->code,
        .was = result->was,
        .status = result->status,
        .reason = result->code != FOB_SUCCESS ? persist_reason(result) : "",
        .hint = result->code != FOB_SUCCESS && result->hint != NULL ? result->hint : "",
    };

    /* The user did not name the account. */
    if (result->gone && sweep->plan.accounts == NULL)
        return;
    /* The provider may accept an account that fob no longer lends. */
    if (public.code == FOB_SUCCESS && public.status == FOB_STATUS_EXPIRED) {
        public.code = FOB_EXPIRED;
        public.reason = "the provider accepts it, but its date has passed";
        public.hint = "\"fob edit\" gives it another with --expires";
    }
    if (sweep->plan.tell != NULL)
        sweep->plan.tell(&public, sweep->plan.data);
    sweep_queue_leave_child(&sweep->queue);
}

void persist_report_change(struct sweep *sweep, struct change *change)
{
    change->left = &sweep->change_ms;
    change->on_poll = sweep->poll;
    change->data = sweep;
    change_report(sweep->context, sweep->store, change);
}

/* Report a change, which is durable now, to on_change. */
static void persist_announce(struct sweep *sweep, const struct sweep_result *result)
{
    struct change change = {
        .account = result->entry->account,
        .provider = result->provider,
        .from = (enum fob_status)result->unreported,
        .to = (enum fob_status)result->status,
        .reason = result->code != FOB_SUCCESS ? persist_reason(result) : "",
    };

    if (result->verdict && status_is_verdict(result->code) && result->unreported >= 0 &&
        result->status != FOB_STATUS_SUSPENDED)
        persist_report_change(sweep, &change);
}

int persist_results(struct sweep *sweep, struct sweep_result *results, size_t count)
{
    int code = persist_store_all(sweep, results, count);
    int logged = persist_log_all(sweep, results, count);

    while (results != NULL) {
        struct sweep_result *next = results->next;

        sweep->asked += results->asked != 0;
        sweep->changed += results->was != results->status;
        persist_report(sweep, results);
        persist_announce(sweep, results);
        result_free(results);
        results = next;
    }
    return code != FOB_SUCCESS ? code : logged;
}
