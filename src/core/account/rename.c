/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renames an account. */
#include "config.h"

#include "core/log/audit.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

static int rename_check(const struct fob_handle *handle, const char *name)
{
    if (handle->stored == NULL)
        return error_set(FOB_NOT_FOUND, "%s: no such account", handle->account);
    if (strcmp(name, handle->account) == 0)
        return error_set(FOB_EXISTS, "%s: it has this name already", name);
    return record_check_name(name);
}

/* Log the rename under both names, so that each history explains it. */
static void rename_note(struct fob_handle *handle, const char *name, int code)
{
    char old[FOB_NAME_MAX + 1];
    char detail[FOB_NAME_MAX + 8];

    memcpy(old, handle->account, sizeof old);
    snprintf(detail, sizeof detail, "to %s", name);
    audit_note(handle, "rename", code, detail);
    if (code != FOB_SUCCESS)
        return;
    memcpy(handle->account, name, strlen(name) + 1);
    snprintf(detail, sizeof detail, "from %s", old);
    audit_note(handle, "rename", code, detail);
}

static int rename_account(struct fob_handle *handle, const char *name)
{
    struct record *moved = NULL;
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code == FOB_SUCCESS)
        code = rename_check(handle, name);
    if (code == FOB_SUCCESS)
        code = audit_ready_for(handle->context, 3);
    if (code == FOB_SUCCESS)
        code = audit_begin(handle, "rename");
    if (code != FOB_SUCCESS)
        return code;
    code = store_rename(store, handle->account, name, &moved);
    rename_note(handle, name, code);
    if (code == FOB_SUCCESS)
        handle_set_stored(handle, moved);
    return code;
}

int fob_rename(struct fob_handle *handle, const char *name)
{
    int code;

    NEED_HANDLE(handle);
    NEED(name);
    code = handle_begin_work(handle, __func__, 0, 0);
    return code == FOB_SUCCESS ? handle_end_work(handle, rename_account(handle, name)) : code;
}
