/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob docker-credential: a credential helper for docker (docker-credential-helpers on GitHub,
 * section "Development"). */
#include "config.h"

#include "cli/output.h"
#include "fob/answer.h"
#include "fob/commands.h"
#include "fob/hosts.h"
#include "fob/pair.h"
#include "fob/question.h"
#include "util/quote.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_MAX 512

/* docker reads the reason of a failure from stdout, and recognizes this text. */
#define NOT_FOUND "credentials not found in native keychain"

/* Print on stdout why there is no answer, and fail as docker expects. */
static int cmd_docker_refuse(struct cli *cli, const char *why)
{
    output_line("%s", why);
    cli->status = 1;
    return FOB_SUCCESS;
}

/* Read the server that docker asks for, as SERVER and as a QUESTION. */
static int cmd_docker_read(char server[static SERVER_MAX], struct question *question)
{
    if (!question_read_docker(stdin, server, question))
        return output_fail(FOB_INVALID, NULL, "stdin: docker must name the server");
    return strcmp(question->protocol, "https") == 0
               ? FOB_SUCCESS
               : output_fail(FOB_UNTRUSTED, NULL, "not lent to a server without https");
}

static void cmd_docker_member(const struct quote *out, const char *name, const char *data,
                              size_t size)
{
    quote_json(out, name, strlen(name));
    quote_text(out, ":");
    quote_json(out, data, size);
}

/* Print {"ServerURL":"...","Username":"...","Secret":"..."}. */
static int cmd_docker_answer(const char *server, const struct fob_secret *user,
                             const struct fob_secret *password)
{
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };

    if (!text_is_utf8(fob_secret_data(user), fob_secret_size(user)) ||
        !text_is_utf8(fob_secret_data(password), fob_secret_size(password)))
        return output_fail(FOB_INVALID, NULL, "a value is not UTF-8, which docker cannot take");
    quote_text(&out, "{");
    cmd_docker_member(&out, "ServerURL", server, strlen(server));
    quote_text(&out, ",");
    cmd_docker_member(&out, "Username", fob_secret_data(user), fob_secret_size(user));
    quote_text(&out, ",");
    cmd_docker_member(&out, "Secret", fob_secret_data(password), fob_secret_size(password));
    quote_text(&out, "}\n");
    return answer_end(&answer);
}

static int cmd_docker_get(struct cli *cli)
{
    char server[SERVER_MAX];
    struct question question;
    struct fob_secret *user = NULL;
    struct fob_secret *password = NULL;
    int code = cmd_docker_read(server, &question);

    if (code == FOB_SUCCESS)
        code = hosts_start(cli, question.host, NULL, NULL);
    if (code != FOB_SUCCESS)
        return code;
    if (cli->handle == NULL)
        return cmd_docker_refuse(cli, NOT_FOUND);
    code = fob_lend(cli->handle, "docker", 0);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = pair_read(cli, "username", false, &user);
    if (code == FOB_SUCCESS)
        code = pair_read(cli, "password", true, &password);
    if (code == FOB_SUCCESS)
        code = cmd_docker_answer(server, user, password);
    fob_secret_free(user);
    fob_secret_free(password);
    return code;
}

/* Add one server and its user; for hosts_each(). */
static int cmd_docker_list_one(struct cli *cli, const char *host, void *data)
{
    struct strbuf *buf = data;
    struct fob_secret *user = NULL;
    int code;

    if (pair_field(cli, "username", false) == NULL)
        return FOB_SUCCESS;
    code = pair_read(cli, "username", false, &user);
    if (code == FOB_SUCCESS)
        output_json_text(buf, host, fob_secret_data(user));
    fob_secret_free(user);
    return code;
}

static int cmd_docker_list(struct cli *cli)
{
    struct strbuf buf = STRBUF_INIT;
    int code;

    output_json_begin(&buf, NULL, '{');
    code = hosts_each(cli, cmd_docker_list_one, &buf);
    output_json_end(&buf, '}');
    if (code == FOB_SUCCESS)
        return output_json(&buf);
    strbuf_free(&buf);
    return code;
}

static int cmd_docker_run(struct cli *cli)
{
    const char *action = cli_argument(cli, 0);

    if (strcmp(action, "get") == 0)
        return cmd_docker_get(cli);
    if (strcmp(action, "list") == 0)
        return cmd_docker_list(cli);
    if (strcmp(action, "store") == 0)
        return cmd_docker_refuse(cli,
                                 "docker stores nothing here: use \"fob link\" or \"fob edit\"");
    if (strcmp(action, "erase") == 0)
        return cmd_docker_refuse(cli, "docker erases nothing here: use \"fob revoke\"");
    return output_fail(FOB_INVALID, "it is one of get, list, store, erase", "%.32s: unknown action",
                       action);
}

static const struct option_spec options[] = {
    PAIR_OPTIONS,
    { NULL, NULL, NULL },
};

const struct command cmd_docker = {
    .name = "docker-credential",
    .arguments = "get | list | store | erase",
    .summary = "be docker's credential helper, for docker-credential-fob",
    .options = options,
    .min = 1,
    .max = 1,
    .run = cmd_docker_run,
};
