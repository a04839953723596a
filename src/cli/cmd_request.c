/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob request, a program of its own because it maps libcurl: one call with a credential on it. */
#include "config.h"

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Read FD into BODY. */
static int read_body(int fd, const char *what, struct strbuf *body)
{
    char chunk[16384];
    ssize_t got;

    while ((got = read(fd, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return output_fail(FOB_SYSTEM, NULL, "%s: %m", what);
        strbuf_add(body, chunk, (size_t)got);
        if (body->failed)
            return output_fail(FOB_NOMEM, NULL, "out of memory");
        if (body->size > FOB_HTTP_BODY_MAX)
            return output_fail(FOB_INVALID, NULL, "%s: more than %d bytes", what,
                               FOB_HTTP_BODY_MAX);
    }
    strbuf_add(body, "", 0); /* an empty body is one, too */
    return FOB_SUCCESS;
}

static int read_file(const char *path, struct strbuf *body)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int code;

    if (fd < 0)
        return output_fail(errno == EACCES ? FOB_DENIED : FOB_SYSTEM, NULL, "%s: %m", path);
    code = read_body(fd, path, body);
    close(fd);
    return code;
}

/* --data TEXT, @FILE, @- or -. */
static int take_data(const char *data, struct strbuf *body)
{
    if (strcmp(data, "-") == 0 || strcmp(data, "@-") == 0)
        return read_body(STDIN_FILENO, "stdin", body);
    if (data[0] == '@')
        return read_file(data + 1, body);
    strbuf_text(body, data);
    return body->failed ? output_fail(FOB_NOMEM, NULL, "out of memory") : FOB_SUCCESS;
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
    code = options_has(&cli->options, "paginate") ? request_pages(request) : request_once(request);
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
        code = take_data(data, &body);
        request.http.body = body.data;
        request.http.body_size = body.size;
    }
    if (code == FOB_SUCCESS)
        code = send_request(cli, &request);
    strbuf_free(&body);
    free(headers);
    return code;
}

static const struct command cmd_request = {
    .name = "request",
    .arguments = REQUEST_ARGUMENTS,
    .summary = REQUEST_SUMMARY,
    .options = request_options,
    .least = 2,
    .most = 3,
    .run = run,
    .plugins = true,
};

int main(int argc, char **argv)
{
    static const struct command *const commands[] = { &cmd_request, NULL };

    return cli_main(argc, argv, commands);
}
