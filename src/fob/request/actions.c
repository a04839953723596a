/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists a provider's actions. */
#include "config.h"

#include "fob/request/actions.h"

#include "cli/output.h"

#include <string.h>

/* The most optional arguments that are listed by name. */
#define OPTIONAL_SHOWN 3

/* Append arguments, such as "id content [page_size]" or "name type [7 more]". */
static void actions_add_arguments(struct strbuf *text, const struct fob_action *action)
{
    const struct fob_action_argument *argument;
    size_t optional = 0;

    for (size_t i = 0; (argument = fob_action_argument(action, i)) != NULL; i++)
        optional += !argument->required;
    for (size_t i = 0; (argument = fob_action_argument(action, i)) != NULL; i++) {
        const char *blank = text->size > 0 ? " " : "";

        if (argument->required)
            strbuf_printf(text, "%s%s", blank, argument->name);
        else if (optional <= OPTIONAL_SHOWN)
            strbuf_printf(text, "%s[%s]", blank, argument->name);
    }
    if (optional > OPTIONAL_SHOWN)
        strbuf_printf(text, "%s[%zu more]", text->size > 0 ? " " : "", optional);
}

int actions_table(const struct fob_provider *provider)
{
    struct table table = { .columns = 3 };
    const struct fob_action *action;
    int code;

    table_add(&table, "ACTION");
    table_add(&table, "ARGUMENTS");
    table_add(&table, "SUMMARY");
    for (size_t i = 0; (action = fob_provider_action(provider, i)) != NULL; i++) {
        struct strbuf text = STRBUF_INIT;

        table_add(&table, action->name);
        actions_add_arguments(&text, action);
        table_add(&table, text.data != NULL ? text.data : "");
        strbuf_reset(&text);
        strbuf_printf(&text, "%s%s", action->summary, action->writes ? " (writes)" : "");
        table_add(&table, text.data != NULL ? text.data : "");
        table.failed |= text.failed;
        strbuf_free(&text);
    }
    code = table_print(&table, TABLE_COLUMNS);
    table_free(&table);
    return code;
}

static void actions_add_argument(struct strbuf *out, const struct fob_action_argument *argument)
{
    output_json_begin(out, NULL, '{');
    output_json_text(out, "name", argument->name);
    output_json_text(out, "type", argument->type);
    output_json_text(out, "summary", argument->summary);
    output_json_flag(out, "required", argument->required);
    output_json_text(out, "default", argument->value[0] != '\0' ? argument->value : NULL);
    if (argument->min != INT64_MIN)
        output_json_number(out, "min", argument->min);
    if (argument->max != INT64_MAX)
        output_json_number(out, "max", argument->max);
    if (argument->choices != NULL)
        output_json_texts(out, "choices", argument->choices);
    output_json_end(out, '}');
}

int actions_json(const struct fob_provider *provider)
{
    struct strbuf out = STRBUF_INIT;
    const struct fob_action *action;
    const struct fob_action_argument *argument;

    output_json_begin(&out, NULL, '[');
    for (size_t i = 0; (action = fob_provider_action(provider, i)) != NULL; i++) {
        output_json_begin(&out, NULL, '{');
        output_json_text(&out, "name", action->name);
        output_json_text(&out, "summary", action->summary);
        output_json_text(&out, "method", action->method);
        output_json_text(&out, "path", action->path);
        output_json_flag(&out, "writes", action->writes);
        output_json_begin(&out, "arguments", '[');
        for (size_t j = 0; (argument = fob_action_argument(action, j)) != NULL; j++)
            actions_add_argument(&out, argument);
        output_json_end(&out, ']');
        output_json_texts(&out, "columns", action->columns);
        output_json_texts(&out, "private", action->withheld);
        output_json_end(&out, '}');
    }
    output_json_end(&out, ']');
    return output_json(&out);
}
