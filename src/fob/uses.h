/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * When accounts were last used, as the log tells (fob-log(1)).
 */
#ifndef FOB_FOB_USES_H
#define FOB_FOB_USES_H

#include <fob/fob.h>

/* To be zeroed before; owned by uses_read(), freed by uses_free(). */
struct uses {
    void *tree; /* of tsearch(3) */
};

/* Read what the log says of ACCOUNT, or of all for NULL.  Of a log that cannot be read nothing is
 * known. */
void uses_read(struct fob_context *context, const char *account, struct uses *uses);
/* When ACCOUNT was last used since it was linked; 0 for never. */
int64_t uses_last(const struct uses *uses, const struct fob_account *account);
void uses_free(struct uses *uses);

#endif
