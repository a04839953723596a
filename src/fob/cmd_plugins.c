/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob plugins: lists the plugins, or the options of one. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"
#include "fob/commands.h"
#include "util/array.h"
#include "util/text.h"

#include <inttypes.h>
#include <string.h>

/* The summary, or what stands in its place. */
static const char *cmd_plugins_summary(const struct fob_plugin_info *plugin)
{
    switch (fob_plugin_code(plugin)) {
    case FOB_SUCCESS:
        return fob_plugin_text(plugin, FOB_PLUGIN_SUMMARY);
    case FOB_PLUGIN:
        return "(broken)";
    default:
        return "(not read)";
    }
}

static void plugins_report_mistake(const struct fob_plugin_info *plugin)
{
    output_lines(stderr, "fob: ", fob_plugin_text(plugin, FOB_PLUGIN_MISTAKE));
    output_hint(fob_plugin_text(plugin, FOB_PLUGIN_HINT));
}

static void plugins_add_json_option(struct strbuf *buf, const struct fob_plugin_option *option)
{
    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", option->name);
    output_json_text(buf, "type", option->type);
    output_json_text(buf, "default", option->value);
    output_json_flag(buf, "required", option->required);
    if (option->min != 0 || option->max != 0) {
        output_json_number(buf, "min", option->min);
        output_json_number(buf, "max", option->max);
    }
    if (option->choices != NULL)
        output_json_texts(buf, "choices", option->choices);
    output_json_text(buf, "summary", option->summary);
    output_json_end(buf, '}');
}

static void cmd_plugins_add_json(struct strbuf *buf, const struct fob_plugin_info *plugin)
{
    const struct fob_plugin_option *option;
    const char *hook;

    output_json_begin(buf, NULL, '{');
    output_json_text(buf, "name", fob_plugin_text(plugin, FOB_PLUGIN_NAME));
    output_json_text(buf, "version", fob_plugin_text(plugin, FOB_PLUGIN_VERSION));
    output_json_text(buf, "summary", fob_plugin_text(plugin, FOB_PLUGIN_SUMMARY));
    output_json_text(buf, "file", fob_plugin_text(plugin, FOB_PLUGIN_FILE));
    output_json_begin(buf, "hooks", '[');
    for (size_t i = 0; (hook = fob_plugin_hook(plugin, i)) != NULL; i++)
        output_json_text(buf, NULL, hook);
    output_json_end(buf, ']');
    output_json_begin(buf, "options", '[');
    for (size_t i = 0; (option = fob_plugin_option(plugin, i)) != NULL; i++)
        plugins_add_json_option(buf, option);
    output_json_end(buf, ']');
    output_json_text(buf, "mistake", fob_plugin_text(plugin, FOB_PLUGIN_MISTAKE));
    output_json_end(buf, '}');
}

static void cmd_plugins_add_row(struct table *table, const struct fob_plugin_info *plugin)
{
    table_add(table, fob_plugin_text(plugin, FOB_PLUGIN_NAME));
    table_add(table, fob_plugin_text(plugin, FOB_PLUGIN_VERSION));
    table_add(table, cmd_plugins_summary(plugin));
    table_add(table, fob_plugin_text(plugin, FOB_PLUGIN_FILE));
}

static int plugins_list(struct cli *cli, struct fob_plugins *plugins)
{
    static const char *const titles[] = { "PLUGIN", "VERSION", "SUMMARY", "FILE" };
    struct table table = { .columns = ARRAY_SIZE(titles) };
    struct strbuf document = STRBUF_INIT;
    const struct fob_plugin_info *plugin;
    int result = FOB_SUCCESS;
    int code;

    for (size_t i = 0; i < table.columns; i++)
        table_add(&table, titles[i]);
    output_json_begin(&document, NULL, '[');
    while ((plugin = fob_plugins_next(plugins)) != NULL) {
        code = fob_plugin_code(plugin);
        if (code != FOB_SUCCESS)
            plugins_report_mistake(plugin);
        if (code == FOB_PLUGIN || result == FOB_SUCCESS)
            result = code;
        cmd_plugins_add_row(&table, plugin);
        cmd_plugins_add_json(&document, plugin);
    }
    output_json_end(&document, ']');
    code = cli->json ? output_json(&document) : table_print(&table, table.columns);
    strbuf_free(&document);
    table_free(&table);
    return result != FOB_SUCCESS ? result : code;
}

/* Print an option's range or choices on a line of its own. */
static void plugins_print_range(const struct fob_plugin_option *option)
{
    const char *unit = strcmp(option->type, "duration") == 0 ? " second"
                       : strcmp(option->type, "size") == 0   ? " byte"
                                                             : "";
    const char *first = strcmp(option->type, "list") == 0 ? "or " : "one of ";
    struct strbuf words = STRBUF_INIT;

    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
        strbuf_printf(&words, "%s%s", i > 0 ? ", " : first, option->choices[i]);
    if (option->min != 0 || option->max != 0)
        strbuf_printf(&words, "from %" PRId64 " to %" PRId64 "%s%s", option->min, option->max, unit,
                      unit[0] != '\0' ? text_plural((uint64_t)option->max) : "");
    if (words.data != NULL)
        output_line("    %s", words.data);
    strbuf_free(&words);
}

static void plugins_print_option(const struct fob_plugin_option *option)
{
    output_line("Option %s: %s%s%s%s", option->name, option->type,
                option->required ? ", required" : "", option->value != NULL ? ", default " : "",
                option->value != NULL ? option->value : "");
    if (option->summary[0] != '\0')
        output_line("    %s", option->summary);
    plugins_print_range(option);
}

static void plugins_print(const struct fob_plugin_info *plugin)
{
    const struct fob_plugin_option *option;
    struct strbuf hooks = STRBUF_INIT;
    const char *hook;

    for (size_t i = 0; (hook = fob_plugin_hook(plugin, i)) != NULL; i++)
        strbuf_printf(&hooks, " %s", hook);
    output_line("Plugin: %s", fob_plugin_text(plugin, FOB_PLUGIN_NAME));
    output_line("Version: %s", fob_plugin_text(plugin, FOB_PLUGIN_VERSION));
    output_line("Summary: %s", fob_plugin_text(plugin, FOB_PLUGIN_SUMMARY));
    output_line("File: %s", fob_plugin_text(plugin, FOB_PLUGIN_FILE));
    output_line("Hooks:%s", hooks.data != NULL ? hooks.data : " none");
    strbuf_free(&hooks);
    for (size_t i = 0; (option = fob_plugin_option(plugin, i)) != NULL; i++)
        plugins_print_option(option);
}

static int plugins_show(struct cli *cli, const struct fob_plugin_info *plugin)
{
    struct strbuf document = STRBUF_INIT;
    const int code = fob_plugin_code(plugin);
    int printed = FOB_SUCCESS;

    if (code != FOB_SUCCESS)
        plugins_report_mistake(plugin);
    if (cli->json) {
        cmd_plugins_add_json(&document, plugin);
        printed = output_json(&document);
    } else if (code == FOB_SUCCESS) {
        plugins_print(plugin);
    }
    return code != FOB_SUCCESS ? code : printed;
}

static int plugins_find(struct cli *cli, struct fob_plugins *plugins)
{
    const char *wanted = cli_argument(cli, 0);
    char hint[128] = "\"fob plugins\" lists them";
    const struct fob_plugin_info *plugin;
    const char *nearest = NULL;

    while ((plugin = fob_plugins_next(plugins)) != NULL) {
        const char *name = fob_plugin_text(plugin, FOB_PLUGIN_NAME);

        if (strcmp(name, wanted) == 0)
            return plugins_show(cli, plugin);
        if (nearest == NULL)
            nearest = text_nearest(wanted, &name, 1);
    }
    if (nearest != NULL)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest);
    return output_fail(FOB_NOT_FOUND, hint, "%.64s: no such plugin", wanted);
}

static int cmd_plugins_run(struct cli *cli)
{
    struct fob_plugins *plugins = NULL;
    int code = cli_open(cli);

    if (code != FOB_SUCCESS)
        return code;
    code = fob_plugins_open(cli->context, &plugins);
    if (code != FOB_SUCCESS)
        code = cli_fail(cli, code);
    else
        code =
            cli_argument(cli, 0) != NULL ? plugins_find(cli, plugins) : plugins_list(cli, plugins);
    fob_plugins_close(plugins);
    return code;
}

const struct command cmd_plugins = {
    .name = "plugins",
    .arguments = "[PLUGIN]",
    .summary = "list the plugins, or the options of one plugin",
    .max = 1,
    .run = cmd_plugins_run,
    .plugins = true,
};
