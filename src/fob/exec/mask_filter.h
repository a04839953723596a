/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Finding where in a large output a form may begin, without reading most of its bytes.
 */
#ifndef FOB_FOB_EXEC_MASK_FILTER_H
#define FOB_FOB_EXEC_MASK_FILTER_H

#include "fob/exec/mask_forms.h"

struct mask_filter {
    const struct mask_forms *forms;
    uint32_t *grams; /* one bit for each gram that may be near the beginning of a form */
    unsigned bits;   /* the bits of a gram's index in GRAMS */
    size_t gram;     /* the size of a gram */
    size_t stride;   /* a gram must begin within this many consecutive bytes */
    char signs[16];  /* bytes that an encoder may insert into a form, which changes its grams */
    size_t sign_count;
    bool begins[256]; /* the first bytes of texts; and the signs that forms may begin with */
};

/* Returns false when out of memory. */
bool mask_filter_make(const struct mask_forms *forms, struct mask_filter *filter);
void mask_filter_clear(struct mask_filter *filter);

/* The first position in DATA, from AT on, where a form may begin; SIZE when there is none.  Near
 * the end of DATA a form may always begin. */
size_t mask_filter_next(const struct mask_filter *filter, const char *data, size_t at, size_t size);

#endif
