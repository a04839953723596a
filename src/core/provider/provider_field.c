/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the fields of a provider, and checks values for them. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/config/pattern.h"
#include "core/provider/provider_yaml.h"
#include "util/error.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const field_types[] = { "label", "host", NULL };

static const struct yaml_shape field_keys[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .pattern = SHAPE_IDENTIFIER,
      .summary = "The field's name" },
    { "title", SHAPE_WORD, .summary = "The prompt for people" },
    { "secret", SHAPE_BOOLEAN, .summary = "Typed without echo, and never shown" },
    { "optional", SHAPE_BOOLEAN, .summary = "May be empty" },
    { "description", SHAPE_TEXT, .summary = "More text for people" },
    { "example", SHAPE_TEXT, .summary = "A value as it looks" },
    { "pattern", SHAPE_TEXT,
      .summary = "What the whole value matches: a POSIX extended regular expression" },
    { "type", SHAPE_TEXT, .words = field_types,
      .summary = "A part of a host name, or a whole one" },
    { "prefix", SHAPE_TEXT, .summary = "The text before the value" },
    { "suffix", SHAPE_TEXT, .summary = "The text after the value" },
    { "enum", SHAPE_TEXTS, .summary = "The allowed values" },
    { "default", SHAPE_TEXT, .summary = "The value if none is given" },
    { "app", SHAPE_BOOLEAN, .summary = "Of the app that is registered once, not of an account" },
    { 0 },
};
const struct yaml_shape provider_field_shape = { .kind = SHAPE_MAP, .inner = field_keys };

void provider_free_fields(struct fob_provider *provider)
{
    for (size_t i = 0; i < provider->field_count; i++)
        pattern_free(provider->fields[i].pattern);
    for (size_t i = 0; i < provider->app_field_count; i++)
        pattern_free(provider->app_fields[i].pattern);
    free(provider->fields);
    free(provider->app_fields);
}

static int provider_read_pattern(struct yaml_file *file, const struct yaml_node *map,
                                 struct provider_field *field)
{
    const char *text = provider_text_at(map, "pattern", NULL);
    char why[PATTERN_WHY];
    int code;

    if (text == NULL)
        return FOB_SUCCESS;
    code = pattern_compile(text, &field->pattern, why);
    if (code == FOB_INVALID) {
        yaml_mistake(file, yaml_get(map, "pattern"), "pattern: %s", why);
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
    const char *text = provider_text_at(map, "type", NULL);

    if (text == NULL)
        return;
    if (strcmp(text, "label") == 0)
        field->type = PROVIDER_LABEL;
    else if (strcmp(text, "host") == 0)
        field->type = PROVIDER_HOST;
    if (field->public.secret)
        yaml_mistake(file, yaml_get(map, "type"), "type: a secret field cannot have one");
}

/* The name of an earlier field that equals NAME or has the same environment variable; or NULL. */
static const char *provider_find_conflict(const struct fob_provider *provider, const char *name)
{
    const struct provider_field *field;

    for (size_t i = 0; (field = provider_field_at(provider, i)) != NULL; i++) {
        const char *other = field->public.name;
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

    if (node == NULL || node->kind != YAML_TEXT)
        return false;
    if (!text_is_identifier(name))
        yaml_mistake(provider->file, node, "name: must be of a-z 0-9 _ - and begin with a letter");
    else if (provider_find_conflict(provider, name) != NULL)
        yaml_mistake(provider->file, node, "name: there is a field %s already",
                     provider_find_conflict(provider, name));
    else
        return true;
    return false;
}

/* Read one field; it is added only if its name is valid. */
static int provider_read_field(struct fob_provider *provider, const struct yaml_node *node)
{
    struct yaml_file *file = provider->file;
    struct provider_field *field;
    const char *name;
    size_t *count;
    int code;

    if (!yaml_shape_check(file, node, field_keys))
        return FOB_SUCCESS;
    count = provider_flag_at(node, "app") ? &provider->app_field_count : &provider->field_count;
    field = (provider_flag_at(node, "app") ? provider->app_fields : provider->fields) + *count;
    name = provider_text_at(node, "name", "");
    field->public.size = sizeof field->public;
    field->public.name = name;
    field->public.title = provider_text_at(node, "title", name);
    field->public.description = provider_text_at(node, "description", "");
    field->public.example = provider_text_at(node, "example", "");
    field->public.value = provider_text_at(node, "default", "");
    field->public.secret = provider_flag_at(node, "secret");
    field->public.optional = provider_flag_at(node, "optional");
    field->public.prefix = provider_text_at(node, "prefix", "");
    field->public.suffix = provider_text_at(node, "suffix", "");
    provider_field_read_type(file, node, field);
    field->choices = provider_list_at(node, "enum");
    code = provider_read_pattern(file, node, field);
    if (code != FOB_SUCCESS)
        return code;
    provider_field_check_default(file, yaml_get(node, "default"), field);
    if (provider_field_check_name(provider, node, name)) {
        ++*count;
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

    if (node == NULL)
        return FOB_SUCCESS;
    if (node->kind != YAML_LIST || node->count == 0 || node->count > PROVIDER_FIELDS_MAX) {
        yaml_mistake(file, node, "fields: must be a list of 1 to %d fields", PROVIDER_FIELDS_MAX);
        return FOB_SUCCESS;
    }
    provider->fields = calloc(node->count, sizeof *provider->fields);
    provider->app_fields = calloc(node->count, sizeof *provider->app_fields);
    if (provider->fields == NULL || provider->app_fields == NULL)
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

const struct provider_field *provider_find_app_field(const struct fob_provider *provider,
                                                     const char *name)
{
    for (size_t i = 0; i < provider->app_field_count; i++) {
        if (strcmp(provider->app_fields[i].public.name, name) == 0)
            return &provider->app_fields[i];
    }
    return NULL;
}

const struct provider_field *provider_field_at(const struct fob_provider *provider, size_t index)
{
    if (index < provider->field_count)
        return &provider->fields[index];
    index -= provider->field_count;
    return index < provider->app_field_count ? &provider->app_fields[index] : NULL;
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

bool provider_field_is_host(const struct fob_provider *provider, const struct provider_field *field)
{
    const struct yaml_node *url = yaml_get(provider->options, "base_url");
    const char *host = url != NULL && url->kind == YAML_TEXT ? strstr(url->text, "://") : NULL;
    char placeholder[FOB_NAME_MAX + 3];
    const char *found;

    if (field->type != PROVIDER_TEXT || host == NULL)
        return field->type != PROVIDER_TEXT;
    snprintf(placeholder, sizeof placeholder, "{%s}", field->public.name);
    found = strstr(host, placeholder);
    return found != NULL && found < host + 3 + strcspn(host + 3, "/");
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
