/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a sweep has learnt: into the records, into the log, and to whoever asked. */
#include "config.h"

#include "core/sweep.h"

#include "core/audit.h"
#include "core/status.h"
#include "core/validate.h"
#include "store/confirmed.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct keeping {
    const struct sweep *sweep;
    struct finding *finding;
};

static int status_of(const struct record *record)
{
    return (int)status_now(record_status(record), record_time(record, FOB_TIME_EXPIRES),
                           time(NULL));
}

/* The status that was known when the provider was asked last: a date that has passed since then is
 * news. */
static int known_status_of(const struct sweep *sweep, struct record *record)
{
    const int64_t expires = record_time(record, FOB_TIME_EXPIRES);
    int64_t known;

    /* Without it the record's own time must do. */
    if (expires != 0)
        (void)confirmed_apply(sweep->confirmed, record);
    known = record_time(record, FOB_TIME_VALIDATED);
    if (record_time(record, FOB_TIME_LINKED) > known)
        known = record_time(record, FOB_TIME_LINKED);
    return (int)status_now(record_status(record), expires, known);
}

/* Put what was learnt on the record, and see what that makes of it. */
static int change(struct record *record, int code, void *data)
{
    const struct keeping *keeping = data;
    struct finding *finding = keeping->finding;
    const struct learnt learnt = {
        .generation = record_generation(finding->stored),
        .code = finding->code,
        .one_no = (keeping->sweep->plan->flags & FOB_NOW) != 0,
        .why = finding->reason != NULL ? finding->reason : "",
        .remote_id = finding->remote_id,
        .remote_name = finding->remote_name,
    };

    finding->gone = code == FOB_NOT_FOUND;
    if (record == NULL)
        return finding_fail(finding, code);
    finding->was = known_status_of(keeping->sweep, record);
    code = validate_put(record, &learnt);
    finding->status = status_of(record);
    if (code == FOB_SUCCESS)
        change_note(keeping->sweep->context, record, finding->was);
    finding->untold = record_untold(record);
    if (code != FOB_CHANGED)
        return code;
    finding->was = finding->status;
    return finding_fail(finding, code) == FOB_SUCCESS ? FOB_IGNORE : FOB_NOMEM;
}

/* Whether a success says nothing new about the account but that it is good still. */
static bool confirms(const struct sweep *sweep, struct finding *finding)
{
    struct record *record = finding->stored;

    if (finding->code != FOB_SUCCESS || record_status(record) != FOB_STATUS_ACTIVE ||
        record_time(record, FOB_TIME_REFUSED) != 0 || record_untold(record) >= 0 ||
        record_text(record, FOB_TEXT_LAST_ERROR)[0] != '\0' ||
        strcmp(record_text(record, FOB_TEXT_REMOTE_ID), finding->remote_id) != 0 ||
        strcmp(record_text(record, FOB_TEXT_REMOTE_NAME), finding->remote_name) != 0)
        return false;
    finding->was = known_status_of(sweep, record);
    finding->status = status_of(record);
    return finding->was == finding->status || sweep->context->settings->on_change == NULL;
}

static size_t collect(const struct sweep *sweep, struct finding *findings, struct keeping *keepings,
                      struct store_edit *edits)
{
    size_t count = 0;

    for (struct finding *at = findings; at != NULL; at = at->next) {
        const bool only_confirms = at->verdict && confirms(sweep, at);

        if (!at->verdict)
            continue;
        keepings[count] = (struct keeping){ sweep, at };
        edits[count] = (struct store_edit){
            .name = at->account,
            .seen = at->stored,
            .confirmed = only_confirms ? at->asked : 0,
            .data = &keepings[count],
        };
        count++;
    }
    return count;
}

/* Whatever keeps one from being kept keeps all: they are told so. */
static int fail_all(struct finding *findings, int code)
{
    for (struct finding *at = findings; at != NULL; at = at->next) {
        if (at->verdict && finding_fail(at, code) != FOB_SUCCESS)
            return FOB_NOMEM;
        at->status = at->was;
    }
    return code;
}

static int keep_records(const struct sweep *sweep, struct finding *findings, size_t count)
{
    struct keeping *keepings = calloc(count, sizeof *keepings);
    struct store_edit *edits = calloc(count, sizeof *edits);
    int code = keepings != NULL && edits != NULL ? FOB_SUCCESS : error_nomem();

    if (code == FOB_SUCCESS) {
        size_t verdicts = collect(sweep, findings, keepings, edits);

        if (verdicts > 0)
            code = store_update_many(sweep->store, edits, verdicts, change);
    }
    if (code != FOB_SUCCESS)
        code = fail_all(findings, code);
    free(keepings);
    free(edits);
    return code;
}

static int log_all(const struct sweep *sweep, const struct finding *findings, size_t count)
{
    struct audit_event *events = calloc(count, sizeof *events);
    size_t used = 0;
    int code;

    if (events == NULL)
        return error_nomem();
    for (const struct finding *at = findings; at != NULL; at = at->next) {
        /* What could not even be read is no validation. */
        if (at->was >= 0 && !at->gone)
            events[used++] = (struct audit_event){ .name = "validate",
                                                   .account = at->account,
                                                   .provider = at->provider,
                                                   .code = at->code };
    }
    code = used > 0 ? audit_events(sweep->context, events, used) : FOB_SUCCESS;
    free(events);
    return code;
}

/* WHY without the account's name, which it may begin with. */
static const char *without_name(const struct finding *finding)
{
    const char *why = finding->reason != NULL ? finding->reason : "";
    size_t size = strlen(finding->account);

    if (strncmp(why, finding->account, size) == 0 && strncmp(why + size, ": ", 2) == 0)
        return why + size + 2;
    return why;
}

static void tell(struct sweep *sweep, const struct finding *finding)
{
    struct fob_sweep_result result = {
        .account = finding->account,
        .provider = finding->provider,
        .code = finding->code,
        .was = finding->was,
        .status = finding->status,
        .reason = finding->code != FOB_SUCCESS ? without_name(finding) : "",
        .hint = finding->code != FOB_SUCCESS && finding->hint != NULL ? finding->hint : "",
    };

    /* Nobody asked for it by its name. */
    if (finding->gone && sweep->plan->accounts == NULL)
        return;
    /* The provider may accept what is no longer lent. */
    if (result.code == FOB_SUCCESS && result.status == FOB_STATUS_EXPIRED) {
        result.code = FOB_EXPIRED;
        result.reason = "the provider accepts it, but its date has passed";
        result.hint = "\"fob edit\" gives it another with --expires";
    }
    if (sweep->plan->tell != NULL)
        sweep->plan->tell(&result, sweep->plan->data);
    sweep_leave_child(sweep);
}

void sweep_tell_change(struct sweep *sweep, struct change *change)
{
    change->left = &sweep->change_ms;
    change->look = sweep_look;
    change->data = sweep;
    change_tell(sweep->context, sweep->store, change);
}

/* Of what is durable. */
static void tell_change(struct sweep *sweep, const struct finding *finding)
{
    struct change change = {
        .account = finding->account,
        .provider = finding->provider,
        .from = (enum fob_status)finding->untold,
        .to = (enum fob_status)finding->status,
        .reason = finding->code != FOB_SUCCESS ? without_name(finding) : "",
    };

    if (finding->verdict && status_is_verdict(finding->code) && finding->untold >= 0 &&
        finding->status != FOB_STATUS_SUSPENDED)
        sweep_tell_change(sweep, &change);
}

int sweep_keep(struct sweep *sweep, struct finding *findings, size_t count)
{
    int code = keep_records(sweep, findings, count);
    int logged = log_all(sweep, findings, count);

    while (findings != NULL) {
        struct finding *next = findings->next;

        sweep->asked += findings->asked != 0;
        sweep->changed += findings->was != findings->status;
        tell(sweep, findings);
        tell_change(sweep, findings);
        finding_free(findings);
        findings = next;
    }
    return code != FOB_SUCCESS ? code : logged;
}
