/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a secret looks like when programs print it.
 */
#ifndef FOB_EXEC_MASK_FORMS_H
#define FOB_EXEC_MASK_FORMS_H

#include <fob/fob.h>

/* How a text may be written. */
enum mask_way {
    MASK_AS_IS,
    MASK_PERCENT, /* any byte as %XX, but % always; a blank also as + */
    MASK_JSON,    /* any character with an escape, but those always that must be */
};

struct mask_form {
    struct fob_secret *text; /* not empty */
    enum mask_way way;
};

struct mask_forms {
    struct mask_form *items; /* no two are the same */
    size_t count;
};

/* Add SECRET and what it becomes.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size);
void mask_forms_free(struct mask_forms *forms);

/* How many of the SIZE bytes of DATA are FORM, 0 when they are not; sets MAYBE when they are its
 * beginning. */
size_t mask_form_match(const struct mask_form *form, const char *data, size_t size, bool *maybe);

#endif
