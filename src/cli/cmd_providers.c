/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob providers and fob guide. */
#include "config.h"

#include "cli/options.h"
#include "cli/output.h"

#include "util/json_write.h"

#include <stdlib.h>
#include <string.h>

static void add_fields(struct strbuf *out, const struct fob_provider *provider)
{
    struct fob_provider_field field;

    strbuf_text(out, ",\"fields\":[");
    for (size_t i = 0; fob_provider_field(provider, i, &field) == FOB_SUCCESS; i++) {
        strbuf_text(out, i > 0 ? ",{" : "{");
        output_text(out, "name", field.name, true);
        output_text(out, "title", field.title, false);
        strbuf_printf(out, ",\"secret\":%s,\"optional\":%s}", field.secret ? "true" : "false",
                      field.optional ? "true" : "false");
    }
    strbuf_text(out, "]");
}

static void add_mistakes(struct strbuf *out, const struct fob_provider *provider)
{
    const char *mistake;

    strbuf_text(out, ",\"mistakes\":[");
    for (size_t i = 0; (mistake = fob_provider_mistake(provider, i)) != NULL; i++) {
        strbuf_text(out, i > 0 ? "," : "");
        json_write_string(out, mistake, strlen(mistake));
    }
    strbuf_text(out, "]");
}

static void add_provider(struct strbuf *out, const struct fob_provider *provider)
{
    strbuf_text(out, "{");
    output_text(out, "name", fob_provider_text(provider, FOB_PROVIDER_NAME), true);
    output_text(out, "title", fob_provider_text(provider, FOB_PROVIDER_TITLE), false);
    output_text(out, "website", fob_provider_text(provider, FOB_PROVIDER_WEBSITE), false);
    output_text(out, "file", fob_provider_text(provider, FOB_PROVIDER_FILE), false);
    add_fields(out, provider);
    add_mistakes(out, provider);
    strbuf_text(out, "}");
}

static void print_fields(const struct fob_provider *provider)
{
    struct fob_provider_field field;

    for (size_t i = 0; fob_provider_field(provider, i, &field) == FOB_SUCCESS; i++)
        printf("%s%s", i > 0 ? ", " : "", field.name);
    putchar('\n');
}

static void print_provider(const struct fob_provider *provider)
{
    const char *mistake = fob_provider_mistake(provider, 0);
    char *title = output_printable(fob_provider_text(provider, FOB_PROVIDER_TITLE));

    printf("%-16s %-20s ", fob_provider_text(provider, FOB_PROVIDER_NAME),
           title != NULL ? title : "");
    if (mistake != NULL)
        printf("broken\n");
    else
        print_fields(provider);
    for (size_t i = 0; (mistake = fob_provider_mistake(provider, i)) != NULL; i++)
        fprintf(stderr, "fob: %s\n", mistake);
    free(title);
}

static int list(struct cli *cli)
{
    struct fob_providers *providers = NULL;
    const struct fob_provider *provider;
    struct strbuf out = STRBUF_INIT;
    size_t count = 0;
    int code = cli_open(cli);
    int status = 0;

    if (code == FOB_SUCCESS)
        code = fob_providers_open(cli->context, &providers);
    if (code != FOB_SUCCESS)
        return report(code);
    strbuf_text(&out, "[");
    if (!cli->global.json)
        printf("%-16s %-20s %s\n", "PROVIDER", "TITLE", "FIELDS");
    while ((provider = fob_providers_next(providers)) != NULL) {
        strbuf_text(&out, count++ > 0 ? ",\n" : "");
        add_provider(&out, provider);
        if (!cli->global.json)
            print_provider(provider);
    }
    strbuf_text(&out, "]");
    if (cli->global.json)
        status = output_print(&out);
    strbuf_free(&out);
    fob_providers_close(providers);
    return status;
}

/* The provider called NAME, borrowed from PROVIDERS. */
static const struct fob_provider *find(struct fob_providers *providers, const char *name)
{
    const struct fob_provider *provider;

    while ((provider = fob_providers_next(providers)) != NULL) {
        if (strcmp(fob_provider_text(provider, FOB_PROVIDER_NAME), name) == 0)
            return provider;
    }
    return NULL;
}

static int guide(struct cli *cli, const char *name)
{
    struct fob_providers *providers = NULL;
    const struct fob_provider *provider;
    int code = cli_open(cli);
    int status = 0;

    if (code == FOB_SUCCESS)
        code = fob_providers_open(cli->context, &providers);
    if (code != FOB_SUCCESS)
        return report(code);
    provider = find(providers, name);
    if (provider == NULL) {
        fprintf(stderr, "fob: %s: no such provider\n"
                        "hint: \"fob providers\" lists those there are\n", name);
        status = exit_status(FOB_NOT_FOUND);
    } else {
        printf("%s %s\n\n%s", fob_provider_text(provider, FOB_PROVIDER_TITLE),
               fob_provider_text(provider, FOB_PROVIDER_WEBSITE),
               fob_provider_text(provider, FOB_PROVIDER_GUIDE));
    }
    fob_providers_close(providers);
    return status;
}

int cmd_providers(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("providers"), NULL, 0, 0 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = list(cli);
    options_free(&parsed);
    return status;
}

int cmd_guide(struct cli *cli, int argc, char **argv)
{
    const struct command_spec spec = { find_command("guide"), NULL, 1, 1 };
    struct parsed parsed;
    int status = options_parse(cli, &spec, argc, argv, &parsed);

    if (status < 0)
        status = guide(cli, parsed.arguments[0]);
    options_free(&parsed);
    return status;
}
