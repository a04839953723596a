/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the actions of a provider: method, path, query, body. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/provider/provider_yaml.h"
#include "util/address.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 64

static const struct yaml_shape text_shape = { .kind = SHAPE_TEXT };
static const struct yaml_shape paginate_flag = { .kind = SHAPE_BOOLEAN };

#define METHOD(name)                                                                          \
    {                                                                                         \
        name, SHAPE_TEXT, SHAPE_ONE_OF, .pattern = "^/", .summary = "The path below base_url" \
    }
static const char *const with_get[] = { "get", NULL };
static const struct yaml_shape action_keys[] = {
    { "summary", SHAPE_TEXT, .summary = "One line for people" },
    METHOD("get"),
    METHOD("post"),
    METHOD("put"),
    METHOD("patch"),
    METHOD("delete"),
    { "arguments", SHAPE_NAMES, .max = PROVIDER_ARGUMENTS_MAX, .pattern = SHAPE_IDENTIFIER,
      .inner = &provider_argument_shape, .summary = "What fob run takes" },
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "Parameters and values" },
    { "body", SHAPE_NAMES, .without = with_get, .summary = "The body, sent as JSON" },
    { "items", SHAPE_TEXT, .pattern = SHAPE_POINTER, .summary = "Where the answer has the list" },
    { "columns", SHAPE_TEXTS, .max = COLUMNS_MAX, .summary = "The columns of a table" },
    { "private", SHAPE_TEXTS, .summary = "Members that are shown as ***" },
    { "paginate", SHAPE_MAP, .inner = provider_paginate_keys, .other = &paginate_flag,
      .summary = "The way from page to page, or true for the provider's" },
    { "writes", SHAPE_BOOLEAN, .summary = "Whether the action changes something" },
    { 0 },
};
const struct yaml_shape provider_action_shape = { .kind = SHAPE_MAP, .inner = action_keys };

static const struct method {
    const char *key;
    const char *name;
} methods[] = {
    { "get", "GET" },     { "post", "POST" },     { "put", "PUT" },
    { "patch", "PATCH" }, { "delete", "DELETE" },
};

void provider_free_actions(struct fob_provider *provider)
{
    for (size_t i = 0; i < provider->action_count; i++) {
        struct provider_action *action = &provider->actions[i];

        for (size_t j = 0; j < action->argument_count; j++)
            free(action->rules[j].choices);
        free(action->names);
        free(action->arguments);
        free(action->rules);
        free(action->columns);
        free(action->withheld);
        provider_free_places(action);
    }
    free(provider->actions);
    provider_free_places(&provider->list);
}

/* Whether each "%" is followed by two hexadecimal digits. */
static bool action_is_encoded(const char *path)
{
    while ((path = strchr(path, '%')) != NULL) {
        if (strspn(++path, "0123456789abcdefABCDEF") < 2)
            return false;
    }
    return true;
}

/* What is wrong with PATH; NULL when it is valid. argument_check_braces() checks placeholders. */
static const char *action_path_fault(const char *path)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~!$&'()*+,;=:@%/{}";

    if (path[0] != '/')
        return "must begin with /, which stands for the end of base_url";
    if (strchr(path, '?') != NULL)
        return "must not have a query: the key query is for that";
    if (strspn(path, allowed) != strlen(path))
        return "has a character that a URL does not; write it as %XX";
    if (!action_is_encoded(path))
        return "has a '%' without two hexadecimal digits behind it";
    return address_has_dot_segment(path) ? "must not have . or .. in it" : NULL;
}

static void action_read_method(struct yaml_file *file, const struct yaml_node *node,
                               struct provider_action *action)
{
    const struct yaml_node *found = NULL;
    const char *path;
    const char *fault;

    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        const struct yaml_node *one = yaml_get(node, methods[i].key);

        if (one != NULL && found != NULL)
            yaml_mistake(file, one, "%s: an action has one method", methods[i].key);
        if (one == NULL || found != NULL)
            continue;
        found = one;
        action->public.method = methods[i].name;
        if (one->kind != YAML_TEXT)
            continue;
        path = one->text;
        action->public.path = path;
        fault = action_path_fault(path);
        if (fault != NULL)
            yaml_mistake(file, one, "%s: %s", methods[i].key, fault);
    }
    if (found == NULL)
        yaml_mistake(file, node, "an action must have one of get, post, put, patch and delete");
}

static bool action_is_get(const struct provider_action *action)
{
    return strcmp(action->public.method, "GET") == 0;
}

/* Check that a placeholder in a query or a body names an argument. */
static void action_check_placeholder(struct yaml_file *file, const struct yaml_node *node,
                                     struct provider_action *action, enum fob_place place)
{
    struct placeholder placeholder;
    size_t index;

    if (!action_placeholder(node->text, &placeholder))
        return;
    index = action_find_argument(action, &placeholder);
    if (index == action->argument_count) {
        yaml_mistake(file, node, "%s: there is no such argument", node->text);
        return;
    }
    if (!action->rules[index].named)
        action->arguments[index].place = place;
    action->rules[index].named = true;
}

static void action_check_body(struct yaml_file *file, const struct yaml_node *node,
                              struct provider_action *action)
{
    if (node->kind == YAML_TEXT)
        action_check_placeholder(file, node, action, FOB_IN_BODY);
    for (size_t i = 0; node->kind != YAML_TEXT && i < node->count; i++)
        action_check_body(file, node->values[i], action);
}

static void action_read_query(struct yaml_file *file, const struct yaml_node *node,
                              struct provider_action *action)
{
    const struct yaml_node *query = yaml_get(node, "query");

    if (query == NULL)
        return;
    if (query->kind != YAML_MAP) {
        yaml_mistake(file, query, "query: must be a map of parameters and values");
        return;
    }
    for (size_t i = 0; i < query->count; i++) {
        if (query->values[i]->kind != YAML_TEXT) {
            yaml_mistake(file, query->values[i],
                         "%s: must be a text; a placeholder needs quotes: \"{name}\"",
                         query->keys[i]->text);
            return;
        }
        action_check_placeholder(file, query->values[i], action, FOB_IN_QUERY);
    }
    action->query = query;
}

static void action_read_body(struct yaml_file *file, const struct yaml_node *node,
                             struct provider_action *action)
{
    const struct yaml_node *body = yaml_get(node, "body");

    if (body == NULL)
        return;
    if (body->kind != YAML_MAP) {
        yaml_mistake(file, body, "body: must be a map");
    } else if (action_is_get(action)) {
        yaml_mistake(file, body, "body: not with get");
    } else {
        action_check_body(file, body, action);
        action->body = body;
    }
}

/* What is wrong with a column; NULL when it is valid. */
static const char *action_column_fault(const char *text)
{
    if (text[0] == '\0')
        return "must not be empty";
    if (text[0] == '/')
        return action_is_pointer(text) ? NULL : "must be a JSON Pointer, as /office/name";
    return text[0] == '.' || text[strlen(text) - 1] == '.' || strstr(text, "..") != NULL
               ? "must not have an empty part between dots"
               : NULL;
}

static int action_read_lists(struct yaml_file *file, const struct yaml_node *node,
                             struct provider_action *action)
{
    const struct yaml_node *columns = yaml_get(node, "columns");
    int code = provider_texts_at(node, "columns", &action->columns);

    if (code == FOB_SUCCESS)
        code = provider_texts_at(node, "private", &action->withheld);
    if (action->columns != NULL && columns->count > COLUMNS_MAX)
        yaml_mistake(file, columns, "columns: at most %d", COLUMNS_MAX);
    for (size_t i = 0; action->columns != NULL && action->columns[i] != NULL; i++) {
        const char *fault = action_column_fault(action->columns[i]);

        if (fault != NULL)
            yaml_mistake(file, columns->values[i], "columns: %s", fault);
    }
    action->public.columns = action->columns;
    action->public.withheld = action->withheld;
    return code;
}

static int action_read(struct fob_provider *provider, const struct yaml_node *node,
                       struct provider_action *action)
{
    struct yaml_file *file = provider->file;
    int code;

    action->public.size = sizeof action->public;
    action->paginate.size = sizeof action->paginate;
    action->public.summary = "";
    action->public.method = "GET";
    action->public.path = "/";
    action->public.items = provider->list.public.items;
    if (!yaml_shape_check(file, node, action_keys))
        return FOB_SUCCESS;
    action->public.summary = provider_text_at(node, "summary", "");
    action_read_method(file, node, action);
    provider_read_items(file, node, &action->public);
    action->public.writes = yaml_get(node, "writes") != NULL ? provider_flag_at(node, "writes")
                                                             : !action_is_get(action);
    code = action_read_lists(file, node, action);
    if (code == FOB_SUCCESS)
        code = provider_read_arguments(file, node, action);
    if (code != FOB_SUCCESS)
        return code;
    action_read_query(file, node, action);
    action_read_body(file, node, action);
    return provider_read_paginate(provider, node, action);
}

int provider_read_actions(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *node = yaml_get(file->root, "actions");
    int code = provider_read_list(provider);

    if (node == NULL || code != FOB_SUCCESS)
        return code;
    if (node->kind != YAML_MAP || node->count == 0 || node->count > PROVIDER_ACTIONS_MAX) {
        yaml_mistake(file, node, "actions: must be a map of 1 to %d actions", PROVIDER_ACTIONS_MAX);
        return FOB_SUCCESS;
    }
    provider->actions = calloc(node->count, sizeof *provider->actions);
    if (provider->actions == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count && code == FOB_SUCCESS; i++) {
        struct provider_action *action = &provider->actions[provider->action_count++];

        action->public.name = node->keys[i]->text;
        if (!text_is_identifier(action->public.name))
            yaml_mistake(file, node->keys[i],
                         "an action's name must be of a-z 0-9 _ - and begin with a letter");
        code = action_read(provider, node->values[i], action);
    }
    return code;
}
