/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Tables for people, in colour where the terminal shows it. */
#include "config.h"

#include "cli/output.h"

#include "util/text.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

/* Only on a terminal that knows colours, and not where NO_COLOR forbids it. */
static bool may_colour(void)
{
    const char *forbidden = secure_getenv("NO_COLOR");
    const char *term = secure_getenv("TERM");

    return (forbidden == NULL || forbidden[0] == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0 && isatty(fileno(output_file()));
}

static const char *status_colour(const char *word)
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

/* Characters, of which each is taken to be one column wide. */
static size_t width(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void measure(struct table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        size_t *widest = &table->widths[i % table->columns];

        if (width(table->cells[i]) > *widest)
            *widest = width(table->cells[i]);
    }
}

static void print_rows(struct table *table, size_t status)
{
    bool coloured = may_colour();

    measure(table);
    for (size_t i = 0; i < table->count; i++) {
        const char *text = table->cells[i];
        size_t column = i % table->columns;
        const char *colour = "";

        if (coloured && !table->titled && i < table->columns)
            colour = BOLD;
        else if (coloured && column == status)
            colour = status_colour(text);
        fprintf(output_file(), "%s%s%s", colour, text, colour[0] != '\0' ? PLAIN : "");
        if (column + 1 < table->columns)
            fprintf(output_file(), "%*s", (int)(table->widths[column] - width(text) + 2), "");
        else
            putc('\n', output_file());
    }
}

int table_print(struct table *table, size_t status)
{
    if (table->failed)
        return output_fail(FOB_NOMEM, NULL, "out of memory");
    print_rows(table, status);
    return FOB_SUCCESS;
}

static void free_cells(struct table *table)
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
    free_cells(table);
    return code;
}

void table_free(struct table *table)
{
    free_cells(table);
    *table = (struct table){ .columns = table->columns };
}
