/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Invites once more: a new link in place of an old one. */
#include "config.h"

#include "core/invitation/invite.h"

#include "core/log/audit.h"
#include "util/array.h"
#include "util/error.h"

#include <time.h>

/* Copy the settings of OLD, but nothing that belongs to its link. */
static int again_copy(const struct record *old, struct record *record)
{
    static const enum invitation_text texts[] = {
        INVITATION_ACCOUNT, INVITATION_TO,     INVITATION_FROM,   INVITATION_LABEL,
        INVITATION_NOTE,    INVITATION_RETURN, INVITATION_EXPECT,
    };
    static const enum invitation_number numbers[] = { INVITATION_FLAGS, INVITATION_RELINK };
    int code = FOB_SUCCESS;

    for (int i = FOB_TEXT_PROVIDER; i < FOB_TEXT_COUNT && code == FOB_SUCCESS; i++)
        code = record_set_text(record, (enum fob_text)i, record_text(old, (enum fob_text)i));
    record_set_time(record, FOB_TIME_EXPIRES, record_time(old, FOB_TIME_EXPIRES));
    for (size_t i = 0; i < ARRAY_SIZE(texts) && code == FOB_SUCCESS; i++)
        code = invitation_set_text(record, texts[i], invitation_text(old, texts[i]));
    for (size_t i = 0; i < ARRAY_SIZE(numbers) && code == FOB_SUCCESS; i++)
        code = invitation_set_number(record, numbers[i], invitation_number(old, numbers[i]));
    if (code == FOB_SUCCESS)
        code = invite_set_numbers(record, time(NULL), invitation_number(old, INVITATION_VALID),
                                  invitation_number(old, INVITATION_ALLOWED));
    return code;
}

/* The secrets among the fields that were given went when OLD ended. */
static int again_copy_presets(const struct record *old, struct record *record)
{
    struct record_field field;
    int code = FOB_SUCCESS;

    for (size_t i = 0; invitation_preset(old, i, &field) && code == FOB_SUCCESS; i++) {
        if (!field.secret || field.size > 0) {
            code = invitation_set_preset(record, &field);
            continue;
        }
        code = error_set(FOB_INVALID, "%s: the value of %s was erased when the invitation ended",
                         invitation_id(old), field.name);
        error_hint("invite the person again, and give %s", field.name);
    }
    return code;
}

static int again_check(struct store *store, const struct record *old)
{
    const char *account = invitation_text(old, INVITATION_ACCOUNT);
    const bool exists = store_exists(store, account) == FOB_SUCCESS;
    const bool relink = invitation_number(old, INVITATION_RELINK) != 0;

    if (invitation_state(old) == FOB_INVITATION_DONE)
        return error_set(FOB_EXISTS, "%s: the invitation is done", invitation_id(old));
    if (exists && !relink)
        return error_set(FOB_EXISTS, "%s: there is an account of that name already", account);
    return exists || !relink ? FOB_SUCCESS
                             : error_set(FOB_NOT_FOUND, "%s: no such account", account);
}

static int again_publish(struct fob_context *context, struct store *store,
                         const struct invitation_spool *spool, struct record *old,
                         struct record *record)
{
    struct fob_provider *provider = NULL;
    int code = provider_read(context->settings, record_text(old, FOB_TEXT_PROVIDER), &provider);

    if (code == FOB_SUCCESS)
        code = provider_usable(provider);
    if (code == FOB_SUCCESS)
        code = invite_publish(store, spool, provider, record);
    provider_free(provider);
    if (code == FOB_SUCCESS && !invitation_is_end(invitation_state(old)))
        code = invite_end(context, spool, old, FOB_INVITATION_CANCELLED, "replaced by a new link");
    return code;
}

static int again_run(struct fob_context *context, struct store *store,
                     const struct invitation_spool *spool, const char *id, struct invite *invite)
{
    struct audit_event event = { .name = "invite" };
    struct record *old = NULL;
    int code = invite_read(store, id, &old);

    if (code == FOB_SUCCESS)
        code = again_check(store, old);
    if (code == FOB_SUCCESS)
        code = invite_begin(context, invitation_number(old, INVITATION_ASKS_PIN) != 0, invite);
    if (code == FOB_SUCCESS)
        code = again_copy(old, invite->record);
    if (code == FOB_SUCCESS)
        code = again_copy_presets(old, invite->record);
    if (code == FOB_SUCCESS)
        code = invitation_copy(invite->record, &invite->copy);
    if (code == FOB_SUCCESS) {
        /* OLD changes when it ends. */
        event.account = invitation_text(invite->record, INVITATION_ACCOUNT);
        event.provider = record_text(invite->record, FOB_TEXT_PROVIDER);
        code = audit_begin_event(context, &event);
    }
    if (code == FOB_SUCCESS) {
        code = again_publish(context, store, spool, old, invite->record);
        event.code = code;
        event.detail = "again";
        audit_note_event(context, &event);
    }
    record_free(old);
    return code;
}

int fob_invite_again(struct fob_context *context, const char *id, struct fob_secret **link,
                     struct fob_secret **pin, struct fob_invitation **invitation)
{
    struct invite invite = { .record = NULL };
    struct invitation_spool spool;
    struct store *store;
    int code;

    NEED(context);
    NEED(id);
    NEED(link);
    NEED(pin);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = invitation_spool_open(context, &spool);
    if (code != FOB_SUCCESS)
        return code;
    code = again_run(context, store, &spool, id, &invite);
    if (code == FOB_SUCCESS)
        invite_give(&invite, link, pin, invitation);
    invite_clear(&invite);
    invitation_spool_close(&spool);
    return code;
}
