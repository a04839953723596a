/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Puts examples in place of the values that answers still have. */
#include "config.h"

#include "core/account/recorder_parts.h"

#include "util/error.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The longest example of a text, and of a number, which fits 64 bits. */
#define TEXT_MAX 64
#define NUMBER_MAX 18

/* Whether TEXT is in NODE or below it, as in recorder_is_public(). */
static bool recorder_finds_text(const struct yaml_node *node, const char *text, bool whole)
{
    bool found = false;

    if (node == NULL)
        return false;
    if (node->kind == YAML_TEXT)
        return whole ? strcmp(node->text, text) == 0 : strstr(node->text, text) != NULL;
    for (size_t i = 0; i < node->count && !found; i++)
        found = (node->kind == YAML_MAP && recorder_finds_text(node->keys[i], text, whole)) ||
                recorder_finds_text(node->values[i], text, whole);
    return found;
}

bool recorder_is_public(const struct recorder *recorder, const char *text, bool whole)
{
    const struct fob_provider *provider = recorder->model->provider;
    bool found = recorder_finds_text(provider->file->root, text, whole);

    for (size_t i = 0; i < provider->included_count && !found; i++)
        found = recorder_finds_text(provider->included[i]->root, text, whole);
    return found;
}

/* Put EXAMPLE into SLOT if the link goes the same way with it. */
static int recorder_try_example(struct recorder *recorder, char **slot, char *example)
{
    int code;

    if (example == NULL)
        return error_nomem();
    *slot = example;
    code = recorder_play(recorder);
    if (code != FOB_SUCCESS || recorder_is_alike(recorder))
        return code;
    free(example);
    *slot = NULL;
    return FOB_SUCCESS;
}

static int recorder_refuse(size_t number, const char *what)
{
    return error_set(FOB_PROTOCOL,
                     "answer %zu: %s decides how the link ends, and is not in the provider's file",
                     number, what);
}

/* Whether the text of a number or a header is no more than a flag. */
static bool recorder_is_flag(const char *text)
{
    return isdigit((unsigned char)text[0]) && text[1] == '\0';
}

/* A string or a number. */
static int recorder_make_scalar(struct recorder *recorder, struct recorded_value *value,
                                size_t number)
{
    const struct span content = value->value.content;
    const size_t max = value->value.kind == TREE_NUMBER ? NUMBER_MAX : TEXT_MAX;
    char *shape =
        recorder_make_shape(recorder, content.data, content.size < max ? content.size : max);
    int code = recorder_try_example(recorder, &value->example, shape);

    if (code != FOB_SUCCESS || value->example != NULL)
        return code;
    if (value->value.kind == TREE_NUMBER &&
        (recorder_is_alike_but_lifetimes(recorder) || recorder_is_flag(content.data)))
        return FOB_SUCCESS;
    if (strlen(content.data) == content.size && recorder_is_public(recorder, content.data, true))
        return FOB_SUCCESS;
    return recorder_refuse(number, "a value");
}

/* Whether NAME may be the name of a member, and is no value. */
static bool recorder_is_member(const struct recorder *recorder, const char *name)
{
    return (strlen(name) <= TEXT_MAX && !isdigit((unsigned char)name[0]) &&
            name[strspn(name,
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] ==
                '\0') ||
           recorder_is_public(recorder, name, false);
}

static int recorder_make_value(struct recorder *recorder, struct recorded_value *value,
                               size_t number)
{
    int code = FOB_SUCCESS;

    if (value->dropped)
        return FOB_SUCCESS;
    if (value->name != NULL && !recorder_is_member(recorder, value->name))
        return recorder_refuse(number, "the name of a member");
    if (value->value.kind == TREE_STRING || value->value.kind == TREE_NUMBER)
        return recorder_make_scalar(recorder, value, number);
    for (size_t i = 0; i < value->count && code == FOB_SUCCESS; i++)
        code = recorder_make_value(recorder, &value->items[i], number);
    return code;
}

static int recorder_make_header(struct recorder *recorder, struct recorded_header *header,
                                size_t number)
{
    const char *value = header->value;
    const size_t size = strlen(value);
    char *shape = recorder_make_shape(recorder, value, size < TEXT_MAX ? size : TEXT_MAX);
    int code = recorder_try_example(recorder, &header->example, shape);

    if (code == FOB_SUCCESS && header->example == NULL &&
        strcasecmp(header->name, "Content-Type") == 0)
        code = recorder_try_example(recorder, &header->example,
                                    strndup(value, strcspn(value, "; \t")));
    if (code != FOB_SUCCESS || header->example != NULL || recorder_is_flag(value) ||
        recorder_is_public(recorder, value, true))
        return code;
    return recorder_refuse(number, "a header");
}

/* A body that is not JSON: one page is as good as another, and a text may be a token. */
static int recorder_make_text(struct recorder *recorder, struct recorded_answer *answer,
                              size_t number)
{
    const struct span text = answer->text;
    int code = recorder_try_example(recorder, &answer->example, strdup("<html></html>"));

    if (code == FOB_SUCCESS && answer->example == NULL)
        code = recorder_try_example(
            recorder, &answer->example,
            recorder_make_shape(recorder, text.data, text.size < TEXT_MAX ? text.size : TEXT_MAX));
    if (code != FOB_SUCCESS || answer->example != NULL)
        return code;
    return recorder_refuse(number, "a body that is not JSON");
}

static int recorder_make_answer(struct recorder *recorder, struct recorded_answer *answer,
                                size_t number)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < answer->header_count && code == FOB_SUCCESS; i++) {
        if (!answer->headers[i].dropped)
            code = recorder_make_header(recorder, &answer->headers[i], number);
    }
    if (code == FOB_SUCCESS && recording_has_json(answer))
        code = recorder_make_value(recorder, &answer->json, number);
    else if (code == FOB_SUCCESS && recording_has_text(answer))
        code = recorder_make_text(recorder, answer, number);
    return code;
}

int recorder_make_examples(struct recorder *recorder)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < recorder->recording->count && code == FOB_SUCCESS; i++)
        code = recorder_make_answer(recorder, recorder->recording->answers[i], i + 1);
    return code;
}
