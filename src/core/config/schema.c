/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks options from YAML files against a plugin's schema. */
#include "config.h"

#include "core/config/schema.h"

#include "util/address.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"
#include "util/yaml_items.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* libfob-http appends paths to this option. */
#define BASE_URL "base_url"

struct unit {
    const char *suffix;
    int64_t factor;
};

static const struct unit durations[] = { { "", 1 },     { "s", 1 },     { "m", 60 },
                                         { "h", 3600 }, { "d", 86400 }, { NULL, 0 } };
static const struct unit sizes[] = {
    { "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 }
};
static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

/* Parse a number followed by one of UNITS; only a plain number may be negative. */
static bool schema_parse_number(const char *text, const struct unit *units, int64_t *value)
{
    bool negative = text[0] == '-' && units == plain;
    char *end;
    long long number;

    if (!isdigit((unsigned char)text[negative ? 1 : 0]))
        return false;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    for (; units->suffix != NULL; units++) {
        if (strcmp(end, units->suffix) == 0)
            return !__builtin_mul_overflow(number, units->factor, value);
    }
    return false;
}

bool schema_parse_duration(const char *text, int64_t *seconds)
{
    return schema_parse_number(text, durations, seconds);
}

/* What is wrong with TEXT, a URL for the option NAME; NULL when it is valid. */
static const char *schema_url_fault(const char *name, const char *text)
{
    return address_fault(text, strcmp(name, BASE_URL) == 0 ? ADDRESS_BASE : 0);
}

static bool schema_is_choice(const struct fob_option *option, const char *text)
{
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], text) == 0)
            return true;
    }
    return false;
}

static bool schema_has_range(const struct fob_option *option)
{
    return option->min != 0 || option->max != 0;
}

/* What is wrong with TEXT; NULL when it is valid.  Sets VALUE's number. */
static const char *schema_check_text(const struct fob_option *option, const char *text,
                                     struct option_value *value)
{
    value->text = text;
    switch (option->type) {
    case FOB_OPTION_INTEGER:
        return schema_parse_number(text, plain, &value->number) ? NULL : "must be a whole number";
    case FOB_OPTION_DURATION:
        return schema_parse_duration(text, &value->number)
                   ? NULL
                   : "must be a duration: seconds, or a number with s, m, h or d";
    case FOB_OPTION_SIZE:
        return schema_parse_number(text, sizes, &value->number)
                   ? NULL
                   : "must be a size: bytes, or a number with K, M or G";
    case FOB_OPTION_BOOLEAN:
        value->number = strcmp(text, "true") == 0;
        return value->number != 0 || strcmp(text, "false") == 0 ? NULL : "must be true or false";
    case FOB_OPTION_ENUM:
        return schema_is_choice(option, text) ? NULL : "must be one of the choices";
    case FOB_OPTION_PATH:
        return text[0] == '/' ? NULL : "must be an absolute path";
    case FOB_OPTION_URL:
        return schema_url_fault(option->name, text);
    default:
        return NULL;
    }
}

static bool schema_in_range(const struct fob_option *option, int64_t number)
{
    return !schema_has_range(option) || (number >= option->min && number <= option->max);
}

static bool schema_is_number(enum fob_option_type type)
{
    return type == FOB_OPTION_INTEGER || type == FOB_OPTION_DURATION || type == FOB_OPTION_SIZE;
}

/* Report a value that is not among the option's choices, and list them. */
static void schema_report_choices(struct yaml_file *file, const struct fob_option *option,
                                  const struct yaml_node *node)
{
    struct strbuf words = STRBUF_INIT;

    for (size_t i = 0; option->choices[i] != NULL; i++)
        strbuf_printf(&words, "%s%s", i > 0 ? ", " : "", option->choices[i]);
    yaml_mistake(file, node, "%s: must be %s%s", option->name,
                 option->type == FOB_OPTION_LIST ? "a list of texts, or " : "one of ",
                 words.data != NULL ? words.data : "its choices");
    strbuf_free(&words);
}

static void schema_report_range(struct yaml_file *file, const struct fob_option *option,
                                const struct yaml_node *node)
{
    const char *unit = option->type == FOB_OPTION_DURATION ? " second"
                       : option->type == FOB_OPTION_SIZE   ? " byte"
                                                           : "";

    yaml_mistake(file, node, "%s: must be from %" PRId64 " to %" PRId64 "%s%s", option->name,
                 option->min, option->max, unit,
                 unit[0] != '\0' ? text_plural((uint64_t)option->max) : "");
}

static bool schema_parse_list(struct yaml_file *file, const struct fob_option *option,
                              const struct yaml_node *node, struct option_value *value)
{
    if (node->kind == YAML_TEXT && option->choices != NULL) {
        value->set = schema_is_choice(option, node->text);
        value->text = value->set ? node->text : NULL;
        if (!value->set)
            schema_report_choices(file, option, node);
        return value->set;
    }
    if (node->kind != YAML_LIST) {
        yaml_mistake(file, node, "%s: must be a list of texts", option->name);
        return false;
    }
    /* A plugin could not distinguish an empty list from a missing option. */
    if (node->count == 0) {
        yaml_mistake(file, node, "%s: must be a list of at least one text", option->name);
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (node->values[i]->kind != YAML_TEXT) {
            yaml_mistake(file, node->values[i], "%s: must be a list of texts", option->name);
            return false;
        }
    }
    value->list = node;
    value->set = true;
    return true;
}

static bool schema_parse_map(struct yaml_file *file, const struct fob_option *option,
                             const struct yaml_node *map)
{
    size_t count = 0;
    bool good;

    while (option->choices[count] != NULL)
        count++;
    if (!yaml_map(file, map, option->choices, count))
        return false;
    good = yaml_known_keys(file, map, option->choices, count);
    for (size_t i = 0; i < map->count && good; i++) {
        if (map->values[i]->kind == YAML_TEXT)
            continue;
        yaml_mistake(file, map->values[i], "%s: must be one value", option->name);
        good = false;
    }
    if (good && yaml_get(map, option->choices[0]) == NULL) {
        yaml_mistake(file, map, "%s: %s is missing", option->name, option->choices[0]);
        good = false;
    }
    return good;
}

static bool schema_parse_maps(struct yaml_file *file, const struct fob_option *option,
                              const struct yaml_node *node, struct option_value *value)
{
    if (node->kind != YAML_LIST || node->count == 0) {
        yaml_mistake(file, node, "%s: must be a list of at least one map", option->name);
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!schema_parse_map(file, option, node->values[i]))
            return false;
    }
    value->list = node;
    value->set = true;
    return true;
}

static bool schema_parse_tree(struct yaml_file *file, const struct fob_option *option,
                              const struct yaml_node *node, struct option_value *value)
{
    yaml_items_write(&value->tree, node);
    value->set = !value->tree.failed && value->tree.size <= OPTION_TREE_MAX;
    if (value->tree.failed)
        file->mistakes.failed = true;
    else if (!value->set)
        yaml_mistake(file, node, "%s: must have at most %d bytes", option->name, OPTION_TREE_MAX);
    return value->set;
}

/* Check the value at NODE. */
static bool schema_parse_node(struct yaml_file *file, const struct fob_option *option,
                              const struct yaml_node *node, struct option_value *value)
{
    const char *fault;

    if (option->type == FOB_OPTION_LIST)
        return schema_parse_list(file, option, node, value);
    if (option->type == FOB_OPTION_MAPS)
        return schema_parse_maps(file, option, node, value);
    if (option->type == FOB_OPTION_TREE)
        return schema_parse_tree(file, option, node, value);
    if (node->kind != YAML_TEXT) {
        yaml_mistake(file, node, "%s: must be one value", option->name);
        return false;
    }
    fault = schema_check_text(option, node->text, value);
    if (fault != NULL && option->type == FOB_OPTION_ENUM) {
        schema_report_choices(file, option, node);
        return false;
    }
    if (fault != NULL) {
        yaml_mistake(file, node, "%s: %s", option->name, fault);
        return false;
    }
    if (schema_is_number(option->type) && !schema_in_range(option, value->number)) {
        schema_report_range(file, option, node);
        return false;
    }
    value->set = true;
    return true;
}

static size_t schema_count_options(const struct fob_option *options)
{
    size_t count = 0;

    while (options != NULL && options[count].name != NULL)
        count++;
    return count;
}

/* Add a mistake for each key of LAYER that is not an option of the schema.  Returns as
 * schema_resolve(). */
static int schema_check_unknown(const struct option_layer *layer, const struct fob_option *options,
                                size_t count)
{
    const char **known;
    bool good;

    if (layer->map == NULL || layer->shared)
        return FOB_SUCCESS;
    known = calloc(count + 1, sizeof *known);
    if (known == NULL)
        return error_nomem();
    for (size_t i = 0; i < count; i++)
        known[i] = options[i].name;
    good = yaml_known_keys(layer->file, layer->map, known, count);
    free(known);
    return good ? FOB_SUCCESS : FOB_CONFIG;
}

/* Find OPTION in the first layer that has it, else use its default. */
static bool schema_resolve_one(const struct fob_option *option, const struct option_layer *layers,
                               size_t count, const struct yaml_node *where,
                               struct option_value *value)
{
    *value = (struct option_value){ .option = option };
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *node = yaml_get(layers[i].map, option->name);

        if (node != NULL)
            return schema_parse_node(layers[i].file, option, node, value);
    }
    if (option->value != NULL) {
        value->set = true;
        return schema_check_text(option, option->value, value) == NULL;
    }
    if (option->required)
        yaml_mistake(layers[0].file, where, "the option %s is missing", option->name);
    return !option->required;
}

/* Set the error to all mistakes of the first layer that has some. */
static int schema_report_mistakes(const struct option_layer *layers, size_t count)
{
    int code = FOB_CONFIG;

    for (size_t i = 0; i < count && code == FOB_CONFIG; i++) {
        const struct yaml_file *file = layers[i].file;

        if (file != NULL && file->mistakes.failed)
            code = error_nomem();
        else if (file != NULL && file->mistakes.count > 0)
            return error_set_lines(FOB_CONFIG, file->mistakes.lines, file->mistakes.count);
    }
    return code;
}

int schema_resolve(const struct fob_option *options, const struct option_layer *layers,
                   size_t count, const struct yaml_node *where, struct option_values *values)
{
    size_t known = schema_count_options(options);
    struct option_value *resolved = calloc(known + 1, sizeof *resolved);
    int code = resolved != NULL ? FOB_SUCCESS : error_nomem();

    for (size_t i = 0; i < count && code != FOB_NOMEM; i++) {
        int found = schema_check_unknown(&layers[i], options, known);

        code = found != FOB_SUCCESS ? found : code;
    }
    for (size_t i = 0; i < known && code != FOB_NOMEM; i++) {
        if (!schema_resolve_one(&options[i], layers, count, where, &resolved[i]))
            code = FOB_CONFIG;
    }
    if (code == FOB_CONFIG)
        code = schema_report_mistakes(layers, count);
    values->values = resolved;
    values->count = resolved != NULL ? known : 0;
    if (code != FOB_SUCCESS)
        schema_free(values);
    return code;
}

void schema_free(struct option_values *values)
{
    for (size_t i = 0; i < values->count; i++)
        strbuf_free(&values->values[i].tree);
    free(values->values);
    *values = (struct option_values){ NULL, 0 };
}

const struct option_value *schema_find(const struct option_values *values, const char *name)
{
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->values[i].option->name, name) == 0)
            return &values->values[i];
    }
    return NULL;
}

static int schema_check_option(const struct fob_option *option)
{
    struct option_value value = { .option = option };

    if (!text_is_identifier(option->name))
        return error_set(FOB_PLUGIN, "an option's name is not usable");
    if ((unsigned)option->type > FOB_OPTION_TREE)
        return error_set(FOB_PLUGIN, "option %s: unknown type", option->name);
    if ((option->type == FOB_OPTION_ENUM || option->type == FOB_OPTION_MAPS) &&
        (option->choices == NULL || option->choices[0] == NULL))
        return error_set(FOB_PLUGIN, "option %s: %s", option->name,
                         option->type == FOB_OPTION_ENUM ? "an enum without choices"
                                                         : "maps without keys");
    if (option->min > option->max)
        return error_set(FOB_PLUGIN, "option %s: its range is empty", option->name);
    if (option->value == NULL)
        return FOB_SUCCESS;
    if (option->type == FOB_OPTION_LIST || option->type == FOB_OPTION_MAPS ||
        option->type == FOB_OPTION_TREE ||
        schema_check_text(option, option->value, &value) != NULL ||
        (schema_is_number(option->type) && !schema_in_range(option, value.number)))
        return error_set(FOB_PLUGIN, "option %s: its default is not of its type or range",
                         option->name);
    return FOB_SUCCESS;
}

int schema_check(const struct fob_option *options)
{
    size_t count = schema_count_options(options);

    for (size_t i = 0; i < count; i++) {
        int code = schema_check_option(&options[i]);

        if (code != FOB_SUCCESS)
            return code;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(options[i].name, options[j].name) == 0)
                return error_set(FOB_PLUGIN, "option %s: declared twice", options[i].name);
        }
    }
    return FOB_SUCCESS;
}
