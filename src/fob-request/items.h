/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The items of an action's answer, printed page by page in the layout that was asked for.
 */
#ifndef FOB_FOB_REQUEST_ITEMS_H
#define FOB_FOB_REQUEST_ITEMS_H

#include "cli/output.h"
#include "fob-request/fields.h"
#include "fob-request/paging.h"

enum layout { LAYOUT_TABLE, LAYOUT_CSV, LAYOUT_JSON, LAYOUT_NDJSON };

struct items {
    const struct fob_action *action;
    enum layout layout;
    struct fields fields; /* what is shown; none: all, or what the first item has */
    bool csv_safe;
    bool show_private;
    bool csv_printable; /* CSV goes to a terminal */
    bool single;        /* the answer is one thing, no list */
    bool begun;         /* the first page was read */
    bool any;           /* an item was read */
    struct table table;
    struct strbuf text; /* of the page, to be printed */
    struct strbuf cell; /* the one at hand */
};

/* For paging_walk(), with a struct items. */
int items_read(struct page *page, void *items);
int items_print(struct page *page, void *items);
/* After the last page. */
void items_end(struct items *items);
void items_free(struct items *items);

#endif
