/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Ends invitations, and makes new links for those that ended. */
#include "config.h"

#include "core/invitation/invite.h"

#include "core/account/change.h"
#include "core/log/audit.h"
#include "util/array.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int invite_read(struct store *store, const char *id, struct record **record)
{
    char name[INVITATION_NAME_ROOM];
    int code = invitation_name(id, name);

    if (code == FOB_SUCCESS)
        code = store_read_any(store, name, record);
    if (code != FOB_NOT_FOUND && code != FOB_INVALID)
        return code;
    error_set(code, "%s: no such invitation", id);
    error_hint("\"fob invitations\" shows them");
    return code;
}

char *invite_title(struct fob_context *context, const struct record *record)
{
    const char *name = record_text(record, FOB_TEXT_PROVIDER);
    struct fob_provider *provider = NULL;
    struct saved_error saved;
    char *title;

    error_save(&saved);
    if (provider_read(context->settings, name, &provider) == FOB_SUCCESS &&
        provider->texts[FOB_PROVIDER_TITLE] != NULL)
        name = provider->texts[FOB_PROVIDER_TITLE];
    title = strdup(name);
    provider_free(provider);
    error_restore(&saved, FOB_SUCCESS);
    return title;
}

void invite_report(struct fob_context *context, const struct record *record)
{
    const struct change change = {
        .account = invitation_text(record, INVITATION_ACCOUNT),
        .provider = record_text(record, FOB_TEXT_PROVIDER),
        .reason = invitation_text(record, INVITATION_REASON),
        .invitation = invitation_id(record),
    };

    change_report_invitation(context, &change,
                             fob_invitation_state_name((int)invitation_state(record)));
}

struct invite_ending {
    enum fob_invitation_state state;
    const char *reason;
};

static int invite_end_record(struct record *record, void *data)
{
    struct invite_ending *ending = data;
    int code;

    if (invitation_is_end(invitation_state(record)))
        return error_set(FOB_CHANGED, "the invitation has ended: it is %s",
                         fob_invitation_state_name((int)invitation_state(record)));
    code = invitation_end(record, ending->state, time(NULL), ending->reason);
    return code;
}

static void invite_note_end(struct fob_context *context, const struct record *record, int code)
{
    struct strbuf detail = STRBUF_INIT;
    struct audit_event event = {
        .name = "invitation",
        .account = invitation_text(record, INVITATION_ACCOUNT),
        .provider = record_text(record, FOB_TEXT_PROVIDER),
        .code = code,
    };

    strbuf_printf(&detail, "invitation %s: %s", invitation_id(record),
                  fob_invitation_state_name((int)invitation_state(record)));
    event.detail = detail.data;
    audit_note_event(context, &event);
    strbuf_free(&detail);
}

int invite_end(struct fob_context *context, const struct invitation_spool *spool,
               struct record *record, enum fob_invitation_state state, const char *reason)
{
    struct invite_ending ending = { state, reason };
    struct record *ended = NULL;
    struct store *store;
    char *title;
    int code = context_store(context, &store);

    if (code == FOB_SUCCESS)
        code = store_update(store, record_name(record), invite_end_record, &ending, &ended);
    if (code == FOB_SUCCESS)
        code = record_assign(record, ended);
    record_free(ended);
    if (code != FOB_SUCCESS)
        return code;
    invite_note_end(context, record, FOB_SUCCESS);
    title = invite_title(context, record);
    code = title != NULL ? invitation_spool_end(spool, record, title, NULL) : error_nomem();
    free(title);
    return code;
}

static int invite_cancel(struct fob_context *context, struct store *store, const char *id)
{
    struct invitation_spool spool;
    struct record *record = NULL;
    int code = invitation_spool_open(context, &spool);

    if (code != FOB_SUCCESS)
        return code;
    code = invite_read(store, id, &record);
    if (code == FOB_SUCCESS)
        code = audit_ready(context);
    if (code == FOB_SUCCESS)
        code = invite_end(context, &spool, record, FOB_INVITATION_CANCELLED, NULL);
    if (code == FOB_CHANGED)
        code = error_set(FOB_EXISTS, "%s: the invitation has ended: it is %s", id,
                         fob_invitation_state_name((int)invitation_state(record)));
    record_free(record);
    invitation_spool_close(&spool);
    return code;
}

int fob_cancel_invitation(struct fob_context *context, const char *id)
{
    struct store *store;
    int code;

    NEED(context);
    NEED(id);
    code = context_store(context, &store);
    return code == FOB_SUCCESS ? invite_cancel(context, store, id) : code;
}
