/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob get --format header and curl: prints what the authorize stack makes of a credential. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/answer.h"
#include "fob/get_parts.h"
#include "util/quote.h"

#include <string.h>

static int get_header_add(struct cli *cli, const struct quote *out, bool curl, size_t index)
{
    const struct fob_secret *value;
    struct fob_secret *line = NULL;
    const char *name;
    int code;

    if (fob_header(cli->handle, index, &name, &value) != FOB_SUCCESS)
        return FOB_NOT_FOUND;
    code = fob_secret_new(name, strlen(name), &line);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(line, ": ", 2);
    if (code == FOB_SUCCESS)
        code = fob_secret_append(line, fob_secret_data(value), fob_secret_size(value));
    if (code != FOB_SUCCESS) {
        cli_fail(cli, code);
    } else if (!quote_fits_line(fob_secret_data(line), fob_secret_size(line))) {
        code = output_fail(FOB_INVALID, NULL,
                           "%s: header %s has a line break, which cannot be "
                           "sent",
                           cli_argument(cli, 0), name);
    } else if (curl) {
        quote_text(out, "header = ");
        quote_curl(out, fob_secret_data(line), fob_secret_size(line));
        quote_text(out, "\n");
    } else {
        out->add(out->sink, fob_secret_data(line), fob_secret_size(line));
        quote_text(out, "\n");
    }
    fob_secret_free(line);
    return code;
}

/* Parameter number INDEX for curl, which takes what begins with '+' as it is. */
static bool get_header_add_parameter(const struct cli *cli, const struct quote *out, size_t index)
{
    const struct fob_secret *value;
    const char *name;

    if (fob_query_parameter(cli->handle, index, &name, &value) != FOB_SUCCESS)
        return false;
    quote_text(out, "url-query = \"+");
    quote_text(out, name);
    quote_text(out, "=");
    quote_percent(out, fob_secret_data(value), fob_secret_size(value));
    quote_text(out, "\"\n");
    return true;
}

/* Refuse ACCOUNT if only a connection of fob's own can have its certificate. */
static int get_check_certificate(const struct fob_handle *handle, const char *account)
{
    const struct fob_secret *chain;
    const struct fob_secret *key;

    if (fob_certificate(handle, &chain, &key) != FOB_SUCCESS)
        return FOB_SUCCESS;
    return output_fail(
        FOB_INVALID, "\"fob request\" and \"fob run\" make requests with it, without a file",
        "%s: its provider requires a client certificate on each connection, not only headers",
        account);
}

int get_check_headers(const struct fob_handle *handle, const char *account)
{
    const struct fob_secret *value;
    const char *name;
    int code = get_check_certificate(handle, account);

    if (code != FOB_SUCCESS)
        return code;
    if (fob_query_parameter(handle, 0, &name, &value) != FOB_SUCCESS)
        return FOB_SUCCESS;
    return output_fail(
        FOB_INVALID, "\"fob request\" makes requests; --format curl is for curl 7.87 or later",
        "%s: its provider takes %s in the query of the address, not in a header", account, name);
}

static int header_print(struct cli *cli, bool curl)
{
    const unsigned flags = options_has(&cli->options, "force") ? FOB_FORCE : 0;
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    int code;

    if (cli_argument(cli, 1) != NULL)
        return output_fail(FOB_INVALID, NULL, "this format takes no FIELD");
    code = output_protect();
    if (code != FOB_SUCCESS)
        return code;
    code = fob_authorize(cli->handle, "get", flags);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = curl ? get_check_certificate(cli->handle, cli_argument(cli, 0))
                : get_check_headers(cli->handle, cli_argument(cli, 0));
    for (size_t i = 0; curl && code == FOB_SUCCESS && get_header_add_parameter(cli, &out, i); i++)
        continue;
    for (size_t i = 0; code == FOB_SUCCESS; i++)
        code = get_header_add(cli, &out, curl, i);
    if (code == FOB_NOT_FOUND) /* after the last one */
        return answer_end(&answer);
    fob_secret_free(answer.held);
    return code;
}

int get_print_curl(struct cli *cli)
{
    return header_print(cli, true);
}

int get_print_header(struct cli *cli)
{
    return header_print(cli, false);
}
