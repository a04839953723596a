/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob git-credential: what git asks of a credential helper (gitcredentials(7)). */
#include "config.h"

#include "cli/answer.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "util/quote.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What git says of the server, as far as it matters. */
struct question {
    char protocol[16];
    char host[256]; /* with its port, if any */
    char username[256];
};

/* Read the lines NAME=VALUE up to an empty one. */
static void read_question(struct question *question)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    while ((size = getline(&line, &room, stdin)) > 0 && strcmp(line, "\n") != 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "protocol=", 9) == 0)
            snprintf(question->protocol, sizeof question->protocol, "%s", line + 9);
        else if (strncmp(line, "host=", 5) == 0)
            snprintf(question->host, sizeof question->host, "%s", line + 5);
        else if (strncmp(line, "username=", 9) == 0)
            snprintf(question->username, sizeof question->username, "%s", line + 9);
    }
    if (line != NULL)
        explicit_bzero(line, room);
    free(line);
}

/* The only field that is secret, or that is not; NULL when there are several or none. */
static const char *only_field(const struct fob_account *account, bool wanted)
{
    const char *found = NULL;
    const char *field;
    bool secret;

    for (size_t i = 0; (field = fob_account_field(account, i, &secret)) != NULL; i++) {
        if (secret != wanted)
            continue;
        if (found != NULL)
            return NULL;
        found = field;
    }
    return found;
}

/* The field that OPTION names, or the only one of its kind; NULL for none. */
static const char *find_field(const struct cli *cli, const char *option, bool secret)
{
    const char *field = options_text(&cli->options, option);

    return field != NULL ? field : only_field(fob_get_account(cli->handle), secret);
}

static int add_line(struct cli *cli, const char *name, bool secret, const struct quote *out)
{
    const char *field = find_field(cli, name, secret);
    struct fob_secret *value = NULL;
    int code;

    if (field == NULL)
        return output_fail(FOB_INVALID, NULL, "name the field of the account with --%s", name);
    code = fob_get_field(cli->handle, field, &value);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (!quote_fits_line(fob_secret_data(value), fob_secret_size(value))) {
        code = output_fail(FOB_INVALID, NULL, "field %s has a line break, which git can not take",
                           field);
    } else {
        quote_text(out, name);
        quote_text(out, "=");
        out->add(out->sink, fob_secret_data(value), fob_secret_size(value));
        quote_text(out, "\n");
    }
    fob_secret_free(value);
    return code;
}

/* Git knows the user already where the account has only a token. */
static int add_username(struct cli *cli, const struct question *question, const struct quote *out)
{
    if (question->username[0] == '\0' || find_field(cli, "username", false) != NULL)
        return add_line(cli, "username", false, out);
    quote_text(out, "username=");
    quote_text(out, question->username);
    quote_text(out, "\n");
    return FOB_SUCCESS;
}

static int answer_git(struct cli *cli, const struct question *question)
{
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    int code;

    if (fob_get_account(cli->handle) == NULL)
        return cli_fail(cli, FOB_NOMEM);
    code = fob_lend(cli->handle, "git", 0);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = add_username(cli, question, &out);
    if (code == FOB_SUCCESS)
        code = add_line(cli, "password", true, &out);
    if (code == FOB_SUCCESS)
        return answer_end(&answer);
    fob_secret_free(answer.held);
    return code;
}

/* Whether git asks for a user that the account is not. */
static bool is_another(struct cli *cli, const struct question *question)
{
    const char *field = find_field(cli, "username", false);
    struct fob_secret *value = NULL;
    bool another = question->username[0] != '\0' && field != NULL &&
                   fob_get_field(cli->handle, field, &value) == FOB_SUCCESS &&
                   strcmp(fob_secret_data(value), question->username) != 0;

    fob_secret_free(value);
    return another;
}

struct search {
    const char *name;
    bool found;
};

static bool look_for(const char *name, void *data)
{
    struct search *search = data;

    search->found = strcmp(name, search->name) == 0;
    return !search->found;
}

/* Whether what is sent there stays on this machine, or is encrypted on its way. */
static bool is_safe(const struct question *question)
{
    static const char *const local[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        size_t size = strlen(local[i]);

        if (strncmp(question->host, local[i], size) == 0 &&
            (question->host[size] == '\0' || question->host[size] == ':'))
            return true;
    }
    return strcmp(question->protocol, "https") == 0;
}

/* Start the account that is called like the server, if there is one and it is the user's: none is
 * no fault, git asks its next helper. */
static int start_by_host(struct cli *cli, const struct question *question)
{
    struct search search = { question->host, false };
    int code;

    if (!text_is_name(question->host))
        return FOB_SUCCESS;
    code = cli_open(cli);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_list_names(cli->context, look_for, &search);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    if (!search.found)
        return FOB_SUCCESS;
    code = cli_start(cli, NULL, question->host);
    if (code == FOB_SUCCESS && is_another(cli, question))
        cli_end(cli);
    return code;
}

static int get(struct cli *cli, const char *account)
{
    struct question question = { "", "", "" };
    int code;

    read_question(&question);
    if (!is_safe(&question))
        return output_fail(FOB_UNTRUSTED, NULL, "not lent to a server without https");
    code = account != NULL ? cli_start(cli, NULL, account) : start_by_host(cli, &question);
    return code == FOB_SUCCESS && cli->handle != NULL ? answer_git(cli, &question) : code;
}

static int run(struct cli *cli)
{
    const char *account = cli_argument(cli, 1) != NULL ? cli_argument(cli, 0) : NULL;
    const char *action = cli_argument(cli, account != NULL ? 1 : 0);

    /* One request that failed is no reason to forget a credential: fob validate tells, and fob
     * link and fob edit store. */
    return strcmp(action, "get") == 0 ? get(cli, account) : FOB_SUCCESS;
}

static const struct option_spec options[] = {
    { "username", "FIELD", "the field that is the user's name, if several are not secret" },
    { "password", "FIELD", "the field that is the password, if several are secret" },
    { NULL, NULL, NULL },
};

const struct command cmd_git = {
    .name = "git-credential",
    .arguments = "[ACCOUNT] get | store | erase",
    .summary = "answer git, which runs git-credential-fob",
    .options = options,
    .least = 1,
    .most = 2,
    .run = run,
};
