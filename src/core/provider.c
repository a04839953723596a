/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads a provider's file: texts, fields, options; its stacks are read by provider_stack.c. */
#include "config.h"

#include "core/provider.h"

#include "core/provider_stack.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".yaml"
#define FIELDS_MAX 32
#define BUDGET_MAX 1000000

void provider_free(struct fob_provider *provider)
{
    if (provider == NULL)
        return;
    for (size_t i = 0; i < provider->field_count; i++) {
        if (provider->fields[i].has_pattern)
            regfree(&provider->fields[i].pattern);
    }
    free(provider->fields);
    for (size_t i = 0; i < HOOK_COUNT; i++)
        free(provider->stacks[i].entries);
    for (size_t i = 0; i < provider->included_count; i++)
        yaml_free(provider->included[i]);
    free(provider->included);
    yaml_free(provider->file);
    free(provider->name);
    free(provider);
}

/* The text at KEY of MAP, or FALLBACK when there is none. */
static const char *text_at(struct yaml_file *file, const struct yaml_node *map, const char *key,
                           const char *fallback)
{
    const struct yaml_node *node = yaml_get(map, key);
    const char *text = fallback;

    if (node != NULL)
        (void)yaml_text(file, node, &text);
    return text;
}

static bool flag_at(struct yaml_file *file, const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    bool value = false;

    if (node != NULL)
        (void)yaml_boolean(file, node, &value);
    return value;
}

/* Compile the pattern so that it must match from end to end. */
static void read_pattern(struct yaml_file *file, const struct yaml_node *node,
                         struct provider_field *field)
{
    const char *text;
    char anchored[1024];
    char why[256];
    int size;
    int failure;

    if (node == NULL || !yaml_text(file, node, &text))
        return;
    size = snprintf(anchored, sizeof anchored, "^(%s)$", text);
    if (size < 0 || (size_t)size >= sizeof anchored) {
        yaml_mistake(file, node, "pattern: too long");
        return;
    }
    failure = regcomp(&field->pattern, anchored, REG_EXTENDED | REG_NOSUB);
    if (failure != 0) {
        regerror(failure, &field->pattern, why, sizeof why);
        yaml_mistake(file, node, "pattern: %s", why);
        return;
    }
    field->has_pattern = true;
    field->pattern_text = text;
}

static void read_choices(struct yaml_file *file, const struct yaml_node *node,
                         struct provider_field *field)
{
    if (node == NULL)
        return;
    if (node->kind != YAML_LIST || node->count == 0) {
        yaml_mistake(file, node, "enum: must be a list of texts");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *text;

        if (!yaml_text(file, node->values[i], &text))
            return;
    }
    field->choices = node;
}

/* Read one field; false when it has no usable name. */
static bool read_field(const struct fob_provider *provider, const struct yaml_node *node,
                       struct provider_field *field)
{
    static const char *const known[] = { "name", "title", "secret", "pattern", "example",
                                         "description", "enum", "default", "optional" };
    struct yaml_file *file = provider->file;
    const char *name;

    if (!yaml_map(file, node, known, sizeof known / sizeof *known))
        return false;
    name = text_at(file, node, "name", NULL);
    if (name == NULL || !text_is_identifier(name)) {
        yaml_mistake(file, node, "a field needs a name of a-z 0-9 _ - that begins with a letter");
        return false;
    }
    if (provider_find_field(provider, name) != NULL) {
        yaml_mistake(file, node, "field %s: given twice", name);
        return false;
    }
    field->face.name = name;
    field->face.title = text_at(file, node, "title", name);
    field->face.description = text_at(file, node, "description", "");
    field->face.example = text_at(file, node, "example", "");
    field->face.value = text_at(file, node, "default", "");
    field->face.secret = flag_at(file, node, "secret");
    field->face.optional = flag_at(file, node, "optional");
    if (field->face.secret && field->face.value[0] != '\0')
        yaml_mistake(file, yaml_get(node, "default"), "a secret field can not have a default");
    read_pattern(file, yaml_get(node, "pattern"), field);
    read_choices(file, yaml_get(node, "enum"), field);
    return true;
}

static int read_fields(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *node = yaml_get(file->root, "fields");

    if (node == NULL || node->kind != YAML_LIST || node->count == 0 || node->count > FIELDS_MAX) {
        yaml_mistake(file, node != NULL ? node : file->root,
                     "fields: must be a list of 1 to %d fields", FIELDS_MAX);
        return FOB_SUCCESS;
    }
    provider->fields = calloc(node->count, sizeof *provider->fields);
    if (provider->fields == NULL)
        return error_nomem();
    for (size_t i = 0; i < node->count; i++) {
        if (read_field(provider, node->values[i], &provider->fields[provider->field_count]))
            provider->field_count++;
    }
    return FOB_SUCCESS;
}

static void read_budget(struct fob_provider *provider)
{
    static const char *const known[] = { "per_minute" };
    struct yaml_file *file = provider->file;
    const struct yaml_node *budget = yaml_get(file->root, "budget");
    const struct yaml_node *per_minute;

    if (budget == NULL || !yaml_map(file, budget, known, 1))
        return;
    per_minute = yaml_get(budget, "per_minute");
    if (per_minute == NULL)
        yaml_mistake(file, budget, "budget: per_minute is missing");
    else
        (void)yaml_integer(file, per_minute, 1, BUDGET_MAX, &provider->budget_per_minute);
}

static void read_texts(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *root = file->root;
    const struct yaml_node *name = yaml_get(root, "provider");

    if (name == NULL || name->kind != YAML_TEXT || strcmp(name->text, provider->name) != 0)
        yaml_mistake(file, name != NULL ? name : root,
                     "provider: must be %s, as the file's name is", provider->name);
    provider->texts[FOB_PROVIDER_TITLE] = text_at(file, root, "title", provider->name);
    provider->texts[FOB_PROVIDER_WEBSITE] = text_at(file, root, "website", "");
    provider->texts[FOB_PROVIDER_GUIDE] = text_at(file, root, "guide", "");
    provider->texts[FOB_PROVIDER_IDENTITY] = text_at(file, root, "identity", "account");
    provider->shared_key = flag_at(file, root, "shared_key");
}

static int read_root(const struct settings *settings, struct fob_provider *provider)
{
    static const char *const known[] = { "provider", "title",    "website", "shared_key",
                                         "guide",    "identity", "fields",  "link",
                                         "validate", "revoke",   "authorize", "options",
                                         "budget" };
    struct yaml_file *file = provider->file;
    int code;

    if (file->root == NULL || !yaml_map(file, file->root, known, sizeof known / sizeof *known))
        return FOB_SUCCESS;
    read_texts(provider);
    read_budget(provider);
    provider->options = yaml_get(file->root, "options");
    if (provider->options != NULL && provider->options->kind != YAML_MAP) {
        yaml_mistake(file, provider->options, "options: must be a map");
        provider->options = NULL;
    }
    code = read_fields(provider);
    return code == FOB_SUCCESS ? provider_read_stacks(settings, provider) : code;
}

/* NAME's file in the first folder that has one. */
int provider_open_file(const struct settings *settings, const char *name, struct yaml_file **file)
{
    char leaf[FOB_NAME_MAX + sizeof SUFFIX];
    int code = FOB_NOT_FOUND;

    snprintf(leaf, sizeof leaf, "%s" SUFFIX, name);
    for (size_t i = 0; i < settings->providers.count && code == FOB_NOT_FOUND; i++) {
        char *path = path_join(settings->providers.items[i], leaf);

        code = path != NULL ? yaml_read_path(path, file) : error_nomem();
        free(path);
    }
    return code;
}

static int no_such_provider(const struct settings *settings, const char *name)
{
    char **names = NULL;
    size_t count = 0;
    const char *nearest = NULL;

    if (provider_names(settings, &names, &count) == FOB_SUCCESS)
        nearest = text_nearest(name, (const char *const *)names, count);
    error_set(FOB_NOT_FOUND, "%s: no such provider", name);
    if (nearest != NULL)
        error_hint("did you mean %s?", nearest);
    else
        error_hint("\"fob providers\" lists those there are");
    provider_names_free(names, count);
    return FOB_NOT_FOUND;
}

static bool is_empty(const struct yaml_file *file)
{
    return file->root == NULL && file->mistakes.count == 0;
}

int provider_read(const struct settings *settings, const char *name,
                  struct fob_provider **provider)
{
    struct fob_provider *new;
    int code;

    if (!text_is_name(name))
        return error_set(FOB_INVALID, "%s: not a provider's name", name);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    for (size_t i = 0; i < FOB_PROVIDER_TEXT_COUNT; i++)
        new->texts[i] = "";
    new->name = strdup(name);
    code = new->name != NULL ? provider_open_file(settings, name, &new->file) : error_nomem();
    if (code == FOB_NOT_FOUND) {
        code = no_such_provider(settings, name);
    } else if (code == FOB_SUCCESS && is_empty(new->file)) {
        code = error_set(FOB_NOT_FOUND, "%s: masked by the empty file %s", name, new->file->name);
        error_hint("remove that file to use the provider again");
    } else if (code == FOB_SUCCESS) {
        new->texts[FOB_PROVIDER_NAME] = new->name;
        new->texts[FOB_PROVIDER_FILE] = new->file->name;
        new->texts[FOB_PROVIDER_TITLE] = new->name;
        new->texts[FOB_PROVIDER_IDENTITY] = "account";
        code = read_root(settings, new);
    }
    if (code != FOB_SUCCESS) {
        provider_free(new);
        return code;
    }
    *provider = new;
    return FOB_SUCCESS;
}

int provider_usable(const struct fob_provider *provider)
{
    const struct mistakes *mistakes = &provider->file->mistakes;

    if (mistakes->count > 0)
        return error_set_lines(FOB_CONFIG, mistakes->lines, mistakes->count);
    for (size_t i = 0; i < provider->included_count; i++) {
        mistakes = &provider->included[i]->mistakes;
        if (mistakes->count > 0)
            return error_set_lines(FOB_CONFIG, mistakes->lines, mistakes->count);
    }
    return FOB_SUCCESS;
}

const struct provider_field *provider_find_field(const struct fob_provider *provider,
                                                 const char *name)
{
    for (size_t i = 0; i < provider->field_count; i++) {
        if (strcmp(provider->fields[i].face.name, name) == 0)
            return &provider->fields[i];
    }
    return NULL;
}

static bool is_choice(const struct provider_field *field, const char *value)
{
    if (field->choices == NULL)
        return true;
    for (size_t i = 0; i < field->choices->count; i++) {
        if (strcmp(field->choices->values[i]->text, value) == 0)
            return true;
    }
    return false;
}

int provider_check_value(const struct fob_provider *provider, const struct provider_field *field,
                         const void *value, size_t size)
{
    const char *title = field->face.title;
    const char *text = value;

    (void)provider;
    if (size == 0 && field->face.optional)
        return FOB_SUCCESS;
    if (size == 0)
        return error_set(FOB_INVALID, "%s: must not be empty", title);
    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "%s: more than %d bytes", title, FOB_VALUE_MAX);
    if (memchr(text, '\0', size) != NULL)
        return error_set(FOB_INVALID, "%s: must not hold a NUL", title);
    /* TEXT is followed by a NUL wherever it comes from; see fob.h. */
    if (!is_choice(field, text))
        return error_set(FOB_INVALID, "%s: not one of the values that the provider has", title);
    if (field->has_pattern && regexec(&field->pattern, text, 0, NULL, 0) != 0) {
        error_set(FOB_INVALID, "%s: does not look right", title);
        if (field->face.example[0] != '\0')
            error_hint("it should look like %s", field->face.example);
        else
            error_hint("it must match %s", field->pattern_text);
        return FOB_INVALID;
    }
    return FOB_SUCCESS;
}
