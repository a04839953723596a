/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the rehearsals of a provider's file. */
#include "config.h"

#include "core/provider/rehearsal.h"

#include "core/config/schema.h"
#include "core/provider/rehearsal_parts.h"
#include "util/address.h"
#include "util/array.h"
#include "util/cell.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* The longest pause: ten years. */
#define ITEMS_MAX 1000000
#define PAUSE_MAX_S (INT64_C(3650) * 86400)

static const struct yaml_shape text_shape = { .kind = SHAPE_TEXT };

#define METHOD(name)                                                                        \
    {                                                                                       \
        name, SHAPE_TEXT, SHAPE_ONE_OF, .pattern = "^https?://", .summary = "The whole URL" \
    }
static const struct yaml_shape request_keys[] = {
    METHOD("get"),
    METHOD("head"),
    METHOD("post"),
    METHOD("put"),
    METHOD("patch"),
    METHOD("delete"),
    { "headers", SHAPE_NAMES, .inner = &text_shape, .summary = "All headers that matter" },
    { "form", SHAPE_NAMES, .inner = &text_shape, .summary = "All parameters of a form" },
    { "body", SHAPE_ANY, .summary = "The body as JSON" },
    { 0 },
};
static const struct yaml_shape answer_keys[] = {
    { "status", SHAPE_INTEGER, SHAPE_UNLESS, rehearsal_no_answer, .min = 200, .max = 599,
      .summary = "The status" },
    { "headers", SHAPE_NAMES, .inner = &text_shape, .summary = "Headers" },
    { "json", SHAPE_ANY, .summary = "The body as JSON" },
    { "text", SHAPE_TEXT, .summary = "The body" },
    { "fault", SHAPE_TEXT, SHAPE_ALONE, .words = rehearsal_faults,
      .summary = "What happens in place of an answer" },
    { 0 },
};
static const struct yaml_shape call_keys[] = {
    { "request", SHAPE_MAP, SHAPE_REQUIRED, .inner = request_keys, .summary = "What is sent" },
    { "answer", SHAPE_MAP, SHAPE_REQUIRED, .inner = answer_keys, .summary = "The answer" },
    { 0 },
};
static const struct yaml_shape sign_in_keys[] = {
    { "address", SHAPE_TEXT, SHAPE_REQUIRED, .pattern = "^https?://",
      .summary = "Where the person is sent, without redirect_uri, state and code_challenge" },
    { "answer", SHAPE_NAMES, SHAPE_REQUIRED, .inner = &text_shape,
      .summary = "The query with which the browser comes back, without state" },
    { 0 },
};
static const struct yaml_shape call_shape = { .kind = SHAPE_MAP, .inner = call_keys };
static const struct yaml_shape certificate_keys[] = {
    { "chain", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "The certificate, with its chain" },
    { "key", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "Its private key" },
    { 0 },
};
static const struct yaml_shape step_keys[] = {
    { "link", SHAPE_CODE, .summary = "The code with which link ends" },
    { "validate", SHAPE_CODE, .summary = "The code with which validate ends" },
    { "revoke", SHAPE_CODE, .summary = "The code with which revoke ends" },
    { "authorize", SHAPE_CODE, .summary = "The code with which authorize ends" },
    { "run", SHAPE_TEXT, .summary = "The action that is run" },
    { "arguments", SHAPE_NAMES, .inner = &text_shape, .summary = "The arguments of run" },
    { "code", SHAPE_CODE, .summary = "The code with which run ends; success by default" },
    { "items", SHAPE_INTEGER, .max = ITEMS_MAX, .summary = "The number of items on all pages" },
    { "first", SHAPE_NAMES, .inner = &text_shape,
      .summary = "Fields of the first item, as fob run shows them" },
    { "calls", SHAPE_LIST, .inner = &call_shape, .summary = "The requests, in order" },
    { "sign_in", SHAPE_MAP, .inner = sign_in_keys, .summary = "A person's sign-in" },
    { "after", SHAPE_TEXT, .pattern = "^[0-9]+[smhd]?$", .summary = "Moves the clock" },
    { "id", SHAPE_TEXT, .summary = "The identity" },
    { "name", SHAPE_TEXT, .summary = "The identity's name" },
    { "says", SHAPE_TEXT, .summary = "A part of the message" },
    { "status", SHAPE_TEXT, .summary = "The account's status afterwards" },
    { "headers", SHAPE_NAMES, .inner = &text_shape, .summary = "All headers of authorize" },
    { "query", SHAPE_NAMES, .inner = &text_shape, .summary = "All parameters of authorize" },
    { "certificate", SHAPE_MAP, .inner = certificate_keys,
      .summary = "The client certificate of authorize" },
    { 0 },
};
static const struct yaml_shape step_shape = { .kind = SHAPE_MAP, .inner = step_keys };
static const struct yaml_shape rehearsal_keys[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .summary = "The thing that it shows" },
    { "fields", SHAPE_NAMES, .inner = &text_shape,
      .summary = "The values that are typed, and those of the app" },
    { "steps", SHAPE_LIST, SHAPE_REQUIRED, .min = 1, .inner = &step_shape,
      .summary = "Hooks on one account" },
    { 0 },
};
const struct yaml_shape rehearsal_shape = { .kind = SHAPE_MAP, .inner = rehearsal_keys };

static void rehearsal_check_code(struct yaml_file *file, const struct yaml_node *node)
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

/* Check the needs of keys that yaml_shape_check() leaves to its caller. */
static void rehearsal_check_needs(struct yaml_file *file, const struct yaml_node *map,
                                  const struct yaml_shape *keys)
{
    size_t one = 0;
    bool chooses = false;

    for (const struct yaml_shape *shape = keys; shape->key != NULL; shape++) {
        const bool given = yaml_get(map, shape->key) != NULL;

        chooses |= shape->need == SHAPE_ONE_OF;
        one += shape->need == SHAPE_ONE_OF && given;
        if (shape->need == SHAPE_ALONE && given && map->count > 1)
            yaml_mistake(file, map, "%s: stands alone", shape->key);
        if (shape->need == SHAPE_UNLESS && !given && yaml_get(map, shape->unless[0]) == NULL)
            yaml_mistake(file, map, "%s: missing", shape->key);
    }
    if (chooses && one != 1)
        yaml_mistake(file, map, "one method with its URL, as get: https://...");
}

static void rehearsal_check_shape(struct yaml_file *file, const struct yaml_node *node,
                                  const struct yaml_shape *shape);

static void rehearsal_check_map(struct yaml_file *file, const struct yaml_node *node,
                                const struct yaml_shape *keys)
{
    if (!yaml_shape_check(file, node, keys))
        return;
    rehearsal_check_needs(file, node, keys);
    for (const struct yaml_shape *shape = keys; shape->key != NULL; shape++) {
        const struct yaml_node *value = yaml_get(node, shape->key);

        if (value != NULL)
            rehearsal_check_shape(file, value, shape);
    }
}

/* Check NODE, deep: of texts and numbers, the map around them was checked. */
static void rehearsal_check_shape(struct yaml_file *file, const struct yaml_node *node,
                                  const struct yaml_shape *shape)
{
    const enum yaml_kind kind = shape->kind == SHAPE_LIST ? YAML_LIST : YAML_MAP;
    const char *text;

    if (shape->kind == SHAPE_MAP)
        rehearsal_check_map(file, node, shape->inner);
    else if (shape->kind == SHAPE_CODE)
        rehearsal_check_code(file, node);
    if (shape->kind != SHAPE_LIST && shape->kind != SHAPE_NAMES)
        return;
    if (node->kind != kind || (int64_t)node->count < shape->min)
        yaml_mistake(file, node, "%s: must be a %s", shape->key,
                     kind == YAML_MAP ? "map of names and values" : "list");
    for (size_t i = 0; node->kind == kind && i < node->count; i++) {
        if (kind == YAML_MAP)
            (void)yaml_text(file, node->values[i], &text);
        else
            rehearsal_check_shape(file, node->values[i], shape->inner);
    }
}

/* The text at KEY of MAP; NULL if there is none. */
static const struct yaml_node *rehearsal_text_at(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);

    return node != NULL && node->kind == YAML_TEXT ? node : NULL;
}

static void rehearsal_check_pair(struct yaml_file *file, const struct yaml_node *map,
                                 const char *one, const char *other)
{
    if (yaml_get(map, one) != NULL && yaml_get(map, other) != NULL)
        yaml_mistake(file, map, "%s and %s exclude each other", one, other);
}

static void rehearsal_check_call(struct yaml_file *file, const struct yaml_node *call)
{
    const struct yaml_node *request = yaml_get(call, "request");

    for (size_t i = 0; i < REHEARSAL_METHODS; i++) {
        const struct yaml_node *url = rehearsal_text_at(request, rehearsal_methods[i]);
        const char *fault = url != NULL ? address_fault(url->text, 0) : NULL;

        if (fault != NULL)
            yaml_mistake(file, url, "%s: %s", url->text, fault);
    }
    rehearsal_check_pair(file, request, "form", "body");
    rehearsal_check_pair(file, yaml_get(call, "answer"), "json", "text");
}

/* Check the keys of a step that go only with run, or only with authorize. */
static void rehearsal_check_keys(struct yaml_file *file, const struct yaml_node *step)
{
    static const struct {
        const char *key;
        const char *with;
    } pairs[] = { { "arguments", "run" }, { "code", "run" },          { "items", "run" },
                  { "first", "run" },     { "headers", "authorize" }, { "query", "authorize" },
                  { "sign_in", "link" } };

    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        const struct yaml_node *node = yaml_get(step, pairs[i].key);

        if (node != NULL && yaml_get(step, pairs[i].with) == NULL)
            yaml_mistake(file, node, "%s: only with %s", pairs[i].key, pairs[i].with);
    }
}

static void rehearsal_check_run(const struct fob_provider *provider, struct yaml_file *file,
                                const struct yaml_node *step)
{
    const struct yaml_node *run = rehearsal_text_at(step, "run");
    const struct yaml_node *first = yaml_get(step, "first");
    const struct fob_action *action;

    if (run != NULL && fob_find_action(provider, run->text, &action) != FOB_SUCCESS)
        yaml_mistake(file, run, "run: %s; %s", fob_error(), fob_error_hint());
    for (size_t i = 0; first != NULL && first->kind == YAML_MAP && i < first->count; i++) {
        const struct yaml_node *key = first->keys[i];
        struct strbuf pointer = STRBUF_INIT;

        if (!cell_pointer(&pointer, key->text, strlen(key->text)))
            yaml_mistake(file, key, "first: %s: must be a name, a dotted.path or a /json/pointer",
                         key->text);
        file->mistakes.failed |= pointer.failed;
        strbuf_free(&pointer);
    }
}

static void rehearsal_check_step(const struct fob_provider *provider, struct yaml_file *file,
                                 const struct yaml_node *step, bool first)
{
    const struct yaml_node *after = rehearsal_text_at(step, "after");
    const struct yaml_node *calls = yaml_get(step, "calls");
    const struct yaml_node *code;
    const enum hook hook = rehearsal_hook(step, &code);
    int64_t seconds;
    size_t hooks = rehearsal_action(step) != NULL;

    for (int i = 0; i < HOOK_COUNT; i++)
        hooks += yaml_get(step, hook_name((enum hook)i)) != NULL;
    if (hooks > 1)
        yaml_mistake(file, step, "steps: one hook or run in each step");
    else if ((hook == HOOK_LINK) != first)
        yaml_mistake(file, step, "steps: the first is link, and no other");
    else if (hooks == 0 && (after == NULL || step->count > 1))
        yaml_mistake(file, step, "steps: a hook is missing, with its code");
    rehearsal_check_keys(file, step);
    rehearsal_check_run(provider, file, step);
    if (after != NULL && (!schema_parse_duration(after->text, &seconds) || seconds > PAUSE_MAX_S))
        yaml_mistake(file, after,
                     "after: must be a duration of at most ten years: seconds, or a "
                     "number with s, m, h or d");
    for (size_t i = 0; calls != NULL && calls->kind == YAML_LIST && i < calls->count; i++)
        rehearsal_check_call(file, calls->values[i]);
}

/* Check what the shape of REHEARSAL does not say. */
static void rehearsal_check(const struct fob_provider *provider, struct yaml_file *file,
                            const struct yaml_node *rehearsal, const char *const *fields)
{
    const struct yaml_node *given = yaml_get(rehearsal, "fields");
    const struct yaml_node *steps = yaml_get(rehearsal, "steps");

    rehearsal_check_shape(file, rehearsal, &rehearsal_shape);
    if (given != NULL && given->kind == YAML_MAP)
        (void)yaml_known_keys(file, given, fields,
                              provider->field_count + provider->app_field_count);
    for (size_t i = 0; steps != NULL && steps->kind == YAML_LIST && i < steps->count; i++)
        rehearsal_check_step(provider, file, steps->values[i], i == 0);
}

int rehearsal_check_list(const struct fob_provider *provider, struct yaml_file *file,
                         const struct yaml_node *list)
{
    const size_t count = provider->field_count + provider->app_field_count;
    const char **fields = calloc(count + 1, sizeof *fields);

    if (fields == NULL)
        return error_nomem();
    for (size_t i = 0; i < count; i++)
        fields[i] = provider_field_at(provider, i)->public.name;
    if (list->kind != YAML_LIST)
        yaml_mistake(file, list, REHEARSALS ": must be a list");
    for (size_t i = 0; list->kind == YAML_LIST && i < list->count; i++)
        rehearsal_check(provider, file, list->values[i], fields);
    free(fields);
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
    if (list != NULL)
        code = rehearsal_check_list(provider, new, list);
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

const struct yaml_node *rehearsal_action(const struct yaml_node *step)
{
    return yaml_get(step, "run");
}
