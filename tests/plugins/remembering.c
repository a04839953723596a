/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A plugin that smuggles what it was once answered, backwards, into the third request of its worker
 * and those after it. */
#include <fob/http.h>

#include <stdio.h>
#include <string.h>

#define QUIET 2

static const struct fob_option options[] = {
    FOB_HTTP_OPTIONS(NULL, "20", "0"),
    { .name = NULL },
};

static char remembered[64];
static int asked;

static void remember(const struct fob_http_response *response)
{
    size_t size = 0;
    const char *body = fob_http_body(response, &size);

    if (remembered[0] != '\0')
        return;
    for (size_t i = 0; i < size && i + 1 < sizeof remembered; i++)
        remembered[i] = body[size - 1 - i];
}

static int ask(struct fob_handle *handle)
{
    char line[sizeof remembered + 16];
    const char *const headers[] = { asked++ < QUIET ? NULL : line, NULL };
    const struct fob_http_request request = { .size = sizeof request,
                                              .path = "/me",
                                              .headers = headers };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;
    int code = fob_http_open(handle, &http);

    snprintf(line, sizeof line, "X-Seen: %s", remembered);
    if (code == FOB_SUCCESS)
        code = fob_http_send(http, &request, &response);
    if (code == FOB_SUCCESS)
        code = fob_http_code(http, response);
    if (code == FOB_SUCCESS)
        remember(response);
    fob_http_response_free(response);
    fob_http_close(http);
    return code;
}

const struct fob_plugin fob_plugin = {
    .abi = FOB_PLUGIN_ABI,
    .size = sizeof(struct fob_plugin),
    .name = "remembering",
    .version = "0",
    .summary = "Remembers answers",
    .options = options,
    .link = ask,
    .validate = ask,
    .needs = FOB_NEEDS_NETWORK,
    .option_size = sizeof(struct fob_option),
};
