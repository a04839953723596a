/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints tables for people, in color where the terminal supports it. */
#include "config.h"

#include "cli/output.h"

#include "cli/columns.h"
#include "util/text.h"

#include <fob/fob.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

#define GAP ((size_t)2) /* columns between two cells */
#define MARK "\u2026"   /* where a cell was cut */

/* Whether the terminal supports colors and NO_COLOR is not set. */
static bool table_may_color(void)
{
    const char *forbidden = secure_getenv("NO_COLOR");
    const char *term = secure_getenv("TERM");

    return (forbidden == NULL || forbidden[0] == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0 && isatty(fileno(output_file()));
}

static const char *table_status_color(const char *word)
{
    enum fob_status status;

    if (fob_status_from_name(word, &status) != FOB_SUCCESS)
        return "";
    switch (status) {
    case FOB_STATUS_ACTIVE:
        return GREEN;
    case FOB_STATUS_REJECTED:
    case FOB_STATUS_EXPIRED:
    case FOB_STATUS_MISMATCHED:
        return RED;
    default:
        return YELLOW;
    }
}

void table_add(struct table *table, const char *text)
{
    char **more = reallocarray(table->cells, table->count + 1, sizeof *more);

    if (more == NULL) {
        table->failed = true;
        return;
    }
    table->cells = more;
    more[table->count] = strdup(text[0] != '\0' ? text : "-");
    if (more[table->count] == NULL) {
        table->failed = true;
        return;
    }
    text_make_printable(more[table->count++]);
}

/* A character's size in bytes and its columns; a combining character has none. */
struct glyph {
    size_t size;
    size_t columns;
};

static struct glyph table_glyph(const char *text)
{
    wchar_t character;
    mbstate_t state = { 0 };
    size_t size = mbrtowc(&character, text, strlen(text), &state);
    int columns;

    /* Without a UTF-8 locale, count each byte as a column. */
    if (size == 0 || size > strlen(text))
        return (struct glyph){ 1, 1 };
    columns = wcwidth(character);
    return (struct glyph){ size, columns >= 0 ? (size_t)columns : 1 };
}

/* The columns of the first SIZE bytes of TEXT. */
static size_t table_width(const char *text, size_t size)
{
    const char *end = text + size;
    size_t width = 0;

    while (text < end) {
        struct glyph glyph = table_glyph(text);

        width += glyph.columns;
        text += glyph.size;
    }
    return width;
}

/* The size of the prefix of TEXT that fits into WIDTH columns. */
static size_t table_fit(const char *text, size_t width)
{
    const char *at = text;
    struct glyph glyph;

    while (*at != '\0' && (glyph = table_glyph(at)).columns <= width) {
        width -= glyph.columns;
        at += glyph.size;
    }
    return (size_t)(at - text);
}

static void table_measure(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t *widest = &table->widths[i % table->columns];
        size_t width = table_width(table->cells[i], strlen(table->cells[i]));

        if (width > *widest)
            *widest = width;
    }
}

/* Narrow the widest columns until a row fits the terminal.  The first column keeps its width,
 * because people type its names. */
static void table_narrow(struct table *table)
{
    size_t room = columns_of(fileno(output_file()));
    size_t total = GAP * (table->columns - 1);

    for (size_t i = 0; i < table->columns; i++)
        total += table->widths[i];
    while (room > 0 && total > room) {
        size_t widest = 0;

        for (size_t i = 1; i < table->columns; i++) {
            if (table->widths[i] > 1 && (widest == 0 || table->widths[i] > table->widths[widest]))
                widest = i;
        }
        if (widest == 0)
            return;
        table->widths[widest]--;
        total--;
    }
}

/* Print TEXT, cut with a mark if it is too wide, and the gap to the next column. */
static void table_print_cell(const char *text, const char *color, size_t width, bool last)
{
    size_t size = strlen(text);
    size_t used = table_width(text, size);
    bool cut = used > width;

    if (cut) {
        size = table_fit(text, width - 1);
        used = table_width(text, size) + 1;
    }
    fprintf(output_file(), "%s%.*s%s%s", color, (int)size, text, cut ? MARK : "",
            color[0] != '\0' ? PLAIN : "");
    if (last)
        putc('\n', output_file());
    else
        fprintf(output_file(), "%*s", (int)(width - used + GAP), "");
}

static void table_print_rows(struct table *table, size_t status)
{
    bool colored = table_may_color();
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;

    table_measure(table);
    table_narrow(table);
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        const char *color = "";

        if (colored && !table->titled && i < table->columns)
            color = BOLD;
        else if (colored && column == status)
            color = table_status_color(table->cells[i]);
        table_print_cell(table->cells[i], color, table->widths[column],
                         column + 1 == table->columns);
    }
    if (utf8 != (locale_t)0) {
        (void)uselocale(before);
        freelocale(utf8);
    }
}

int table_print(struct table *table, size_t status)
{
    if (table->failed)
        return output_nomem();
    table_print_rows(table, status);
    return FOB_SUCCESS;
}

static void table_free_cells(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    table->cells = NULL;
    table->count = 0;
}

int table_print_block(struct table *table)
{
    int code = table_print(table, TABLE_COLUMNS);

    table->titled |= table->count > 0;
    table_free_cells(table);
    return code;
}

void table_free(struct table *table)
{
    table_free_cells(table);
    *table = (struct table){ .columns = table->columns };
}
