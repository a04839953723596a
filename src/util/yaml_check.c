/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads checked values out of a YAML tree. */
#include "config.h"

#include "util/yaml.h"

#include "util/strbuf.h"
#include "util/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void yaml_mistake(struct yaml_file *file, const struct yaml_node *node, const char *format, ...)
{
    const struct place place = { file->name, node != NULL ? node->line : 1,
                                 node != NULL ? node->column : 1 };
    va_list args;

    va_start(args, format);
    mistakes_vadd(&file->mistakes, &place, format, args);
    va_end(args);
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->values[i];
    }
    return NULL;
}

bool yaml_text(struct yaml_file *file, const struct yaml_node *node, const char **text)
{
    if (node->kind != YAML_TEXT) {
        yaml_mistake(file, node, "must be text");
        return false;
    }
    *text = node->text;
    return true;
}

bool yaml_boolean(struct yaml_file *file, const struct yaml_node *node, bool *value)
{
    bool yes = node->kind == YAML_TEXT && strcmp(node->text, "true") == 0;
    bool no = node->kind == YAML_TEXT && strcmp(node->text, "false") == 0;

    if (!yes && !no) {
        yaml_mistake(file, node, "must be true or false");
        return false;
    }
    *value = yes;
    return true;
}

/* Parse a whole number in decimal digits; "-" is the only sign. */
static bool yaml_check_parse_integer(const char *text, int64_t *value)
{
    char *end;
    long long number;

    if (!isdigit((unsigned char)text[text[0] == '-']))
        return false;
    errno = 0;
    number = strtoll(text, &end, 10);
    *value = number;
    return errno == 0 && *end == '\0';
}

bool yaml_integer(struct yaml_file *file, const struct yaml_node *node, int64_t min, int64_t max,
                  int64_t *value)
{
    int64_t number;

    if (node->kind != YAML_TEXT || !yaml_check_parse_integer(node->text, &number) || number < min ||
        number > max) {
        yaml_mistake(file, node, "must be a whole number from %" PRId64 " to %" PRId64, min, max);
        return false;
    }
    *value = number;
    return true;
}

bool yaml_texts(struct yaml_file *file, const struct yaml_node *node)
{
    bool good = true;

    if (node->kind != YAML_LIST || node->count == 0) {
        yaml_mistake(file, node, "must be a list of texts");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        const char *text;

        if (!yaml_text(file, node->values[i], &text))
            good = false;
    }
    return good;
}

static bool yaml_check_is_one_of(const char *word, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(known[i], word) == 0)
            return true;
    }
    return false;
}

bool yaml_known_keys(struct yaml_file *file, const struct yaml_node *map, const char *const *known,
                     size_t count)
{
    bool good = true;

    for (size_t i = 0; i < map->count; i++) {
        const char *key = map->keys[i]->text;
        const char *nearest;

        if (yaml_check_is_one_of(key, known, count))
            continue;
        good = false;
        nearest = text_nearest(key, known, count);
        if (nearest != NULL)
            yaml_mistake(file, map->keys[i], "unknown key %s; did you mean %s?", key, nearest);
        else
            yaml_mistake(file, map->keys[i], "unknown key %s", key);
    }
    return good;
}

bool yaml_map(struct yaml_file *file, const struct yaml_node *node, const char *const *known,
              size_t count)
{
    if (node->kind != YAML_MAP) {
        yaml_mistake(file, node, "must be a map of keys and values");
        return false;
    }
    (void)yaml_known_keys(file, node, known, count);
    return true;
}

void yaml_mistake_choice(struct yaml_file *file, const struct yaml_node *node, const char *what,
                         const char *const *words)
{
    struct strbuf list = STRBUF_INIT;
    const char *nearest;
    size_t count = 0;

    while (words[count] != NULL)
        count++;
    nearest = node->kind == YAML_TEXT ? text_nearest(node->text, words, count) : NULL;
    for (size_t i = 0; i < count; i++)
        strbuf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
    if (nearest != NULL)
        strbuf_printf(&list, "; did you mean %s?", nearest);
    yaml_mistake(file, node, "%s: must be %s", what, list.data != NULL ? list.data : "another");
    strbuf_free(&list);
}
