/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A request that is ready to be sent: checked, with all its header lines in one secret.
 */
#ifndef FOB_HTTP_OUTGOING_H
#define FOB_HTTP_OUTGOING_H

#include "http/client.h"

struct outgoing {
    const struct fob_http_request *public; /* borrowed */
    const char *method;
    bool safe; /* GET or HEAD: may be sent again and redirected */
    struct fob_secret *url;
    struct fob_secret *lines; /* each ends with a NUL */
    struct curl_slist *nodes; /* one block; their texts lie in LINES, so that libcurl's own copy
                                 on the heap is not needed */
};

/* Check and prepare PUBLIC.  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM, with the reason set; free
 * it with outgoing_clear() in each case. */
int outgoing_prepare(struct fob_http *http, const struct fob_http_request *public,
                     struct outgoing *request);
void outgoing_clear(struct outgoing *request);

/* Put method, headers and body on libcurl's handle, and take them off again. */
CURLcode outgoing_apply(const struct outgoing *request, CURL *easy);
void outgoing_withdraw(CURL *easy);

#endif
