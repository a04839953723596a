/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Turns a page of JSON into rows and lines. */
#include "config.h"

#include "fob-request/items.h"

#include "fob-request/csv.h"
#include "fob-request/url_page.h"
#include "util/json_write.h"
#include "util/text.h"

#include <json.h>

#include <stdlib.h>
#include <string.h>

#define JSON_STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
#define MASK "***"
/* The most columns of a table by default. */
#define COLUMNS_DEFAULT 8

/* Mask every member that the provider's file calls private, at any depth. */
static void items_mask(struct json_object *value, const char *const *names)
{
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            items_mask(json_object_array_get_idx(value, i), names);
    }
    if (!json_object_is_type(value, json_type_object))
        return;
    for (size_t i = 0; names[i] != NULL; i++) {
        struct json_object *found = NULL;

        if (json_object_object_get_ex(value, names[i], &found) && found != NULL)
            json_object_object_add(value, names[i], json_object_new_string(MASK));
    }
    json_object_object_foreach(value, key, member)
    {
        (void)key;
        if (json_object_is_type(member, json_type_object) ||
            json_object_is_type(member, json_type_array))
            items_mask(member, names);
    }
}

/* Find the items in the answer; NULL, with the error reported, when there are none. */
static struct json_object *items_find(const struct items *items, const struct page *page)
{
    const char *pointer = items->action->items;
    const char *hint = request_hint(page->request);
    bool wants_list = items->action->paginate->kind != FOB_PAGING_NONE;
    struct json_object *found = NULL;

    if (json_pointer_get(page->json, pointer, &found) == 0 && found != NULL &&
        (!wants_list || json_object_is_type(found, json_type_array)))
        return found;
    if (pointer[0] == '\0')
        output_fail(FOB_PROTOCOL, hint, "%s: the answer is %s", page->request->account,
                    wants_list ? "no list" : "null");
    else
        output_fail(FOB_PROTOCOL, hint, "%s: the answer has %s called %s", page->request->account,
                    wants_list ? "no list" : "nothing", pointer + 1);
    return NULL;
}

static bool items_is_container(struct json_object *value)
{
    return json_object_is_type(value, json_type_object) ||
           json_object_is_type(value, json_type_array);
}

/* Choose the default columns: the first item's members.  A table leaves out members that do not fit
 * into cells. */
static int items_choose_fields(struct items *items, struct json_object *item)
{
    bool narrow = items->layout == LAYOUT_TABLE && !items->single;
    int code = FOB_SUCCESS;

    if (!json_object_is_type(item, json_type_object))
        return FOB_SUCCESS;
    json_object_object_foreach(item, key, value)
    {
        if (code == FOB_SUCCESS &&
            (!narrow || (!items_is_container(value) && items->fields.count < COLUMNS_DEFAULT)))
            code = fields_add_member(&items->fields, key);
    }
    return code;
}

/* Replace NULs, which would end the cell. */
static void items_replace_nul(struct strbuf *cell)
{
    for (size_t i = 0; i < cell->size; i++) {
        if (cell->data[i] == '\0')
            cell->data[i] = '?';
    }
}

/* Append a cell of CSV, without NULs and, on a terminal, without escape sequences. */
static void items_add_cell(struct items *items, const char *text, size_t size, bool is_text)
{
    struct strbuf *cell = &items->cell;

    strbuf_reset(cell);
    strbuf_add_text(cell, items->csv_safe && is_text && csv_is_formula(text, size) ? "'" : "");
    strbuf_add(cell, text, size);
    if (cell->failed) {
        items->text.failed = true;
        return;
    }
    items_replace_nul(cell);
    if (items->csv_printable)
        text_make_printable(cell->data);
    csv_cell(&items->text, cell->data, strlen(cell->data));
}

static void items_add_csv(struct items *items, struct json_object *item)
{
    size_t start = items->text.size;
    size_t count = items->fields.count;
    size_t size;

    for (size_t i = 0; i < count; i++) {
        struct json_object *value = field_value(&items->fields.items[i], item);
        const char *text = field_text(value, &size);

        strbuf_add(&items->text, ",", i > 0);
        items_add_cell(items, text, size, json_object_is_type(value, json_type_string));
    }
    if (count == 0) {
        const char *text = field_text(item, &size);

        items_add_cell(items, text, size, json_object_is_type(item, json_type_string));
    }
    csv_row(&items->text, start, count > 0 ? count : 1);
}

static void items_add_csv_titles(struct items *items)
{
    size_t start = items->text.size;
    size_t count = items->fields.count;

    for (size_t i = 0; i < count; i++) {
        strbuf_add(&items->text, ",", i > 0);
        items_add_cell(items, items->fields.items[i].name, strlen(items->fields.items[i].name),
                       true);
    }
    if (count == 0)
        strbuf_add_text(&items->text, "value");
    csv_row(&items->text, start, count > 0 ? count : 1);
}

static void items_add_table_cell(struct items *items, struct json_object *value)
{
    struct strbuf cell = STRBUF_INIT;
    size_t size;
    const char *text = field_text(value, &size);

    strbuf_add(&cell, text, size);
    items_replace_nul(&cell);
    table_add(&items->table, cell.data != NULL ? cell.data : "");
    items->table.failed |= cell.failed;
    strbuf_free(&cell);
}

static void items_add_table_row(struct items *items, struct json_object *item)
{
    for (size_t i = 0; i < items->fields.count; i++)
        items_add_table_cell(items, field_value(&items->fields.items[i], item));
    if (items->fields.count == 0)
        items_add_table_cell(items, item);
}

static size_t items_count_columns(const struct items *items)
{
    if (items->fields.count == 0)
        return 1;
    return items->single ? 2 : items->fields.count;
}

static void items_add_table_titles(struct items *items)
{
    for (size_t i = 0; i < items->fields.count; i++)
        table_add(&items->table, items->fields.items[i].name);
    if (items->fields.count == 0)
        table_add(&items->table, "value");
}

/* Show a single item with one row for each member. */
static void items_add_table_single(struct items *items, struct json_object *item)
{
    items->table.titled = true;
    for (size_t i = 0; i < items->fields.count; i++) {
        table_add(&items->table, items->fields.items[i].name);
        items_add_table_cell(items, field_value(&items->fields.items[i], item));
    }
}

/* Append the shown fields of an item as JSON. */
static void items_add_json_fields(struct items *items, struct json_object *item)
{
    strbuf_add(&items->text, "{", 1);
    for (size_t i = 0; i < items->fields.count; i++) {
        const struct field *field = &items->fields.items[i];
        struct json_object *value = field_value(field, item);
        size_t size;
        const char *text = json_object_to_json_string_length(value, JSON_STYLE, &size);

        strbuf_add(&items->text, ",", i > 0);
        json_write_string(&items->text, field->name, strlen(field->name));
        strbuf_add(&items->text, ":", 1);
        strbuf_add(&items->text, text, size);
    }
    strbuf_add(&items->text, "}", 1);
}

static void items_add_json(struct items *items, struct json_object *item)
{
    size_t size;
    const char *text;

    if (items->layout == LAYOUT_JSON && !items->single)
        strbuf_add_text(&items->text, items->any ? ",\n" : "[\n");
    if (items->fields.count > 0) {
        items_add_json_fields(items, item);
    } else {
        text = json_object_to_json_string_length(item, JSON_STYLE, &size);
        strbuf_add(&items->text, text, size);
    }
    if (items->layout == LAYOUT_NDJSON || items->single)
        strbuf_add(&items->text, "\n", 1);
}

/* Print the titles once, before the first item, if there is ANY, since that may determine them. */
static int items_print_titles(struct items *items, bool any, struct json_object *first)
{
    bool cells = items->layout == LAYOUT_TABLE || items->layout == LAYOUT_CSV;
    int code = FOB_SUCCESS;

    if (items->begun || (!any && items->fields.count == 0))
        return FOB_SUCCESS;
    items->begun = true;
    if (cells && items->fields.count == 0)
        code = items_choose_fields(items, first);
    if (code != FOB_SUCCESS)
        return code;
    items->table.columns = items_count_columns(items);
    if (items->layout == LAYOUT_CSV)
        items_add_csv_titles(items);
    else if (items->layout == LAYOUT_TABLE && !items->single)
        items_add_table_titles(items);
    return FOB_SUCCESS;
}

static void items_add(struct items *items, struct json_object *item)
{
    if (items->layout == LAYOUT_CSV)
        items_add_csv(items, item);
    else if (items->layout != LAYOUT_TABLE)
        items_add_json(items, item);
    else if (items->single && items->fields.count > 0)
        items_add_table_single(items, item);
    else
        items_add_table_row(items, item);
    items->any = true;
}

static void items_add_digest(struct page *page, struct json_object *item)
{
    size_t size;
    const char *text = json_object_to_json_string_length(item, JSON_STYLE, &size);

    page->digest = url_page_digest(page->digest, text, size);
}

static int items_read_list(struct items *items, struct page *page, struct json_object *list)
{
    size_t count = json_object_array_length(list);
    int code =
        items_print_titles(items, count > 0, count > 0 ? json_object_array_get_idx(list, 0) : NULL);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        items_add(items, json_object_array_get_idx(list, i));
    if (count > 0) {
        items_add_digest(page, json_object_array_get_idx(list, 0));
        items_add_digest(page, json_object_array_get_idx(list, count - 1));
    }
    page->items = count;
    return code;
}

int items_read(struct page *page, void *data)
{
    struct items *items = data;
    struct json_object *found = items_find(items, page);
    int code;

    if (found == NULL)
        return FOB_PROTOCOL;
    if (items->action->withheld != NULL && !items->show_private)
        items_mask(found, items->action->withheld);
    strbuf_reset(&items->text);
    if (json_object_is_type(found, json_type_array)) {
        code = items_read_list(items, page, found);
    } else {
        items->single = true;
        page->items = 1;
        code = items_print_titles(items, true, found);
        if (code == FOB_SUCCESS)
            items_add(items, found);
    }
    if (code == FOB_SUCCESS && items->text.failed)
        code = output_nomem();
    return code;
}

int items_print(struct page *page, void *data)
{
    struct items *items = data;

    (void)page;
    if (items->layout == LAYOUT_TABLE)
        return table_print_block(&items->table);
    if (items->text.size > 0)
        output_text(items->text.data, items->text.size);
    return FOB_SUCCESS;
}

void items_end(struct items *items)
{
    if (items->layout == LAYOUT_JSON && !items->single)
        fputs(items->any ? "\n]\n" : "[]\n", output_file());
}

void items_free(struct items *items)
{
    fields_free(&items->fields);
    table_free(&items->table);
    strbuf_free(&items->text);
    strbuf_free(&items->cell);
}
