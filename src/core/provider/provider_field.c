/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the fields of a provider, and checks values for them. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/config/pattern.h"
#include "core/provider/provider_yaml.h"
#include "util/array.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 32

void provider_free_fields(struct fob_provider *provider)
{
    for (size_t i = 0; i < provider->field_count; i++)
        pattern_free(provider->fields[i].pattern);
    free(provider->fields);
}

static int provider_read_pattern(struct yaml_file *file, const struct yaml_node *node,
                                 struct provider_field *field)
{
    const char *text;
    char why[PATTERN_WHY];
    int code;

    if (node == NULL || !yaml_text(file, node, &text))
        return FOB_SUCCESS;
    code = pattern_compile(text, &field->pattern, why);
    if (code == FOB_INVALID) {
        yaml_mistake(file, node, "pattern: %s", why);
        return FOB_SUCCESS;
    }
    field->pattern_text = text;
    return code;
}

static bool provider_field_is_choice(const struct provider_field *field, const char *value,
                                     size_t size)
{
    if (field->choices == NULL)
        return true;
    for (size_t i = 0; i < field->choices->count; i++) {
        const char *choice = field->choices->values[i]->text;

        if (strlen(choice) == size && memcmp(choice, value, size) == 0)
            return true;
    }
    return false;
}

static int provider_field_match_pattern(const struct provider_field *field, const char *value,
                                        size_t size)
{
    return field->pattern == NULL ? FOB_SUCCESS : pattern_match(field->pattern, value, size);
}

static void provider_field_check_default(struct yaml_file *file, const struct yaml_node *node,
                                         const struct provider_field *field)
{
    const char *value = field->public.value;
    const char *fault = provider_value_fault(field->type, value);

    if (node == NULL)
        return;
    if (field->public.secret)
        yaml_mistake(file, node, "default: a secret field cannot have one");
    else if (value[0] != '\0' && !provider_field_is_choice(field, value, strlen(value)))
        yaml_mistake(file, node, "default: not one of enum");
    else if (value[0] != '\0' &&
             provider_field_match_pattern(field, value, strlen(value)) == FOB_INVALID)
        yaml_mistake(file, node, "default: does not match the pattern");
    else if (value[0] != '\0' && fault != NULL)
        yaml_mistake(file, node, "default: %s", fault);
}

/* A host, or a part of one, is no secret: it is shown in messages. */
static void provider_field_read_type(struct yaml_file *file, const struct yaml_node *map,
                                     struct provider_field *field)
{
    const struct yaml_node *node = yaml_get(map, "type");
    const char *text = "";

    if (node == NULL || !yaml_text(file, node, &text))
        return;
    if (strcmp(text, "label") == 0)
        field->type = PROVIDER_LABEL;
    else if (strcmp(text, "host") == 0)
        field->type = PROVIDER_HOST;
    else
        yaml_mistake(file, node, "type: must be label or host");
    if (field->public.secret)
        yaml_mistake(file, node, "type: a secret field cannot have one");
}

/* The name of an earlier field that equals NAME or has the same environment variable; or NULL. */
static const char *provider_find_conflict(const struct fob_provider *provider, const char *name)
{
    for (size_t i = 0; i < provider->field_count; i++) {
        const char *other = provider->fields[i].public.name;
        size_t at = 0;

        while (name[at] != '\0' &&
               (name[at] == '-' ? '_' : name[at]) == (other[at] == '-' ? '_' : other[at]))
            at++;
        if (name[at] == other[at])
            return other;
    }
    return NULL;
}

/* Whether the field that MAP describes may have NAME. */
static bool provider_field_check_name(const struct fob_provider *provider,
                                      const struct yaml_node *map, const char *name)
{
    const struct yaml_node *node = yaml_get(map, "name");

    if (node == NULL)
        yaml_mistake(provider->file, map, "name: missing");
    else if (node->kind == YAML_TEXT && !text_is_identifier(name))
        yaml_mistake(provider->file, node, "name: must be of a-z 0-9 _ - and begin with a letter");
    else if (node->kind == YAML_TEXT && provider_find_conflict(provider, name) != NULL)
        yaml_mistake(provider->file, node, "name: there is a field %s already",
                     provider_find_conflict(provider, name));
    else
        return node->kind == YAML_TEXT;
    return false;
}

/* Read one field; it is added only if its name is valid. */
static int provider_read_field(struct fob_provider *provider, const struct yaml_node *node)
{
    static const char *const known[] = { "name",     "title",       "secret", "pattern",
                                         "example",  "description", "enum",   "default",
                                         "optional", "type",        "prefix", "suffix" };
    struct yaml_file *file = provider->file;
    struct provider_field *field = &provider->fields[provider->field_count];
    const struct yaml_node *choices = yaml_get(node, "enum");
    const char *name;
    int code;

    if (!yaml_map(file, node, known, ARRAY_SIZE(known)))
        return FOB_SUCCESS;
    name = provider_text_at(file, node, "name", "");
    field->public.name = name;
    field->public.title = provider_word_at(file, node, "title", name);
    field->public.description = provider_text_at(file, node, "description", "");
    field->public.example = provider_text_at(file, node, "example", "");
    field->public.value = provider_text_at(file, node, "default", "");
    field->public.secret = provider_flag_at(file, node, "secret");
    field->public.optional = provider_flag_at(file, node, "optional");
    field->public.prefix = provider_text_at(file, node, "prefix", "");
    field->public.suffix = provider_text_at(file, node, "suffix", "");
    provider_field_read_type(file, node, field);
    if (choices != NULL && yaml_texts(file, choices))
        field->choices = choices;
    code = provider_read_pattern(file, yaml_get(node, "pattern"), field);
    if (code != FOB_SUCCESS)
        return code;
    provider_field_check_default(file, yaml_get(node, "default"), field);
    if (provider_field_check_name(provider, node, name)) {
        provider->field_count++;
    } else {
        pattern_free(field->pattern);
        *field = (struct provider_field){ .choices = NULL };
    }
    return FOB_SUCCESS;
}

int provider_read_fields(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *node = yaml_get(file->root, "fields");
    int code = FOB_SUCCESS;

    if (node == NULL || node->kind != YAML_LIST || node->count == 0 || node->count > FIELDS_MAX) {
        yaml_mistake(file, node != NULL ? node : file->root,
                     "fields: must be a list of 1 to %d fields", FIELDS_MAX);
        return FOB_SUCCESS;
    }
    provider->fields = calloc(node->count, sizeof *provider->fields);
    if (provider->fields == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count && code == FOB_SUCCESS; i++)
        code = provider_read_field(provider, node->values[i]);
    return code;
}

const struct provider_field *provider_find_field(const struct fob_provider *provider,
                                                 const char *name)
{
    for (size_t i = 0; i < provider->field_count; i++) {
        if (strcmp(provider->fields[i].public.name, name) == 0)
            return &provider->fields[i];
    }
    return NULL;
}

static int provider_fail_choice(const struct provider_field *field)
{
    struct strbuf words = STRBUF_INIT;

    for (size_t i = 0; i < field->choices->count; i++)
        strbuf_printf(&words, "%s%s", i > 0 ? ", " : "", field->choices->values[i]->text);
    error_set(FOB_INVALID, "%s: not one of the allowed values", field->public.title);
    if (words.data != NULL)
        error_hint("it must be one of %s", words.data);
    strbuf_free(&words);
    return FOB_INVALID;
}

int provider_check_value(const struct fob_provider *provider, const struct provider_field *field,
                         const void *value, size_t size)
{
    const char *title = field->public.title;
    const char *fault;
    int code;

    if (size == 0 && field->public.optional)
        return FOB_SUCCESS;
    if (size == 0) {
        error_set(FOB_INVALID, "%s: must not be empty", title);
        error_hint("\"fob guide %s\" says how to get it", provider->name);
        return FOB_INVALID;
    }
    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: more than %d bytes", title, FOB_VALUE_MAX);
    if (memchr(value, '\0', size) != NULL)
        return error_set(FOB_INVALID, "%s: must not hold a NUL", title);
    fault = provider_value_fault(field->type, value);
    if (fault != NULL) {
        error_set(FOB_INVALID, "%s: %s", title, fault);
        if (field->public.example[0] != '\0')
            error_hint("it should look like %s", field->public.example);
        return FOB_INVALID;
    }
    if (!provider_field_is_choice(field, value, size))
        return provider_fail_choice(field);
    code = provider_field_match_pattern(field, value, size);
    if (code == FOB_INVALID) {
        error_set(FOB_INVALID, "%s: does not look right", title);
        if (field->public.example[0] != '\0')
            error_hint("it should look like %s", field->public.example);
        else
            error_hint("it must match %s", field->pattern_text);
    }
    return code;
}
