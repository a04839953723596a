/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the rehearsals of a provider's file. */
#include "config.h"

#include "core/provider/rehearsal.h"

#include "core/config/schema.h"
#include "core/provider/rehearsal_parts.h"
#include "util/address.h"
#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>

/* The longest pause: ten years. */
#define PAUSE_MAX_S (INT64_C(3650) * 86400)

/* One of a map's keys, and what reads its value. */
struct rehearsal_key {
    const char *key;
    void (*read)(struct yaml_file *file, const struct yaml_node *node);
};

static void rehearsal_read_text(struct yaml_file *file, const struct yaml_node *node)
{
    const char *text;

    (void)yaml_text(file, node, &text);
}

/* A map of names and texts. */
static void rehearsal_read_texts(struct yaml_file *file, const struct yaml_node *node)
{
    if (node->kind != YAML_MAP)
        yaml_mistake(file, node, "must be a map of names and values");
    for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
        rehearsal_read_text(file, node->values[i]);
}

/* Any value. */
static void rehearsal_read_value(struct yaml_file *file, const struct yaml_node *node)
{
    (void)file;
    (void)node;
}

static void rehearsal_read_url(struct yaml_file *file, const struct yaml_node *node)
{
    const char *text;
    const char *fault;

    if (!yaml_text(file, node, &text))
        return;
    fault = address_fault(text, 0);
    if (fault != NULL)
        yaml_mistake(file, node, "%s: %s", text, fault);
}

static void rehearsal_read_code(struct yaml_file *file, const struct yaml_node *node)
{
    const char *words[FOB_CODE_COUNT];
    const char *text;
    const char *nearest;
    int code;

    if (!yaml_text(file, node, &text) || fob_code_from_name(text, &code) == FOB_SUCCESS)
        return;
    for (code = 0; code < FOB_CODE_COUNT; code++)
        words[code] = fob_code_name(code);
    nearest = text_nearest(text, words, FOB_CODE_COUNT);
    yaml_mistake(file, node, "%s: not the name of a code%s%s%s", text,
                 nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                 nearest != NULL ? "?" : "");
}

static void rehearsal_read_pause(struct yaml_file *file, const struct yaml_node *node)
{
    int64_t seconds;
    const char *text;

    if (yaml_text(file, node, &text) &&
        (!schema_parse_duration(text, &seconds) || seconds > PAUSE_MAX_S))
        yaml_mistake(file, node,
                     "must be a duration of at most ten years: seconds, or a number "
                     "with s, m, h or d");
}

/* Read the map NODE with KEYS. */
static bool rehearsal_read_map(struct yaml_file *file, const struct yaml_node *node,
                               const struct rehearsal_key *keys, size_t count)
{
    const char *known[16];

    for (size_t i = 0; i < count; i++)
        known[i] = keys[i].key;
    if (!yaml_map(file, node, known, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *value = yaml_get(node, keys[i].key);

        if (value != NULL)
            keys[i].read(file, value);
    }
    return true;
}

/* Read each item of the list NODE. */
static void rehearsal_read_list(struct yaml_file *file, const struct yaml_node *node,
                                void (*read)(struct yaml_file *file, const struct yaml_node *node))
{
    if (node->kind != YAML_LIST)
        yaml_mistake(file, node, "must be a list");
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
        read(file, node->values[i]);
}

/* How many of the COUNT words are keys of MAP. */
static size_t rehearsal_count(const struct yaml_node *map, const char *const *words, size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += yaml_get(map, words[i]) != NULL;
    return found;
}

static void rehearsal_read_request(struct yaml_file *file, const struct yaml_node *node)
{
    static const struct rehearsal_key keys[] = {
        { "get", rehearsal_read_url },       { "head", rehearsal_read_url },
        { "post", rehearsal_read_url },      { "put", rehearsal_read_url },
        { "patch", rehearsal_read_url },     { "delete", rehearsal_read_url },
        { "headers", rehearsal_read_texts }, { "form", rehearsal_read_texts },
        { "body", rehearsal_read_value },
    };
    static const char *const bodies[] = { "form", "body" };

    if (!rehearsal_read_map(file, node, keys, ARRAY_SIZE(keys)))
        return;
    if (rehearsal_count(node, rehearsal_methods, REHEARSAL_METHODS) != 1)
        yaml_mistake(file, node, "request: one method with its URL, as get: https://...");
    if (rehearsal_count(node, bodies, ARRAY_SIZE(bodies)) > 1)
        yaml_mistake(file, node, "request: form and body exclude each other");
}

static void rehearsal_read_status(struct yaml_file *file, const struct yaml_node *node)
{
    int64_t status;

    (void)yaml_integer(file, node, 200, 599, &status);
}

static void rehearsal_read_fault(struct yaml_file *file, const struct yaml_node *node)
{
    const char *text;

    if (yaml_text(file, node, &text) && rehearsal_fault(text) < 0)
        yaml_mistake(file, node, "fault: must be refused, timeout or certificate");
}

static void rehearsal_read_answer(struct yaml_file *file, const struct yaml_node *node)
{
    static const struct rehearsal_key keys[] = {
        { "status", rehearsal_read_status }, { "headers", rehearsal_read_texts },
        { "json", rehearsal_read_value },    { "text", rehearsal_read_text },
        { "fault", rehearsal_read_fault },
    };
    static const char *const bodies[] = { "json", "text" };

    if (!rehearsal_read_map(file, node, keys, ARRAY_SIZE(keys)))
        return;
    if (yaml_get(node, "fault") != NULL && node->count > 1)
        yaml_mistake(file, node, "answer: fault stands alone");
    else if (yaml_get(node, "fault") == NULL && yaml_get(node, "status") == NULL)
        yaml_mistake(file, node, "answer: status is missing");
    if (rehearsal_count(node, bodies, ARRAY_SIZE(bodies)) > 1)
        yaml_mistake(file, node, "answer: json and text exclude each other");
}

static void rehearsal_read_call(struct yaml_file *file, const struct yaml_node *node)
{
    static const struct rehearsal_key keys[] = { { "request", rehearsal_read_request },
                                                 { "answer", rehearsal_read_answer } };

    if (!rehearsal_read_map(file, node, keys, ARRAY_SIZE(keys)))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (yaml_get(node, keys[i].key) == NULL)
            yaml_mistake(file, node, "calls: %s is missing", keys[i].key);
    }
}

static void rehearsal_read_calls(struct yaml_file *file, const struct yaml_node *node)
{
    rehearsal_read_list(file, node, rehearsal_read_call);
}

static void rehearsal_read_step(struct yaml_file *file, const struct yaml_node *node)
{
    static const struct rehearsal_key keys[] = {
        { "link", rehearsal_read_code },     { "validate", rehearsal_read_code },
        { "revoke", rehearsal_read_code },   { "authorize", rehearsal_read_code },
        { "after", rehearsal_read_pause },   { "calls", rehearsal_read_calls },
        { "id", rehearsal_read_text },       { "name", rehearsal_read_text },
        { "says", rehearsal_read_text },     { "status", rehearsal_read_text },
        { "headers", rehearsal_read_texts },
    };
    static const char *const hooks[] = { "link", "validate", "revoke", "authorize" };
    size_t count;

    if (!rehearsal_read_map(file, node, keys, ARRAY_SIZE(keys)))
        return;
    count = rehearsal_count(node, hooks, ARRAY_SIZE(hooks));
    if (count > 1)
        yaml_mistake(file, node, "steps: one hook in each step");
    else if (count == 0 && (yaml_get(node, "after") == NULL || node->count > 1))
        yaml_mistake(file, node,
                     "steps: link, validate, revoke or authorize is missing, with its code");
    if (yaml_get(node, "headers") != NULL && yaml_get(node, "authorize") == NULL)
        yaml_mistake(file, yaml_get(node, "headers"), "headers: only with authorize");
}

static void rehearsal_read_steps(struct yaml_file *file, const struct yaml_node *node)
{
    const struct yaml_node *code;

    rehearsal_read_list(file, node, rehearsal_read_step);
    if (node->kind != YAML_LIST)
        return;
    if (node->count == 0 || rehearsal_hook(node->values[0], &code) != HOOK_LINK)
        yaml_mistake(file, node, "steps: the first must be link");
    for (size_t i = 1; i < node->count; i++) {
        if (yaml_get(node->values[i], "link") != NULL)
            yaml_mistake(file, node->values[i], "steps: only the first is link");
    }
}

static void rehearsal_read_one(struct yaml_file *file, const struct yaml_node *node)
{
    static const struct rehearsal_key keys[] = { { "name", rehearsal_read_text },
                                                 { "fields", rehearsal_read_texts },
                                                 { "steps", rehearsal_read_steps } };

    if (!rehearsal_read_map(file, node, keys, ARRAY_SIZE(keys)))
        return;
    if (yaml_get(node, "name") == NULL)
        yaml_mistake(file, node, REHEARSALS ": name is missing");
    if (yaml_get(node, "steps") == NULL)
        yaml_mistake(file, node, REHEARSALS ": steps is missing");
}

/* Check that the fields of each rehearsal are PROVIDER's. */
static int rehearsal_check_fields(const struct fob_provider *provider, struct yaml_file *file,
                                  const struct yaml_node *list)
{
    const char **known = calloc(provider->field_count + 1, sizeof *known);

    if (known == NULL)
        return error_nomem();
    for (size_t i = 0; i < provider->field_count; i++)
        known[i] = provider->fields[i].public.name;
    for (size_t i = 0; list->kind == YAML_LIST && i < list->count; i++) {
        const struct yaml_node *fields = yaml_get(list->values[i], "fields");

        if (fields != NULL && fields->kind == YAML_MAP)
            (void)yaml_known_keys(file, fields, known, provider->field_count);
    }
    free(known);
    return FOB_SUCCESS;
}

int rehearsal_read(const struct settings *settings, const struct fob_provider *provider,
                   struct yaml_file **file)
{
    struct yaml_file *new = NULL;
    int code = yaml_read_path(provider->file->name, settings->user, &new);
    const struct yaml_node *list;

    if (code != FOB_SUCCESS)
        return code;
    list = yaml_get(new->root, REHEARSALS);
    if (list != NULL) {
        rehearsal_read_list(new, list, rehearsal_read_one);
        code = rehearsal_check_fields(provider, new, list);
    }
    if (code == FOB_SUCCESS && new->mistakes.failed)
        code = error_nomem();
    if (code != FOB_SUCCESS) {
        yaml_file_free(new);
        return code;
    }
    *file = new;
    return FOB_SUCCESS;
}

int64_t rehearsal_pause(const struct yaml_node *step)
{
    const struct yaml_node *after = yaml_get(step, "after");
    int64_t seconds = 0;

    if (after != NULL)
        (void)schema_parse_duration(after->text, &seconds);
    return seconds;
}

enum hook rehearsal_hook(const struct yaml_node *step, const struct yaml_node **node)
{
    int hook = 0;

    while (hook < HOOK_COUNT && (*node = yaml_get(step, hook_name((enum hook)hook))) == NULL)
        hook++;
    return (enum hook)hook;
}
