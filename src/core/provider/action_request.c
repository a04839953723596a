/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes a request from an action and its arguments.  A value cannot escape from the place that the
 * provider's file gives it. */
#include "config.h"

#include "core/provider/action.h"
#include "util/error.h"
#include "util/json_number.h"
#include "util/json_write.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fob_request {
    const struct provider_action *action;
    unsigned flags;
    const char **values; /* one for each argument of the action; NULL for no value */
    char *path;
    char *body;
};

/* Set an error about argument INDEX; returns FOB_INVALID. */
static int action_request_refuse(const struct fob_request *request, size_t index, const char *why)
{
    const struct provider_action *action = request->action;

    return error_set(FOB_INVALID, "%s: %s: %s", action->public.name, action->arguments[index].name,
                     why);
}

/* Append a list that ends with NULL, as "a, b, c". */
static void action_add_words(struct strbuf *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        strbuf_printf(text, "%s%s", i > 0 ? ", " : "", words[i]);
}

/* Set the hint that says which values ARGUMENT accepts. */
static void action_hint_values(const struct fob_action_argument *argument)
{
    struct strbuf text = STRBUF_INIT;

    if (argument->choices != NULL) {
        strbuf_add_text(&text, "it is one of ");
        action_add_words(&text, argument->choices);
    } else if (argument->min != INT64_MIN && argument->max != INT64_MAX) {
        strbuf_printf(&text, "it is from %" PRId64 " to %" PRId64, argument->min, argument->max);
    } else if (argument->min != INT64_MIN) {
        strbuf_printf(&text, "it is at least %" PRId64, argument->min);
    } else if (argument->max != INT64_MAX) {
        strbuf_printf(&text, "it is at most %" PRId64, argument->max);
    }
    if (text.data != NULL)
        error_hint("%s", text.data);
    else if (argument->summary[0] != '\0')
        error_hint("it is: %s", argument->summary);
    strbuf_free(&text);
}

static int action_fail_unknown_argument(const struct fob_request *request, const char *name)
{
    const struct provider_action *action = request->action;
    const char **names = calloc(action->argument_count + 1, sizeof *names);
    struct strbuf text = STRBUF_INIT;
    const char *nearest = NULL;

    error_set(FOB_INVALID, "%s: it has no argument %.64s", action->public.name, name);
    if (names == NULL)
        return FOB_INVALID;
    for (size_t i = 0; i < action->argument_count; i++)
        names[i] = action->arguments[i].name;
    nearest = text_nearest(name, names, action->argument_count);
    action_add_words(&text, names);
    if (nearest != NULL)
        error_hint("did you mean %s?", nearest);
    else if (text.data != NULL)
        error_hint("it has %s", text.data);
    strbuf_free(&text);
    free(names);
    return FOB_INVALID;
}

/* Set the value of argument INDEX. */
static int action_request_set_value(struct fob_request *request, size_t index, const char *value)
{
    const struct provider_action *action = request->action;
    const char *fault;
    char why[64];

    if (request->values[index] != NULL)
        return action_request_refuse(request, index, "given twice");
    if (action->arguments[index].place == FOB_IN_BODY && (request->flags & FOB_OWN_BODY) != 0)
        return action_request_refuse(request, index,
                                     "it belongs in the body, which was given as a whole");
    fault = action_place_fault(action->arguments[index].place, value);
    if (fault != NULL)
        return action_request_refuse(request, index, fault);
    fault = action_value_fault(action, index, value);
    if (fault != NULL) {
        snprintf(why, sizeof why, "must be %s", fault);
        action_request_refuse(request, index, why);
        action_hint_values(&action->arguments[index]);
        return FOB_INVALID;
    }
    request->values[index] = value;
    return FOB_SUCCESS;
}

/* GIVEN is NAME=VALUE. */
static int action_request_set_argument(struct fob_request *request, const char *given)
{
    const struct placeholder name = { given, strcspn(given, "=") };
    size_t index = action_find_argument(request->action, &name);
    char unknown[65];

    if (given[name.size] == '\0' || name.size == 0)
        return error_set(FOB_INVALID, "%.64s: an argument is written NAME=VALUE", given);
    if (index < request->action->argument_count)
        return action_request_set_value(request, index, given + name.size + 1);
    snprintf(unknown, sizeof unknown, "%.*s", (int)(name.size < 64 ? name.size : 64), given);
    return action_fail_unknown_argument(request, unknown);
}

/* Fill in the defaults, and check that no required argument is missing. */
static int action_request_fill_defaults(struct fob_request *request)
{
    const struct provider_action *action = request->action;

    for (size_t i = 0; i < action->argument_count; i++) {
        const struct fob_action_argument *argument = &action->arguments[i];

        if (argument->place == FOB_IN_BODY && (request->flags & FOB_OWN_BODY) != 0)
            continue;
        if (request->values[i] == NULL && argument->value[0] != '\0')
            request->values[i] = argument->value;
        if (request->values[i] != NULL || !argument->required)
            continue;
        action_request_refuse(request, i, "it is missing");
        error_hint("add %s=VALUE%s%s", argument->name, argument->summary[0] != '\0' ? ": " : "",
                   argument->summary);
        return FOB_INVALID;
    }
    return FOB_SUCCESS;
}

/* Percent-encode all but the unreserved characters (RFC 3986). */
static void action_add_encoded(struct strbuf *out, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    while (*text != '\0') {
        size_t size = strspn(text, plain);

        strbuf_add(out, text, size);
        text += size;
        if (*text != '\0')
            strbuf_printf(out, "%%%02X", (unsigned char)*text++);
    }
}

static void action_add_path(const struct fob_request *request, struct strbuf *out)
{
    const char *at = request->action->public.path;

    for (;;) {
        size_t size = strcspn(at, "{");
        struct placeholder placeholder;

        strbuf_add(out, at, size);
        at += size;
        if (*at == '\0')
            return;
        placeholder = (struct placeholder){ at + 1, strcspn(at + 1, "}") };
        action_add_encoded(out,
                           request->values[action_find_argument(request->action, &placeholder)]);
        at += placeholder.size + 2;
    }
}

static void action_request_add_parameter(struct strbuf *out, const char *name, const char *value,
                                         bool *any)
{
    strbuf_add_text(out, *any ? "&" : "?");
    *any = true;
    action_add_encoded(out, name);
    strbuf_add_text(out, "=");
    action_add_encoded(out, value);
}

/* The text of NODE or, for a placeholder, its argument's value; NULL when the argument has none. */
static const char *action_text_of(const struct fob_request *request, const struct yaml_node *node,
                                  size_t *index)
{
    struct placeholder placeholder;

    *index = request->action->argument_count;
    if (!action_placeholder(node->text, &placeholder))
        return node->text;
    *index = action_find_argument(request->action, &placeholder);
    return request->values[*index];
}

static void action_add_query(const struct fob_request *request, struct strbuf *out)
{
    const struct provider_action *action = request->action;
    bool any = false;
    size_t index;

    for (size_t i = 0; action->query != NULL && i < action->query->count; i++) {
        const char *value = action_text_of(request, action->query->values[i], &index);

        if (value != NULL)
            action_request_add_parameter(out, action->query->keys[i]->text, value, &any);
    }
    for (size_t i = 0; i < action->argument_count; i++) {
        if (action->arguments[i].place == FOB_IN_QUERY && !action->rules[i].named &&
            request->values[i] != NULL)
            action_request_add_parameter(out, action->arguments[i].name, request->values[i], &any);
    }
}

/* Append a value as JSON, by its argument's type; the type of a literal is guessed from its
 * text. */
static void action_add_scalar(const struct fob_request *request, const char *value, size_t index,
                              bool plain, struct strbuf *out)
{
    if (index < request->action->argument_count) {
        enum argument_type type = request->action->rules[index].type;

        plain = type == ARGUMENT_INTEGER || type == ARGUMENT_NUMBER || type == ARGUMENT_BOOLEAN;
    } else if (plain) {
        plain = json_number_is(value) || strcmp(value, "true") == 0 ||
                strcmp(value, "false") == 0 || strcmp(value, "null") == 0;
    }
    if (plain)
        strbuf_add_text(out, value);
    else
        json_write_string(out, value, strlen(value));
}

/* Whether NODE has any value, after arguments without one are left out. */
static bool action_request_has_value(const struct fob_request *request,
                                     const struct yaml_node *node)
{
    size_t index;

    if (node->kind == YAML_TEXT)
        return action_text_of(request, node, &index) != NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (action_request_has_value(request, node->values[i]))
            return true;
    }
    return node->count == 0;
}

static void action_add_node(const struct fob_request *request, const struct yaml_node *node,
                            struct strbuf *out);

/* Append the members of a map, or the elements of a list, that have a value; returns whether any
 * has. */
static bool action_add_members(const struct fob_request *request, const struct yaml_node *node,
                               struct strbuf *out)
{
    bool any = false;

    for (size_t i = 0; i < node->count; i++) {
        if (!action_request_has_value(request, node->values[i]))
            continue;
        strbuf_add_text(out, any ? "," : "");
        any = true;
        if (node->kind == YAML_MAP) {
            json_write_string(out, node->keys[i]->text, strlen(node->keys[i]->text));
            strbuf_add_text(out, ":");
        }
        action_add_node(request, node->values[i], out);
    }
    return any;
}

static void action_add_node(const struct fob_request *request, const struct yaml_node *node,
                            struct strbuf *out)
{
    size_t index;
    const char *value;

    if (node->kind == YAML_TEXT) {
        value = action_text_of(request, node, &index);
        action_add_scalar(request, value, index, node->plain, out);
        return;
    }
    strbuf_add_text(out, node->kind == YAML_MAP ? "{" : "[");
    (void)action_add_members(request, node, out);
    strbuf_add_text(out, node->kind == YAML_MAP ? "}" : "]");
}

static bool action_has_body(const struct provider_action *action)
{
    for (size_t i = 0; i < action->argument_count; i++) {
        if (action->arguments[i].place == FOB_IN_BODY)
            return true;
    }
    return action->body != NULL;
}

/* Append the body that the file describes, then the arguments without a placeholder. */
static void action_add_body(const struct fob_request *request, struct strbuf *out)
{
    const struct provider_action *action = request->action;
    bool any;

    strbuf_add_text(out, "{");
    any = action->body != NULL && action_add_members(request, action->body, out);
    for (size_t i = 0; i < action->argument_count; i++) {
        const char *name = action->arguments[i].name;

        if (action->arguments[i].place != FOB_IN_BODY || action->rules[i].named ||
            request->values[i] == NULL)
            continue;
        strbuf_add_text(out, any ? "," : "");
        any = true;
        json_write_string(out, name, strlen(name));
        strbuf_add_text(out, ":");
        action_add_scalar(request, request->values[i], i, false, out);
    }
    strbuf_add_text(out, "}");
}

static int action_make_request(struct fob_request *request)
{
    struct strbuf path = STRBUF_INIT;
    struct strbuf body = STRBUF_INIT;

    action_add_path(request, &path);
    action_add_query(request, &path);
    request->path = strbuf_detach(&path);
    if (request->path == NULL)
        return error_nomem();
    if (!action_has_body(request->action) || (request->flags & FOB_OWN_BODY) != 0)
        return FOB_SUCCESS;
    action_add_body(request, &body);
    request->body = strbuf_detach(&body);
    return request->body != NULL ? FOB_SUCCESS : error_nomem();
}

int fob_request_new(const struct fob_action *action, const char *const *arguments, unsigned flags,
                    struct fob_request **request)
{
    struct fob_request *made;
    int code;

    NEED(action);
    NEED(request);
    code = error_flags(__func__, flags, FOB_OWN_BODY);
    if (code != FOB_SUCCESS)
        return code;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_nomem();
    made->action = (const struct provider_action *)action; /* PUBLIC is the first member */
    made->flags = flags;
    made->values = calloc(made->action->argument_count + 1, sizeof *made->values);
    if (made->values == NULL)
        code = error_nomem();
    for (; arguments != NULL && *arguments != NULL && code == FOB_SUCCESS; arguments++)
        code = action_request_set_argument(made, *arguments);
    if (code == FOB_SUCCESS)
        code = action_request_fill_defaults(made);
    if (code == FOB_SUCCESS)
        code = action_make_request(made);
    if (code == FOB_SUCCESS)
        *request = made;
    else
        fob_request_free(made);
    return code;
}

const char *fob_request_path(const struct fob_request *request)
{
    return request != NULL ? request->path : NULL;
}

const char *fob_request_body(const struct fob_request *request)
{
    return request != NULL ? request->body : NULL;
}

void fob_request_free(struct fob_request *request)
{
    if (request == NULL)
        return;
    free(request->values);
    free(request->path);
    free(request->body);
    free(request);
}
