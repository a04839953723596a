/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes json-c's objects as items. */
#include "config.h"

#include "http/json_items.h"

#include "http/json_portable.h"
#include "util/tree_make.h"

#include <json.h>

#include <stdlib.h>
#include <string.h>

#define JSON_STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* Write a string with its TEXT, and with its form in JSON, which escapes of TEXT do not yield. */
static void json_items_odd_string(struct strbuf *out, struct span text, const char *written)
{
    const size_t place = tree_make_begin(out, TREE_ODD_STRING);

    tree_make_item(out, TREE_STRING, text.data, text.size);
    tree_make_item(out, TREE_STRING, written, strlen(written));
    tree_make_end(out, place);
}

/* json_read() has kept the form in JSON of an odd string as its user data. */
static void json_items_string(struct strbuf *out, struct json_object *json)
{
    const char *text = json_object_get_string(json);
    const size_t size = (size_t)json_object_get_string_len(json);
    const char *written = json_object_get_userdata(json);

    if (written != NULL)
        json_items_odd_string(out, (struct span){ text, size }, written);
    else
        tree_make_item(out, TREE_STRING, text, size);
}

static void json_items_name(struct strbuf *out, const char *name)
{
    char *written;

    if (!json_portable_is_marked(name)) {
        tree_make_item(out, TREE_STRING, name, strlen(name));
        return;
    }
    written = json_portable_quote(name);
    if (written != NULL)
        json_items_odd_string(out, wire_text(name), written);
    else
        out->failed = true;
    free(written);
}

static void json_items_number(struct strbuf *out, struct json_object *json)
{
    size_t size;
    const char *text = json_object_to_json_string_length(json, JSON_STYLE, &size);

    if (text != NULL)
        tree_make_item(out, TREE_NUMBER, text, size);
    else
        out->failed = true;
}

static void json_items_array(struct strbuf *out, struct json_object *json)
{
    const size_t place = tree_make_begin(out, TREE_ARRAY);
    const size_t count = json_object_array_length(json);

    for (size_t i = 0; i < count; i++)
        json_items_write(out, json_object_array_get_idx(json, i));
    tree_make_end(out, place);
}

static void json_items_object(struct strbuf *out, struct json_object *json)
{
    const size_t place = tree_make_begin(out, TREE_OBJECT);

    json_object_object_foreach(json, name, value)
    {
        json_items_name(out, name);
        json_items_write(out, value);
    }
    tree_make_end(out, place);
}

void json_items_write(struct strbuf *out, struct json_object *json)
{
    unsigned char truth;

    switch (json_object_get_type(json)) {
    case json_type_boolean:
        truth = json_object_get_boolean(json) != 0;
        tree_make_item(out, TREE_BOOLEAN, &truth, 1);
        break;
    case json_type_double:
    case json_type_int:
        json_items_number(out, json);
        break;
    case json_type_string:
        json_items_string(out, json);
        break;
    case json_type_array:
        json_items_array(out, json);
        break;
    case json_type_object:
        json_items_object(out, json);
        break;
    default:
        tree_make_item(out, TREE_NULL, NULL, 0);
        break;
    }
}
