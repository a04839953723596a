/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Moving a store to another place, from files to a server or back, record by record and as they
 * are.
 */
#ifndef FOB_STORE_STORE_COPY_H
#define FOB_STORE_STORE_COPY_H

#include "store/store.h"

struct store_copy_plan {
    const struct store_settings *to;
    const char *place; /* a text for people that says where TO is: its configuration */
    /* Reports that DONE of ALL records are there; may be NULL. */
    void (*progress)(size_t done, size_t all, void *data);
    void *data;
};

/*
 * Copy FROM to a new store, compare the two, and let FROM say that it has moved: nothing is written
 * to it any more.  A call that was killed or failed changes nothing in FROM, or the same call
 * finishes it.
 *
 * Returns FOB_SUCCESS; FOB_EXISTS when there is another store at TO; FOB_LOCKED when TO's keys do
 * not open it; FOB_CHANGED when FROM gets another key meanwhile; and as store_open() and
 * store_insert().
 */
int store_copy(struct store *from, const struct store_copy_plan *plan);

#endif
