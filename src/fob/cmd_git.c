/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob git-credential: a credential helper for git (gitcredentials(7)). */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/answer.h"
#include "fob/commands.h"
#include "fob/hosts.h"
#include "fob/pair.h"
#include "fob/question.h"
#include "util/array.h"
#include "util/quote.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int cmd_git_add_line(struct cli *cli, const char *name, bool secret, const struct quote *out)
{
    struct fob_secret *value = NULL;
    int code = pair_read(cli, name, secret, &value);

    if (code != FOB_SUCCESS)
        return code;
    if (!quote_fits_line(fob_secret_data(value), fob_secret_size(value))) {
        code =
            output_fail(FOB_INVALID, NULL, "the %s has a line break, which git cannot take", name);
    } else {
        quote_text(out, name);
        quote_text(out, "=");
        out->add(out->sink, fob_secret_data(value), fob_secret_size(value));
        quote_text(out, "\n");
    }
    fob_secret_free(value);
    return code;
}

/* If the account has only a token, git already knows the user. */
static int git_add_username(struct cli *cli, const struct question *question,
                            const struct quote *out)
{
    if (question->username[0] == '\0' || pair_field(cli, "username", false) != NULL)
        return cmd_git_add_line(cli, "username", false, out);
    quote_text(out, "username=");
    quote_text(out, question->username);
    quote_text(out, "\n");
    return FOB_SUCCESS;
}

static int git_answer(struct cli *cli, const struct question *question)
{
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    int code;

    if (fob_handle_account(cli->handle) == NULL)
        return cli_fail(cli, FOB_NOMEM);
    code = fob_lend(cli->handle, "git", 0);
    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    code = git_add_username(cli, question, &out);
    if (code == FOB_SUCCESS)
        code = cmd_git_add_line(cli, "password", true, &out);
    if (code == FOB_SUCCESS)
        return answer_end(&answer);
    fob_secret_free(answer.held);
    return code;
}

/* Whether git asks for another user than the account's. */
static bool git_is_another(struct cli *cli, const struct question *question)
{
    const char *field = pair_field(cli, "username", false);
    struct fob_secret *value = NULL;
    bool another = question->username[0] != '\0' && field != NULL &&
                   fob_get_field(cli->handle, field, &value) == FOB_SUCCESS &&
                   strcmp(fob_secret_data(value), question->username) != 0;

    fob_secret_free(value);
    return another;
}

/* Whether the connection is encrypted or stays on this machine. */
static bool git_is_safe(const struct question *question)
{
    static const char *const local[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < ARRAY_SIZE(local); i++) {
        size_t size = strlen(local[i]);

        if (strncasecmp(question->host, local[i], size) == 0 &&
            (question->host[size] == '\0' || question->host[size] == ':'))
            return true;
    }
    return strcasecmp(question->protocol, "https") == 0;
}

/* A hosts_accept_fn. */
static bool git_is_accepted(struct cli *cli, void *data)
{
    return !git_is_another(cli, data);
}

/* Start the account that git's configuration names, if it may be lent to the server and the
 * user. */
static int git_start_named(struct cli *cli, const char *account, const struct question *question)
{
    char hint[160];
    int code = cli_start(cli, NULL, account);

    if (code != FOB_SUCCESS)
        return code;
    if (question->host[0] == '\0')
        return output_fail(FOB_NOT_ALLOWED, NULL, "%.64s: not lent, since git names no server",
                           account);
    if (!hosts_allow(cli, question->host)) {
        snprintf(hint, sizeof hint, "\"fob edit %.64s --hosts %.39s\" permits it", account,
                 text_is_utf8(question->host, strlen(question->host)) && strlen(question->host) < 40
                     ? question->host
                     : "HOST");
        return output_fail(FOB_NOT_ALLOWED, hint, "%.64s: not lent to %s", account, question->host);
    }
    if (git_is_another(cli, question))
        return output_fail(FOB_NOT_ALLOWED, NULL, "%.64s: git asks for another user than its own",
                           account);
    return FOB_SUCCESS;
}

static int cmd_git_get(struct cli *cli, const char *account)
{
    struct question question;
    int code;

    if (!question_read_git(stdin, &question))
        return output_fail(FOB_INVALID, NULL, "stdin: not a question of git");
    if (question.protocol[0] == '\0')
        return output_fail(FOB_INVALID,
                           "\"git credential fill\" makes protocol= and host= of a url=",
                           "stdin: it names no protocol");
    if (!git_is_safe(&question))
        return output_fail(FOB_UNTRUSTED, NULL, "not lent to a server without https");
    code = account != NULL ? git_start_named(cli, account, &question)
                           : hosts_start(cli, question.host, git_is_accepted, &question);
    return code == FOB_SUCCESS && cli->handle != NULL ? git_answer(cli, &question) : code;
}

static int cmd_git_run(struct cli *cli)
{
    const char *account = cli_argument(cli, 1) != NULL ? cli_argument(cli, 0) : NULL;
    const char *action = cli_argument(cli, account != NULL ? 1 : 0);

    /* A single failed request is no reason to erase a credential, and only fob link and fob edit
     * store one. */
    return strcmp(action, "get") == 0 ? cmd_git_get(cli, account) : FOB_SUCCESS;
}

static const struct option_spec options[] = {
    PAIR_OPTIONS,
    { NULL, NULL, NULL },
};

const struct command cmd_git = {
    .name = "git-credential",
    .arguments = "[ACCOUNT] get | store | erase",
    .summary = "be git's credential helper, for git-credential-fob",
    .options = options,
    .min = 1,
    .max = 2,
    .run = cmd_git_run,
};
