/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob providers and fob guide: show where accounts can be linked, and how to get the keys. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/array.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static bool cmd_providers_is_broken(const struct fob_provider *provider)
{
    return fob_provider_mistake(provider, 0) != NULL;
}

static void cmd_providers_report_mistakes(const struct fob_provider *provider)
{
    const char *mistake;

    for (size_t i = 0; (mistake = fob_provider_mistake(provider, i)) != NULL; i++)
        output_lines(stderr, "fob: ", mistake);
}

/* The titles of the secret fields: the kind of credential. */
static void cmd_providers_add_credential(struct strbuf *buf, const struct fob_provider *provider)
{
    const struct fob_provider_field *field;

    for (size_t i = 0; (field = fob_provider_field(provider, i)) != NULL; i++)
        if (field->secret)
            strbuf_printf(buf, "%s%s", buf->size > 0 ? ", " : "", field->title);
    for (size_t i = 0; (field = fob_provider_app_field(provider, i)) != NULL; i++)
        if (field->secret)
            strbuf_printf(buf, "%s%s", buf->size > 0 ? ", " : "", field->title);
}

static void cmd_providers_add_row(struct table *table, const struct fob_provider *provider)
{
    struct strbuf credential = STRBUF_INIT;

    cmd_providers_add_credential(&credential, provider);
    table->failed |= credential.failed;
    table_add(table, fob_provider_text(provider, FOB_PROVIDER_NAME));
    table_add(table, cmd_providers_is_broken(provider)
                         ? "(broken)"
                         : fob_provider_text(provider, FOB_PROVIDER_TITLE));
    table_add(table, credential.size > 0 ? credential.data : "");
    table_add(table, fob_provider_text(provider, FOB_PROVIDER_FILE));
    strbuf_free(&credential);
}

static void providers_add_json_field(struct strbuf *buf, const struct fob_provider_field *field)
{
    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", field->name);
    output_json_text(buf, "title", field->title);
    output_json_text(buf, "description", field->description);
    output_json_text(buf, "example", field->example);
    output_json_text(buf, "default", field->value);
    output_json_text(buf, "prefix", field->prefix);
    output_json_text(buf, "suffix", field->suffix);
    output_json_flag(buf, "secret", field->secret);
    output_json_flag(buf, "optional", field->optional);
    output_json_end(buf, '}');
}

static void cmd_providers_add_json(struct strbuf *buf, const struct fob_provider *provider)
{
    const struct fob_provider_field *field;
    const char *mistake;

    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", fob_provider_text(provider, FOB_PROVIDER_NAME));
    output_json_text(buf, "title", fob_provider_text(provider, FOB_PROVIDER_TITLE));
    output_json_text(buf, "website", fob_provider_text(provider, FOB_PROVIDER_WEBSITE));
    output_json_text(buf, "identity", fob_provider_text(provider, FOB_PROVIDER_IDENTITY));
    output_json_flag(buf, "shared_key", fob_provider_shares_key(provider));
    output_json_text(buf, "guide", fob_provider_text(provider, FOB_PROVIDER_GUIDE));
    output_json_text(buf, "file", fob_provider_text(provider, FOB_PROVIDER_FILE));
    output_json_begin(buf, "fields", '[');
    for (size_t i = 0; (field = fob_provider_field(provider, i)) != NULL; i++)
        providers_add_json_field(buf, field);
    output_json_end(buf, ']');
    output_json_begin(buf, "app_fields", '[');
    for (size_t i = 0; (field = fob_provider_app_field(provider, i)) != NULL; i++)
        providers_add_json_field(buf, field);
    output_json_end(buf, ']');
    output_json_begin(buf, "mistakes", '[');
    for (size_t i = 0; (mistake = fob_provider_mistake(provider, i)) != NULL; i++)
        output_json_text(buf, NULL, mistake);
    output_json_end(buf, ']');
    output_json_end(buf, '}');
}

static bool cmd_providers_has_word(const struct fob_provider *provider, const char *word)
{
    return word == NULL ||
           strcasestr(fob_provider_text(provider, FOB_PROVIDER_NAME), word) != NULL ||
           strcasestr(fob_provider_text(provider, FOB_PROVIDER_TITLE), word) != NULL;
}

static int providers_list(struct cli *cli, struct fob_providers *providers)
{
    static const char *const titles[] = { "PROVIDER", "TITLE", "CREDENTIAL", "FILE" };
    const char *word = cli_argument(cli, 0);
    struct table table = { .columns = 4 };
    struct strbuf document = STRBUF_INIT;
    const struct fob_provider *provider;
    size_t count = 0;
    int result = FOB_SUCCESS;
    int code;

    for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
        table_add(&table, titles[i]);
    output_json_begin(&document, NULL, '[');
    while ((provider = fob_providers_next(providers)) != NULL) {
        if (!cmd_providers_has_word(provider, word))
            continue;
        if (cmd_providers_is_broken(provider))
            result = FOB_CONFIG;
        count++;
        cmd_providers_report_mistakes(provider);
        cmd_providers_add_row(&table, provider);
        cmd_providers_add_json(&document, provider);
    }
    output_json_end(&document, ']');
    if (count == 0 && word != NULL)
        code = output_fail(FOB_NOT_FOUND, "\"fob providers\" lists all of them",
                           "%.64s: no provider has this word in its name or title", word);
    else
        code = cli->json ? output_json(&document) : table_print(&table, table.columns);
    strbuf_free(&document);
    table_free(&table);
    return result != FOB_SUCCESS ? result : code;
}

static int providers_run(struct cli *cli)
{
    struct fob_providers *providers = NULL;
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_providers_open(cli->context, &providers);
    code = code != FOB_SUCCESS ? cli_fail(cli, code) : providers_list(cli, providers);
    fob_providers_close(providers);
    return code;
}

static void providers_print_field(const char *kind, const struct fob_provider_field *field)
{
    output_line("%s %s: %s%s%s", kind, field->name, field->title, field->secret ? ", secret" : "",
                field->optional ? ", may be empty" : "");
    if (field->prefix[0] != '\0' || field->suffix[0] != '\0')
        output_line("    %sNAME%s", field->prefix, field->suffix);
    if (field->description[0] != '\0')
        output_lines(stdout, "    ", field->description);
}

static void providers_print_guide(const struct fob_provider *provider)
{
    const char *title = fob_provider_text(provider, FOB_PROVIDER_TITLE);
    const char *website = fob_provider_text(provider, FOB_PROVIDER_WEBSITE);
    const char *guide = fob_provider_text(provider, FOB_PROVIDER_GUIDE);
    const struct fob_provider_field *field;

    output_line("%s%s%s", title, website[0] != '\0' ? ", " : "", website);
    if (guide[0] != '\0') {
        output_lines(stdout, "", "\n");
        output_lines(stdout, "", guide);
    }
    if (fob_provider_shares_key(provider))
        output_lines(stdout, "",
                     "\nOne key serves every integration there: a reset disconnects "
                     "all of them.");
    output_lines(stdout, "", "\n");
    for (size_t i = 0; (field = fob_provider_field(provider, i)) != NULL; i++)
        providers_print_field("Field", field);
    for (size_t i = 0; (field = fob_provider_app_field(provider, i)) != NULL; i++)
        providers_print_field("Field of the app", field);
}

static int providers_show_guide(struct cli *cli, const struct fob_provider *provider)
{
    struct strbuf document = STRBUF_INIT;

    if (cmd_providers_is_broken(provider)) {
        cmd_providers_report_mistakes(provider);
        return FOB_CONFIG;
    }
    if (cli->json) {
        cmd_providers_add_json(&document, provider);
        return output_json(&document);
    }
    providers_print_guide(provider);
    return FOB_SUCCESS;
}

/* Without an account there is no handle, which otherwise suggests the nearest name. */
static int providers_unknown(const char *name, const char *nearest)
{
    char hint[128] = "\"fob providers\" lists them";

    if (nearest != NULL)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    return output_fail(FOB_NOT_FOUND, hint, "%.64s: no such provider", name);
}

static int providers_find_guide(struct cli *cli, struct fob_providers *providers)
{
    const char *wanted = cli_argument(cli, 0);
    const struct fob_provider *provider;
    const char *nearest = NULL;

    while ((provider = fob_providers_next(providers)) != NULL) {
        const char *name = fob_provider_text(provider, FOB_PROVIDER_NAME);

        if (strcmp(name, wanted) == 0)
            return providers_show_guide(cli, provider);
        if (nearest == NULL)
            nearest = text_nearest(wanted, &name, 1);
    }
    return providers_unknown(wanted, nearest);
}

static int providers_run_guide(struct cli *cli)
{
    struct fob_providers *providers = NULL;
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_providers_open(cli->context, &providers);
    code = code != FOB_SUCCESS ? cli_fail(cli, code) : providers_find_guide(cli, providers);
    fob_providers_close(providers);
    return code;
}

const struct command cmd_providers = {
    .name = "providers",
    .arguments = "[WORD]",
    .summary = "list the providers",
    .max = 1,
    .run = providers_run,
};

const struct command cmd_guide = {
    .name = "guide",
    .arguments = "PROVIDER",
    .summary = "show how to get a provider's keys",
    .min = 1,
    .max = 1,
    .run = providers_run_guide,
};
