/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob request: one call with a credential on it. */
#include "config.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/page.h"
#include "cli/pages.h"
#include "cli/request.h"

#include <json.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --paginate: one JSON array of all data, whose text is left as it is. */
struct array {
    const char *items;
    size_t size;
    bool any; /* an item was printed */
};

static int read_array(struct page *page, void *data)
{
    struct array *array = data;
    struct json_object *list = NULL;
    size_t size;

    array->items = page_items(fob_http_body(page->response, &size), &array->size);
    /* The text may have the name twice, spelt in two ways. */
    if (array->items == NULL || !json_object_object_get_ex(page->json, "data", &list) ||
        !json_object_is_type(list, json_type_array))
        return output_fail(FOB_PROTOCOL, NULL, "%s: the answer has no list called data",
                           page->request->account);
    page->digest = page_digest(page->digest, array->items, array->size);
    page->items = json_object_array_length(list);
    return FOB_SUCCESS;
}

static int print_array(struct page *page, void *data)
{
    struct array *array = data;

    if (page->items == 0)
        return FOB_SUCCESS;
    fputs(array->any ? ",\n" : "[\n", output_file());
    fwrite(array->items, 1, array->size, output_file());
    array->any = true;
    return FOB_SUCCESS;
}

/* When a page fails the array is left open, so that nobody takes a part for the whole. */
static int print_pages(struct request *request)
{
    static const struct fob_paginate paginate = { .kind = FOB_PAGING_LINK,
                                                  .next = "/meta/next_url" };
    struct array array = { NULL, 0, false };
    const struct page_taker taker = { read_array, print_array, &array };
    int code = pages_walk(request, &paginate, &taker);

    if (code == FOB_SUCCESS)
        fputs(array.any ? "\n]\n" : "[]\n", output_file());
    return code;
}

/* Never repeats the header: somebody may have put a secret into it. */
static int check_header(const char *header)
{
    static const char *const refused[] = { "Authorization", "Proxy-Authorization" };
    size_t size = strcspn(header, ":");

    if (header[size] != ':' || size == 0)
        return output_fail(FOB_INVALID, NULL, "--header: its value must be \"Name: value\"");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (strlen(refused[i]) == size && strncasecmp(header, refused[i], size) == 0)
            return output_fail(FOB_INVALID, NULL, "--header: %s is fob's to set", refused[i]);
    }
    return FOB_SUCCESS;
}

static int take_headers(const struct options *options, const char **headers,
                        struct request *request)
{
    const char *header;
    size_t count = 0;
    size_t at = 0;

    while ((header = options_next(options, "header", &at)) != NULL) {
        int code = check_header(header);

        if (code != FOB_SUCCESS)
            return code;
        if (strncasecmp(header, "Accept:", 7) == 0)
            request->accepts_anything = true;
        headers[count++] = header;
    }
    headers[count] = NULL;
    request->http.headers = headers;
    return FOB_SUCCESS;
}

/* METHOD PATH, or PATH. */
static void take_target(const struct cli *cli, struct request *request)
{
    const char *second = cli_argument(cli, 1);
    const char *third = cli_argument(cli, 2);

    request->http.path = third != NULL ? third : second;
    if (third != NULL)
        request->http.method = second;
    else
        request->http.method = options_has(&cli->options, "data") ? "POST" : "GET";
}

static int check_options(const struct cli *cli, const struct request *request)
{
    if (!options_has(&cli->options, "paginate"))
        return FOB_SUCCESS;
    if (strcmp(request->http.method, "GET") != 0)
        return output_fail(FOB_INVALID, NULL, "--paginate goes with GET alone");
    if (options_has(&cli->options, "include"))
        return output_fail(FOB_INVALID, NULL,
                           "--include does not go with --paginate, which "
                           "prints one document");
    return FOB_SUCCESS;
}

static int send_request(struct cli *cli, struct request *request)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;
    int code = cli_start(cli, NULL, request->account);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_authorize(cli->handle, "request", flags);
    if (code == FOB_SUCCESS)
        code = fob_http_open(cli->handle, &request->client);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    request->handle = cli->handle;
    code = options_has(&cli->options, "paginate") ? print_pages(request) : request_once(request);
    fob_http_close(request->client);
    return code;
}

static int run(struct cli *cli)
{
    struct request request = {
        .account = cli_argument(cli, 0),
        .include = options_has(&cli->options, "include"),
    };
    const char *data = options_text(&cli->options, "data");
    const char **headers = calloc(cli->options.given_count + 1, sizeof *headers);
    struct strbuf body = STRBUF_INIT;
    int code = FOB_SUCCESS;

    if (headers == NULL)
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    take_target(cli, &request);
    code = check_options(cli, &request);
    if (code == FOB_SUCCESS)
        code = take_headers(&cli->options, headers, &request);
    if (code == FOB_SUCCESS && data != NULL) {
        code = request_take_data(data, &body);
        request.http.body = body.data;
        request.http.body_size = body.size;
    }
    if (code == FOB_SUCCESS)
        code = send_request(cli, &request);
    strbuf_free(&body);
    free(headers);
    return code;
}

const struct command cmd_request = {
    .name = "request",
    .arguments = REQUEST_ARGUMENTS,
    .summary = REQUEST_SUMMARY,
    .options = request_options,
    .least = 2,
    .most = 3,
    .run = run,
    .plugins = true,
};
