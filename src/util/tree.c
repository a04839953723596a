/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks, finds and writes JSON that came as items. */
#include "config.h"

#include "util/tree.h"

#include "util/json_number.h"
#include "util/json_write.h"
#include "util/text.h"

#include <string.h>

#define MASK "***"
#define DIGITS "0123456789"

/* The length of the escape sequence at TEXT, in which a quote follows at the latest; 0 if JSON has
 * none like it. */
static size_t tree_measure_escape(const char *text)
{
    if (text[1] == 'u')
        return strspn(text + 2, DIGITS "abcdefABCDEF") >= 4 ? 6 : 0;
    return text[1] != '\0' && strchr("\"\\/bfnrt", text[1]) != NULL ? 2 : 0;
}

/* Whether TEXT is a string as JSON writes it. */
static bool tree_is_json_string(const char *text, size_t size)
{
    const size_t end = size - 1;
    size_t at = 1;

    if (size < 2 || text[0] != '"' || text[end] != '"' || !text_is_utf8(text, size))
        return false;
    while (at < end) {
        const size_t length = text[at] != '\\' ? 1 : tree_measure_escape(text + at);

        if (length == 0 || (unsigned char)text[at] < ' ' || text[at] == '"')
            return false;
        at += length;
    }
    return at == end;
}

static bool tree_is_odd(struct span content, struct span *text, struct span *json)
{
    uint8_t tag;

    return wire_next_item(&content, &tag, text) && tag == TREE_STRING &&
           wire_next_item(&content, &tag, json) && tag == TREE_STRING && content.size == 0;
}

static bool tree_is_number(struct span content)
{
    const char *number = content.data;
    bool integer;

    return json_number_skip(number, &integer) == number + content.size;
}

static bool tree_check_string(uint8_t tag, struct span content)
{
    struct span json;

    if (tag != TREE_ODD_STRING)
        return tag == TREE_STRING && text_is_utf8(content.data, content.size);
    return tree_is_odd(content, &content, &json) && text_is_utf8(content.data, content.size) &&
           tree_is_json_string(json.data, json.size);
}

/* Remove a member's name from CONTENT.  False if it is not valid. */
static bool tree_check_name(struct span *content)
{
    struct span name;
    struct span json;
    uint8_t tag;

    if (!wire_next_item(content, &tag, &name) || !tree_check_string(tag, name))
        return false;
    if (tag == TREE_ODD_STRING)
        (void)tree_is_odd(name, &name, &json);
    return strlen(name.data) == name.size;
}

static bool tree_check_value(uint8_t tag, struct span content, unsigned depth);

/* Check the values of an array or, if OBJECT, pairs of a name and a value. */
static bool tree_check_items(struct span content, bool object, unsigned depth)
{
    struct span item;
    uint8_t tag;

    if (depth == 0)
        return false;
    while (content.size > 0) {
        if (object && !tree_check_name(&content))
            return false;
        if (!wire_next_item(&content, &tag, &item) || !tree_check_value(tag, item, depth - 1))
            return false;
    }
    return true;
}

static bool tree_check_value(uint8_t tag, struct span content, unsigned depth)
{
    switch (tag) {
    case TREE_NULL:
        return content.size == 0;
    case TREE_BOOLEAN:
        return content.size == 1 && *(const unsigned char *)content.data <= 1;
    case TREE_NUMBER:
        return tree_is_number(content);
    case TREE_STRING:
    case TREE_ODD_STRING:
        return tree_check_string(tag, content);
    case TREE_ARRAY:
    case TREE_OBJECT:
        return tree_check_items(content, tag == TREE_OBJECT, depth);
    default:
        return false;
    }
}

bool tree_check(struct span items)
{
    struct span item;
    uint8_t tag;

    return wire_next_item(&items, &tag, &item) && items.size == 0 &&
           tree_check_value(tag, item, TREE_DEPTH);
}

bool tree_next(const struct tree *parent, struct span *rest, struct tree *value)
{
    struct span item;
    uint8_t tag;

    if (rest->size == 0 || !wire_next_item(rest, &tag, &item))
        return false;
    *value = (struct tree){ (enum tree_kind)tag, item, { "", 0 }, parent->withheld };
    if (tag == TREE_ODD_STRING && tree_is_odd(item, &value->content, &value->json))
        value->kind = TREE_STRING;
    return true;
}

struct tree tree_root(struct span items)
{
    const struct tree none = { .kind = TREE_NULL };
    struct tree root = none;

    (void)tree_next(&none, &items, &root);
    return root;
}

static bool tree_is_withheld(const struct tree *parent, const char *name)
{
    for (const char *const *at = parent->withheld; at != NULL && *at != NULL; at++) {
        if (strcmp(*at, name) == 0)
            return true;
    }
    return false;
}

bool tree_next_member(const struct tree *parent, struct span *rest, struct tree *name,
                      struct tree *value)
{
    if (!tree_next(parent, rest, name) || !tree_next(parent, rest, value))
        return false;
    if (value->kind != TREE_NULL && tree_is_withheld(parent, name->content.data))
        *value = (struct tree){ TREE_STRING, wire_text(MASK), { "", 0 }, NULL };
    return true;
}

/* Remove the first token from POINTER, which begins with '/', and decode its escapes. */
static void tree_take_token(const char **pointer, struct strbuf *token)
{
    const char *at = *pointer + 1;

    strbuf_reset(token);
    strbuf_add(token, "", 0);
    for (; *at != '\0' && *at != '/'; at++) {
        const bool escaped = at[0] == '~' && (at[1] == '0' || at[1] == '1');

        strbuf_add(token, escaped ? (at[1] == '0' ? "~" : "/") : at, 1);
        at += escaped;
    }
    *pointer = at;
}

static bool tree_find_item(const struct tree *array, const char *token, struct tree *value)
{
    struct span rest = array->content;
    const size_t digits = strspn(token, DIGITS);
    size_t index = 0;

    if (digits == 0 || digits > 9 || token[digits] != '\0' || (token[0] == '0' && digits > 1))
        return false;
    for (size_t i = 0; i < digits; i++)
        index = index * 10 + (size_t)(token[i] - '0');
    while (tree_next(array, &rest, value)) {
        if (index-- == 0)
            return true;
    }
    return false;
}

static bool tree_find_member(const struct tree *object, const char *token, struct tree *value)
{
    struct span rest = object->content;
    struct tree name;

    while (tree_next_member(object, &rest, &name, value)) {
        if (strcmp(name.content.data, token) == 0)
            return true;
    }
    return false;
}

bool tree_find(const struct tree *root, const char *pointer, struct tree *value)
{
    struct strbuf token = STRBUF_INIT;
    struct tree at = *root;
    bool found = true;

    while (found && *pointer == '/') {
        const struct tree parent = at;

        tree_take_token(&pointer, &token);
        if (token.failed)
            found = false;
        else if (parent.kind == TREE_OBJECT)
            found = tree_find_member(&parent, token.data, &at);
        else
            found = parent.kind == TREE_ARRAY && tree_find_item(&parent, token.data, &at);
    }
    strbuf_free(&token);
    if (!found || *pointer != '\0')
        return false;
    *value = at;
    return true;
}

static void tree_write_items(struct strbuf *out, const struct tree *array)
{
    struct span rest = array->content;
    struct tree value;

    strbuf_add(out, "[", 1);
    for (bool first = true; tree_next(array, &rest, &value); first = false) {
        strbuf_add(out, ",", !first);
        tree_write(out, &value);
    }
    strbuf_add(out, "]", 1);
}

static void tree_write_members(struct strbuf *out, const struct tree *object)
{
    struct span rest = object->content;
    struct tree value;
    struct tree name;

    strbuf_add(out, "{", 1);
    for (bool first = true; tree_next_member(object, &rest, &name, &value); first = false) {
        strbuf_add(out, ",", !first);
        tree_write(out, &name);
        strbuf_add(out, ":", 1);
        tree_write(out, &value);
    }
    strbuf_add(out, "}", 1);
}

void tree_write(struct strbuf *out, const struct tree *value)
{
    switch (value->kind) {
    case TREE_BOOLEAN:
        strbuf_add_text(out, *(const unsigned char *)value->content.data != 0 ? "true" : "false");
        break;
    case TREE_NUMBER:
        strbuf_add(out, value->content.data, value->content.size);
        break;
    case TREE_STRING:
        if (value->json.size > 0)
            strbuf_add(out, value->json.data, value->json.size);
        else
            json_write_string(out, value->content.data, value->content.size);
        break;
    case TREE_ARRAY:
        tree_write_items(out, value);
        break;
    case TREE_OBJECT:
        tree_write_members(out, value);
        break;
    default:
        strbuf_add_text(out, "null");
        break;
    }
}
