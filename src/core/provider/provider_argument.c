/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the arguments of an action. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/provider/provider_yaml.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static const struct yaml_shape argument_keys[] = {
    { "summary", SHAPE_TEXT, .summary = "One line for people" },
    { "type", SHAPE_TEXT, .words = action_argument_types, .summary = "What a value is" },
    { "enum", SHAPE_TEXTS, .summary = "The allowed values" },
    { "min", SHAPE_INTEGER, .summary = "The least integer" },
    { "max", SHAPE_INTEGER, .summary = "The greatest integer" },
    { "default", SHAPE_TEXT, .summary = "The value if none is given" },
    { "required", SHAPE_BOOLEAN, .summary = "Whether a value must be given" },
    { 0 },
};
const struct yaml_shape provider_argument_shape = { .kind = SHAPE_MAP, .inner = argument_keys };

/* Find the next placeholder of a path from *AT on; false after the last.  An unclosed placeholder
 * extends to the end. */
static bool argument_next_placeholder(const char **at, struct placeholder *placeholder)
{
    const char *open = strchr(*at, '{');

    if (open == NULL)
        return false;
    placeholder->name = open + 1;
    placeholder->size = strcspn(open + 1, "{}");
    *at = open + 1 + placeholder->size;
    return true;
}

/* Whether all of PATH's braces form placeholders with valid argument names. */
static bool argument_check_braces(const char *path)
{
    struct placeholder placeholder;
    char name[FOB_NAME_MAX + 1];
    size_t closed = 0;

    for (const char *at = path; argument_next_placeholder(&at, &placeholder); closed++) {
        if (*at != '}' || placeholder.size >= sizeof name || closed == PROVIDER_ARGUMENTS_MAX)
            return false;
        memcpy(name, placeholder.name, placeholder.size);
        name[placeholder.size] = '\0';
        if (!text_is_identifier(name))
            return false;
    }
    for (; *path != '\0'; path++)
        closed -= *path == '}';
    return closed == 0;
}

static bool argument_is_in_path(const char *path, const char *name)
{
    struct placeholder placeholder;

    while (argument_next_placeholder(&path, &placeholder)) {
        if (strlen(name) == placeholder.size &&
            memcmp(name, placeholder.name, placeholder.size) == 0)
            return true;
    }
    return false;
}

static enum argument_type argument_read_type(const struct yaml_node *node)
{
    const char *type = provider_text_at(node, "type", NULL);

    if (type == NULL)
        return yaml_get(node, "enum") != NULL ? ARGUMENT_ENUM : ARGUMENT_STRING;
    for (size_t i = 0; i < ARGUMENT_TYPE_COUNT; i++) {
        if (strcmp(action_argument_types[i], type) == 0)
            return (enum argument_type)i;
    }
    return ARGUMENT_STRING;
}

static void argument_read_range(struct yaml_file *file, const struct yaml_node *node,
                                struct fob_action_argument *argument, enum argument_type type)
{
    static const char *const keys[] = { "min", "max" };
    int64_t *const limits[] = { &argument->min, &argument->max };

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const struct yaml_node *limit = yaml_get(node, keys[i]);

        *limits[i] = provider_number_at(node, keys[i], *limits[i]);
        if (limit != NULL && type != ARGUMENT_INTEGER)
            yaml_mistake(file, limit, "%s: only with type: integer", keys[i]);
    }
    if (argument->min > argument->max)
        yaml_mistake(file, yaml_get(node, "min"), "min: must not be above max");
}

static void argument_check_default(struct yaml_file *file, const struct yaml_node *node,
                                   const struct provider_action *action, size_t index)
{
    const struct yaml_node *value = yaml_get(node, "default");
    const char *fault;

    if (value == NULL || value->kind != YAML_TEXT)
        return;
    fault = action_place_fault(action->arguments[index].place, value->text);
    if (value->text[0] == '\0')
        fault = "must not be empty";
    if (fault != NULL)
        yaml_mistake(file, value, "default: %s", fault);
    else if ((fault = action_value_fault(action, index, value->text)) != NULL)
        yaml_mistake(file, value, "default: must be %s", fault);
    if (provider_flag_at(node, "required"))
        yaml_mistake(file, value, "default: a required argument cannot have one");
}

/* Initialize argument INDEX; its place is the path if the path names it. */
static void argument_init(struct provider_action *action, size_t index, const char *name)
{
    const char *method = action->public.method;
    bool bare = strcmp(method, "GET") == 0 || strcmp(method, "DELETE") == 0;
    bool in_path = argument_is_in_path(action->public.path, name);

    action->rules[index].named = in_path;
    action->arguments[index] = (struct fob_action_argument){
        .size = sizeof action->arguments[index],
        .name = name,
        .summary = "",
        .value = "",
        .type = action_argument_types[ARGUMENT_STRING],
        .min = INT64_MIN,
        .max = INT64_MAX,
        .place = in_path ? FOB_IN_PATH
                 : bare  ? FOB_IN_QUERY
                         : FOB_IN_BODY,
        .required = in_path,
    };
}

static int argument_read(struct yaml_file *file, const struct yaml_node *node,
                         struct provider_action *action, size_t index)
{
    struct fob_action_argument *argument = &action->arguments[index];
    struct argument_rule *rule = &action->rules[index];
    int code;

    if (!yaml_shape_check(file, node, argument_keys))
        return FOB_SUCCESS;
    argument->summary = provider_text_at(node, "summary", "");
    argument->value = provider_text_at(node, "default", "");
    rule->type = argument_read_type(node);
    argument->type = action_argument_types[rule->type];
    argument_read_range(file, node, argument, rule->type);
    code = provider_texts_at(node, "enum", &rule->choices);
    if (code != FOB_SUCCESS)
        return code;
    argument->choices = rule->choices;
    if (rule->type == ARGUMENT_ENUM && yaml_get(node, "enum") == NULL)
        yaml_mistake(file, node, "enum: the list of values is missing");
    if (rule->type != ARGUMENT_ENUM && rule->choices != NULL)
        yaml_mistake(file, yaml_get(node, "enum"), "enum: only with type: enum, or without a type");
    argument_check_default(file, node, action, index);
    argument->required |= provider_flag_at(node, "required");
    if (argument->value[0] != '\0')
        argument->required = false;
    return FOB_SUCCESS;
}

/* Add the arguments that only the path names, as required texts.  Their names are cut out of a copy
 * of the path. */
static void argument_add_placeholders(const struct yaml_node *declared,
                                      struct provider_action *action)
{
    struct placeholder placeholder;
    const char *at = action->names;

    while (argument_next_placeholder(&at, &placeholder)) {
        char *name = action->names + (placeholder.name - action->names);

        name[placeholder.size] = '\0';
        at++;
        if (yaml_get(declared, name) == NULL &&
            action_find_argument(action, &placeholder) == action->argument_count)
            argument_init(action, action->argument_count++, name);
    }
}

static int argument_add_declared(struct yaml_file *file, const struct yaml_node *declared,
                                 struct provider_action *action)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; declared != NULL && i < declared->count && code == FOB_SUCCESS; i++) {
        const struct yaml_node *key = declared->keys[i];
        size_t index = action->argument_count++;

        argument_init(action, index, key->text);
        if (!text_is_identifier(key->text))
            yaml_mistake(file, key,
                         "an argument's name must be of a-z 0-9 _ - and begin with a letter");
        code = argument_read(file, declared->values[i], action, index);
    }
    return code;
}

/* The most arguments that an action can have: the placeholders of its PATH, and those DECLARED. */
static size_t argument_count_most(const char *path, const struct yaml_node *declared)
{
    size_t count = declared != NULL ? declared->count : 0;

    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{'))
        count++;
    return count;
}

int provider_read_arguments(struct yaml_file *file, const struct yaml_node *node,
                            struct provider_action *action)
{
    const struct yaml_node *declared = yaml_get(node, "arguments");
    size_t room;

    if (declared != NULL &&
        (declared->kind != YAML_MAP || declared->count > PROVIDER_ARGUMENTS_MAX)) {
        yaml_mistake(file, declared, "arguments: must be a map of at most %d arguments",
                     PROVIDER_ARGUMENTS_MAX);
        declared = NULL;
    }
    if (!argument_check_braces(action->public.path)) {
        yaml_mistake(file, node, "%s: its placeholders must be at most %d of the form {name}",
                     action->public.path, PROVIDER_ARGUMENTS_MAX);
        action->public.path = "/";
    }
    action->names = strdup(action->public.path);
    room = argument_count_most(action->public.path, declared) + 1; /* calloc(3) may refuse 0 */
    action->arguments = calloc(room, sizeof *action->arguments);
    action->rules = calloc(room, sizeof *action->rules);
    if (action->names == NULL || action->arguments == NULL || action->rules == NULL)
        return error_nomem();
    argument_add_placeholders(declared, action);
    return argument_add_declared(file, declared, action);
}
