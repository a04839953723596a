/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob request: makes one HTTP request with a credential. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/request/request_options.h"
#include "fob/request/items.h"
#include "fob/request/request.h"
#include "util/array.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The defaults for lists, if the provider's file does not describe them. */
static const char *const usual_next[] = { "/meta/next_url", "Link", NULL };
static const char *const usual_pages[] = { "/meta/total_pages", NULL };
static const char *const usual_total[] = { "/meta/total_results", "/meta/total", NULL };
static const char *const usual_size[] = { "/meta/results_per_page", "/meta/per_page", "?per_page",
                                          NULL };
static const struct fob_paginate usual_paging = {
    .size = sizeof usual_paging,
    .kind = FOB_PAGING_LINK,
    .next = usual_next,
    .parameter = "page",
    .first = 1,
    .pages = usual_pages,
    .total = usual_total,
};
static const struct fob_action usual_list = {
    .size = sizeof usual_list,
    .items = "/data",
    .paginate = &usual_paging,
    .page_size = usual_size,
};

/* --paginate: print one JSON array of all items.  If a page fails, the array stays open, so that
 * nobody takes a part for the whole. */
static int request_print_pages(struct request *request)
{
    const struct fob_provider *provider = fob_handle_provider(request->handle);
    const struct fob_action *list = provider != NULL ? fob_provider_list(provider) : NULL;
    struct items items = { .action = list != NULL ? list : &usual_list, .layout = LAYOUT_JSON };
    int code = items_print(&items, request);

    items_free(&items);
    return code;
}

/* Messages do not repeat the header, which may hold a secret. */
static int request_check_header(const char *header)
{
    static const char *const refused[] = { "Authorization", "Proxy-Authorization" };
    size_t size = strcspn(header, ":");

    if (header[size] != ':' || size == 0)
        return output_fail(FOB_INVALID, NULL, "--header: its value must be \"Name: value\"");
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        if (strlen(refused[i]) == size && strncasecmp(header, refused[i], size) == 0)
            return output_fail(FOB_INVALID, NULL, "--header: %s is fob's to set", refused[i]);
    }
    return FOB_SUCCESS;
}

static int request_read_headers(const struct options *options, const char **headers,
                                struct request *request)
{
    const char *header;
    size_t count = 0;
    size_t at = 0;

    while ((header = options_next(options, "header", &at)) != NULL) {
        int code = request_check_header(header);

        if (code != FOB_SUCCESS)
            return code;
        if (strncasecmp(header, "Accept:", 7) == 0 ||
            strncasecmp(header, "Accept-Encoding:", 16) == 0)
            request->accepts_anything = true;
        headers[count++] = header;
    }
    headers[count] = NULL;
    request->query.headers = headers;
    return FOB_SUCCESS;
}

/* Read METHOD PATH, or PATH. */
static void request_read_target(const struct cli *cli, struct request *request)
{
    const char *second = cli_argument(cli, 1);
    const char *third = cli_argument(cli, 2);

    request->query.path = third != NULL ? third : second;
    if (third != NULL)
        request->query.method = second;
    else
        request->query.method = options_has(&cli->options, "data") ? "POST" : "GET";
}

static int cmd_request_check_options(const struct cli *cli, const struct request *request)
{
    if (!options_has(&cli->options, "paginate"))
        return FOB_SUCCESS;
    if (strcmp(request->query.method, "GET") != 0)
        return output_fail(FOB_INVALID, NULL, "--paginate goes with GET alone");
    if (options_has(&cli->options, "include"))
        return output_fail(FOB_INVALID, NULL,
                           "--include does not go with --paginate, which "
                           "prints one document");
    return FOB_SUCCESS;
}

static int request_send_request(struct cli *cli, struct request *request)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;
    int code = cli_start(cli, NULL, request->account);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_authorize(cli->handle, "request", flags);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    request->handle = cli->handle;
    return options_has(&cli->options, "paginate") ? request_print_pages(request)
                                                  : request_once(request);
}

static int cmd_request_run(struct cli *cli)
{
    struct request request = {
        .account = cli_argument(cli, 0),
        .query = { .size = sizeof request.query },
        .include = options_has(&cli->options, "include"),
    };
    const char *data = options_text(&cli->options, "data");
    const char **headers = calloc(cli->options.parsed_count + 1, sizeof *headers);
    struct strbuf body = STRBUF_INIT;
    int code = FOB_SUCCESS;

    if (headers == NULL)
        return output_nomem();
    request_read_target(cli, &request);
    code = cmd_request_check_options(cli, &request);
    if (code == FOB_SUCCESS)
        code = request_read_headers(&cli->options, headers, &request);
    if (code == FOB_SUCCESS && data != NULL) {
        code = request_read_data(data, &body);
        request.query.body = body.data;
        request.query.body_size = body.size;
    }
    if (code == FOB_SUCCESS)
        code = request_send_request(cli, &request);
    strbuf_free(&body);
    free(headers);
    return code;
}

const struct command cmd_request = {
    .name = "request",
    .arguments = REQUEST_ARGUMENTS,
    .summary = REQUEST_SUMMARY,
    .options = request_options,
    .min = 2,
    .max = 3,
    .run = cmd_request_run,
    .plugins = true,
};
