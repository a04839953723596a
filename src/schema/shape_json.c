/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes shapes as JSON Schema. */
#include "config.h"

#include "schema/shape_json.h"

#include "util/json_write.h"

#include <fob/plugin.h>

#include <inttypes.h>
#include <string.h>

#define TEXT_TYPE "\"type\":[\"string\",\"number\",\"boolean\",\"null\"]"
#define BOOLEAN "\"anyOf\":[{\"type\":\"boolean\"},{\"enum\":[\"true\",\"false\"]}]"
#define DIGITS "\"pattern\":\"^-?[0-9]+$\""

static void shape_json_value(struct strbuf *json, const struct yaml_shape *shape);

static void shape_json_string(struct strbuf *json, const char *text)
{
    json_write_string(json, text, strlen(text));
}

static void shape_json_words(struct strbuf *json, const char *const *words)
{
    strbuf_add_text(json, "\"enum\":[");
    for (size_t i = 0; words[i] != NULL; i++) {
        strbuf_add_text(json, i > 0 ? "," : "");
        shape_json_string(json, words[i]);
    }
    strbuf_add_text(json, "]");
}

static void shape_json_pattern(struct strbuf *json, const char *pattern)
{
    if (pattern == NULL)
        return;
    strbuf_add_text(json, ",\"pattern\":");
    shape_json_string(json, pattern);
}

static void shape_json_text(struct strbuf *json, const struct yaml_shape *shape)
{
    if (shape->words != NULL) {
        shape_json_words(json, shape->words);
        return;
    }
    strbuf_add_text(json, TEXT_TYPE);
    if (shape->kind == SHAPE_WORD)
        strbuf_add_text(json, ",\"minLength\":1");
    shape_json_pattern(json, shape->pattern);
}

/* A number, or a text with its digits, for which the limits do not hold. */
static void shape_json_integer(struct strbuf *json, int64_t min, int64_t max, const char *digits)
{
    strbuf_printf(json, "\"type\":[\"integer\",\"string\"],%s", digits);
    if (min != 0 || max != 0)
        strbuf_printf(json, ",\"minimum\":%" PRId64 ",\"maximum\":%" PRId64, min, max);
}

static void shape_json_list(struct strbuf *json, const struct yaml_shape *shape)
{
    const struct yaml_shape text = { .kind = SHAPE_TEXT, .pattern = shape->pattern };
    const bool texts = shape->kind == SHAPE_TEXTS;

    strbuf_printf(json, "\"type\":\"array\",\"minItems\":%" PRId64, texts ? 1 : shape->min);
    if (shape->max > 0)
        strbuf_printf(json, ",\"maxItems\":%" PRId64, shape->max);
    if (!texts && shape->inner == NULL)
        return;
    strbuf_add_text(json, ",\"items\":{");
    shape_json_value(json, texts ? &text : shape->inner);
    strbuf_add_text(json, "}");
}

static void shape_json_names(struct strbuf *json, const struct yaml_shape *shape)
{
    strbuf_printf(json, "\"type\":\"object\",\"minProperties\":%" PRId64, shape->min);
    if (shape->max > 0)
        strbuf_printf(json, ",\"maxProperties\":%" PRId64, shape->max);
    if (shape->pattern != NULL) {
        strbuf_add_text(json, ",\"propertyNames\":{\"type\":\"string\"");
        shape_json_pattern(json, shape->pattern);
        strbuf_add_text(json, "}");
    }
    if (shape->inner == NULL)
        return;
    strbuf_add_text(json, ",\"additionalProperties\":{");
    shape_json_value(json, shape->inner);
    strbuf_add_text(json, "}");
}

static void shape_json_code_names(struct strbuf *json)
{
    for (int code = 0; code < FOB_CODE_COUNT; code++)
        strbuf_printf(json, "%s\"%s\"", code > 0 ? "," : "", fob_code_name(code));
}

static void shape_json_codes(struct strbuf *json, const struct yaml_shape *shape)
{
    strbuf_add_text(json, "\"type\":\"object\",\"minProperties\":1,\"propertyNames\":{\"enum\":["
                          "\"default\",");
    shape_json_code_names(json);
    strbuf_add_text(json, "]},\"additionalProperties\":{");
    shape_json_value(json, shape->inner);
    strbuf_add_text(json, "}");
}

/* A list of maps whose first key is required. */
static void shape_json_maps(struct strbuf *json, const char *const *keys)
{
    strbuf_add_text(json, "\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\","
                          "\"additionalProperties\":false,\"required\":[");
    shape_json_string(json, keys[0]);
    strbuf_add_text(json, "],\"properties\":{");
    for (size_t i = 0; keys[i] != NULL; i++) {
        strbuf_add_text(json, i > 0 ? "," : "");
        shape_json_string(json, keys[i]);
        strbuf_add_text(json, ":{" TEXT_TYPE "}");
    }
    strbuf_add_text(json, "}}");
}

/* A list of texts, or one of WORDS, which may be NULL. */
static void shape_json_words_or_list(struct strbuf *json, const char *const *words)
{
    static const struct yaml_shape texts = { .kind = SHAPE_TEXTS };

    strbuf_add_text(json, words != NULL ? "\"anyOf\":[{" : "");
    shape_json_list(json, &texts);
    if (words == NULL)
        return;
    strbuf_add_text(json, "},{");
    shape_json_words(json, words);
    strbuf_add_text(json, "}]");
}

static void shape_json_option(struct strbuf *json, const struct fob_option *option)
{
    struct yaml_shape text = { .kind = SHAPE_TEXT, .words = option->choices };

    switch (option->type) {
    case FOB_OPTION_INTEGER:
        shape_json_integer(json, option->min, option->max, DIGITS);
        break;
    case FOB_OPTION_DURATION:
        shape_json_integer(json, option->min, option->max, "\"pattern\":\"^[0-9]+[smhd]?$\"");
        break;
    case FOB_OPTION_SIZE:
        shape_json_integer(json, option->min, option->max, "\"pattern\":\"^[0-9]+[KMG]?$\"");
        break;
    case FOB_OPTION_BOOLEAN:
        strbuf_add_text(json, BOOLEAN);
        break;
    case FOB_OPTION_LIST:
        shape_json_words_or_list(json, option->choices);
        break;
    case FOB_OPTION_MAPS:
        shape_json_maps(json, option->choices);
        break;
    default:
        text.pattern = option->type == FOB_OPTION_PATH  ? "^/"
                       : option->type == FOB_OPTION_URL ? "^https?://"
                                                        : NULL;
        shape_json_text(json, &text);
    }
}

static const struct fob_option *shape_json_find_option(const struct yaml_shape *shape)
{
    const struct fob_option *option = shape->options;

    while (option->name != NULL && strcmp(option->name, shape->key) != 0)
        option++;
    return option;
}

static void shape_json_kind(struct strbuf *json, const struct yaml_shape *shape)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
    case SHAPE_WORD:
        shape_json_text(json, shape);
        break;
    case SHAPE_BOOLEAN:
        strbuf_add_text(json, BOOLEAN);
        break;
    case SHAPE_INTEGER:
        shape_json_integer(json, shape->min, shape->max, DIGITS);
        break;
    case SHAPE_TEXTS:
    case SHAPE_LIST:
        shape_json_list(json, shape);
        break;
    case SHAPE_MAP:
        strbuf_add_text(json, "\"type\":\"object\",");
        shape_json_keys(json, shape->inner, "");
        break;
    case SHAPE_NAMES:
        shape_json_names(json, shape);
        break;
    case SHAPE_CODES:
        shape_json_codes(json, shape);
        break;
    case SHAPE_CODE:
        strbuf_add_text(json, "\"enum\":[");
        shape_json_code_names(json);
        strbuf_add_text(json, "]");
        break;
    case SHAPE_ANY:
        strbuf_add_text(json, "\"not\":false");
        break;
    case SHAPE_OPTION:
        shape_json_option(json, shape_json_find_option(shape));
        break;
    }
}

/* Append the members of SHAPE's schema. */
static void shape_json_value(struct strbuf *json, const struct yaml_shape *shape)
{
    const char *summary =
        shape->kind == SHAPE_OPTION ? shape_json_find_option(shape)->summary : shape->summary;

    if (summary != NULL) {
        strbuf_add_text(json, "\"description\":");
        shape_json_string(json, summary);
        strbuf_add_text(json, ",");
    }
    strbuf_add_text(json, shape->other != NULL ? "\"anyOf\":[{" : "");
    shape_json_kind(json, shape);
    if (shape->other == NULL)
        return;
    strbuf_add_text(json, "},{");
    shape_json_value(json, shape->other);
    strbuf_add_text(json, "}]");
}

/* Append the keys with NEED as a list of the schemas that require them, or, PLAIN, of names. */
static void shape_json_needed(struct strbuf *json, const struct yaml_shape *keys,
                              enum shape_need need, bool plain)
{
    const char *between = "";

    for (; keys->key != NULL; keys++) {
        if (keys->need != need)
            continue;
        strbuf_printf(json, plain ? "%s\"%s\"" : "%s{\"required\":[\"%s\"]}", between, keys->key);
        between = ",";
    }
}

/* Append what must hold besides the keys and their values, each preceded by a comma. */
static void shape_json_conditions(struct strbuf *json, const struct yaml_shape *keys)
{
    bool one = false;

    for (const struct yaml_shape *shape = keys; shape->key != NULL; shape++) {
        one |= shape->need == SHAPE_ONE_OF;
        if (shape->need == SHAPE_ALONE)
            strbuf_printf(json, ",{\"if\":{\"required\":[\"%s\"]},\"then\":{\"maxProperties\":1}}",
                          shape->key);
        for (size_t i = 0; shape->without != NULL && shape->without[i] != NULL; i++)
            strbuf_printf(json, ",{\"not\":{\"required\":[\"%s\",\"%s\"]}}", shape->key,
                          shape->without[i]);
        if (shape->need != SHAPE_UNLESS)
            continue;
        strbuf_printf(json, ",{\"anyOf\":[{\"required\":[\"%s\"]}", shape->key);
        for (size_t i = 0; shape->unless[i] != NULL; i++)
            strbuf_printf(json, ",{\"required\":[\"%s\"]}", shape->unless[i]);
        strbuf_add_text(json, "]}");
    }
    if (!one)
        return;
    strbuf_add_text(json, ",{\"oneOf\":[");
    shape_json_needed(json, keys, SHAPE_ONE_OF, false);
    strbuf_add_text(json, "]}");
}

void shape_json_properties(struct strbuf *json, const struct yaml_shape *keys)
{
    strbuf_add_text(json, "\"additionalProperties\":false,\"properties\":{");
    for (const struct yaml_shape *shape = keys; shape->key != NULL; shape++) {
        strbuf_printf(json, "%s\n\"%s\":{", shape > keys ? "," : "", shape->key);
        shape_json_value(json, shape);
        strbuf_add_text(json, "}");
    }
    strbuf_add_text(json, "}");
}

void shape_json_keys(struct strbuf *json, const struct yaml_shape *keys, const char *conditions)
{
    shape_json_properties(json, keys);
    strbuf_add_text(json, ",\"required\":[");
    shape_json_needed(json, keys, SHAPE_REQUIRED, true);
    strbuf_add_text(json, "],\"allOf\":[true");
    shape_json_conditions(json, keys);
    strbuf_add_text(json, conditions);
    strbuf_add_text(json, "]");
}
