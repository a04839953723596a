/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends everything that a hook may know: the first frame of a call. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct worker_plan hook_live_plan(const struct fob_handle *handle,
                                         const struct bound_entry *entry)
{
    const struct loader_wish wish = { .sandbox = entry->sandbox,
                                      .reachable = entry->reachable,
                                      .port = entry->port,
                                      .is_over = call_is_over,
                                      .handle = handle };

    return loader_plan(handle->context->loader, entry->plugin, &wish);
}

bool hook_starts_programs(const struct fob_handle *handle, const struct bound_entry *entry)
{
    return hook_live_plan(handle, entry).profile == FOB_NEEDS_EXEC;
}

struct worker_plan hook_plan(const struct fob_handle *handle, const struct bound_entry *entry)
{
    struct worker_plan plan = hook_live_plan(handle, entry);

    /* A rehearsal needs no network, and no file that options name: one worker does for all. */
    if (handle->rehearsal != NULL) {
        plan.profile = FOB_NEEDS_PURE;
        plan.reachable = NULL;
        plan.port = 0;
    }
    return plan;
}

int hook_find_caller(struct hook_caller *caller)
{
    int count = getgroups(0, NULL);
    gid_t *groups = calloc((size_t)(count > 0 ? count : 0) + 1, sizeof *groups);
    unsigned char *ids;

    if (groups == NULL)
        return error_nomem();
    if (count > 0)
        count = getgroups(count, groups);
    if (count < 0) {
        free(groups);
        return error_system("the groups of this process");
    }
    ids = calloc((size_t)count + 2, 4);
    if (ids != NULL) {
        wire_put(ids, getuid(), 4);
        wire_put(ids + 4, getgid(), 4);
        for (int i = 0; i < count; i++)
            wire_put(ids + 8 + 4 * (size_t)i, groups[i], 4);
        *caller = (struct hook_caller){ ids, 8 + 4 * (size_t)count };
    }
    free(groups);
    return ids != NULL ? FOB_SUCCESS : error_nomem();
}

static void hook_put_field(struct frame_socket *socket, const struct record_field *field)
{
    frame_put_pair(socket, field->secret ? FRAME_SECRET_FIELD : FRAME_PUBLIC_FIELD,
                   wire_text(field->name), (struct span){ field->value, field->size });
}

/* The fields of the app that the provider's file declares.  Its record may have others, of an
 * earlier file. */
static void hook_put_app(struct frame_socket *socket, const struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->provider->app_field_count; i++) {
        struct record_field field;

        if (record_find_field(handle->app, handle->provider->app_fields[i].public.name, &field) ==
            FOB_SUCCESS)
            hook_put_field(socket, &field);
    }
}

static void hook_put_record(struct frame_socket *socket, const struct fob_handle *handle)
{
    const struct record *labels = handle->stored != NULL ? handle->stored : handle->candidate;
    const size_t fields = handle->candidate != NULL ? record_field_count(handle->candidate) : 0;
    const size_t tokens = handle->candidate != NULL ? record_token_count(handle->candidate) : 0;

    for (int i = FOB_TEXT_PROVIDER; labels != NULL && i <= FOB_TEXT_REMOTE_NAME; i++) {
        const char *text = record_text(labels, (enum fob_text)i);

        if (text[0] != '\0' && text_is_utf8(text, strlen(text)))
            frame_put_text(socket, (uint8_t)(FRAME_FIRST_TEXT + i), text);
    }
    for (size_t i = 0; i < fields; i++) {
        struct record_field field;

        record_field_at(handle->candidate, i, &field);
        /* An account that was linked before the field became the app's still has it. */
        if (provider_find_app_field(handle->provider, field.name) == NULL)
            hook_put_field(socket, &field);
    }
    if (handle->app != NULL)
        hook_put_app(socket, handle);
    for (size_t i = 0; i < tokens; i++) {
        struct token token;

        record_token_at(handle->candidate, i, &token);
        frame_put_token(socket, &token);
    }
}

/* The fields that the provider's file declares, for a check. */
static void hook_put_declared(struct frame_socket *socket, const struct fob_provider *provider)
{
    static const char *const types[] = { [PROVIDER_LABEL] = "label", [PROVIDER_HOST] = "host" };

    const struct provider_field *field;

    for (size_t i = 0; (field = provider_field_at(provider, i)) != NULL; i++) {
        const char *type = field->choices != NULL ? "enum" : types[field->type];

        frame_put_pair(socket, field->public.secret ? FRAME_SECRET_FIELD : FRAME_PUBLIC_FIELD,
                       wire_text(field->public.name), wire_text(""));
        if (type != NULL)
            frame_put_pair(socket, FRAME_FIELD_TYPE, wire_text(field->public.name),
                           wire_text(type));
    }
}

static void hook_put_items(struct frame_socket *socket, const struct yaml_node *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *node = list->values[i];

        if (node->kind == YAML_TEXT) {
            frame_put_text(socket, FRAME_OPTION_ITEM, node->text);
            continue;
        }
        frame_put(socket, FRAME_OPTION_MAP, NULL, 0);
        for (size_t at = 0; at < node->count; at++)
            frame_put_pair(socket, FRAME_OPTION_MEMBER, wire_text(node->keys[at]->text),
                           wire_text(node->values[at]->text));
    }
}

static void hook_put_options(struct frame_socket *socket, const struct option_values *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option_value *value = &options->values[i];

        if (!value->set)
            continue;
        frame_put_text(socket, FRAME_OPTION, value->option->name);
        frame_put_number(socket, FRAME_OPTION_TYPE, value->option->type, 1);
        frame_put_text(socket, FRAME_OPTION_TEXT, value->text);
        frame_put_number(socket, FRAME_OPTION_NUMBER, value->number, 8);
        if (value->list != NULL)
            hook_put_items(socket, value->list);
        if (value->tree.size > 0)
            frame_put(socket, FRAME_OPTION_TREE, value->tree.data, value->tree.size);
    }
}

int hook_send_call(struct hook_call *call, const struct hook_caller *caller)
{
    const struct fob_handle *handle = call->handle;
    struct frame_socket *socket = call->at.socket;

    frame_begin(socket, FRAME_CALL, call->number);
    frame_put_number(socket, FRAME_HOOK, call->hook, 1);
    frame_put_text(socket, FRAME_PROVIDER, handle->provider_name);
    frame_put_text(socket, FRAME_ACCOUNT, handle->account);
    frame_put_number(socket, FRAME_HANDLE, handle->number, 4);
    if (handle->context->log != NULL)
        frame_put_number(socket, FRAME_LEVEL, handle->context->log_level, 1);
    if (handle->exact)
        frame_put(socket, FRAME_EXACT, NULL, 0);
    if (call->hook == HOOK_LINK || handle->thorough)
        frame_put(socket, FRAME_THOROUGH, NULL, 0);
    call->permitted = call->judge == NULL && handle->rehearsal == NULL && call_is_counted(handle);
    if (call->permitted)
        frame_put(socket, FRAME_PERMIT, NULL, 0);
    if (handle->rehearsal != NULL)
        frame_put(socket, FRAME_REHEARSED, NULL, 0);
    if (handle->recording != NULL && call->judge == NULL && call->query == NULL)
        frame_put(socket, FRAME_RECORDED, NULL, 0);
    if (call->more)
        frame_put(socket, FRAME_MORE, NULL, 0);
    frame_put(socket, FRAME_CALLER, caller->ids, caller->size);
    if (call->judge != NULL)
        hook_put_declared(socket, handle->provider);
    else if (call->query == NULL)
        hook_put_record(socket, handle);
    else
        frame_put_text(socket, FRAME_BASE_URL, handle->base_url);
    frame_put_proof(socket, &handle->proof);
    hook_put_options(socket, &call->entry->options);
    return call->more ? frame_hold(socket) : frame_send(socket, -1);
}
