/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the signs of further pages from an answer. */
#include "config.h"

#include "core/list/signs.h"

#include "core/list/link_header.h"
#include "core/list/url_page.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

#define NEXT_MAX 2048
#define DIGITS "0123456789"
#define DIGITS_MAX 18 /* the digits of an int64_t */

static int signs_set_next(struct signs *signs, const char *place, const char *text, size_t size)
{
    if (size == 0)
        return FOB_SUCCESS;
    signs->next = strndup(text, size);
    signs->place = place;
    return signs->next != NULL ? FOB_SUCCESS : error_nomem();
}

/* Read an address or, with CURSOR, a value, which may be a number. */
static int signs_read_next_json(const struct page *page, const char *place, bool cursor,
                                struct signs *signs)
{
    struct tree found;
    const char *text;
    size_t size;

    if (!tree_find(&page->json, place, &found))
        return FOB_SUCCESS;
    signs->about_next = true;
    if (found.kind == TREE_NULL || tree_is_false(&found))
        return FOB_SUCCESS;
    text = found.content.data;
    size = found.content.size;
    if (cursor && found.kind == TREE_NUMBER)
        return signs_set_next(signs, place, text, size);
    if (found.kind != TREE_STRING || size > NEXT_MAX || strlen(text) != size)
        return error_set(FOB_PROTOCOL, "%s is no address", place);
    return signs_set_next(signs, place, text, size);
}

/* Read the headers Link. */
static int signs_read_next_header(const struct page *page, const char *place, struct signs *signs)
{
    const char *value;

    for (size_t i = 0; (value = fob_answer_header(page->answer, "Link", i)) != NULL; i++) {
        size_t size;
        const char *address = link_header_next(value, &size);

        signs->about_next = true;
        if (address != NULL)
            return signs_set_next(signs, place, address, size);
    }
    return FOB_SUCCESS;
}

int signs_find_next(const struct page *page, const struct fob_paginate *paginate,
                    struct signs *signs)
{
    bool cursor = paginate->kind == FOB_PAGING_CURSOR;
    int code = FOB_SUCCESS;

    for (const char *const *place = paginate->next;
         place != NULL && *place != NULL && signs->next == NULL && code == FOB_SUCCESS; place++)
        code = **place == '/' ? signs_read_next_json(page, *place, cursor, signs)
                              : signs_read_next_header(page, *place, signs);
    return code;
}

/* Parse the first SIZE bytes of TEXT as a number; -1 when they are not one. */
static int64_t signs_parse_count(const char *text, size_t size)
{
    size_t digits = strspn(text, DIGITS);

    if (digits == 0 || digits != size || digits > DIGITS_MAX)
        return -1;
    return strtoll(text, NULL, 10);
}

static const char *signs_last_header(const struct fob_answer *answer, const char *name)
{
    const char *value = NULL;
    const char *next;

    for (size_t i = 0; (next = fob_answer_header(answer, name, i)) != NULL; i++)
        value = next;
    return value;
}

/* Read the number at PLACE; -1 when there is none. */
static int64_t signs_count_at(const struct page *page, const char *place, const char *path)
{
    struct tree found;
    const char *text = NULL;

    if (place[0] == '?') {
        text = url_page_parameter(path, place + 1);
        return text != NULL ? signs_parse_count(text, strcspn(text, "&")) : -1;
    }
    if (strchr(DIGITS, place[0]) != NULL)
        text = place;
    else if (place[0] != '/')
        text = signs_last_header(page->answer, place);
    else if (tree_find(&page->json, place, &found) &&
             (found.kind == TREE_NUMBER || found.kind == TREE_STRING))
        text = found.content.data;
    return text != NULL ? signs_parse_count(text, strlen(text)) : -1;
}

/* Read the number at the first of PLACES that has one; -1 when none has. */
static int64_t signs_read_count(const struct page *page, const char *const *places)
{
    int64_t count = -1;

    for (; places != NULL && *places != NULL && count < 0; places++)
        count = signs_count_at(page, *places, "");
    return count;
}

/* Read the size of a full page: the smallest number found, since a provider may give less than
 * requested or claimed. */
static void signs_read_size(const struct page *page, const char *const *places, const char *path,
                            struct signs *signs)
{
    for (; places != NULL && *places != NULL; places++) {
        int64_t count = signs_count_at(page, *places, path);

        if (count <= 0)
            continue;
        if (signs->size < 0 || count < signs->size)
            signs->size = count;
        signs->has_size |= strchr(DIGITS "?", **places) == NULL;
    }
}

/* Whether a boolean says that more pages follow; -1 when none does. */
static int signs_read_more(const struct page *page, const char *const *places)
{
    struct tree found;

    for (; places != NULL && *places != NULL; places++) {
        if (tree_find(&page->json, *places, &found) && found.kind == TREE_BOOLEAN)
            return !tree_is_false(&found);
    }
    return -1;
}

void signs_read(const struct page *page, const struct fob_action *list, const char *path,
                struct signs *signs)
{
    const struct fob_paginate *paginate = list->paginate;

    *signs = (struct signs){
        .total = signs_read_count(page, paginate->total),
        .pages = signs_read_count(page, paginate->pages),
        .size = -1,
        .more = signs_read_more(page, paginate->more),
    };
    signs_read_size(page, list->page_size, path, signs);
}

void signs_free(struct signs *signs)
{
    free(signs->next);
    signs->next = NULL;
}
