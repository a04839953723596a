/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Where in a large output a form may begin, told without a look at most of its bytes.
 */
#ifndef FOB_FOB_EXEC_MASK_FILTER_H
#define FOB_FOB_EXEC_MASK_FILTER_H

#include "fob/exec/mask_forms.h"

struct mask_filter {
    const struct mask_forms *forms;
    uint32_t *grams; /* a bit for each few bytes that may be near the beginning of a form */
    unsigned bits;   /* of a gram's number there */
    size_t gram;     /* how many bytes those are */
    size_t stride;   /* among this many bytes in a row, one such must begin */
    char signs[16];  /* bytes that a writer puts into a form, which then has other grams */
    size_t sign_count;
    bool begins[256]; /* the first bytes of texts; and the signs that forms may begin with */
};

/* Returns false when out of memory. */
bool mask_filter_make(const struct mask_forms *forms, struct mask_filter *filter);
void mask_filter_clear(struct mask_filter *filter);

/* The first place in DATA, from AT on, where a form may begin; SIZE when there is none.  Near the
 * end of DATA there may always be one. */
size_t mask_filter_next(const struct mask_filter *filter, const char *data, size_t at, size_t size);

#endif
