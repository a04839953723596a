/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The account's properties for a hook, and setting fields. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

const char *fob_provider_name(const struct fob_handle *handle)
{
    return plugin_is_here(handle) ? handle->provider : "";
}

const char *fob_account_name(const struct fob_handle *handle)
{
    return plugin_is_here(handle) ? handle->account : "";
}

const char *fob_account_label(const struct fob_handle *handle, enum fob_text which)
{
    if (!plugin_is_here(handle))
        return "";
    if (which == FOB_TEXT_NAME)
        return handle->account;
    return (unsigned)which < PLUGIN_LABELS && handle->labels[which] != NULL ? handle->labels[which]
                                                                            : "";
}

const struct fob_caller *fob_caller(const struct fob_handle *handle)
{
    return plugin_is_here(handle) ? &handle->caller : NULL;
}

bool fob_is_thorough(struct fob_handle *handle)
{
    if (!plugin_is_here(handle))
        return false;
    handle->untried |= handle->hook == FRAME_HOOK_VALIDATE && !handle->thorough;
    return handle->thorough;
}

static struct plugin_field *plugin_find_field(const struct fob_handle *handle, const char *name)
{
    for (size_t i = 0; i < handle->field_count; i++) {
        if (strcmp(handle->fields[i].name, name) == 0)
            return (struct plugin_field *)(uintptr_t)&handle->fields[i];
    }
    return NULL;
}

int plugin_add_field(struct fob_handle *handle, const char *name, struct span value, bool secret)
{
    struct plugin_field *field = plugin_find_field(handle, name);
    struct fob_secret *new = NULL;
    int code;

    if (field == NULL && handle->field_count == PLUGIN_FIELDS_MAX)
        return error_set(FOB_INVALID, "%s: more than %d fields", handle->account,
                         PLUGIN_FIELDS_MAX);
    code = fob_secret_new(value.data, value.size, &new);
    if (code != FOB_SUCCESS)
        return code;
    if (field == NULL) {
        char *copy = strdup(name);

        if (copy == NULL) {
            fob_secret_free(new);
            return error_nomem();
        }
        field = &handle->fields[handle->field_count++];
        *field = (struct plugin_field){ .name = copy };
    }
    fob_secret_free(field->value);
    field->value = new;
    field->secret = secret;
    field->put = true;
    return FOB_SUCCESS;
}

const char *fob_field_name(const struct fob_handle *handle, size_t index, bool *secret)
{
    if (!plugin_is_here(handle) || index >= handle->field_count)
        return NULL;
    if (secret != NULL)
        *secret = handle->fields[index].secret;
    return handle->fields[index].name;
}

const struct fob_secret *fob_field(const struct fob_handle *handle, const char *name)
{
    const struct plugin_field *field =
        plugin_is_here(handle) && name != NULL ? plugin_find_field(handle, name) : NULL;

    return field != NULL ? field->value : NULL;
}

enum fob_field_type fob_field_type(const struct fob_handle *handle, const char *name)
{
    static const char *const types[] = { [FOB_FIELD_TEXT] = "",
                                         [FOB_FIELD_LABEL] = "label",
                                         [FOB_FIELD_HOST] = "host",
                                         [FOB_FIELD_ENUM] = "enum" };
    struct span rest;
    struct span item;
    uint8_t tag;

    if (!plugin_is_here(handle) || name == NULL)
        return FOB_FIELD_TEXT;
    rest = handle->items;
    while (frame_next(&rest, &tag, &item)) {
        for (size_t i = 0;
             tag == FRAME_FIELD_TYPE && strcmp(item.data, name) == 0 && i < ARRAY_SIZE(types);
             i++) {
            if (strcmp(frame_pair_value(item).data, types[i]) == 0)
                return (enum fob_field_type)i;
        }
    }
    return FOB_FIELD_TEXT;
}

int fob_put_field(struct fob_handle *handle, const char *name, const void *value, size_t size,
                  bool secret)
{
    struct span exact;
    char what[TEXT_UNSEEN];

    NEED_HANDLE(handle);
    NEED(name);
    if (size > 0)
        NEED(value);
    if (handle->hook != 0)
        return error_set(FOB_INVALID, "a field can be put only by a link hook");
    if (!text_is_identifier(name))
        return error_set(FOB_INVALID, "%s: not a field's name", name);
    if (!frame_find(handle->items, FRAME_EXACT, &exact) && text_find_unseen(value, size, what))
        return error_set(FOB_INVALID, "field %s: it %s", name, what);
    return plugin_add_field(handle, name, (struct span){ value, size }, secret);
}

void fob_set_expiry(struct fob_handle *handle, int64_t when)
{
    if (!plugin_is_here(handle) || handle->hook != 0)
        return;
    handle->expiry = when;
    handle->expires = true;
}
