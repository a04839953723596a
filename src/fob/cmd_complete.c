/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob complete: prints what may come next on a command line, from the tables that parse it, the
 * store and the providers.  It never asks a person, and prints nothing when it fails.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "fob/invited.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

/* The command line so far. */
struct completion {
    struct cli *cli;
    const struct command *command;
    const char *prefix;  /* the part of the last word that stays, such as "--option=" */
    const char *word;    /* the part to be completed */
    const char *account; /* the first argument; or NULL */
    char **arguments;    /* the arguments before the word */
    size_t position;     /* the number of ARGUMENTS */
};

/* The values of a word in a synopsis, or of an option's argument. */
struct candidates {
    const char *name;
    const char *values; /* separated by blanks */
};

static const struct candidates known[] = {
    { "FORMAT", "raw env json curl header fish names process docker" },
    { "STATUS", "active unchecked degraded suspended rejected expired mismatched" },
    { "LAYOUT", "table csv json ndjson" },
    { "TYPE", "production test" },
    { "WAY", "auto loopback paste" },
    { "KIND", "bearer header basic" },
    { "METHOD", "GET POST PUT PATCH DELETE" },
    { "EVENT", "app link invite receive invitation validate edit suspend resume rename revoke get "
               "exec run request export import unlock" },
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

static void complete_offer_words(const struct completion *completion, const char *values)
{
    for (values += strspn(values, " |"); *values != '\0'; values += strspn(values, " |")) {
        size_t size = strcspn(values, " |");

        cmd_complete_offer(completion, values, size, NULL);
        values += size;
    }
}

/* Offer the literal words of a synopsis such as "list | add | remove SLOT". */
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

static void complete_offer_accounts(struct completion *completion)
{
    struct fob_accounts *accounts = NULL;
    const char *name;

    if (fob_open(completion->cli->config, &completion->cli->context) != FOB_SUCCESS ||
        fob_accounts_open(completion->cli->context, &accounts) != FOB_SUCCESS)
        return;
    while ((name = fob_accounts_next_name(accounts)) != NULL)
        cmd_complete_offer(completion, name, strlen(name), NULL);
    fob_accounts_close(accounts);
}

/* Offer the IDs of invitations and their accounts; none when a person would have to unlock the
 * store. */
static void complete_offer_invitations(const struct completion *completion)
{
    struct fob_invitations *invitations = NULL;
    struct fob_invitation *invitation = NULL;

    if (fob_open(completion->cli->config, &completion->cli->context) != FOB_SUCCESS ||
        fob_invitations_open(completion->cli->context, &invitations) != FOB_SUCCESS)
        return;
    while (fob_invitations_next(invitations, &invitation) == FOB_SUCCESS) {
        const char *account = fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT);
        const char *id = fob_invitation_text(invitation, FOB_INVITATION_ID);

        if (!invited_is_over(invitation)) {
            cmd_complete_offer(completion, id, INVITED_SHORT, account);
            cmd_complete_offer(completion, account, strlen(account), NULL);
        }
        fob_invitation_free(invitation);
    }
    fob_invitations_close(invitations);
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

/* Start a handle for the named account; NULL on failure, also when a person would have to unlock
 * the store. */
static struct fob_handle *complete_start_account(const struct completion *completion)
{
    struct cli *cli = completion->cli;

    if (completion->account == NULL || fob_open(cli->config, &cli->context) != FOB_SUCCESS ||
        fob_start(cli->context, NULL, completion->account, NULL, &cli->handle) != FOB_SUCCESS)
        return NULL;
    return cli->handle;
}

static void complete_offer_fields(const struct completion *completion)
{
    struct fob_handle *handle = complete_start_account(completion);
    const struct fob_account *account = handle != NULL ? fob_handle_account(handle) : NULL;
    const char *name;

    for (size_t i = 0; account != NULL && (name = fob_account_field(account, i, NULL)) != NULL; i++)
        cmd_complete_offer(completion, name, strlen(name), NULL);
}

static void complete_offer_actions(const struct completion *completion)
{
    struct fob_handle *handle = complete_start_account(completion);
    const struct fob_provider *provider = handle != NULL ? fob_handle_provider(handle) : NULL;
    const struct fob_action *action;

    for (size_t i = 0; provider != NULL && (action = fob_provider_action(provider, i)) != NULL; i++)
        cmd_complete_offer(completion, action->name, strlen(action->name), action->summary);
}

/* Offer an argument with its "=", or the values of an argument that was typed up to the "=". */
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

/* Offer the values for NAME, of SIZE bytes, a word of a synopsis. */
static void complete_offer_kind(struct completion *completion, const char *name, size_t size)
{
    if (size == strlen("ACCOUNT") && strncmp(name, "ACCOUNT", size) == 0)
        complete_offer_accounts(completion);
    else if (size == strlen("PROVIDER") && strncmp(name, "PROVIDER", size) == 0)
        complete_offer_providers(completion);
    else if (size == strlen("INVITATION") && strncmp(name, "INVITATION", size) == 0)
        complete_offer_invitations(completion);
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

/* Offer values for the argument at POSITION in a synopsis such as "ACCOUNT [FIELD]", "[ACCOUNT...]"
 * or "list | add | remove SLOT". */
static void complete_offer_argument(struct completion *completion)
{
    const char *synopsis = completion->command->arguments;
    size_t position = completion->position;

    if (synopsis[0] >= 'a' && synopsis[0] <= 'z') {
        if (position == 0)
            complete_offer_alternatives(completion, synopsis);
        return;
    }
    /* The name of a new account cannot be completed. */
    if ((completion->command == &cmd_link || completion->command == &cmd_invite) && position > 0)
        return;
    for (;;) {
        size_t size;

        synopsis += strspn(synopsis, " []");
        size = strcspn(synopsis, " []|.");
        if (size == 0)
            return;
        if (position == 0 || strncmp(synopsis + size, "...", 3) == 0) {
            complete_offer_kind(completion, synopsis, size);
            /* The method may be left out, so offer the path too. */
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

/* The option that WORD names, if it takes a value. */
static const struct option_spec *complete_takes_value(const struct completion *completion,
                                                      const char *word)
{
    const struct option_spec *spec = cmd_complete_find_option(options_global, word);

    if (spec == NULL && completion->command != NULL)
        spec = cmd_complete_find_option(completion->command->options, word);
    return spec != NULL && spec->argument != NULL ? spec : NULL;
}

/* Offer "ACCOUNT:" for each account among the arguments. */
static void complete_offer_named_accounts(const struct completion *completion)
{
    for (size_t i = 0; i < completion->position; i++) {
        char text[FOB_NAME_MAX + 2];

        snprintf(text, sizeof text, "%s:", completion->arguments[i]);
        cmd_complete_offer(completion, text, strlen(text), NULL);
    }
}

/* Complete NAME=FIELD, or NAME=ACCOUNT:FIELD for several accounts.  The user chooses NAME. */
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

/* Complete the last word, or the part after its "=", as the value of SPEC. */
static void complete_offer_value(struct completion *completion, const struct option_spec *spec)
{
    if (strncmp(spec->argument, "NAME=FIELD", 10) == 0)
        complete_offer_named_field(completion);
    else if (completion->command == &cmd_list && strcmp(spec->argument, "FORMAT") == 0)
        complete_offer_words(completion, "table json prometheus");
    else
        complete_offer_kind(completion, spec->argument, strcspn(spec->argument, "=|."));
}

static void complete_argument(struct completion *completion, char **values, size_t count)
{
    const struct option_spec *spec = NULL;
    const char *equals;

    completion->arguments = values; /* with the options removed */
    for (size_t i = 0; i + 1 < count; i++) {
        if (strcmp(values[i], "--") == 0) {
            if (completion->command->tail)
                fputs(i + 2 == count ? ":commands\n" : ":files\n", output_file());
            return;
        }
        if (strncmp(values[i], "--", 2) != 0) {
            values[completion->position++] = values[i];
            completion->account = values[0];
        } else if ((spec = complete_takes_value(completion, values[i])) != NULL &&
                   strchr(values[i], '=') == NULL) {
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

/* The number of words before the command. */
static size_t complete_count_leading(const struct completion *completion, char **values,
                                     size_t count)
{
    size_t at = 0;

    while (at + 1 < count && strncmp(values[at], "--", 2) == 0) {
        if (complete_takes_value(completion, values[at]) != NULL && strchr(values[at], '=') == NULL)
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
    char **values = cli->options.tail;
    const struct option_spec *spec = NULL;
    size_t count = 0;
    size_t leading;

    if (values == NULL)
        return output_fail(FOB_INVALID, "usage: fob complete -- WORD...", "the words are missing");
    while (values[count] != NULL)
        count++;
    if (count > 0)
        completion.prefix = completion.word = values[count - 1];
    leading = complete_count_leading(&completion, values, count);
    if (leading >= count && count > 1)
        spec = complete_takes_value(&completion, values[count - 2]);
    if (spec != NULL) { /* complete the value of an option before the command */
        complete_offer_value(&completion, spec);
        return FOB_SUCCESS;
    }
    values += leading;
    count -= leading;
    if (count <= 1 || (count == 2 && strcmp(values[0], "help") == 0)) {
        complete_command(&completion);
        return FOB_SUCCESS;
    }
    for (const struct command *const *one = cli->commands; *one != NULL; one++) {
        if (strcmp((*one)->name, values[0]) == 0)
            completion.command = *one;
    }
    if (completion.command != NULL)
        complete_argument(&completion, values + 1, count - 1);
    return FOB_SUCCESS;
}

const struct command cmd_complete = {
    .name = "complete",
    .arguments = "-- WORD...",
    .summary = "print the candidates of a completion, for the hooks",
    .tail = true,
    .run = cmd_complete_run,
};
