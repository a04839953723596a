/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Edits an account: new keys, labels or an expiry date, while it stays the same account. */
#include "config.h"

#include "core/account/duplicates.h"
#include "core/account/link.h"
#include "core/log/audit.h"
#include "core/session/conv.h"
#include "core/session/status.h"
#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"
#include "util/strbuf.h"

#include <string.h>

/* Whether an item says something about the account, apart from its keys. */
static bool edit_has_items(const struct fob_handle *handle)
{
    static const enum fob_item others[] = { FOB_ITEM_PROGRAM, FOB_ITEM_DETAIL, FOB_ITEM_INVITATION,
                                            FOB_ITEM_EXPECT };
    size_t set = 0;

    for (int i = 0; i < FOB_ITEM_COUNT; i++)
        set += handle->items[i] != NULL;
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        set -= handle->items[others[i]] != NULL;
    return set > 0;
}

static bool edit_has_fields(const struct fob_handle *handle)
{
    return handle->input != NULL && record_field_count(handle->input) > 0;
}

/* Whether some input value differs from the stored one. */
static bool edit_has_other_fields(const struct fob_handle *handle)
{
    const size_t count = handle->input != NULL ? record_field_count(handle->input) : 0;

    for (size_t i = 0; i < count; i++) {
        struct record_field given;
        struct record_field old;

        record_field_at(handle->input, i, &given);
        if (record_find_field(handle->stored, given.name, &old) != FOB_SUCCESS ||
            !secret_equal(given.value, given.size, old.value, old.size))
            return true;
    }
    return false;
}

/* Whether the account gets other values, or a person has signed in again. */
static bool edit_has_new_keys(const struct fob_handle *handle)
{
    return handle->signed_in || edit_has_other_fields(handle);
}

/* Whether the account keeps its keys but takes the identity that they open now. */
static bool edit_adopts_identity(const struct fob_handle *handle, unsigned flags)
{
    return (flags & FOB_NEW_IDENTITY) != 0 && !edit_has_fields(handle) &&
           status_underlying(handle->stored) == FOB_STATUS_MISMATCHED;
}

/* Unvalidated keys may belong to another identity, so the account has none until they are
 * validated. */
static int edit_forget_identity(struct record *candidate)
{
    int code = record_set_text(candidate, FOB_TEXT_REMOTE_ID, "");

    return code == FOB_SUCCESS ? record_set_text(candidate, FOB_TEXT_REMOTE_NAME, "") : code;
}

/* Refuse keys of another identity, unless the flags allow that. */
static int edit_check_identity(const struct fob_handle *handle, unsigned flags)
{
    const char *old = record_text(handle->stored, FOB_TEXT_REMOTE_ID);
    const char *new = record_text(handle->candidate, FOB_TEXT_REMOTE_ID);

    if ((flags & FOB_NEW_IDENTITY) != 0)
        return (flags & FOB_NO_VALIDATE) != 0 ? edit_forget_identity(handle->candidate)
                                              : FOB_SUCCESS;
    if (old[0] == '\0' || strcmp(old, new) == 0)
        return FOB_SUCCESS;
    error_set(FOB_MISMATCHED, "%s: the new keys belong to the %s \"%s\", the old ones to \"%s\"",
              handle->account, handle->provider->texts[FOB_PROVIDER_IDENTITY],
              record_text(handle->candidate, FOB_TEXT_REMOTE_NAME),
              record_text(handle->stored, FOB_TEXT_REMOTE_NAME));
    error_hint("nothing was changed; use --new-identity if that is meant");
    return FOB_MISMATCHED;
}

/* Whether a field that is a host, or a part of one, has another value than the stored one. */
static bool edit_moves_host(const struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->provider->field_count; i++) {
        const struct provider_field *field = &handle->provider->fields[i];
        struct record_field new;
        struct record_field old;

        if (!provider_field_is_host(handle->provider, field) ||
            record_find_field(handle->candidate, field->public.name, &new) != FOB_SUCCESS)
            continue;
        if (record_find_field(handle->stored, field->public.name, &old) != FOB_SUCCESS ||
            !secret_equal(new.value, new.size, old.value, old.size))
            return true;
    }
    return false;
}

/* Tokens were fetched with the old keys. */
static void edit_drop_tokens(struct fob_handle *handle)
{
    if (edit_has_other_fields(handle))
        record_token_drop_all(handle->candidate);
}

/* Ask for new keys unless they were given, try them, and put them into CANDIDATE. */
static int edit_keys(struct fob_handle *handle, unsigned flags)
{
    const bool keeps = edit_adopts_identity(handle, flags);
    const bool all = !edit_has_fields(handle) && !keeps;
    int code = handle_provider(handle);

    if (code == FOB_SUCCESS && (flags & FOB_NO_VALIDATE) == 0)
        code = handle_read_app(handle);
    if (code != FOB_SUCCESS)
        return code;
    if (all)
        link_show_guide(handle, flags);
    code = conv_fill_fields(handle, all);
    /* A stored secret must not follow a host that somebody else may have typed. */
    if (code == FOB_SUCCESS && edit_moves_host(handle))
        code = conv_ask_kept_secrets(handle, all);
    if (code == FOB_SUCCESS)
        edit_drop_tokens(handle);
    if (code == FOB_SUCCESS)
        code = link_check_candidate(handle, flags);
    if (code == FOB_SUCCESS)
        code = edit_check_identity(handle, flags);
    if (code == FOB_SUCCESS && !edit_has_new_keys(handle))
        record_set_time(handle->candidate, FOB_TIME_CHANGED,
                        record_time(handle->stored, FOB_TIME_CHANGED));
    return code == FOB_SUCCESS ? duplicates_warn(handle, true) : code;
}

struct edit {
    const struct fob_handle *handle;
    bool keys; /* the keys were tried */
    bool hold;
    struct strbuf changed; /* the names of what has changed, for the log */
};

static void edit_note_changed(struct strbuf *changed, const char *name)
{
    strbuf_printf(changed, "%s%s", changed->size > 0 ? ", " : "", name);
}

static void edit_list_changed(const struct record *before, const struct record *after,
                              struct strbuf *changed)
{
    static const struct {
        enum fob_text text;
        const char *name;
    } texts[] = {
        { FOB_TEXT_REMOTE_ID, "identity" },      { FOB_TEXT_TYPE, "type" },
        { FOB_TEXT_OWNER_ID, "owner.id" },       { FOB_TEXT_OWNER_NAME, "owner.name" },
        { FOB_TEXT_OWNER_EMAIL, "owner.email" }, { FOB_TEXT_HOSTS, "hosts" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (strcmp(record_text(before, texts[i].text), record_text(after, texts[i].text)) != 0)
            edit_note_changed(changed, texts[i].name);
    }
    if (record_time(before, FOB_TIME_EXPIRES) != record_time(after, FOB_TIME_EXPIRES))
        edit_note_changed(changed, "expires");
}

/* Copy from CANDIDATE everything that an edit of the keys may change. */
static int edit_copy_keys(const struct record *candidate, struct record *record)
{
    static const enum fob_text texts[] = { FOB_TEXT_REMOTE_ID, FOB_TEXT_REMOTE_NAME,
                                           FOB_TEXT_LAST_ERROR };
    static const enum fob_time times[] = { FOB_TIME_CHANGED, FOB_TIME_VALIDATED, FOB_TIME_REFUSED,
                                           FOB_TIME_EXPIRES };
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < ARRAY_SIZE(texts) && code == FOB_SUCCESS; i++)
        code = record_set_text(record, texts[i], record_text(candidate, texts[i]));
    for (size_t i = 0; i < ARRAY_SIZE(times); i++)
        record_set_time(record, times[i], record_time(candidate, times[i]));
    if (record_status(record) == FOB_STATUS_SUSPENDED)
        record_set_resume_status(record, record_status(candidate));
    else
        record_set_status(record, record_status(candidate));
    record_set_generation(record, record_generation(candidate));
    for (size_t i = 0; i < record_field_count(candidate) && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(candidate, i, &field);
        code = record_set_field(record, field.name, field.value, field.size, field.secret);
    }
    return code;
}

/* Unless they were put now, or dropped, the record may have newer tokens than CANDIDATE. */
static int edit_copy_tokens(const struct fob_handle *handle, struct record *record)
{
    return handle->token_put || edit_has_other_fields(handle)
               ? record_token_copy_all(record, handle->candidate)
               : FOB_SUCCESS;
}

static int edit_change_record(struct record *record, struct edit *edit)
{
    const struct fob_handle *handle = edit->handle;
    int code = FOB_SUCCESS;

    if (edit->keys && record_generation(record) != record_generation(handle->stored)) {
        error_set(FOB_CHANGED, "%s: somebody else gave it new keys meanwhile", handle->account);
        error_hint("look with \"fob show %s\", then edit it again if need be", handle->account);
        return FOB_CHANGED;
    }
    if (edit->keys)
        code = edit_copy_keys(handle->candidate, record);
    if (edit->keys && code == FOB_SUCCESS)
        code = edit_copy_tokens(handle, record);
    if (edit->keys)
        record_set_unreported(record, -1); /* the person knows */
    if (edit->hold)
        status_suspend(record);
    return code == FOB_SUCCESS ? handle_apply_items(handle, record) : code;
}

static int edit_change_and_compare(struct record *record, void *data)
{
    struct edit *edit = data;
    struct record *before = NULL;
    int code = handle_check(edit->handle, edit->handle->at_work);

    strbuf_reset(&edit->changed);
    if (code == FOB_SUCCESS)
        code = record_copy(record, &before);
    if (code == FOB_SUCCESS)
        code = edit_change_record(record, edit);
    if (code == FOB_SUCCESS && edit->keys && edit_has_new_keys(edit->handle))
        edit_note_changed(&edit->changed, "keys");
    if (code == FOB_SUCCESS)
        edit_list_changed(before, record, &edit->changed);
    record_free(before);
    return code;
}

static int edit_account(struct fob_handle *handle, struct store *store, unsigned flags,
                        struct edit *edit)
{
    struct record *edited = NULL;
    int code = handle_make_candidate(handle);

    edit->keys =
        edit_has_fields(handle) || !edit_has_items(handle) || (flags & FOB_NEW_IDENTITY) != 0;
    if (code == FOB_SUCCESS && edit->keys)
        code = edit_keys(handle, flags);
    if (code == FOB_SUCCESS)
        code = audit_begin(handle, "edit");
    if (code == FOB_SUCCESS)
        code = store_update(store, handle->account, edit_change_and_compare, edit, &edited);
    if (code == FOB_SUCCESS)
        handle_set_stored(handle, edited);
    return code;
}

static int edit_and_log(struct fob_handle *handle, unsigned flags)
{
    struct edit edit = { .handle = handle,
                         .hold = (flags & FOB_HOLD) != 0,
                         .changed = STRBUF_INIT };
    struct store *store;
    int code = audit_ready_account(handle, 1, &store);

    if (code != FOB_SUCCESS)
        return code;
    code = edit_account(handle, store, flags, &edit);
    audit_note(handle, "edit", code, code == FOB_SUCCESS ? edit.changed.data : NULL);
    strbuf_free(&edit.changed);
    return code;
}

int fob_edit(struct fob_handle *handle, unsigned flags)
{
    int code = handle_begin_work(handle, __func__, flags,
                                 FOB_NO_VALIDATE | FOB_NEW_IDENTITY | FOB_NO_GUIDE | FOB_HOLD);

    return code == FOB_SUCCESS ? handle_end_work(handle, edit_and_log(handle, flags)) : code;
}
