/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists the fields of items that are shown. */
#include "config.h"

#include "fob/request/fields.h"

#include "cli/output.h"
#include "util/cell.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <string.h>

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

int fields_add(struct fields *fields, const char *text, size_t size)
{
    struct strbuf pointer = STRBUF_INIT;

    if (!cell_pointer(&pointer, text, size)) {
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

    cell_pointer_part(&pointer, name, strlen(name));
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
