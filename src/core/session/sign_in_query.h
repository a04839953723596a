/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The address that a browser came back to after a sign-in, or its query.
 */
#ifndef FOB_CORE_SESSION_SIGN_IN_QUERY_H
#define FOB_CORE_SESSION_SIGN_IN_QUERY_H

#include <fob/fob.h>

#include "util/wire.h"

enum sign_in_parameter {
    SIGN_IN_STATE,
    SIGN_IN_CODE,
    SIGN_IN_ISS,
    SIGN_IN_ERROR,
    SIGN_IN_DESCRIPTION,
    SIGN_IN_PARAMETERS,
};

struct sign_in_query {
    struct fob_secret *values[SIGN_IN_PARAMETERS]; /* decoded, without a NUL; NULL if not there */
};

/*
 * Read TEXT, without blanks and quotes around it.  An address must be REDIRECT_URI, query and
 * fragment aside.  Clear QUERY in each case.  Returns FOB_SUCCESS, FOB_PROTOCOL (no such query, one
 * parameter twice or too long), FOB_NOT_ALLOWED (another address), FOB_NOMEM.
 */
int sign_in_query_read(const struct fob_secret *text, struct span redirect_uri,
                       struct sign_in_query *query);
void sign_in_query_clear(struct sign_in_query *query);

#endif
