/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Printing the items of an action's answer, page by page, in the requested layout.
 */
#ifndef FOB_FOB_REQUEST_ITEMS_H
#define FOB_FOB_REQUEST_ITEMS_H

#include "cli/output.h"
#include "fob/request/fields.h"
#include "fob/request/request.h"

enum layout { LAYOUT_TABLE, LAYOUT_CSV, LAYOUT_JSON, LAYOUT_NDJSON };

struct items {
    const struct fob_action *action;
    enum layout layout;
    struct fields fields; /* the fields to show; if empty, all, or the first item's members */
    bool csv_safe;
    bool show_private;
    bool csv_printable; /* the CSV goes to a terminal */
    bool single;        /* the answer is a single item, not a list */
    bool begun;         /* the first page was read */
    bool any;           /* an item was read */
    bool reported;      /* an error was reported */
    const char *account;
    size_t count;  /* the number of items printed */
    int64_t total; /* the number that the last page gave; -1 for none */
    int64_t shown; /* when progress was last shown */
    struct table table;
    struct strbuf text; /* the page's text to be printed */
    struct strbuf cell; /* the current cell */
};

/* Send REQUEST, and those for the following pages, and print all items.  Reports errors; returns as
 * fob_send_pages(), and FOB_SYSTEM (stdout takes no more). */
int items_print(struct items *items, const struct request *request);
void items_free(struct items *items);

#endif
