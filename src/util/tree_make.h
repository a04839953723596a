/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Making a tree: a value of fob-worker(7) as items.
 */
#ifndef FOB_UTIL_TREE_MAKE_H
#define FOB_UTIL_TREE_MAKE_H

#include "util/strbuf.h"
#include "util/tree.h"

/* Append a value that has no items. */
void tree_make_item(struct strbuf *out, enum tree_kind kind, const void *data, size_t size);
/* Begin a value of items.  Returns its place for tree_make_end(). */
size_t tree_make_begin(struct strbuf *out, enum tree_kind kind);
void tree_make_end(struct strbuf *out, size_t place);

#endif
