/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks what YAML files say about options against the schema that a plugin declares. */
#include "config.h"

#include "core/schema.h"

#include "util/error.h"
#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    const char *suffix;
    int64_t factor;
};

static const struct unit durations[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
                                         { "d", 86400 }, { NULL, 0 } };
static const struct unit sizes[] = { { "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 },
                                     { "G", 1 << 30 }, { NULL, 0 } };
static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };

/* A number with one of UNITS behind it. */
static bool parse_number(const char *text, const struct unit *units, int64_t *value)
{
    char *end = NULL;
    long long number;

    if (!isdigit((unsigned char)text[0]) && text[0] != '-')
        return false;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end == text)
        return false;
    for (; units->suffix != NULL; units++) {
        if (strcmp(end, units->suffix) == 0)
            return !__builtin_mul_overflow(number, units->factor, value);
    }
    return false;
}


/* The part of an authority that names the host, without the port. */
static bool host_is_loopback(const char *host, size_t size)
{
    if (size >= 1 && host[0] == '[')
        return size >= 5 && strncmp(host, "[::1]", 5) == 0 && (size == 5 || host[5] == ':');
    for (size_t i = 0; i < size; i++) {
        if (host[i] == ':')
            size = i;
    }
    if (size == strlen("localhost") && strncmp(host, "localhost", size) == 0)
        return true;
    return size > 4 && strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") >= size;
}

bool schema_url_is_safe(const char *url)
{
    bool https = strncmp(url, "https://", 8) == 0;
    bool http = strncmp(url, "http://", 7) == 0;
    const char *host = url + (https ? 8 : 7);
    size_t size;

    if ((!https && !http) || text_has_control(url, strlen(url)) || strchr(url, ' ') != NULL)
        return false;
    size = strcspn(host, "/?#\\");
    if (size == 0 || memchr(host, '@', size) != NULL || host[size] == '\\')
        return false;
    return https || host_is_loopback(host, size);
}

static bool is_choice(const struct fob_option *option, const char *text)
{
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++) {
        if (strcmp(option->choices[i], text) == 0)
            return true;
    }
    return false;
}

static bool has_range(const struct fob_option *option)
{
    return option->min != 0 || option->max != 0;
}

/* What TEXT should be, or NULL when it is.  Numbers go to VALUE. */
static const char *check_text(const struct fob_option *option, const char *text,
                              struct option_value *value)
{
    value->text = text;
    switch (option->type) {
    case FOB_OPTION_INTEGER:
        return parse_number(text, plain, &value->number) ? NULL : "a whole number";
    case FOB_OPTION_DURATION:
        return parse_number(text, durations, &value->number)
                   ? NULL : "a duration: seconds, or a number with s, m, h or d";
    case FOB_OPTION_SIZE:
        return parse_number(text, sizes, &value->number)
                   ? NULL : "a size: bytes, or a number with K, M or G";
    case FOB_OPTION_BOOLEAN:
        value->number = strcmp(text, "true") == 0;
        return value->number != 0 || strcmp(text, "false") == 0 ? NULL : "true or false";
    case FOB_OPTION_ENUM:
        return is_choice(option, text) ? NULL : "one of the choices";
    case FOB_OPTION_PATH:
        return text[0] == '/' ? NULL : "an absolute path";
    case FOB_OPTION_URL:
        return schema_url_is_safe(text) ? NULL
                   : "an https URL, or http to a loopback address, without a user in it";
    default:
        return NULL;
    }
}

static bool in_range(const struct fob_option *option, int64_t number)
{
    return !has_range(option) || (number >= option->min && number <= option->max);
}

static bool is_number(enum fob_option_type type)
{
    return type == FOB_OPTION_INTEGER || type == FOB_OPTION_DURATION || type == FOB_OPTION_SIZE;
}

static bool take_list(struct yaml_file *file, const struct fob_option *option,
                      const struct yaml_node *node, struct option_value *value)
{
    if (node->kind != YAML_LIST) {
        yaml_mistake(file, node, "%s: must be a list of texts", option->name);
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

/* Check one written value. */
static bool take_node(struct yaml_file *file, const struct fob_option *option,
                      const struct yaml_node *node, struct option_value *value)
{
    const char *wanted;

    if (option->type == FOB_OPTION_LIST)
        return take_list(file, option, node, value);
    if (node->kind != YAML_TEXT) {
        yaml_mistake(file, node, "%s: must be one value", option->name);
        return false;
    }
    wanted = check_text(option, node->text, value);
    if (wanted != NULL) {
        yaml_mistake(file, node, "%s: must be %s", option->name, wanted);
        return false;
    }
    if (is_number(option->type) && !in_range(option, value->number)) {
        yaml_mistake(file, node, "%s: must be from %" PRId64 " to %" PRId64, option->name,
                     option->min, option->max);
        return false;
    }
    value->set = true;
    return true;
}

static size_t count_options(const struct fob_option *options)
{
    size_t count = 0;

    while (options != NULL && options[count].name != NULL)
        count++;
    return count;
}

/* The keys of a layer that are no options of the schema. */
static bool check_unknown(const struct option_layer *layer, const struct fob_option *options,
                          size_t count)
{
    const char **known;
    size_t before = layer->file->mistakes.count;

    if (layer->shared)
        return true;
    known = calloc(count + 1, sizeof *known);
    if (known == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        known[i] = options[i].name;
    (void)yaml_map(layer->file, layer->map, known, count);
    free(known);
    return layer->file->mistakes.count == before;
}

/* Find OPTION in the first layer that has it, else take its default. */
static bool resolve_one(const struct fob_option *option, const struct option_layer *layers,
                        size_t count, const struct yaml_node *where, struct option_value *value)
{
    *value = (struct option_value){ .option = option };
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *node = yaml_get(layers[i].map, option->name);

        if (node != NULL)
            return take_node(layers[i].file, option, node, value);
    }
    if (option->value != NULL) {
        value->set = true;
        return check_text(option, option->value, value) == NULL;
    }
    if (option->required)
        yaml_mistake(layers[0].file, where, "the option %s is missing", option->name);
    return !option->required;
}

int schema_resolve(const struct fob_option *options, const struct option_layer *layers,
                   size_t count, const struct yaml_node *where, struct option_values *values)
{
    size_t known = count_options(options);
    struct option_value *resolved = calloc(known + 1, sizeof *resolved);
    bool good = true;

    if (resolved == NULL)
        return error_nomem();
    for (size_t i = 0; i < count; i++) {
        if (layers[i].map != NULL && !check_unknown(&layers[i], options, known))
            good = false;
    }
    for (size_t i = 0; i < known; i++) {
        if (!resolve_one(&options[i], layers, count, where, &resolved[i]))
            good = false;
    }
    if (!good) {
        free(resolved);
        return FOB_CONFIG;
    }
    values->values = resolved;
    values->count = known;
    return FOB_SUCCESS;
}

void schema_free(struct option_values *values)
{
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

static int check_option(const struct fob_option *option)
{
    struct option_value value = { .option = option };

    if (!text_is_identifier(option->name))
        return error_set(FOB_PLUGIN, "an option's name is not usable");
    if ((unsigned)option->type > FOB_OPTION_URL)
        return error_set(FOB_PLUGIN, "option %s: unknown type", option->name);
    if (option->type == FOB_OPTION_ENUM && option->choices == NULL)
        return error_set(FOB_PLUGIN, "option %s: an enum without choices", option->name);
    if (option->min > option->max)
        return error_set(FOB_PLUGIN, "option %s: its range is empty", option->name);
    if (option->value == NULL)
        return FOB_SUCCESS;
    if (option->type == FOB_OPTION_LIST || check_text(option, option->value, &value) != NULL ||
        (is_number(option->type) && !in_range(option, value.number)))
        return error_set(FOB_PLUGIN, "option %s: its default is not of its type or range",
                         option->name);
    return FOB_SUCCESS;
}

int schema_check(const struct fob_option *options)
{
    size_t count = count_options(options);

    for (size_t i = 0; i < count; i++) {
        int code = check_option(&options[i]);

        if (code != FOB_SUCCESS)
            return code;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(options[i].name, options[j].name) == 0)
                return error_set(FOB_PLUGIN, "option %s: declared twice", options[i].name);
        }
    }
    return FOB_SUCCESS;
}
