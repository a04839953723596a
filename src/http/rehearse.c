/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sends a request to the host in place of the provider, or sends the host the provider's answer. */
#include "config.h"

#include "http/rehearse.h"

#include "http/json.h"
#include "http/json_items.h"
#include "util/array.h"
#include "worker/plugin_rehearse.h"

#include <json.h>

#include <string.h>
#include <strings.h>

static void rehearse_wipe(struct strbuf *text)
{
    if (text->data != NULL)
        explicit_bzero(text->data, text->size);
    strbuf_free(text);
}

static bool rehearse_is_json(const struct outgoing *request)
{
    static const char type[] = "Content-Type: application/json";
    const char *line = fob_secret_data(request->lines);
    const char *end = line + fob_secret_size(request->lines);

    for (; line < end; line += strlen(line) + 1) {
        if (strncasecmp(line, type, strlen(type)) == 0)
            return true;
    }
    return false;
}

/* The SIZE bytes at TEXT, which a NUL follows, as items; nothing if they are not JSON. */
static void rehearse_add_items(struct strbuf *items, const char *text, size_t size)
{
    struct json_object *json = NULL;
    const char *why;

    if (json_read(text, size, &json, &why) == FOB_SUCCESS)
        json_items_write(items, json);
    json_object_put(json);
}

/* The body as items; nothing if it is not JSON. */
static void rehearse_write_items(const struct outgoing *request, struct strbuf *items)
{
    const struct fob_http_request *public = request->public;
    struct strbuf text = STRBUF_INIT;

    if (public->body == NULL || public->body_size == 0 || !rehearse_is_json(request))
        return;
    strbuf_add(&text, public->body, public->body_size);
    if (text.failed)
        items->failed = true;
    else
        rehearse_add_items(items, text.data, text.size);
    rehearse_wipe(&text);
}

static CURLcode rehearse_take(struct fob_http *http, const struct plugin_answer *answer,
                              struct fob_http_response *response)
{
    static const CURLcode faults[] = { [FRAME_REFUSED] = CURLE_COULDNT_CONNECT,
                                       [FRAME_LATE] = CURLE_OPERATION_TIMEDOUT,
                                       [FRAME_UNTRUSTED] = CURLE_PEER_FAILED_VERIFICATION };
    const char *line = answer->lines != NULL ? answer->lines : "";

    if (answer->fault >= 0 && (size_t)answer->fault < ARRAY_SIZE(faults))
        return faults[answer->fault];
    for (size_t size; line[0] != '\0'; line += size) {
        size = strcspn(line, "\n");
        size += line[size] == '\n';
        if (!response_add_head(response, line, size))
            return CURLE_WRITE_ERROR;
    }
    if (answer->content.size > 0 &&
        !response_add_body(response, answer->content.data, answer->content.size))
        return CURLE_WRITE_ERROR;
    if (response_finish(response, answer->status) != FOB_SUCCESS)
        return CURLE_OUT_OF_MEMORY;
    response_read_retry_at(response, fob_option_text(http->handle, "retry_at"));
    return CURLE_OK;
}

int rehearse_exchange(struct fob_http *http, const struct outgoing *request,
                      struct fob_http_response *response, CURLcode *result)
{
    struct plugin_rehearsed sent = { .method = request->method,
                                     .url = fob_secret_data(request->url),
                                     .lines = request->lines,
                                     .content = { request->public->body,
                                                  request->public->body_size } };
    struct strbuf items = STRBUF_INIT;
    struct plugin_answer answer;
    int code = FOB_SUCCESS;

    http->error[0] = '\0';
    http->lack = 0;
    rehearse_write_items(request, &items);
    sent.json = (struct span){ items.data, items.size };
    if (items.failed)
        code = client_nomem(http->handle);
    if (code == FOB_SUCCESS)
        code = plugin_rehearse(http->handle, &sent, &answer);
    if (code == FOB_SUCCESS)
        *result = rehearse_take(http, &answer, response);
    rehearse_wipe(&items);
    return code;
}

/* The fault that a rehearsal would have for a request that ended with CODE; -1 for none. */
static int rehearse_fault(int code, CURLcode result)
{
    if (result == CURLE_OPERATION_TIMEDOUT)
        return FRAME_LATE;
    if (code == FOB_UNTRUSTED)
        return FRAME_UNTRUSTED;
    return code == FOB_UNAVAILABLE ? FRAME_REFUSED : -1;
}

void rehearse_report(struct fob_http *http, int code, CURLcode result,
                     const struct fob_http_response *response)
{
    struct plugin_received received = { .fault = -1 };
    struct strbuf items = STRBUF_INIT;

    if (code != FOB_SUCCESS) {
        received.fault = rehearse_fault(code, result);
        if (received.fault >= 0)
            plugin_record(http->handle, &received);
        return;
    }
    received.status = response->status;
    received.lines = fob_http_head(response);
    received.retry_after = response->retry_after;
    received.content.data = fob_http_body(response, &received.content.size);
    if (received.content.size > 0)
        rehearse_add_items(&items, received.content.data, received.content.size);
    if (!items.failed)
        received.json = (struct span){ items.data, items.size };
    plugin_record(http->handle, &received);
    rehearse_wipe(&items);
}
