/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Turns a page of JSON into rows and lines. */
#include "config.h"

#include "fob/request/items.h"

#include "cli/progress.h"
#include "fob/request/csv.h"
#include "util/cell.h"
#include "util/clock.h"
#include "util/json_write.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The most columns of a table by default. */
#define COLUMNS_DEFAULT 8
#define PROGRESS_MS 100

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
    cell_text(cell, value);
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
    cell_text(cell, value);
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

static int items_read_list(struct items *items, const struct tree *list)
{
    struct span rest = list->content;
    struct tree item;
    int code = FOB_SUCCESS;

    if (rest.size == 0)
        code = items_print_titles(items, NULL);
    while (code == FOB_SUCCESS && tree_next(list, &rest, &item)) {
        code = items_print_titles(items, &item);
        if (code == FOB_SUCCESS)
            items_add(items, &item);
    }
    return code;
}

static int items_read(struct items *items, const struct fob_page *page)
{
    const struct tree json = request_tree(page->answer);
    struct tree found = { .kind = TREE_ARRAY };
    int code;

    if (page->count > 0)
        (void)tree_find(&json, items->action->items, &found);
    found.withheld = items->show_private ? NULL : items->action->withheld;
    strbuf_reset(&items->text);
    items->single = found.kind != TREE_ARRAY;
    if (!items->single) {
        code = items_read_list(items, &found);
    } else {
        code = items_print_titles(items, &found);
        if (code == FOB_SUCCESS)
            items_add(items, &found);
    }
    if (code == FOB_SUCCESS && (items->text.failed || items->cell.failed))
        code = output_nomem();
    return code;
}

static int items_write(struct items *items)
{
    if (items->layout == LAYOUT_TABLE)
        return table_print_block(&items->table);
    if (items->text.size > 0)
        output_text(items->text.data, items->text.size);
    return FOB_SUCCESS;
}

/* Show progress on a terminal, unless it shows the items themselves. */
static void items_show_progress(struct items *items)
{
    const int64_t when = clock_ms();

    if (items->action->paginate->kind == FOB_PAGING_NONE || !isatty(STDERR_FILENO) ||
        isatty(fileno(output_file())) || (items->shown != 0 && when - items->shown < PROGRESS_MS))
        return;
    items->shown = when;
    progress_show(items->count, items->total > 0 ? (uint64_t)items->total : 0, "");
}

/* Note what the page says about the whole list. */
static void items_note_total(struct items *items, int64_t total)
{
    if (total < 0)
        return;
    if (items->count > 0 && items->total >= 0 && total != items->total)
        output_note("warning: %s: the list changed while it was read: it has %" PRId64
                    " items now, it had %" PRId64,
                    items->account, total, items->total);
    items->total = total;
}

/* Print where the item is that was written, if the answer has nothing else. */
static void items_print_location(struct items *items, const struct fob_answer *answer)
{
    const char *location = request_location(answer);
    struct strbuf text = STRBUF_INIT;

    items->single = true;
    if (location == NULL || (items->layout != LAYOUT_JSON && items->layout != LAYOUT_NDJSON)) {
        request_report_location(items->account, answer);
        return;
    }
    strbuf_add_text(&text, "{\"location\":");
    json_write_string(&text, location, strlen(location));
    strbuf_add_text(&text, "}\n");
    if (!text.failed)
        fputs(text.data, output_file());
    strbuf_free(&text);
}

static int items_print_page(const struct fob_page *page, void *data)
{
    struct items *items = data;
    int code;

    if (page->count == 0 && items->action->writes) {
        items_print_location(items, page->answer);
        return FOB_SUCCESS;
    }
    code = items_read(items, page);
    if (code == FOB_SUCCESS)
        code = items_write(items);
    if (page->count > 0)
        progress_yield(fileno(output_file()));
    if (code == FOB_SUCCESS)
        code = output_flush();
    items->reported = code != FOB_SUCCESS;
    if (code != FOB_SUCCESS)
        return code;
    items_note_total(items, page->total);
    items->count += page->count;
    items_show_progress(items);
    return FOB_SUCCESS;
}

static void items_end(struct items *items)
{
    if (items->layout == LAYOUT_JSON && !items->single)
        fputs(items->any ? "\n]\n" : "[]\n", output_file());
}

int items_print(struct items *items, const struct request *request)
{
    int code;

    items->account = request->account;
    items->total = -1;
    code = fob_send_pages(request->handle, &request->query, items->action, items_print_page, items);
    progress_hide();
    if (code == FOB_SUCCESS) {
        items_end(items);
        return code;
    }
    if (!items->reported)
        output_fail(code, fob_error_hint(), "%s: %s", request->account, fob_error());
    if (items->count > 0 && code != FOB_SYSTEM)
        output_note("%s: %zu item%s came before that; what was printed is not all",
                    request->account, items->count, text_plural(items->count));
    return code;
}

void items_free(struct items *items)
{
    fields_free(&items->fields);
    table_free(&items->table);
    strbuf_free(&items->text);
    strbuf_free(&items->cell);
}
