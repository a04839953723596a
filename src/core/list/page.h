/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A page of a list, as received.
 */
#ifndef FOB_CORE_LIST_PAGE_H
#define FOB_CORE_LIST_PAGE_H

#include <fob/fob.h>

#include "util/tree.h"

struct page {
    const struct fob_answer *answer;
    struct tree json; /* the body */
    size_t items;     /* the number of items */
    uint64_t digest;  /* of the items (url_page_digest()) */
};

#endif
