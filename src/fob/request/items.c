/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Turns a page of JSON into rows and lines. */
#include "config.h"

#include "fob/request/items.h"

#include "fob/request/csv.h"
#include "fob/request/url_page.h"
#include "util/json_write.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

/* The most columns of a table by default. */
#define COLUMNS_DEFAULT 8

/* Find the items in the answer.  Returns FOB_SUCCESS, FOB_PROTOCOL (reported) when there are none.
 */
static int items_find(const struct items *items, const struct page *page, struct tree *found)
{
    const char *pointer = items->action->items;
    const char *hint = request_hint(page->request);
    bool wants_list = items->action->paginate->kind != FOB_PAGING_NONE;

    if (tree_find(&page->json, pointer, found) && found->kind != TREE_NULL &&
        (!wants_list || found->kind == TREE_ARRAY))
        return FOB_SUCCESS;
    if (pointer[0] == '\0')
        output_fail(FOB_PROTOCOL, hint, "%s: the answer is %s", page->request->account,
                    wants_list ? "no list" : "null");
    else
        output_fail(FOB_PROTOCOL, hint, "%s: the answer has %s called %s", page->request->account,
                    wants_list ? "no list" : "nothing", pointer + 1);
    return FOB_PROTOCOL;
}

/* Choose the default columns: the first item's members.  A table leaves out members that do not fit
 * into cells. */
static int items_choose_fields(struct items *items, const struct tree *item)
{
    bool narrow = items->layout == LAYOUT_TABLE && !items->single;
    struct tree value;
    struct tree name;
    struct span rest;
    int code = FOB_SUCCESS;

    if (item == NULL || item->kind != TREE_OBJECT)
        return FOB_SUCCESS;
    rest = item->content;
    while (code == FOB_SUCCESS && tree_next_member(item, &rest, &name, &value)) {
        if (!narrow || (!tree_is_container(&value) && items->fields.count < COLUMNS_DEFAULT))
            code = fields_add_member(&items->fields, name.content.data);
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
static void items_add_cell(struct items *items, const struct tree *value)
{
    struct strbuf *cell = &items->cell;

    strbuf_reset(cell);
    if (items->csv_safe && value->kind == TREE_STRING &&
        csv_is_formula(value->content.data, value->content.size))
        strbuf_add(cell, "'", 1);
    field_text(value, cell);
    strbuf_add(cell, "", 0);
    if (cell->failed) {
        items->text.failed = true;
        return;
    }
    items_replace_nul(cell);
    if (items->csv_printable)
        text_make_printable(cell->data);
    csv_cell(&items->text, cell->data, strlen(cell->data));
}

static void items_add_csv(struct items *items, const struct tree *item)
{
    size_t start = items->text.size;
    size_t count = items->fields.count;

    for (size_t i = 0; i < count; i++) {
        const struct tree value = field_value(&items->fields.items[i], item);

        strbuf_add(&items->text, ",", i > 0);
        items_add_cell(items, &value);
    }
    if (count == 0)
        items_add_cell(items, item);
    csv_row(&items->text, start, count > 0 ? count : 1);
}

static void items_add_csv_titles(struct items *items)
{
    size_t start = items->text.size;
    size_t count = items->fields.count;

    for (size_t i = 0; i < count; i++) {
        const char *name = items->fields.items[i].name;
        const struct tree title = { .kind = TREE_STRING, .content = wire_text(name) };

        strbuf_add(&items->text, ",", i > 0);
        items_add_cell(items, &title);
    }
    if (count == 0)
        strbuf_add_text(&items->text, "value");
    csv_row(&items->text, start, count > 0 ? count : 1);
}

static void items_add_table_cell(struct items *items, const struct tree *value)
{
    struct strbuf *cell = &items->cell;

    strbuf_reset(cell);
    field_text(value, cell);
    strbuf_add(cell, "", 0);
    items->table.failed |= cell->failed;
    if (cell->failed)
        return;
    items_replace_nul(cell);
    table_add(&items->table, cell->data);
}

static void items_add_table_row(struct items *items, const struct tree *item)
{
    for (size_t i = 0; i < items->fields.count; i++) {
        const struct tree value = field_value(&items->fields.items[i], item);

        items_add_table_cell(items, &value);
    }
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
static void items_add_table_single(struct items *items, const struct tree *item)
{
    items->table.titled = true;
    for (size_t i = 0; i < items->fields.count; i++) {
        const struct tree value = field_value(&items->fields.items[i], item);

        table_add(&items->table, items->fields.items[i].name);
        items_add_table_cell(items, &value);
    }
}

/* Append the shown fields of an item as JSON. */
static void items_add_json_fields(struct items *items, const struct tree *item)
{
    strbuf_add(&items->text, "{", 1);
    for (size_t i = 0; i < items->fields.count; i++) {
        const struct field *field = &items->fields.items[i];
        const struct tree value = field_value(field, item);

        strbuf_add(&items->text, ",", i > 0);
        json_write_string(&items->text, field->name, strlen(field->name));
        strbuf_add(&items->text, ":", 1);
        tree_write(&items->text, &value);
    }
    strbuf_add(&items->text, "}", 1);
}

static void items_add_json(struct items *items, const struct tree *item)
{
    if (items->layout == LAYOUT_JSON && !items->single)
        strbuf_add_text(&items->text, items->any ? ",\n" : "[\n");
    if (items->fields.count > 0)
        items_add_json_fields(items, item);
    else
        tree_write(&items->text, item);
    if (items->layout == LAYOUT_NDJSON || items->single)
        strbuf_add(&items->text, "\n", 1);
}

/* Print the titles once, before the FIRST item, which may determine them; NULL when there is none.
 */
static int items_print_titles(struct items *items, const struct tree *first)
{
    bool cells = items->layout == LAYOUT_TABLE || items->layout == LAYOUT_CSV;
    int code = FOB_SUCCESS;

    if (items->begun || (first == NULL && items->fields.count == 0))
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

static void items_add(struct items *items, const struct tree *item)
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

static void items_add_digest(struct items *items, struct page *page, const struct tree *item)
{
    strbuf_reset(&items->cell);
    tree_write(&items->cell, item);
    if (!items->cell.failed)
        page->digest = url_page_digest(page->digest, items->cell.data, items->cell.size);
}

static int items_read_list(struct items *items, struct page *page, const struct tree *list)
{
    struct span rest = list->content;
    struct tree item;
    int code = FOB_SUCCESS;

    if (rest.size == 0)
        code = items_print_titles(items, NULL);
    while (code == FOB_SUCCESS && tree_next(list, &rest, &item)) {
        if (page->items == 0) {
            code = items_print_titles(items, &item);
            items_add_digest(items, page, &item);
        }
        if (code == FOB_SUCCESS)
            items_add(items, &item);
        page->items++;
    }
    if (page->items > 0)
        items_add_digest(items, page, &item);
    return code;
}

int items_read(struct page *page, void *data)
{
    struct items *items = data;
    struct tree found;
    int code = items_find(items, page, &found);

    if (code != FOB_SUCCESS)
        return code;
    found.withheld = items->show_private ? NULL : items->action->withheld;
    strbuf_reset(&items->text);
    if (found.kind == TREE_ARRAY) {
        code = items_read_list(items, page, &found);
    } else {
        items->single = true;
        page->items = 1;
        code = items_print_titles(items, &found);
        if (code == FOB_SUCCESS)
            items_add(items, &found);
    }
    if (code == FOB_SUCCESS && (items->text.failed || items->cell.failed))
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
