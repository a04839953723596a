/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Invites a person: the record, the card on the page, the link. */
#include "config.h"

#include "core/invitation/invite.h"

#include "core/log/audit.h"
#include "core/session/handle.h"
#include "util/address.h"
#include "util/array.h"
#include "util/error.h"
#include "util/names.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define VALID_MIN_S 300
#define VALID_MAX_S (30 * 24 * 3600)
#define VALID_DEFAULT_S (7 * 24 * 3600)
#define ATTEMPTS_MAX 100
#define ATTEMPTS_DEFAULT 5
#define TEXT_MAX 200
#define NOTE_MAX 4000
#define RETURN_MAX 2000
/* The record needs the rest of its fields for itself. */
#define PRESETS_MAX 16

static int invite_check_text(const char *what, const char *text, size_t max, bool lines)
{
    const size_t size = text != NULL ? strlen(text) : 0;

    if (size > max || (size > 0 && !text_is_utf8(text, size)))
        return error_set(FOB_INVALID, "%s: must be text of at most %zu bytes", what, max);
    for (size_t at = 0; at < size;) {
        uint32_t character = 0;

        at += text_character(text + at, size - at, &character);
        if (text_is_unprintable(character) && !(lines && character == '\n'))
            return error_set(FOB_INVALID, "%s: must not have control characters", what);
    }
    return FOB_SUCCESS;
}

static int invite_check_return(const char *url)
{
    const char *fault = NULL;

    if (url == NULL || url[0] == '\0')
        return FOB_SUCCESS;
    if (strlen(url) > RETURN_MAX)
        fault = "is too long";
    else if (strncmp(url, "https://", 8) != 0)
        fault = "must begin with https://";
    else
        fault = address_fault(url, 0);
    return fault == NULL ? FOB_SUCCESS
                         : error_set(FOB_INVALID, "the address to return to: %s", fault);
}

static int invite_check(const struct fob_handle *handle, const struct fob_invite *how)
{
    const struct {
        const char *what;
        const char *text;
        size_t max;
        bool lines;
    } texts[] = {
        { "the name of the person", how->to, TEXT_MAX, false },
        { "who invites", how->from, TEXT_MAX, false },
        { "the label", how->label, TEXT_MAX, false },
        { "the note", how->note, NOTE_MAX, true },
    };
    int code = invite_check_return(how->return_url);

    for (size_t i = 0; i < ARRAY_SIZE(texts) && code == FOB_SUCCESS; i++)
        code = invite_check_text(texts[i].what, texts[i].text, texts[i].max, texts[i].lines);
    if (code != FOB_SUCCESS)
        return code;
    if (how->valid != 0 && (how->valid < VALID_MIN_S || how->valid > VALID_MAX_S))
        return error_set(FOB_INVALID, "an invitation is valid for 5 minutes to 30 days");
    if (how->attempts > ATTEMPTS_MAX)
        return error_set(FOB_INVALID, "an invitation takes at most %d attempts", ATTEMPTS_MAX);
    if ((how->flags & FOB_NEW_IDENTITY) != 0 && handle->stored == NULL)
        return error_set(FOB_INVALID, "%s: only an account that exists has an identity",
                         handle->account);
    return error_flags("fob_invite", how->flags, FOB_HOLD | FOB_NEW_IDENTITY);
}

/* Refuse a provider with a host that a stranger could choose: fob would connect there. */
static int invite_check_hosts(const struct fob_handle *handle)
{
    const struct fob_provider *provider = handle->provider;

    for (size_t i = 0; i < provider->field_count; i++) {
        const struct provider_field *field = &provider->fields[i];
        struct record_field given;

        if (!provider_field_is_host(provider, field) || field->type == PROVIDER_LABEL ||
            field->pattern != NULL || field->choices != NULL)
            continue;
        if (handle->input != NULL &&
            record_find_field(handle->input, field->public.name, &given) == FOB_SUCCESS)
            continue;
        error_set(FOB_CONFIG, "%s: the invited person could choose the host that fob connects to",
                  field->public.name);
        error_hint("give it: --field %s=HOST", field->public.name);
        return FOB_CONFIG;
    }
    return FOB_SUCCESS;
}

/* Refuse a sign-in that does not come back to the hub, or whose app is not registered. */
static int invite_check_sign_in(struct fob_handle *handle)
{
    const struct yaml_node *oauth = yaml_get(handle->provider->options, "oauth");
    const struct yaml_node *redirect = yaml_get(oauth, "redirect");
    char *callback = NULL;
    int code = handle_callback(handle->context, handle->provider_name, &callback);

    if (code == FOB_SUCCESS && redirect != NULL && redirect->kind == YAML_TEXT &&
        strcmp(redirect->text, "https") != 0 && strcmp(redirect->text, callback) != 0) {
        code = error_set(FOB_CONFIG, "%s: its sign-in does not come back to %s",
                         handle->provider_name, callback);
        error_hint("\"fob link %s --browser auto\" signs in on this machine",
                   handle->provider_name);
    }
    free(callback);
    return code == FOB_SUCCESS ? handle_read_app(handle) : code;
}

/* Refuse a second invitation to the same account. */
static int invite_check_others(const struct fob_handle *handle, struct store *store)
{
    char **ids = NULL;
    size_t count = 0;
    int code = store_names_of(store, INVITATION_KIND, &ids, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct record *record = NULL;

        code = invite_read(store, ids[i], &record);
        if (code == FOB_SUCCESS && !invitation_is_end(invitation_state(record)) &&
            handle_time(handle) < invitation_number(record, INVITATION_EXPIRES) &&
            strcmp(invitation_text(record, INVITATION_ACCOUNT), handle->account) == 0) {
            code = error_set(FOB_EXISTS, "%s: somebody is invited already: invitation %s",
                             handle->account, ids[i]);
            error_hint("\"fob invite --again %.8s\" makes a new link", ids[i]);
        } else if (code == FOB_NOT_FOUND || code == FOB_CORRUPT) {
            code = FOB_SUCCESS;
        }
        record_free(record);
    }
    names_free(ids, count);
    return code;
}

static int invite_set_texts(const struct fob_handle *handle, const struct fob_invite *how,
                            struct record *record)
{
    const struct settings_hub *hub = &handle->context->settings->hub;
    const char *from = hub->name[0] != '\0' ? hub->name : strstr(hub->url, "://") + 3;
    const struct {
        enum invitation_text which;
        const char *text;
    } texts[] = {
        { INVITATION_ACCOUNT, handle->account },
        { INVITATION_TO, how->to },
        { INVITATION_FROM, how->from != NULL ? how->from : from },
        { INVITATION_LABEL, how->label },
        { INVITATION_NOTE, how->note },
        { INVITATION_RETURN, how->return_url },
        { INVITATION_EXPECT, handle->items[FOB_ITEM_EXPECT] },
    };
    int code = record_set_text(record, FOB_TEXT_PROVIDER, handle->provider_name);

    for (size_t i = 0; i < ARRAY_SIZE(texts) && code == FOB_SUCCESS; i++)
        code = invitation_set_text(record, texts[i].which, texts[i].text);
    return code;
}

static int invite_set_presets(const struct fob_handle *handle, struct record *record)
{
    const size_t count = handle->input != NULL ? record_field_count(handle->input) : 0;
    int code = FOB_SUCCESS;

    if (count > PRESETS_MAX)
        return error_set(FOB_INVALID, "an invitation can have values for at most %d fields",
                         PRESETS_MAX);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(handle->input, i, &field);
        code = invitation_set_preset(record, &field);
    }
    return code;
}

static int invite_fill(const struct fob_handle *handle, const struct fob_invite *how,
                       struct record *record)
{
    int code = invite_set_texts(handle, how, record);

    if (code == FOB_SUCCESS)
        code = invitation_set_number(record, INVITATION_FLAGS, how->flags);
    if (code == FOB_SUCCESS)
        code = invitation_set_number(record, INVITATION_RELINK, handle->stored != NULL);
    if (code == FOB_SUCCESS)
        code = invite_set_numbers(record, handle_time(handle),
                                  how->valid != 0 ? how->valid : VALID_DEFAULT_S,
                                  how->attempts != 0 ? how->attempts : ATTEMPTS_DEFAULT);
    if (code == FOB_SUCCESS)
        code = handle_apply_items(handle, record);
    return code == FOB_SUCCESS ? invite_set_presets(handle, record) : code;
}

/* "invitation ID for Jane Doe" */
static int invite_note(struct fob_handle *handle, int code, const struct record *record)
{
    struct strbuf detail = STRBUF_INIT;
    const char *to = record != NULL ? invitation_text(record, INVITATION_TO) : "";

    if (record != NULL)
        strbuf_printf(&detail, "invitation %s%s%s", invitation_id(record),
                      to[0] != '\0' ? " for " : "", to);
    audit_note(handle, "invite", code, detail.data);
    strbuf_free(&detail);
    return code;
}

static int invite_run(struct fob_handle *handle, const struct fob_invite *how,
                      struct invite *invite)
{
    struct invitation_spool spool;
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code == FOB_SUCCESS)
        code = invitation_spool_open(handle->context, &spool);
    if (code != FOB_SUCCESS)
        return code;
    code = handle_provider(handle);
    if (code == FOB_SUCCESS)
        code = invite_check(handle, how);
    if (code == FOB_SUCCESS)
        code = invite_check_hosts(handle);
    if (code == FOB_SUCCESS)
        code = invite_check_sign_in(handle);
    if (code == FOB_SUCCESS)
        code = store_unlock(store);
    if (code == FOB_SUCCESS)
        code = invite_check_others(handle, store);
    if (code == FOB_SUCCESS)
        code = invite_begin(handle->context, how->pin, invite);
    if (code == FOB_SUCCESS)
        code = invite_fill(handle, how, invite->record);
    if (code == FOB_SUCCESS)
        code = invitation_copy(invite->record, &invite->copy);
    if (code == FOB_SUCCESS)
        code = audit_begin(handle, "invite");
    if (code == FOB_SUCCESS)
        code = invite_note(handle, invite_publish(store, &spool, handle->provider, invite->record),
                           invite->record);
    invitation_spool_close(&spool);
    return code;
}

int fob_invite(struct fob_handle *handle, const struct fob_invite *how, struct fob_secret **link,
               struct fob_secret **pin, struct fob_invitation **invitation)
{
    struct invite invite = { .record = NULL };
    struct fob_invite own;
    int code;

    NEED_HANDLE(handle);
    NEED_SIZED(&own, how);
    NEED(link);
    if (own.pin)
        NEED(pin);
    code = handle_begin_work(handle, __func__, 0, 0);
    if (code != FOB_SUCCESS)
        return code;
    code = handle_end_work(handle, invite_run(handle, &own, &invite));
    if (code == FOB_SUCCESS)
        invite_give(&invite, link, pin, invitation);
    invite_clear(&invite);
    return code;
}
