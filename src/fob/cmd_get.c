/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob get: prints a credential for a script.
 *
 * Scripts run this most, so it uses no locale, no plugin and one write.  Secrets never pass through
 * stdio.
 */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/answer.h"
#include "fob/commands.h"
#include "fob/exec/variables.h"
#include "fob/get_parts.h"
#include "util/array.h"
#include "util/quote.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* One field to be printed. */
struct value {
    const char *name; /* borrowed from the account */
    struct fob_secret *data;
};

struct values {
    struct value *items;
    size_t count;
};

static void get_values_free(struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        fob_secret_free(values->items[i].data);
    free(values->items);
}

static bool get_has_field(const struct fob_account *account, const char *name)
{
    const char *field;

    for (size_t i = 0; (field = fob_account_field(account, i, NULL)) != NULL; i++) {
        if (strcmp(field, name) == 0)
            return true;
    }
    for (size_t i = 0; (field = fob_account_token(account, i)) != NULL; i++) {
        if (strcmp(field, name) == 0)
            return true;
    }
    return false;
}

/* The default field: the only secret one. */
static const char *get_only_secret(const struct fob_account *account)
{
    const char *found = NULL;
    const char *field;
    bool secret;

    for (size_t i = 0; (field = fob_account_field(account, i, &secret)) != NULL; i++) {
        if (secret && found != NULL)
            return NULL;
        if (secret)
            found = field;
    }
    return found;
}

/* List the fields' names for a hint. */
static void get_list_fields(const struct fob_account *account, char *text, size_t room)
{
    size_t used = 0;
    const char *field;

    for (size_t i = 0; (field = fob_account_field(account, i, NULL)) != NULL && used < room; i++)
        used +=
            (size_t)snprintf(text + used, room - used, "%s%s", i == 0 ? "it has: " : ", ", field);
}

/* Choose the FIELD of the command line, or NULL for all.  Checked before anything is lent. */
static int get_choose_field(struct cli *cli, bool one, const char **field)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    const char *name = cli_argument(cli, 1);
    char hint[512] = "";

    if (account == NULL)
        return cli_fail(cli, FOB_NOMEM);
    if (name == NULL && one)
        name = get_only_secret(account);
    else if (name == NULL)
        return FOB_SUCCESS;
    if (name != NULL && get_has_field(account, name)) {
        *field = name;
        return FOB_SUCCESS;
    }
    get_list_fields(account, hint, sizeof hint);
    if (name == NULL)
        return output_fail(FOB_INVALID, hint, "%s: name one of its fields", cli_argument(cli, 0));
    return output_fail(FOB_NOT_FOUND, hint, "%s: no field %.64s", cli_argument(cli, 0), name);
}

static int get_add_value(struct cli *cli, const char *name, struct values *values)
{
    struct value *value = &values->items[values->count];
    int code = fob_get_field(cli->handle, name, &value->data);

    if (code != FOB_SUCCESS)
        return cli_fail(cli, code);
    value->name = name;
    values->count++;
    return FOB_SUCCESS;
}

/* Read the value of FIELD, or of all fields. */
static int get_read_values(struct cli *cli, const char *field, struct values *values)
{
    const struct fob_account *account = fob_handle_account(cli->handle);
    size_t count = 0;
    int code = FOB_SUCCESS;

    while (fob_account_field(account, count, NULL) != NULL)
        count++;
    values->items = calloc(count + 1, sizeof *values->items);
    if (values->items == NULL)
        return output_nomem();
    if (field != NULL)
        return get_add_value(cli, field, values);
    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = get_add_value(cli, fob_account_field(account, i, NULL), values);
    return code;
}

static int get_print_raw(struct cli *cli)
{
    struct fob_secret *value = NULL;
    const char *field = NULL;
    int code = get_choose_field(cli, true, &field);

    if (code == FOB_SUCCESS)
        code = get_lend(cli);
    if (code != FOB_SUCCESS)
        return code;
    code = fob_get_field(cli->handle, field, &value);
    code = code == FOB_SUCCESS ? answer_line(value) : cli_fail(cli, code);
    fob_secret_free(value);
    return code;
}

static void cmd_get_add_name(struct cli *cli, const char *field, const struct quote *out)
{
    quote_name(out, options_text(&cli->options, "prefix"),
               fob_account_text(fob_handle_account(cli->handle), FOB_TEXT_PROVIDER), field);
}

/* Append CHARLIEHR_CLIENT_ID='...'. */
static void get_add_env(struct cli *cli, const struct value *value, const struct quote *out,
                        bool first)
{
    (void)first;
    cmd_get_add_name(cli, value->name, out);
    quote_text(out, "=");
    quote_shell(out, fob_secret_data(value->data), fob_secret_size(value->data));
    quote_text(out, "\n");
}

/* Append CHARLIEHR_CLIENT_ID=... */
static void get_add_docker(struct cli *cli, const struct value *value, const struct quote *out,
                           bool first)
{
    (void)first;
    cmd_get_add_name(cli, value->name, out);
    quote_text(out, "=");
    out->add(out->sink, fob_secret_data(value->data), fob_secret_size(value->data));
    quote_text(out, "\n");
}

/* Append set -gx CHARLIEHR_CLIENT_ID '...'. */
static void get_add_fish(struct cli *cli, const struct value *value, const struct quote *out,
                         bool first)
{
    (void)first;
    quote_text(out, "set -gx ");
    cmd_get_add_name(cli, value->name, out);
    quote_text(out, " ");
    quote_fish(out, fob_secret_data(value->data), fob_secret_size(value->data));
    quote_text(out, "\n");
}

static void cmd_get_add_json(struct cli *cli, const struct value *value, const struct quote *out,
                             bool first)
{
    (void)cli;
    quote_text(out, first ? "{" : ",");
    quote_json(out, value->name, strlen(value->name));
    quote_text(out, ":");
    quote_json(out, fob_secret_data(value->data), fob_secret_size(value->data));
}

static int cmd_get_check_json(const struct cli *cli, const struct values *values)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < values->count && code == FOB_SUCCESS; i++)
        code = get_check_json(cli, values->items[i].name, values->items[i].data);
    return code;
}

/* docker uses everything from the first = to the end of the line unchanged. */
static int get_check_lines(const struct cli *cli, const struct values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct value *value = &values->items[i];

        if (!quote_fits_line(fob_secret_data(value->data), fob_secret_size(value->data)))
            return output_fail(FOB_INVALID, "\"fob exec --as-file\" gives files instead",
                               "%s: field %s has a line break, which this format cannot hold",
                               cli_argument(cli, 0), value->name);
    }
    return FOB_SUCCESS;
}

/* Unset the variables of fields that the account lacks, which another account may have set. */
static void cmd_get_add_absent(struct cli *cli, const char *command, const struct quote *out)
{
    const char *field;
    size_t at = 0;

    while ((field = variables_absent_field(cli->handle, &at)) != NULL) {
        quote_text(out, command);
        cmd_get_add_name(cli, field, out);
        quote_text(out, "\n");
    }
}

/* Append the account's own variables, in the same form as fields. */
static void cmd_get_add_variables(struct cli *cli, const struct quote *out, bool fish, bool quoted)
{
    const char *text = fob_account_text(fob_handle_account(cli->handle), FOB_TEXT_VARIABLES);
    struct text_variable own;

    while (text_next_variable(&text, &own)) {
        quote_text(out, fish ? "set -gx " : "");
        out->add(out->sink, own.name, own.name_size);
        quote_text(out, fish ? " " : "=");
        if (fish)
            quote_fish(out, own.value, own.value_size);
        else if (quoted)
            quote_shell(out, own.value, own.value_size);
        else
            out->add(out->sink, own.value, own.value_size);
        quote_text(out, "\n");
    }
}

/* Find the names of all variables, and check that they are unique. */
static int get_find_names(struct cli *cli, const struct loan *loan, struct variables *names)
{
    int code = variables_add_all(names, loan, options_text(&cli->options, "prefix"));

    return code == FOB_SUCCESS ? code : cli_fail(cli, code);
}

static int cmd_get_check_names(struct cli *cli)
{
    const struct loan loan = { cli->handle, cli_argument(cli, 0) };
    struct variables names = VARIABLES_INIT;
    int code = get_find_names(cli, &loan, &names);

    variables_free(&names);
    return code;
}

/* Writes one value in a format. */
typedef void add_value_fn(struct cli *cli, const struct value *value, const struct quote *out,
                          bool first);

static int get_print_values(struct cli *cli, add_value_fn *add)
{
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    struct values values = { NULL, 0 };
    const char *field = NULL;
    int code = get_choose_field(cli, false, &field);

    if (code == FOB_SUCCESS && field == NULL && add != cmd_get_add_json)
        code = cmd_get_check_names(cli);
    if (code == FOB_SUCCESS)
        code = get_lend(cli);
    if (code == FOB_SUCCESS)
        code = get_read_values(cli, field, &values);
    if (code == FOB_SUCCESS && add == cmd_get_add_json)
        code = cmd_get_check_json(cli, &values);
    if (code == FOB_SUCCESS && add == get_add_docker)
        code = get_check_lines(cli, &values);
    if (code == FOB_SUCCESS && field == NULL && (add == get_add_env || add == get_add_fish))
        cmd_get_add_absent(cli, add == get_add_fish ? "set -eg " : "unset -v ", &out);
    for (size_t i = 0; i < values.count && code == FOB_SUCCESS; i++)
        add(cli, &values.items[i], &out, i == 0);
    if (code == FOB_SUCCESS && field == NULL && add != cmd_get_add_json)
        cmd_get_add_variables(cli, &out, add == get_add_fish, add == get_add_env);
    if (code == FOB_SUCCESS && add == cmd_get_add_json)
        quote_text(&out, values.count > 0 ? "}\n" : "{}\n");
    if (code == FOB_SUCCESS)
        code = answer_end(&answer);
    get_values_free(&values);
    return code;
}

static int get_print_env(struct cli *cli)
{
    return get_print_values(cli, get_add_env);
}

static int get_print_docker(struct cli *cli)
{
    return get_print_values(cli, get_add_docker);
}

static int cmd_get_print_json(struct cli *cli)
{
    return get_print_values(cli, cmd_get_add_json);
}

static int get_print_fish(struct cli *cli)
{
    return get_print_values(cli, get_add_fish);
}

/* Print the names of the variables that env and fish set or unset.  Lends nothing. */
static int get_print_names(struct cli *cli)
{
    const struct loan loan = { cli->handle, cli_argument(cli, 0) };
    struct answer answer = ANSWER_INIT;
    const struct quote out = { answer_add, &answer };
    struct variables names = VARIABLES_INIT;
    const char *chosen = NULL;
    int code = get_choose_field(cli, false, &chosen);

    if (code == FOB_SUCCESS && chosen == NULL)
        code = get_find_names(cli, &loan, &names);
    if (code == FOB_SUCCESS && chosen != NULL) {
        cmd_get_add_name(cli, chosen, &out);
        quote_text(&out, "\n");
    }
    for (size_t i = 0; code == FOB_SUCCESS && i < names.count; i++) {
        quote_text(&out, names.items[i].name);
        quote_text(&out, "\n");
    }
    if (code == FOB_SUCCESS && chosen == NULL)
        cmd_get_add_absent(cli, "", &out);
    variables_free(&names);
    return code == FOB_SUCCESS ? answer_end(&answer) : code;
}

static const struct {
    const char *name;
    int (*print)(struct cli *cli);
} formats[] = {
    { "raw", get_print_raw },     { "env", get_print_env },         { "json", cmd_get_print_json },
    { "curl", get_print_curl },   { "header", get_print_header },   { "fish", get_print_fish },
    { "names", get_print_names }, { "process", get_print_process }, { "docker", get_print_docker },
};

#define FORMATS ARRAY_SIZE(formats)

static int get_unknown_format(const char *word)
{
    const char *names[FORMATS];
    const char *nearest;
    char hint[96] = "raw, env, json, curl, header, fish, names, process or docker";

    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i].name;
    nearest = text_nearest(word, names, FORMATS);
    if (nearest != NULL)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    return output_fail(FOB_INVALID, hint, "--format: %.64s: unknown format", word);
}

static int cmd_get_check_options(const struct options *options, const char *format)
{
    const char *prefix = options_text(options, "prefix");

    if (options_has(options, "member") && strcmp(format, "process") != 0)
        return output_fail(FOB_INVALID, NULL, "--member is only for --format process");
    if (prefix == NULL)
        return FOB_SUCCESS;
    if (strcmp(format, "env") != 0 && strcmp(format, "fish") != 0 && strcmp(format, "names") != 0 &&
        strcmp(format, "docker") != 0)
        return output_fail(FOB_INVALID, NULL,
                           "--prefix is only for --format env, fish, names or docker");
    if (!quote_is_prefix(prefix))
        return output_fail(FOB_INVALID, "letters, digits and _, no digit at the beginning",
                           "--prefix: no variable's name begins like this");
    return FOB_SUCCESS;
}

static int cmd_get_run(struct cli *cli)
{
    const char *format = options_text(&cli->options, "format");
    int code;

    if (format == NULL)
        format = cli->json ? "json" : "raw";
    code = cmd_get_check_options(&cli->options, format);
    if (code != FOB_SUCCESS)
        return code;
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(format, formats[i].name) != 0)
            continue;
        code = cli_start(cli, NULL, cli_argument(cli, 0));
        return code == FOB_SUCCESS ? formats[i].print(cli) : code;
    }
    return get_unknown_format(format);
}

static const struct option_spec options[] = {
    { "format", "FORMAT",
      "raw (the default), env, json, curl, header, fish, names, process, docker" },
    { "prefix", "PREFIX",
      "env, fish, names, docker: the beginning of the names, instead of PROVIDER_" },
    { "member", "NAME=FIELD...", "process: this member of the object" },
    { "force", NULL, "use the account once, whatever its status is" },
    { NULL, NULL, NULL },
};

const struct command cmd_get = {
    .name = "get",
    .arguments = "ACCOUNT [FIELD]",
    .summary = "print a credential for a script",
    .options = options,
    .min = 1,
    .max = 2,
    .run = cmd_get_run,
};
