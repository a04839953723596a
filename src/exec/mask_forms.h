/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a secret looks like when programs print it.
 */
#ifndef FOB_EXEC_MASK_FORMS_H
#define FOB_EXEC_MASK_FORMS_H

#include <fob/fob.h>

struct mask_forms {
    struct fob_secret **items; /* none is empty, no two are the same */
    size_t count;
};

/* Add SECRET and what it becomes.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size);
void mask_forms_free(struct mask_forms *forms);

#endif
