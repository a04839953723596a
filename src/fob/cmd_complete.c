/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob complete: what may come next on a command line.  Made from the tables that parse it, and from
 * the store and the providers; asks nobody for anything, and says nothing when it knows nothing.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

/* The line so far. */
struct completion {
    struct cli *cli;
    const struct command *command;
    const char *prefix;  /* the word that is to be completed, as far as it was typed */
    const char *word;    /* what may become something else of it: behind "--option=", say */
    const char *account; /* the first argument; or NULL */
    char **arguments;    /* which stand before the word */
    size_t position;     /* the number of them */
};

/* What a word of a synopsis, or an option's argument, stands for. */
struct candidates {
    const char *name;
    const char *values; /* with a blank between two */
};

static const struct candidates known[] = {
    { "FORMAT", "raw env json curl header fish names process docker" },
    { "STATUS", "active unchecked degraded suspended rejected expired mismatched" },
    { "LAYOUT", "table csv json ndjson" },
    { "TYPE", "production test" },
    { "METHOD", "GET POST PUT PATCH DELETE" },
    { "EVENT",
      "link validate edit suspend resume rename revoke get exec run request export import unlock" },
};

static void cmd_complete_offer(const struct completion *completion, const char *word, size_t size,
                               const char *summary)
{
    if (strlen(completion->word) > size ||
        strncmp(word, completion->word, strlen(completion->word)))
        return;
    fprintf(output_file(), "%.*s%.*s%s%s\n", (int)(completion->word - completion->prefix),
            completion->prefix, (int)size, word, summary != NULL ? "\t" : "",
            summary != NULL ? summary : "");
}

static void complete_offer_words(const struct completion *completion, const char *words)
{
    for (words += strspn(words, " |"); *words != '\0'; words += strspn(words, " |")) {
        size_t size = strcspn(words, " |");

        cmd_complete_offer(completion, words, size, NULL);
        words += size;
    }
}

/* "list | add | remove SLOT": the words that stand for themselves. */
static void complete_offer_alternatives(const struct completion *completion, const char *synopsis)
{
    for (synopsis += strspn(synopsis, " |"); *synopsis != '\0';
         synopsis += strspn(synopsis, " |")) {
        size_t size = strcspn(synopsis, " |");

        if (synopsis[0] >= 'a' && synopsis[0] <= 'z')
            cmd_complete_offer(completion, synopsis, size, NULL);
        synopsis += size;
    }
}

static void complete_offer_options(const struct completion *completion,
                                   const struct option_spec *specs)
{
    for (; specs != NULL && specs->name != NULL; specs++) {
        char word[64];

        snprintf(word, sizeof word, "--%s", specs->name);
        cmd_complete_offer(completion, word, strlen(word), specs->summary);
    }
}

static void complete_offer_commands(const struct completion *completion)
{
    for (const struct command *const *one = completion->cli->commands; *one != NULL; one++)
        cmd_complete_offer(completion, (*one)->name, strlen((*one)->name), (*one)->summary);
}

static bool complete_offer_account(const char *name, void *data)
{
    cmd_complete_offer(data, name, strlen(name), NULL);
    return true;
}

static void complete_offer_accounts(struct completion *completion)
{
    if (fob_open(completion->cli->config, &completion->cli->context) == FOB_SUCCESS)
        (void)fob_list_names(completion->cli->context, complete_offer_account, completion);
}

static void complete_offer_providers(const struct completion *completion)
{
    struct fob_providers *providers = NULL;
    const struct fob_provider *provider;

    if (fob_open(completion->cli->config, &completion->cli->context) != FOB_SUCCESS ||
        fob_providers_open(completion->cli->context, &providers) != FOB_SUCCESS)
        return;
    while ((provider = fob_providers_next(providers)) != NULL) {
        const char *name = fob_provider_text(provider, FOB_PROVIDER_NAME);

        cmd_complete_offer(completion, name, strlen(name),
                           fob_provider_text(provider, FOB_PROVIDER_TITLE));
    }
    fob_providers_close(providers);
}

/* A handle of the account that was named; NULL also when the store would have to be unlocked by a
 * person. */
static struct fob_handle *complete_start_account(const struct completion *completion)
{
    struct cli *cli = completion->cli;

    if (completion->account == NULL || fob_open(cli->config, &cli->context) != FOB_SUCCESS ||
        fob_start(cli->context, NULL, completion->account, NULL, &cli->handle) != FOB_SUCCESS)
        return NULL;
    return cli->handle;
}

/* The fields of the account. */
static void complete_offer_fields(const struct completion *completion)
{
    struct fob_handle *handle = complete_start_account(completion);
    const struct fob_account *account = handle != NULL ? fob_handle_account(handle) : NULL;
    const char *name;

    for (size_t i = 0; account != NULL && (name = fob_account_field(account, i, NULL)) != NULL; i++)
        cmd_complete_offer(completion, name, strlen(name), NULL);
}

/* The actions of the account's provider. */
static void complete_offer_actions(const struct completion *completion)
{
    struct fob_handle *handle = complete_start_account(completion);
    const struct fob_provider *provider = handle != NULL ? fob_handle_provider(handle) : NULL;
    const struct fob_action *action;

    for (size_t i = 0; provider != NULL && (action = fob_provider_action(provider, i)) != NULL; i++)
        cmd_complete_offer(completion, action->name, strlen(action->name), action->summary);
}

/* An argument with its "=", or the values of the one that was typed up to there. */
static void complete_offer_argument_of(struct completion *completion,
                                       const struct fob_action_argument *argument)
{
    static const char *const booleans[] = { "true", "false", NULL };
    const char *const *choices =
        strcmp(argument->type, "boolean") == 0 ? booleans : argument->choices;
    char text[FOB_NAME_MAX + 2];
    int size = snprintf(text, sizeof text, "%s=", argument->name);
    struct completion value = *completion;

    if (strncmp(completion->word, text, (size_t)size) != 0) {
        cmd_complete_offer(completion, text, (size_t)size, argument->summary);
        return;
    }
    value.prefix = text;
    value.word = completion->word + size;
    for (; choices != NULL && *choices != NULL; choices++)
        cmd_complete_offer(&value, *choices, strlen(*choices), NULL);
}

/* The arguments of the action. */
static void complete_offer_arguments(struct completion *completion)
{
    struct fob_handle *handle = complete_start_account(completion);
    const struct fob_provider *provider = handle != NULL ? fob_handle_provider(handle) : NULL;
    const struct fob_action_argument *argument;
    const struct fob_action *action = NULL;

    if (provider == NULL || completion->position < 2 ||
        fob_find_action(provider, completion->arguments[1], &action) != FOB_SUCCESS)
        return;
    for (size_t i = 0; (argument = fob_action_argument(action, i)) != NULL; i++)
        complete_offer_argument_of(completion, argument);
}

/* What stands for NAME, of SIZE bytes: the word of a synopsis. */
static void complete_offer_kind(struct completion *completion, const char *name, size_t size)
{
    if (size == strlen("ACCOUNT") && strncmp(name, "ACCOUNT", size) == 0)
        complete_offer_accounts(completion);
    else if (size == strlen("PROVIDER") && strncmp(name, "PROVIDER", size) == 0)
        complete_offer_providers(completion);
    else if (size == strlen("FIELD") && strncmp(name, "FIELD", size) == 0)
        complete_offer_fields(completion);
    else if (size == strlen("ACTION") && strncmp(name, "ACTION", size) == 0)
        complete_offer_actions(completion);
    else if (size == strlen("NAME=VALUE") && strncmp(name, "NAME=VALUE", size) == 0)
        complete_offer_arguments(completion);
    else if (size == strlen("FILE") && strncmp(name, "FILE", size) == 0)
        fputs(":files\n", output_file());
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (strlen(known[i].name) == size && strncmp(name, known[i].name, size) == 0)
            complete_offer_words(completion, known[i].values);
    }
}

/* The word of the synopsis for the argument at POSITION: "ACCOUNT [FIELD]", "[ACCOUNT...]",
 * "list | add | remove SLOT". */
static void complete_offer_argument(struct completion *completion)
{
    const char *synopsis = completion->command->arguments;
    size_t position = completion->position;

    if (synopsis[0] >= 'a' && synopsis[0] <= 'z') {
        if (position == 0)
            complete_offer_alternatives(completion, synopsis);
        return;
    }
    /* A new account has no name yet. */
    if (completion->command == &cmd_link && position > 0)
        return;
    for (;;) {
        size_t size;

        synopsis += strspn(synopsis, " []");
        size = strcspn(synopsis, " []|.");
        if (size == 0)
            return;
        if (position == 0 || strncmp(synopsis + size, "...", 3) == 0) {
            complete_offer_kind(completion, synopsis, size);
            /* A method may be left out: the path is the next one. */
            if (completion->command != &cmd_request || synopsis[size] != ']')
                return;
        }
        position -= position > 0;
        synopsis += strcspn(synopsis, " ");
    }
}

static const struct option_spec *cmd_complete_find_option(const struct option_spec *specs,
                                                          const char *word)
{
    size_t size = strcspn(word, "=");

    for (; specs != NULL && specs->name != NULL; specs++) {
        if (strncmp(word, "--", 2) == 0 && strlen(specs->name) == size - 2 &&
            strncmp(specs->name, word + 2, size - 2) == 0)
            return specs;
    }
    return NULL;
}

/* The option that WORD is, when a value goes with it. */
static const struct option_spec *complete_takes_value(const struct completion *completion,
                                                      const char *word)
{
    const struct option_spec *spec = cmd_complete_find_option(options_global, word);

    if (spec == NULL && completion->command != NULL)
        spec = cmd_complete_find_option(completion->command->options, word);
    return spec != NULL && spec->argument != NULL ? spec : NULL;
}

/* ACCOUNT: of each that is an argument. */
static void complete_offer_named_accounts(const struct completion *completion)
{
    for (size_t i = 0; i < completion->position; i++) {
        char text[FOB_NAME_MAX + 2];

        snprintf(text, sizeof text, "%s:", completion->arguments[i]);
        cmd_complete_offer(completion, text, strlen(text), NULL);
    }
}

/* NAME=FIELD or NAME=ACCOUNT:FIELD, of several accounts only the latter; the name is the user's to
 * choose. */
static void complete_offer_named_field(struct completion *completion)
{
    const char *equals = strchr(completion->word, '=');
    const char *colon = equals != NULL ? strchr(equals, ':') : NULL;
    char account[FOB_NAME_MAX + 1];

    if (equals == NULL)
        return;
    completion->word = equals + 1;
    if (colon != NULL) {
        snprintf(account, sizeof account, "%.*s", (int)(colon - equals - 1), equals + 1);
        completion->account = account;
        completion->word = colon + 1;
    }
    if (colon == NULL && completion->command == &cmd_exec && completion->position > 1)
        complete_offer_named_accounts(completion);
    else
        complete_offer_fields(completion);
}

/* The last word, or what is behind its "=", is the value of SPEC. */
static void complete_offer_value(struct completion *completion, const struct option_spec *spec)
{
    if (strncmp(spec->argument, "NAME=FIELD", 10) == 0)
        complete_offer_named_field(completion);
    else if (completion->command == &cmd_list && strcmp(spec->argument, "FORMAT") == 0)
        complete_offer_words(completion, "table json prometheus");
    else
        complete_offer_kind(completion, spec->argument, strcspn(spec->argument, "=|."));
}

static void complete_argument(struct completion *completion, char **words, size_t count)
{
    const struct option_spec *spec = NULL;
    const char *equals;

    completion->arguments = words; /* closed up: no option stays between two */
    for (size_t i = 0; i + 1 < count; i++) {
        if (strcmp(words[i], "--") == 0) {
            if (completion->command->tail)
                fputs(i + 2 == count ? ":commands\n" : ":files\n", output_file());
            return;
        }
        if (strncmp(words[i], "--", 2) != 0) {
            words[completion->position++] = words[i];
            completion->account = words[0];
        } else if ((spec = complete_takes_value(completion, words[i])) != NULL &&
                   strchr(words[i], '=') == NULL) {
            if (i + 2 == count) {
                complete_offer_value(completion, spec);
                return;
            }
            i++;
        }
    }
    equals = strchr(completion->word, '=');
    spec = equals != NULL ? complete_takes_value(completion, completion->word) : NULL;
    if (spec != NULL) {
        completion->word = equals + 1;
        complete_offer_value(completion, spec);
    } else if (completion->word[0] == '-') {
        complete_offer_options(completion, completion->command->options);
        complete_offer_options(completion, options_global);
    } else {
        complete_offer_argument(completion);
    }
}

/* How many of the words are options before the command. */
static size_t complete_count_leading(const struct completion *completion, char **words,
                                     size_t count)
{
    size_t at = 0;

    while (at + 1 < count && strncmp(words[at], "--", 2) == 0) {
        if (complete_takes_value(completion, words[at]) != NULL && strchr(words[at], '=') == NULL)
            at++;
        at++;
    }
    return at;
}

static void complete_command(struct completion *completion)
{
    if (completion->word[0] == '-')
        complete_offer_options(completion, options_global);
    else
        complete_offer_commands(completion);
}

static int cmd_complete_run(struct cli *cli)
{
    struct completion completion = { .cli = cli, .word = "", .prefix = "" };
    char **words = cli->options.tail;
    const struct option_spec *spec = NULL;
    size_t count = 0;
    size_t leading;

    if (words == NULL)
        return output_fail(FOB_INVALID, "usage: fob complete -- WORD...", "the words are missing");
    while (words[count] != NULL)
        count++;
    if (count > 0)
        completion.prefix = completion.word = words[count - 1];
    leading = complete_count_leading(&completion, words, count);
    if (leading >= count && count > 1)
        spec = complete_takes_value(&completion, words[count - 2]);
    if (spec != NULL) { /* the value of a leading option */
        complete_offer_value(&completion, spec);
        return FOB_SUCCESS;
    }
    words += leading;
    count -= leading;
    if (count <= 1 || (count == 2 && strcmp(words[0], "help") == 0)) {
        complete_command(&completion);
        return FOB_SUCCESS;
    }
    for (const struct command *const *one = cli->commands; *one != NULL; one++) {
        if (strcmp((*one)->name, words[0]) == 0)
            completion.command = *one;
    }
    if (completion.command != NULL)
        complete_argument(&completion, words + 1, count - 1);
    return FOB_SUCCESS;
}

const struct command cmd_complete = {
    .name = "complete",
    .arguments = "-- WORD...",
    .summary = "print the candidates of a completion, for the hooks",
    .tail = true,
    .run = cmd_complete_run,
};
