/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lending: the check and the log line before a credential is handed out. */
#include "config.h"

#include "core/audit.h"
#include "core/dispatch.h"
#include "util/error.h"

#include <stdio.h>

static void hint_for(const struct fob_handle *handle, enum fob_status status)
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

static int check_status(struct fob_handle *handle)
{
    const struct fob_account *account = fob_get_account(handle);
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
        hint_for(handle, status);
        return FOB_NOT_ALLOWED;
    }
}

/* What the log's line says beside the purpose: what for, and that the status was not looked at. */
static int log_lending(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    const char *item = handle->items[FOB_ITEM_DETAIL];
    const char *what_for = item != NULL ? item : "";
    bool forced = (flags & FOB_FORCE) != 0;
    char detail[320];

    snprintf(detail, sizeof detail, "%s%s%s", what_for, what_for[0] != '\0' && forced ? ", " : "",
             forced ? "forced" : "");
    return audit_write(handle, purpose, FOB_SUCCESS, detail[0] != '\0' ? detail : NULL);
}

int fob_lend(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    int code;

    if (handle->stored == NULL)
        return error_set(FOB_NOT_FOUND, "%s: no such account", handle->account);
    code = (flags & FOB_FORCE) != 0 ? FOB_SUCCESS : check_status(handle);
    if (code != FOB_SUCCESS) {
        audit_note(handle, purpose, code, handle->items[FOB_ITEM_DETAIL]);
        return code;
    }
    return log_lending(handle, purpose, flags);
}

int fob_authorize(struct fob_handle *handle, const char *purpose, unsigned flags)
{
    int code;

    handle_clear_headers(handle);
    code = fob_lend(handle, purpose, flags);
    if (code == FOB_SUCCESS)
        code = handle_make_draft(handle);
    if (code == FOB_SUCCESS)
        code = dispatch(handle, HOOK_AUTHORIZE);
    if (code == FOB_SUCCESS && handle->header_count == 0)
        code =
            error_set(FOB_PLUGIN, "provider %s: its authorize stack put no header on the request",
                      handle->provider_name);
    if (code == FOB_SUCCESS)
        handle->options = handle->header_options;
    else
        handle_clear_headers(handle);
    return code;
}
