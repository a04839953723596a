/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Skeletons: new files with a person's words in places such as @NAME@.
 */
#ifndef FOB_FOB_SKELETON_H
#define FOB_FOB_SKELETON_H

#include "util/strbuf.h"

struct skeleton_place {
    const char *name; /* with its @; NULL after the last */
    const char *text;
};

/* Append TEXT with the text of each of PLACES. */
void skeleton_add(struct strbuf *buf, const char *text, const struct skeleton_place *places);
/* Write the new file PATH, which nobody else may change whatever the umask is, or nothing; frees
 * BUF. Returns FOB_SUCCESS, FOB_EXISTS, FOB_SYSTEM, FOB_NOMEM. */
int skeleton_write(const char *path, struct strbuf *buf);

#endif
