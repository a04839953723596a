/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * When accounts were last used, according to the log (fob-log(1)).
 */
#ifndef FOB_FOB_USES_H
#define FOB_FOB_USES_H

#include <fob/fob.h>

/* Zero this before uses_read(); free it with uses_free(). */
struct uses {
    void *tree; /* a tsearch(3) tree */
};

/* Read the last use of ACCOUNT, or of all accounts for NULL.  If the log cannot be read, no use is
 * known. */
void uses_read(struct fob_context *context, const char *account, struct uses *uses);
/* When ACCOUNT was last used since it was linked; 0 for never. */
int64_t uses_last(const struct uses *uses, const struct fob_account *account);
void uses_free(struct uses *uses);

#endif
