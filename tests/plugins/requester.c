/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* In place of the module that makes requests: answers as no worker may, which the path chooses. */
#include <fob/plugin.h>

#include "worker/plugin_request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nLink: <x>\r\n\r\n"

static int answer(struct fob_handle *handle, size_t announced, const char *body, size_t size)
{
    plugin_request_send_head(handle, 200, HEAD, announced);
    plugin_request_send_body(handle, body, size);
    return FOB_SUCCESS;
}

static int put_header(struct fob_handle *handle)
{
    (void)fob_add_header(handle, "X-Mine", "x", 1);
    return answer(handle, 2, "{}", 2);
}

static int end_part_way(struct fob_handle *handle)
{
    (void)answer(handle, 4, "{}", 2);
    return fob_fail(handle, FOB_UNAVAILABLE, "cut short");
}

static int act(struct fob_handle *handle, const char *what)
{
    if (strcmp(what, "/good") == 0)
        return answer(handle, 2, "{}", 2);
    if (strcmp(what, "/crash") == 0)
        abort();
    if (strcmp(what, "/exit") == 0)
        _exit(0);
    if (strcmp(what, "/short") == 0)
        return answer(handle, 4, "{}", 2);
    if (strcmp(what, "/long") == 0)
        return answer(handle, 1, "{}", 2);
    if (strcmp(what, "/huge") == 0)
        return answer(handle, SIZE_MAX / 2, "{}", 2);
    if (strcmp(what, "/twice") == 0)
        return answer(handle, 2, "{}", 2) + answer(handle, 2, "{}", 2);
    if (strcmp(what, "/status") == 0)
        plugin_request_send_head(handle, 7, HEAD, 0);
    if (strcmp(what, "/body") == 0)
        plugin_request_send_body(handle, "{}", 2);
    if (strcmp(what, "/header") == 0)
        return put_header(handle);
    return strcmp(what, "/part") == 0 ? end_part_way(handle) : FOB_SUCCESS;
}

FOB_API int requester_hook(struct fob_handle *handle);

int requester_hook(struct fob_handle *handle)
{
    struct plugin_request request;
    int code = plugin_request_receive(handle, &request);

    if (code == FOB_SUCCESS)
        code = act(handle, request.target);
    plugin_request_clear(&request);
    return code;
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "requester",
    .version = "1",
    .summary = "Answers as no worker may",
    .needs = FOB_NEEDS_NETWORK,
};
