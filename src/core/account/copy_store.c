/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Moves the store to where another configuration says. */
#include "config.h"

#include <fob/machines.h>

#include "core/log/audit.h"
#include "store/store_copy.h"
#include "util/error.h"

#include <string.h>

struct copying {
    void (*progress)(uint64_t done, uint64_t all, void *data);
    void *data;
};

static void copy_store_report(size_t done, size_t all, void *data)
{
    const struct copying *copying = data;

    copying->progress(done, all, copying->data);
}

static int copy_store_check(const struct fob_context *from, const struct fob_context *to)
{
    if (strcmp(from->settings->store_path, to->settings->store_path) != 0)
        return FOB_SUCCESS;
    error_set(FOB_CONFIG, "%s: both configurations have this folder", from->settings->store_path);
    error_hint("give the new store another path: under store: there");
    return FOB_CONFIG;
}

static int copy_store_to(struct fob_context *context, struct fob_context *other,
                         struct copying *copying)
{
    const struct audit_event event = { .name = "copy", .detail = other->settings->file->name };
    struct audit_event end = event;
    struct store_settings to;
    struct store *store;
    int code = copy_store_check(context, other);

    if (code == FOB_SUCCESS)
        code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = audit_begin_event(context, &event);
    if (code != FOB_SUCCESS)
        return code;
    context_store_settings(other, &to);
    end.code = code = store_copy(
        store,
        &(struct store_copy_plan){ .to = &to,
                                   .place = other->settings->file->name,
                                   .progress = copying->progress != NULL ? copy_store_report : NULL,
                                   .data = copying });
    audit_note_event(context, &end);
    return code;
}

int fob_copy_store(struct fob_context *context, const char *config,
                   void (*progress)(uint64_t done, uint64_t all, void *data), void *data)
{
    struct copying copying = { progress, data };
    struct fob_context *other = NULL;
    int code;

    NEED(context);
    NEED(config);
    code = fob_open(config, &other);
    if (code == FOB_SUCCESS) {
        other->conv = context->conv;
        code = copy_store_to(context, other, &copying);
    }
    fob_close(other);
    return code;
}
