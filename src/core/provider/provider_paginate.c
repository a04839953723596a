/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads how a list is paginated, for all actions of a provider or for one. */
#include "config.h"

#include "core/provider/provider_parts.h"

#include "core/provider/provider_yaml.h"
#include "util/array.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define FIRST_MAX 1000000

/* In the order of a provider_action's places. */
static const struct place_kind {
    const char *key;
    const char *what; /* the message about a wrong value */
} kinds[PLACE_KINDS] = {
    { "next", "must be a JSON Pointer, as /meta/next, or Link" },
    { "total", "must be a JSON Pointer, as /meta/total, or the name of a header" },
    { "pages", "must be a JSON Pointer, as /meta/pages, or the name of a header" },
    { "size", "must be a JSON Pointer, the name of a header, ?parameter, or a number" },
    { "more", "must be a JSON Pointer, as /meta/has_more" },
};

enum { NEXT, TOTAL, PAGES, SIZE, MORE };

#define PLACE(name, form, text)                                                                 \
    {                                                                                           \
        name, SHAPE_TEXT, .pattern = form, .summary = text, .other = &(const struct yaml_shape) \
        {                                                                                       \
            .kind = SHAPE_TEXTS, .pattern = form                                                \
        }                                                                                       \
    }
#define HEADER "[A-Za-z][A-Za-z0-9_-]*"
const struct yaml_shape provider_paginate_keys[] = {
    PLACE("next", "^(/.*|[Ll][Ii][Nn][Kk])$", "Where an answer has the next page, or its cursor"),
    { "cursor", SHAPE_TEXT, .summary = "The parameter for the cursor" },
    { "page", SHAPE_TEXT, .summary = "The parameter for the page's number" },
    { "offset", SHAPE_TEXT, .summary = "The parameter for the number of items before the page" },
    { "first", SHAPE_INTEGER, .max = FIRST_MAX, .summary = "The number of the first page" },
    PLACE("total", "^(/.*|" HEADER ")$", "Where an answer has the number of all items"),
    PLACE("pages", "^(/.*|" HEADER ")$", "Where an answer has the number of pages"),
    PLACE("size", "^(/.*|[?].+|[0-9]+|" HEADER ")$",
          "Where an answer, or the query, has the number of items of a full page"),
    PLACE("more", "^/", "Where an answer has false if no page follows, whatever next says"),
    { 0 },
};

void provider_free_places(struct provider_action *action)
{
    for (size_t i = 0; i < PLACE_KINDS; i++)
        free(action->places[i]);
}

/* Whether TEXT is a parameter's name as a URL has it. */
static bool paginate_is_parameter(const char *text)
{
    const char *at = text;

    while (*at > ' ' && *at <= '~' && strchr("&=#+?", *at) == NULL)
        at++;
    return at > text && *at == '\0';
}

static bool paginate_is_place(const char *text, size_t kind)
{
    if (text[0] == '/')
        return action_is_pointer(text);
    if (kind == MORE)
        return false;
    if (kind == NEXT)
        return strcasecmp(text, "Link") == 0;
    if (kind == SIZE && text[0] == '?')
        return paginate_is_parameter(text + 1);
    if (kind == SIZE && text[0] != '\0' && text[strspn(text, DIGITS)] == '\0')
        return text[strspn(text, "0")] != '\0';
    return text[0] != '\0' && strchr(LETTERS, text[0]) != NULL &&
           text[strspn(text, LETTERS DIGITS "-_")] == '\0';
}

/* Read one place, or a list of places. */
static int paginate_read_places(struct yaml_file *file, const struct yaml_node *map, size_t kind,
                                struct provider_action *action)
{
    const struct yaml_node *node = yaml_get(map, kinds[kind].key);
    bool several = node != NULL && node->kind == YAML_LIST;
    size_t count = several ? node->count : 1;
    const char **places;

    if (node == NULL)
        return FOB_SUCCESS;
    places = calloc(count + 1, sizeof *places);
    if (places == NULL)
        return error_nomem();
    action->places[kind] = places;
    if (several && !yaml_texts(file, node))
        return FOB_SUCCESS;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *place = several ? node->values[i] : node;
        const char *text;

        if (!yaml_text(file, place, &text))
            continue;
        if (paginate_is_place(text, kind))
            *places++ = text;
        else
            yaml_mistake(file, place, "%s: %s", kinds[kind].key, kinds[kind].what);
    }
    return FOB_SUCCESS;
}

static void paginate_read_kind(struct yaml_file *file, const struct yaml_node *map,
                               struct fob_paginate *paginate)
{
    static const char *const keys[] = { "cursor", "page", "offset" };
    static const enum fob_paging counts[] = { FOB_PAGING_CURSOR, FOB_PAGING_PAGE,
                                              FOB_PAGING_OFFSET };

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *parameter = provider_text_at(map, keys[i], NULL);

        if (parameter == NULL)
            continue;
        if (paginate->parameter != NULL)
            yaml_mistake(file, yaml_get(map, keys[i]),
                         "%s: one of cursor, page and offset is enough", keys[i]);
        else if (!paginate_is_parameter(parameter))
            yaml_mistake(file, yaml_get(map, keys[i]),
                         "%s: must be a parameter's name, with other characters as %%XX", keys[i]);
        paginate->parameter = parameter;
        paginate->kind = counts[i];
    }
    if (paginate->next != NULL &&
        (paginate->kind == FOB_PAGING_NONE || paginate->kind == FOB_PAGING_PAGE))
        paginate->kind = FOB_PAGING_LINK;
}

/* Check that the keys of paginate fit together. */
static void paginate_check(struct yaml_file *file, const struct yaml_node *map,
                           const struct fob_paginate *paginate)
{
    static const char *const with_page[] = { "first", "pages" };

    if (paginate->kind == FOB_PAGING_NONE)
        yaml_mistake(file, map, "paginate: one of next, page and offset is missing");
    else if (paginate->kind == FOB_PAGING_CURSOR && paginate->next == NULL)
        yaml_mistake(file, map, "paginate: next must say where the answer has the next cursor");
    else if (paginate->kind == FOB_PAGING_OFFSET && paginate->next != NULL)
        yaml_mistake(file, yaml_get(map, "next"), "next: does not go with offset");
    for (size_t i = 0; i < 2; i++) {
        const struct yaml_node *node = yaml_get(map, with_page[i]);

        if (node != NULL && yaml_get(map, "page") == NULL)
            yaml_mistake(file, node, "%s: only with page", with_page[i]);
    }
}

/* Read the map of paginate. */
static int paginate_read_map(struct yaml_file *file, const struct yaml_node *map,
                             struct provider_action *action)
{
    struct fob_paginate *paginate = &action->paginate;
    int code = FOB_SUCCESS;

    if (!yaml_shape_check(file, map, provider_paginate_keys))
        return FOB_SUCCESS;
    for (size_t kind = 0; kind < PLACE_KINDS && code == FOB_SUCCESS; kind++)
        code = paginate_read_places(file, map, kind, action);
    if (code != FOB_SUCCESS)
        return code;
    paginate->next = action->places[NEXT];
    paginate->total = action->places[TOTAL];
    paginate->pages = action->places[PAGES];
    paginate->more = action->places[MORE];
    action->public.page_size = action->places[SIZE];
    paginate_read_kind(file, map, paginate);
    paginate->first = provider_number_at(map, "first", yaml_get(map, "page") != NULL ? 1 : 0);
    paginate_check(file, map, paginate);
    return FOB_SUCCESS;
}

void provider_read_items(struct yaml_file *file, const struct yaml_node *node,
                         struct fob_action *action)
{
    const char *items = provider_text_at(node, "items", NULL);

    if (items == NULL)
        return;
    action->items = items;
    if (!action_is_pointer(items))
        yaml_mistake(file, yaml_get(node, "items"),
                     "items: must be a JSON Pointer, as /data, or empty");
}

int provider_read_list(struct fob_provider *provider)
{
    struct yaml_file *file = provider->file;
    const struct yaml_node *map = yaml_get(file->root, "paginate");

    provider->list.public.size = sizeof provider->list.public;
    provider->list.paginate.size = sizeof provider->list.paginate;
    provider->list.public.name = "";
    provider->list.public.summary = "";
    provider->list.public.method = "GET";
    provider->list.public.path = "";
    provider->list.public.items = "";
    provider->list.public.paginate = &provider->list.paginate;
    provider_read_items(file, file->root, &provider->list.public);
    return map != NULL ? paginate_read_map(file, map, &provider->list) : FOB_SUCCESS;
}

int provider_read_paginate(const struct fob_provider *provider, const struct yaml_node *node,
                           struct provider_action *action)
{
    const struct fob_action *list = &provider->list.public;
    struct yaml_file *file = provider->file;
    const struct yaml_node *given = yaml_get(node, "paginate");
    bool as_all = false;

    action->public.paginate = &action->paginate;
    if (given == NULL)
        return FOB_SUCCESS;
    if (strcmp(action->public.method, "GET") != 0)
        yaml_mistake(file, given, "paginate: only with get");
    if (given->kind == YAML_MAP)
        return paginate_read_map(file, given, action);
    if (!yaml_boolean(file, given, &as_all) || !as_all)
        return FOB_SUCCESS;
    if (list->paginate->kind == FOB_PAGING_NONE)
        yaml_mistake(file, given, "paginate: true needs a paginate beside actions");
    action->public.paginate = list->paginate;
    action->public.page_size = list->page_size;
    return FOB_SUCCESS;
}
