/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Ends invitations that are over, erases those that ended long ago, and shows the others. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "util/error.h"
#include "util/names.h"

#include <time.h>

/* Whether the time of an invitation is over, and nothing that was sent waits. */
static bool clean_is_over(const struct record *record, int64_t now)
{
    const enum fob_invitation_state state = invitation_state(record);

    return !invitation_is_end(state) && state != FOB_INVITATION_RECEIVED &&
           state != FOB_INVITATION_CHECKING &&
           now > invitation_number(record, INVITATION_EXPIRES) + INVITATION_GRACE_S;
}

/* The application hears of an end that came by itself, too. */
static void clean_tell(const struct inbox *inbox, const struct record *record)
{
    const struct fob_inbox_result result = {
        .size = sizeof result,
        .id = invitation_id(record),
        .account = invitation_text(record, INVITATION_ACCOUNT),
        .provider = record_text(record, FOB_TEXT_PROVIDER),
        .state = FOB_INVITATION_EXPIRED,
        .code = FOB_EXPIRED,
        .reason = "nothing was sent in time",
        .hint = "",
    };

    if (inbox->plan.tell != NULL)
        inbox->plan.tell(&result, inbox->plan.data);
}

static int clean_expire(struct inbox *inbox, struct record *record)
{
    int code = invite_end(inbox->context, &inbox->spool, record, FOB_INVITATION_EXPIRED, NULL);

    if (code != FOB_SUCCESS)
        return code;
    invite_report(inbox->context, record);
    clean_tell(inbox, record);
    return FOB_SUCCESS;
}

/* Show an invitation again whose card is gone. */
static int clean_restore(struct inbox *inbox, const struct record *record)
{
    struct fob_provider *provider = NULL;
    int code;

    if (spool_file_exists(&inbox->spool.files, SPOOL_CARDS, invitation_id(record), NULL))
        return FOB_SUCCESS;
    code =
        provider_read(inbox->context->settings, record_text(record, FOB_TEXT_PROVIDER), &provider);
    if (code == FOB_SUCCESS)
        code = provider_usable(provider);
    if (code == FOB_SUCCESS)
        code = invitation_spool_card(&inbox->spool, record, provider, "");
    provider_free(provider);
    if (code == FOB_NOT_FOUND || code == FOB_CONFIG) {
        context_log(inbox->context, FOB_LOG_WARNING, "inbox", "invitation %s cannot be shown: %s",
                    invitation_id(record), fob_error());
        return FOB_SUCCESS;
    }
    return code;
}

static int clean_one(struct inbox *inbox, struct record *record, int64_t now)
{
    const char *id = invitation_id(record);
    const int64_t age = now - invitation_number(record, INVITATION_SINCE);
    int code = FOB_SUCCESS;

    if (clean_is_over(record, now))
        code = clean_expire(inbox, record);
    if (code == FOB_CHANGED)
        return FOB_SUCCESS;
    if (!invitation_is_end(invitation_state(record)))
        return code == FOB_SUCCESS ? clean_restore(inbox, record) : code;
    if (code == FOB_SUCCESS && age > INVITATION_PAGE_S &&
        spool_file_exists(&inbox->spool.files, SPOOL_CARDS, id, NULL))
        code = invitation_spool_remove(&inbox->spool, id);
    if (code == FOB_SUCCESS && age > INVITATION_KEPT_S)
        code = store_erase(inbox->store, record_name(record), record_generation(record));
    return code;
}

int inbox_clean(struct inbox *inbox)
{
    const int64_t now = time(NULL);
    char **ids = NULL;
    size_t count = 0;
    int code = store_names_of(inbox->store, INVITATION_KIND, &ids, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct record *record = NULL;

        code = invite_read(inbox->store, ids[i], &record);
        if (code == FOB_SUCCESS && inbox_job_lock(inbox, ids[i])) {
            code = clean_one(inbox, record, now);
            inbox_job_unlock(inbox, ids[i]);
        } else if (code == FOB_NOT_FOUND) {
            code = FOB_SUCCESS;
        }
        code = inbox_job_go_on(inbox, ids[i], code);
        record_free(record);
    }
    names_free(ids, count);
    return code;
}
