/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Applies a provider's verdict to an account's status. */
#include "config.h"

#include "core/session/status.h"

#include "util/error.h"

#include <string.h>

static const char *const names[FOB_STATUS_COUNT] = {
    "active", "unchecked", "degraded", "rejected", "expired", "suspended", "mismatched",
};

const char *fob_status_name(int status)
{
    return status >= 0 && status < FOB_STATUS_COUNT ? names[status] : "unknown";
}

int fob_status_from_name(const char *name, enum fob_status *status)
{
    NEED(name);
    NEED(status);
    for (int i = 0; i < FOB_STATUS_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *status = (enum fob_status)i;
            return FOB_SUCCESS;
        }
    }
    return FOB_NOT_FOUND;
}

bool status_is_verdict(int code)
{
    return code == FOB_SUCCESS || code == FOB_REJECTED || code == FOB_DENIED ||
           code == FOB_EXPIRED || code == FOB_MISMATCHED;
}

enum fob_status status_now(enum fob_status stored, int64_t expires, int64_t now)
{
    const bool outranks = stored == FOB_STATUS_SUSPENDED || stored == FOB_STATUS_REJECTED ||
                          stored == FOB_STATUS_MISMATCHED;

    return expires != 0 && now >= expires && !outranks ? FOB_STATUS_EXPIRED : stored;
}

/* A suspended account stays suspended; its new status is kept until it is resumed. */
static void status_set(struct record *record, enum fob_status status)
{
    if (record_status(record) == FOB_STATUS_SUSPENDED)
        record_set_resume_status(record, status);
    else
        record_set_status(record, status);
}

void status_suspend(struct record *record)
{
    if (record_status(record) == FOB_STATUS_SUSPENDED)
        return;
    record_set_resume_status(record, record_status(record));
    record_set_status(record, FOB_STATUS_SUSPENDED);
}

enum fob_status status_underlying(const struct record *record)
{
    return record_status(record) == FOB_STATUS_SUSPENDED ? record_resume_status(record)
                                                         : record_status(record);
}

/* The provider rejected the credential.  An account that was good needs a second "no". */
static void status_apply_rejection(struct record *record, int64_t now, bool reject_at_once)
{
    enum fob_status status = status_underlying(record);
    int64_t first = record_time(record, FOB_TIME_REFUSED);
    bool was_good = status == FOB_STATUS_ACTIVE || status == FOB_STATUS_DEGRADED;

    /* A clock that was set back must not delay the second "no" for ever. */
    if (first == 0 || first > now) {
        first = now;
        record_set_time(record, FOB_TIME_REFUSED, now);
    }
    if (reject_at_once || !was_good || now - first >= STATUS_SECOND_NO_S)
        status_set(record, FOB_STATUS_REJECTED);
}

static void status_apply_acceptance(struct record *record, int64_t now, enum fob_status status)
{
    record_set_time(record, FOB_TIME_REFUSED, 0);
    record_set_time(record, FOB_TIME_VALIDATED, now);
    status_set(record, status);
}

/* The credential is accepted, but the answer does not identify its owner: an account that was
 * mismatched stays so. */
static void status_apply_lack_of_right(struct record *record, int64_t now)
{
    if (status_underlying(record) == FOB_STATUS_MISMATCHED)
        record_set_time(record, FOB_TIME_REFUSED, 0);
    else
        status_apply_acceptance(record, now, FOB_STATUS_DEGRADED);
}

int status_apply(struct record *record, int code, int64_t now, bool reject_at_once, const char *why)
{
    switch (code) {
    case FOB_SUCCESS:
        status_apply_acceptance(record, now, FOB_STATUS_ACTIVE);
        why = "";
        break;
    case FOB_DENIED:
        status_apply_lack_of_right(record, now);
        break;
    case FOB_MISMATCHED:
        record_set_time(record, FOB_TIME_REFUSED, 0);
        status_set(record, FOB_STATUS_MISMATCHED);
        break;
    case FOB_REJECTED:
        status_apply_rejection(record, now, reject_at_once);
        break;
    case FOB_EXPIRED:
        status_set(record, FOB_STATUS_EXPIRED);
        break;
    default:
        return error_set(FOB_INVALID, "%s is not a verdict on a credential", fob_code_name(code));
    }
    return record_set_text(record, FOB_TEXT_LAST_ERROR, why);
}
