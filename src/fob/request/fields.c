/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses paths into items, which may be written in three ways. */
#include "config.h"

#include "fob/request/fields.h"

#include "cli/output.h"
#include "util/strbuf.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <string.h>

/* Append "/" and the name, escaped as in RFC 6901. */
static void fields_add_token(struct strbuf *out, const char *name, size_t size)
{
    strbuf_add(out, "/", 1);
    for (size_t i = 0; i < size; i++) {
        if (name[i] == '~' || name[i] == '/')
            strbuf_add_text(out, name[i] == '~' ? "~0" : "~1");
        else
            strbuf_add(out, name + i, 1);
    }
}

/* "a.b.c"; no part may be empty. */
static bool fields_add_dotted(struct strbuf *out, const char *text, size_t size)
{
    while (size > 0) {
        const char *dot = memchr(text, '.', size);
        size_t part = dot != NULL ? (size_t)(dot - text) : size;

        if (part == 0 || part + 1 == size)
            return false;
        fields_add_token(out, text, part);
        text += part + (dot != NULL);
        size -= part + (dot != NULL);
    }
    return out->size > 0;
}

/* Add a field, which owns POINTER. */
static int fields_add_owned(struct fields *fields, const char *text, size_t size,
                            struct strbuf *pointer)
{
    struct field field = { strndup(text, size), strbuf_detach(pointer) };
    struct field *more = reallocarray(fields->items, fields->count + 1, sizeof *more);

    if (more != NULL)
        fields->items = more;
    if (more == NULL || field.name == NULL || field.pointer == NULL) {
        free(field.name);
        free(field.pointer);
        return output_nomem();
    }
    more[fields->count++] = field;
    return FOB_SUCCESS;
}

static bool fields_is_pointer(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '~' && (i + 1 == size || (text[i + 1] != '0' && text[i + 1] != '1')))
            return false;
    }
    return true;
}

int fields_add(struct fields *fields, const char *text, size_t size)
{
    struct strbuf pointer = STRBUF_INIT;
    bool good;

    if (size > 0 && text[0] == '/') {
        strbuf_add(&pointer, text, size);
        good = fields_is_pointer(text, size);
    } else {
        good = fields_add_dotted(&pointer, text, size);
    }
    if (!good) {
        strbuf_free(&pointer);
        return output_fail(
            FOB_INVALID, "a field is a name, a dotted.path or a /json/pointer, with commas between",
            "%.*s: not a field", (int)(size < 64 ? size : 64), text);
    }
    return fields_add_owned(fields, text, size, &pointer);
}

int fields_parse(struct fields *fields, const char *text)
{
    int code = FOB_SUCCESS;

    for (;;) {
        size_t size = strcspn(text, ",");

        code = fields_add(fields, text, size);
        if (code != FOB_SUCCESS || text[size] == '\0')
            return code;
        text += size + 1;
    }
}

int fields_add_member(struct fields *fields, const char *name)
{
    struct strbuf pointer = STRBUF_INIT;

    fields_add_token(&pointer, name, strlen(name));
    return fields_add_owned(fields, name, strlen(name), &pointer);
}

void fields_free(struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        free(fields->items[i].name);
        free(fields->items[i].pointer);
    }
    free(fields->items);
    *fields = FIELDS_INIT;
}

struct tree field_value(const struct field *field, const struct tree *item)
{
    struct tree value = { .kind = TREE_NULL };

    (void)tree_find(item, field->pointer, &value);
    return value;
}

void field_text(const struct tree *value, struct strbuf *out)
{
    if (value->kind == TREE_STRING)
        strbuf_add(out, value->content.data, value->content.size);
    else if (value->kind != TREE_NULL)
        tree_write(out, value);
}
