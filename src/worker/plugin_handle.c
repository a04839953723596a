/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes a handle from a frame, and a frame from the results of the hook. */
#include "config.h"

#include "worker/plugin_handle.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/process.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int plugin_take_caller(struct fob_handle *handle)
{
    struct span ids;

    if (!frame_find(handle->items, FRAME_CALLER, &ids))
        return FOB_SUCCESS;
    handle->groups = malloc(ids.size / 4 * sizeof *handle->groups);
    if (handle->groups == NULL)
        return error_nomem();
    for (size_t i = 0; i < ids.size / 4; i++)
        handle->groups[i] = (uint32_t)wire_get((const unsigned char *)ids.data + 4 * i, 4);
    handle->caller = (struct fob_caller){
        .size = sizeof handle->caller,
        .uid = handle->groups[0],
        .gid = handle->groups[1],
        .groups = handle->groups + 2,
        .group_count = ids.size / 4 - 2,
    };
    return FOB_SUCCESS;
}

static void plugin_take_labels(struct fob_handle *handle)
{
    struct span rest = handle->items;
    struct span item;
    uint8_t tag;

    while (frame_next(&rest, &tag, &item)) {
        const size_t label = (size_t)tag - FRAME_FIRST_TEXT;

        if (tag >= FRAME_FIRST_TEXT && label < PLUGIN_LABELS)
            handle->labels[label] = item.data;
    }
}

static int plugin_take_secret(struct fob_handle *handle, uint8_t tag, struct span item)
{
    const struct span value = frame_pair_value(item);
    struct token token;

    if (tag == FRAME_TOKEN && token_read(item, &token))
        return plugin_add_token(handle, &token);
    if (frame_proof_kind(tag) != PROOF_KINDS)
        return proof_put(&handle->proof, frame_proof_kind(tag), item.data, value);
    return plugin_add_field(handle, item.data, value, tag == FRAME_SECRET_FIELD);
}

static bool plugin_is_secret(uint8_t tag)
{
    return tag == FRAME_PUBLIC_FIELD || tag == FRAME_SECRET_FIELD || tag == FRAME_TOKEN ||
           frame_proof_kind(tag) != PROOF_KINDS;
}

/* Copy the items that are no secrets out of the locked memory, which is empty in a child of fork():
 * a plugin's child may need them, such as the arguments of a program. */
static int plugin_copy_items(struct fob_handle *handle, struct span items)
{
    unsigned char *end = handle->memory = malloc(items.size + 1);
    const unsigned char *at = items.data;
    struct span item;
    uint8_t tag;

    if (end == NULL)
        return error_nomem();
    while (frame_next(&items, &tag, &item)) {
        const size_t size = (size_t)((const unsigned char *)items.data - at);

        if (!plugin_is_secret(tag)) {
            memcpy(end, at, size);
            end += size;
        }
        at = items.data;
    }
    handle->items = (struct span){ handle->memory, (size_t)(end - handle->memory) };
    return FOB_SUCCESS;
}

static int plugin_take_secrets(struct fob_handle *handle, struct span items)
{
    struct span item;
    uint8_t tag;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && frame_next(&items, &tag, &item)) {
        if (plugin_is_secret(tag))
            code = plugin_take_secret(handle, tag, item);
    }
    return code;
}

int plugin_handle_begin(struct fob_handle *handle, struct frame_socket *socket,
                        const struct frame *frame)
{
    struct span flag;
    int code;

    *handle = (struct fob_handle){ .mark = &plugin_mark,
                                   .socket = socket,
                                   .process = process_id(),
                                   .call = frame->call,
                                   .looked = clock_ms() };
    code = plugin_copy_items(handle, frame->items);
    if (code == FOB_SUCCESS) {
        handle->hook = (unsigned)frame_number(handle->items, FRAME_HOOK, FRAME_HOOK_CHECK);
        handle->number = (uint32_t)frame_number(handle->items, FRAME_HANDLE, 0);
        handle->provider = frame_text(handle->items, FRAME_PROVIDER);
        handle->account = frame_text(handle->items, FRAME_ACCOUNT);
        handle->permitted = frame_find(handle->items, FRAME_PERMIT, &flag);
        handle->rehearsed = frame_find(handle->items, FRAME_REHEARSED, &flag);
        handle->thorough = frame_find(handle->items, FRAME_THOROUGH, &flag);
        handle->recorded = frame_find(handle->items, FRAME_RECORDED, &flag);
        code = plugin_take_secrets(handle, frame->items);
    }
    if (code == FOB_SUCCESS)
        code = plugin_take_caller(handle);
    if (code == FOB_SUCCESS)
        plugin_take_labels(handle);
    if (code == FOB_SUCCESS)
        code = plugin_take_options(handle);
    for (size_t i = 0; i < handle->field_count; i++)
        handle->fields[i].put = false;
    for (size_t i = 0; i < handle->token_count; i++)
        handle->tokens[i].put = false;
    return code;
}

static void plugin_put_fields(const struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->field_count; i++) {
        const struct plugin_field *field = &handle->fields[i];

        if (field->put)
            frame_put_pair(
                handle->socket, field->secret ? FRAME_SECRET_FIELD : FRAME_PUBLIC_FIELD,
                wire_text(field->name),
                (struct span){ fob_secret_data(field->value), fob_secret_size(field->value) });
    }
}

void plugin_handle_put(const struct fob_handle *handle, int code)
{
    struct frame_socket *socket = handle->socket;

    frame_begin(socket, FRAME_DONE, handle->call);
    frame_put_number(socket, FRAME_CODE, code, 4);
    frame_put_text(socket, FRAME_MESSAGE, fob_error());
    frame_put_text(socket, FRAME_HINT, fob_error_hint());
    plugin_put_fields(handle);
    plugin_put_tokens(handle);
    if (handle->hook == FRAME_HOOK_AUTHORIZE)
        frame_put_text(socket, FRAME_BASE_URL, handle->base_url);
    frame_put_text(socket, FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_ID, handle->id);
    frame_put_text(socket, FRAME_FIRST_TEXT + FOB_TEXT_REMOTE_NAME, handle->name);
    if (handle->expires)
        frame_put_number(socket, FRAME_FIRST_TIME + FOB_TIME_EXPIRES, handle->expiry, 8);
    if (handle->proof_put)
        frame_put_proof(socket, &handle->proof);
    if (handle->untried)
        frame_put(socket, FRAME_UNTRIED, NULL, 0);
    plugin_put_end(handle);
}

void plugin_handle_end(struct fob_handle *handle)
{
    for (size_t i = 0; i < handle->field_count; i++) {
        free(handle->fields[i].name);
        fob_secret_free(handle->fields[i].value);
    }
    plugin_clear_tokens(handle);
    fob_secret_free(handle->masked[0]);
    fob_secret_free(handle->masked[1]);
    proof_clear(&handle->proof);
    free(handle->options);
    free(handle->groups);
    free(handle->base_url);
    free(handle->id);
    free(handle->name);
    if (handle->memory != NULL)
        explicit_bzero(handle->memory, handle->items.size);
    free(handle->memory);
    /* It is of no use to a plugin that kept it. */
    *handle = (struct fob_handle){ .process = 0 };
}
