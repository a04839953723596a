/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob get --format process: prints the JSON object that cloud tools read from a program. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/answer.h"
#include "fob/exec/variables.h"
#include "fob/get_parts.h"
#include "util/quote.h"
#include "util/text.h"

#include <string.h>

/* Print {"Version":1,"NAME":"...","Expiration":"..."}. */
static void process_add(const struct cli *cli, const struct variables *members,
                        const struct quote *out)
{
    int64_t expires = fob_account_time(fob_handle_account(cli->handle), FOB_TIME_EXPIRES);
    char when[21];

    quote_text(out, "{\"Version\":1");
    for (size_t i = 0; i < members->count; i++) {
        const struct fob_secret *value = members->items[i].value;

        quote_text(out, ",");
        quote_json(out, members->items[i].name, strlen(members->items[i].name));
        quote_text(out, ":");
        quote_json(out, fob_secret_data(value), fob_secret_size(value));
    }
    if (expires != 0) {
        text_time(expires, when);
        quote_text(out, ",\"Expiration\":\"");
        quote_text(out, when);
        quote_text(out, "\"");
    }
    quote_text(out, "}\n");
}

/* Refuse duplicate members: readers differ in which they use. */
static int process_check_members(const struct cli *cli, const struct variables *members)
{
    int64_t expires = fob_account_time(fob_handle_account(cli->handle), FOB_TIME_EXPIRES);

    for (size_t i = 0; i < members->count; i++) {
        const char *name = members->items[i].name;

        if (strcmp(name, "Version") == 0)
            return output_fail(FOB_INVALID, NULL, "--member Version: the object has one that is 1");
        if (strcmp(name, "Expiration") == 0 && expires != 0)
            return output_fail(FOB_INVALID, NULL,
                               "--member Expiration: the object has one, for %s expires",
                               cli_argument(cli, 0));
    }
    return FOB_SUCCESS;
}

int get_print_process(struct cli *cli)
{
    const struct loan loan = { cli->handle, cli_argument(cli, 0) };
    struct variables members = VARIABLES_INIT;
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    const char *text;
    size_t at = 0;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && (text = options_next(&cli->options, "member", &at)) != NULL)
        code = variables_add_one(&members, &loan, 1, "member", text);
    if (code != FOB_SUCCESS)
        (void)cli_fail(cli, code);
    if (code == FOB_SUCCESS && members.count == 0)
        code = output_fail(FOB_INVALID, "--member AccessKeyId=client_id, say",
                           "--format process needs a --member for each value");
    if (code == FOB_SUCCESS)
        code = process_check_members(cli, &members);
    if (code == FOB_SUCCESS)
        code = get_lend(cli);
    if (code == FOB_SUCCESS && (code = variables_read(&members)) != FOB_SUCCESS)
        (void)cli_fail(cli, code);
    for (size_t i = 0; i < members.count && code == FOB_SUCCESS; i++)
        code = get_check_json(cli, members.items[i].field, members.items[i].value);
    if (code == FOB_SUCCESS) {
        process_add(cli, &members, &out);
        code = answer_end(&answer);
    }
    variables_free(&members);
    return code;
}
