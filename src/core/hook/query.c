/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes an application's requests in a worker that loads the module for requests. */
#include "config.h"

#include "core/hook/hook_answer.h"
#include "core/hook/hook_call.h"
#include "core/hook/renew.h"
#include "core/plugin/worker_ports.h"
#include "core/plugin/worker_program.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Load the module, with the files and ports of the entry that authorized the request, and the port
 * of the account. */
static int query_bind(struct fob_handle *handle, struct bound_entry *entry)
{
    char *path = worker_program_path("requester.so");
    const unsigned port = worker_ports_of(handle->base_url);
    struct loader_wish wish = { .name = path,
                                .reachable = handle->authorized->reachable,
                                .port = port };
    struct plugin_worker *worker = NULL;
    int code;

    *entry = (struct bound_entry){ .reachable = handle->authorized->reachable,
                                   .port = port,
                                   .options = handle->authorized->options };
    if (path == NULL)
        return error_nomem();
    code = context_plugin(handle->context, &wish, &entry->plugin, &worker);
    if (code == FOB_NOT_FOUND) {
        code = error_set(FOB_CONFIG, "%s: is missing", path);
        error_hint("requests need this file: install all of fob");
    }
    if (code == FOB_SUCCESS && worker != NULL) {
        const struct worker_plan plan = hook_plan(handle, entry);

        code = plugin_workers_adopt(handle->workers, &plan, worker);
    }
    free(path);
    return code;
}

static int query_send_once(struct fob_handle *handle, const struct fob_query *query,
                           struct fob_answer *answer)
{
    struct bound_entry entry;
    int code;

    if (handle->authorized == NULL)
        return error_set(FOB_INVALID, "%s: call fob_authorize() before a request", handle->account);
    if (query->path == NULL || (query->body == NULL && query->body_size > 0))
        return error_set(FOB_INVALID, "%s: a request has no %s", handle->account,
                         query->path == NULL ? "path" : "body");
    if (query->body_size > FOB_BODY_MAX)
        return error_set(FOB_INVALID, "%s: a request has a body of more than %d bytes",
                         handle->account, FOB_BODY_MAX);
    code = query_bind(handle, &entry);
    return code == FOB_SUCCESS ? hook_request(handle, &entry, query, answer) : code;
}

/* The provider may have ended a token early: then renew it, and try once more. */
static int query_send(struct fob_handle *handle, const struct fob_query *query,
                      struct fob_answer *answer)
{
    int code = query_send_once(handle, query, answer);

    if (code == FOB_SUCCESS)
        renew_note_use(handle);
    if (code != FOB_REJECTED || handle->renewed || hook_request_writes(query))
        return code;
    code = renew_after(handle, HOOK_AUTHORIZE, false, code);
    if (code == FOB_SUCCESS) {
        handle->authorized = handle->header_entry;
        return query_send_once(handle, query, answer);
    }
    if (handle->renewed) {
        handle_clear_credential(handle);
        handle->authorized = NULL;
    }
    return code;
}

int fob_send(struct fob_handle *handle, const struct fob_query *query, unsigned flags,
             struct fob_answer **answer)
{
    struct fob_query own;
    struct fob_answer *new;
    int code;

    NEED_HANDLE(handle);
    NEED_SIZED(&own, query);
    NEED(answer);
    code = handle_begin_work(handle, __func__, flags, FOB_ANYTHING | FOB_AS_ITEMS);
    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return handle_end_work(handle, error_nomem());
    new->flags = flags;
    code = handle_end_work(handle, query_send(handle, &own, new));
    if (code == FOB_SUCCESS)
        *answer = new;
    else
        fob_answer_free(new);
    return code;
}

const char *fob_base_url(const struct fob_handle *handle)
{
    const struct option_value *value;

    if (handle == NULL || handle_is_lost(handle) || handle->authorized == NULL)
        return NULL;
    if (handle->base_url != NULL)
        return handle->base_url;
    value = schema_find(&handle->authorized->options, "base_url");
    return value != NULL && value->set ? value->text : NULL;
}

static struct span query_items(const struct fob_answer *answer)
{
    return (struct span){ answer->head.data, answer->head.size };
}

unsigned fob_answer_status(const struct fob_answer *answer)
{
    return answer != NULL ? (unsigned)frame_number(query_items(answer), FRAME_STATUS, 0) : 0;
}

const char *fob_answer_head(const struct fob_answer *answer)
{
    const char *lines = answer != NULL ? frame_text(query_items(answer), FRAME_LINES) : NULL;

    return lines != NULL ? lines : "";
}

const char *fob_answer_header(const struct fob_answer *answer, const char *name, size_t index)
{
    struct span items;
    struct span item;
    uint8_t tag;

    if (answer == NULL || name == NULL)
        return NULL;
    items = query_items(answer);
    while (frame_next(&items, &tag, &item)) {
        if (tag == FRAME_HEADER && strcasecmp(item.data, name) == 0 && index-- == 0)
            return frame_pair_value(item).data;
    }
    return NULL;
}

const char *fob_answer_body(const struct fob_answer *answer, size_t *size)
{
    if (size != NULL)
        *size = answer != NULL ? answer->body.size : 0;
    return answer != NULL && answer->body.data != NULL ? answer->body.data : "";
}

static void query_wipe(struct strbuf *text)
{
    if (text->data != NULL)
        explicit_bzero(text->data, text->capacity);
    strbuf_free(text);
}

void fob_answer_free(struct fob_answer *answer)
{
    if (answer == NULL)
        return;
    query_wipe(&answer->head);
    query_wipe(&answer->body);
    free(answer);
}
