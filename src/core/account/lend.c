/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lends a credential, after a check of the status and a line in the log. */
#include "config.h"

#include "core/account/lend.h"

#include "core/hook/renew.h"
#include "core/log/audit.h"
#include "util/array.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>

#include <stdlib.h>
#include <string.h>

static int lend_token(struct fob_handle *handle, const char *name, struct fob_secret **value)
{
    struct token token;
    int code = handle_begin_work(handle, "fob_get_field", 0, 0);

    if (code != FOB_SUCCESS)
        return code;
    code = handle_end_work(handle, renew_if_due(handle, false));
    if (code != FOB_SUCCESS)
        return code;
    /* Another one may have replaced it. */
    if (record_token_find(handle->stored, name, &token) == FOB_SUCCESS)
        return fob_secret_new(token.value.data, token.value.size, value);
    error_set(FOB_NOT_FOUND, "%s: it has no token %s any more", handle->account, name);
    return FOB_NOT_FOUND;
}

int fob_get_field(struct fob_handle *handle, const char *name, struct fob_secret **value)
{
    struct record_field field;
    struct token token;

    NEED_HANDLE(handle);
    NEED(name);
    NEED(value);
    if ((handle->input != NULL && record_find_field(handle->input, name, &field) == FOB_SUCCESS) ||
        (handle->stored != NULL && record_find_field(handle->stored, name, &field) == FOB_SUCCESS))
        return fob_secret_new(field.value, field.size, value);
    if (handle->stored != NULL && record_token_find(handle->stored, name, &token) == FOB_SUCCESS)
        return lend_token(handle, name, value);
    error_set(FOB_NOT_FOUND, "%s: no field %s", handle->account, name);
    return FOB_NOT_FOUND;
}

static void lend_hint_for(const struct fob_handle *handle, enum fob_status status)
{
    if (status == FOB_STATUS_EXPIRED)
        error_hint("\"fob edit %s --expires DATE\" moves its date; --force lends it once",
                   handle->account);
    else if (status == FOB_STATUS_MISMATCHED)
        error_hint("\"fob edit %s\" gives it keys of what was linked; with --new-identity it takes "
                   "what its keys open now; --force lends it once",
                   handle->account);
    else
        error_hint("\"fob edit %s\" gives it new keys; --force lends it once", handle->account);
}

static int lend_check_status(struct fob_handle *handle)
{
    const struct fob_account *account = fob_handle_account(handle);
    enum fob_status status;

    if (account == NULL)
        return error_nomem();
    status = fob_account_status(account);
    switch (status) {
    case FOB_STATUS_ACTIVE:
    case FOB_STATUS_UNCHECKED:
    case FOB_STATUS_DEGRADED:
        return FOB_SUCCESS;
    case FOB_STATUS_SUSPENDED:
        error_set(FOB_SUSPENDED, "%s: not lent: it is suspended", handle->account);
        error_hint("\"fob resume %s\" switches it on again; --force lends it once",
                   handle->account);
        return FOB_SUSPENDED;
    default:
        error_set(FOB_NOT_ALLOWED, "%s: not lent: it is %s", handle->account,
                  fob_status_name((int)status));
        lend_hint_for(handle, status);
        return FOB_NOT_ALLOWED;
    }
}

/* Make the log line's detail: the purpose, the application's own description, whether the status
 * was ignored, and how old a copy was that had to do. */
static void lend_describe(const struct fob_handle *handle, const char *purpose, unsigned flags,
                          struct strbuf *detail)
{
    const char *item = handle->items[FOB_ITEM_DETAIL];
    const int64_t stale = store_stale(handle->context->store);

    strbuf_add_text(detail, purpose);
    if (item != NULL && item[0] != '\0')
        strbuf_printf(detail, ": %s", item);
    if ((flags & FOB_FORCE) != 0)
        strbuf_add_text(detail, ", forced");
    if (stale > 0)
        strbuf_printf(detail, ", stale=%llds", (long long)(stale + 999) / 1000);
}

/* Whether PURPOSE is the name of an event of the log, with which it would be confused. */
static bool lend_is_reserved(const char *purpose)
{
    static const char *const events[] = {
        "begin", "edit",   "export", "import", "key",     "lend",  "link",   "lock",     "log",
        "renew", "rename", "resume", "revoke", "suspend", "sweep", "unlock", "validate",
    };

    for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
        if (strcmp(events[i], purpose) == 0)
            return true;
    }
    return false;
}

static int lend_checked(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    struct strbuf detail = STRBUF_INIT;
    int code;

    if (!text_is_name(purpose)) {
        error_set(FOB_INVALID, "%s: the purpose must be a word", handle->account);
        error_hint("it has 1 to %d of a-z 0-9 . _ - and begins with a letter or digit",
                   FOB_NAME_MAX);
        return FOB_INVALID;
    }
    if (lend_is_reserved(purpose))
        return error_set(FOB_INVALID, "%s: the purpose \"%s\" is the name of an event of the log",
                         handle->account, purpose);
    if (handle->stored == NULL)
        return error_set(FOB_NOT_FOUND, "%s: no such account", handle->account);
    lend_describe(handle, purpose, flags, &detail);
    if (detail.failed)
        return error_nomem();
    code = (flags & FOB_FORCE) != 0 ? FOB_SUCCESS : lend_check_status(handle);
    if (code == FOB_SUCCESS)
        code = audit_write(handle, "lend", FOB_SUCCESS, detail.data);
    else
        audit_note(handle, "lend", code, detail.data);
    strbuf_free(&detail);
    return code;
}

int fob_lend(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    int code;

    NEED(purpose);
    code = handle_begin_work(handle, __func__, flags, FOB_FORCE);
    return code == FOB_SUCCESS ? handle_end_work(handle, lend_checked(handle, purpose, flags))
                               : code;
}

static int lend_put_headers(struct fob_handle *handle)
{
    int code = handle_make_candidate(handle);

    if (code == FOB_SUCCESS)
        code = renew_and_dispatch(handle, HOOK_AUTHORIZE, false);
    if (code == FOB_SUCCESS && proof_is_empty(&handle->proof))
        code =
            error_set(FOB_PLUGIN, "provider %s: its authorize stack put no header on the request",
                      handle->provider_name);
    return code;
}

static void lend_take_back(struct fob_handle *handle)
{
    handle_clear_credential(handle);
    free(handle->base_url);
    handle->base_url = NULL;
    handle->authorized = NULL;
}

int lend_put_credential(struct fob_handle *handle)
{
    int code;

    lend_take_back(handle);
    code = lend_put_headers(handle);
    if (code == FOB_SUCCESS)
        handle->authorized = handle->header_entry;
    else
        handle_clear_credential(handle);
    return code;
}

static int lend_authorize(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    int code = lend_checked(handle, purpose, flags);

    if (code == FOB_SUCCESS)
        return lend_put_credential(handle);
    lend_take_back(handle);
    return code;
}

int fob_authorize(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    int code;

    NEED(purpose);
    code = handle_begin_work(handle, __func__, flags, FOB_FORCE);
    return code == FOB_SUCCESS ? handle_end_work(handle, lend_authorize(handle, purpose, flags))
                               : code;
}
