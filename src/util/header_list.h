/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The headers that an authorize hook puts on requests, or the parameters.
 */
#ifndef FOB_UTIL_HEADER_LIST_H
#define FOB_UTIL_HEADER_LIST_H

#include <fob/fob.h>

#include "util/wire.h"

struct header {
    char *name;
    struct fob_secret *value;
};
struct header_list {
    struct header *items;
    size_t count;
};

/* Copy NAME and VALUE, in place of a header of the same name (letters' case aside).  Returns
 * FOB_SUCCESS, FOB_NOMEM. */
int header_list_put(struct header_list *headers, const char *name, struct span value);
/* Lend header number INDEX, as fob_header(). */
int header_list_get(const struct header_list *headers, size_t index, const char **name,
                    const struct fob_secret **value);
void header_list_clear(struct header_list *headers);

#endif
