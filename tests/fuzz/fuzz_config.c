/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what an administrator writes: fob.yaml, a provider, a plugin's options. */
#include "config.h"

#include "core/config/pattern.h"
#include "core/config/schema.h"
#include "core/provider/provider.h"
#include "core/provider/rehearsal.h"

#include "folder.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *folder;

static void remove_folder(void)
{
    folder_remove(folder);
}

static void fuzz_settings(const void *data, size_t size)
{
    struct settings *settings = NULL;

    settings_read(folder_write_bytes(folder, "fob.yaml", data, size), &settings);
    settings_free(settings);
}

/* Whatever the values are, they stay in their places. */
static void fuzz_action(const struct fob_action *action, const char *text)
{
    const struct fob_action_argument *argument;
    struct fob_request *call = NULL;
    char *arguments[64] = { NULL };
    size_t count = 0;

    for (; count < 63 && (argument = fob_action_argument(action, count)) != NULL; count++) {
        if (asprintf(&arguments[count], "%s=%s", argument->name,
                     argument->value[0] != '\0' ? argument->value : text) < 0)
            abort();
    }
    if (fob_request_new(action, (const char *const *)arguments, 0, &call) == FOB_SUCCESS &&
        (fob_request_path(call)[0] != '/' || strstr(fob_request_path(call), "/../") != NULL))
        abort();
    fob_request_free(call);
    for (size_t i = 0; i < count; i++)
        free(arguments[i]);
}

static void fuzz_value(const struct fob_provider *provider, const struct provider_field *field,
                       const void *data, size_t size)
{
    struct fob_secret *value = NULL;

    if (provider_clean_value(field, data, size, &value) == FOB_SUCCESS)
        provider_check_value(provider, field, fob_secret_data(value), fob_secret_size(value));
    fob_secret_free(value);
}

/* Whatever the calls are, each is answered. */
static void fuzz_steps(struct yaml_file *file, const struct yaml_node *tree)
{
    static const char request[] = "\x71\0\0\0\4POST\0\x7a\0\0\0\4http\0\x83\0\0\0\3a=b\0";
    const struct yaml_node *steps = yaml_get(tree, "steps");
    struct rehearsal rehearsal = { .file = file, .tree = tree, .hook = "link" };

    for (size_t i = 0; i < steps->count; i++) {
        struct rehearsal_answer answer;

        rehearsal.step = steps->values[i];
        rehearsal.calls = yaml_get(rehearsal.step, "calls");
        rehearsal.made = 0;
        rehearsal.moved += rehearsal_pause(rehearsal.step);
        do {
            (void)rehearsal_answer(&rehearsal, (struct span){ request, sizeof request - 1 },
                                   &answer);
            rehearsal_answer_clear(&answer);
        } while (rehearsal.calls != NULL && rehearsal.made < rehearsal.calls->count);
        rehearsal_end_step(&rehearsal);
    }
    /* The request is nobody's. */
    if (!rehearsal.failed && steps->count > 0)
        abort();
}

static void fuzz_rehearsals(struct yaml_file *file)
{
    const struct yaml_node *list = yaml_get(file->root, REHEARSALS);
    const bool good = file->mistakes.count == 0;

    for (size_t i = 0; good && list != NULL && i < list->count; i++)
        fuzz_steps(file, list->values[i]);
}

static void fuzz_provider(const void *data, size_t size)
{
    struct settings settings = { .user = geteuid(), .providers = { &folder, 1 } };
    struct fob_provider *provider = NULL;
    struct yaml_file *file = NULL;
    int code;

    folder_write_bytes(folder, "trial.yaml", data, size);
    if (provider_read(&settings, "trial", &provider) != FOB_SUCCESS)
        return;
    code = provider_usable(provider);
    /* A mistake is always told. */
    if ((code == FOB_SUCCESS) != (provider->file->mistakes.count == 0) &&
        provider->included_count == 0)
        abort();
    for (size_t i = 0; code == FOB_SUCCESS && i < provider->field_count; i++)
        fuzz_value(provider, &provider->fields[i], data, size);
    for (size_t i = 0; code == FOB_SUCCESS && i < provider->action_count; i++) {
        fuzz_action(fob_provider_action(provider, i), "..");
        fuzz_action(fob_provider_action(provider, i), provider->file->root->keys[0]->text);
    }
    if (code == FOB_SUCCESS && rehearsal_read(&settings, provider, &file) == FOB_SUCCESS)
        fuzz_rehearsals(file);
    yaml_file_free(file);
    provider_free(provider);
}

/* Arguments of every kind, in every place. */
static const char called[] =
    "provider: called\nfields: [ { name: a } ]\n"
    "link: [ { control: required, plugin: x } ]\nvalidate: [ { control: required, plugin: x } ]\n"
    "actions:\n"
    "  list: { get: '/things/{kind}/x', query: { include: all, per_page: '{size}' }, arguments: {\n"
    "    size: { type: integer, min: 1, max: 25 }, color: { enum: [ red, blue ] },\n"
    "    day: { type: date }, rate: { type: number } } }\n"
    "  add: { post: /things, body: { list: [ 1, '{s}' ], deep: { s: '{s}' } },\n"
    "    arguments: { s: {}, sure: { type: boolean }, n: { type: integer } } }\n";

/* Lines NAME=VALUE, to all actions. */
static void fuzz_call(const void *data, size_t size)
{
    struct settings settings = { .user = geteuid(), .providers = { &folder, 1 } };
    const char *arguments[17] = { NULL };
    struct fob_provider *provider = NULL;
    char *text = strndup(data, size);
    char *rest = text;
    char *line;
    size_t count = 0;

    folder_write_bytes(folder, "called.yaml", called, sizeof called - 1);
    if (text == NULL || provider_read(&settings, "called", &provider) != FOB_SUCCESS ||
        provider_usable(provider) != FOB_SUCCESS)
        abort();
    while (count < 16 && (line = strsep(&rest, "\n")) != NULL)
        arguments[count++] = line;
    for (size_t i = 0; i < provider->action_count; i++) {
        struct fob_request *call = NULL;

        if (fob_request_new(fob_provider_action(provider, i), arguments, 0, &call) == FOB_SUCCESS &&
            strncmp(fob_request_path(call), "/things", 7) != 0)
            abort();
        fob_request_free(call);
    }
    provider_free(provider);
    free(text);
}

static void fuzz_options(const void *data, size_t size)
{
    static const char *const words[] = { "one", "two", NULL };
    static const struct fob_option options[] = {
        { .name = "string", .type = FOB_OPTION_STRING },
        { .name = "integer", .type = FOB_OPTION_INTEGER, .min = -5, .max = 5 },
        { .name = "boolean", .type = FOB_OPTION_BOOLEAN },
        { .name = "enum", .type = FOB_OPTION_ENUM, .choices = words },
        { .name = "list", .type = FOB_OPTION_LIST },
        { .name = "duration", .type = FOB_OPTION_DURATION },
        { .name = "size", .type = FOB_OPTION_SIZE },
        { .name = "path", .type = FOB_OPTION_PATH },
        { .name = "url", .type = FOB_OPTION_URL },
        { .name = NULL },
    };
    struct yaml_file *file = NULL;
    struct option_values values = { 0 };
    struct option_layer layer;

    if (yaml_read_text("options", data, size, &file) != FOB_SUCCESS)
        return;
    layer = (struct option_layer){ .file = file, .map = file->root };
    if (file->root != NULL && file->root->kind == YAML_MAP &&
        schema_resolve(options, &layer, 1, file->root, &values) == FOB_CONFIG &&
        file->mistakes.count == 0)
        abort();
    schema_free(&values);
    yaml_file_free(file);
}

/* A pattern and, in the next lines, a value. */
static void fuzz_pattern(const void *data, size_t size)
{
    char *text = strndup(data, size);
    struct pattern *pattern = NULL;
    char why[PATTERN_WHY] = "";
    char *value = text;
    int code;

    if (text == NULL)
        abort();
    strsep(&value, "\n");
    code = pattern_compile(text, &pattern, why);
    if (code == FOB_SUCCESS && value != NULL)
        (void)pattern_match(pattern, value, strlen(value));
    else if (code == FOB_INVALID && why[0] == '\0')
        abort();
    pattern_free(pattern);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const void *, size_t) = {
        fuzz_settings, fuzz_call, fuzz_provider, fuzz_options, fuzz_pattern,
    };

    if (folder == NULL) {
        folder = folder_make(NULL);
        atexit(remove_folder);
    }
    if (size > 0)
        targets[data[0] % 5](data + 1, size - 1);
    error_clear();
    return 0;
}
