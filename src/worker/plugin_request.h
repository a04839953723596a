/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An application's request: how the module receives and answers it.
 */
#ifndef FOB_WORKER_PLUGIN_REQUEST_H
#define FOB_WORKER_PLUGIN_REQUEST_H

#include "frame/frame.h"

struct plugin_request {
    const char *method;
    const char *target;
    const char *content_type; /* or NULL */
    const char **lines;       /* ends with NULL */
    char *body;               /* or NULL */
    size_t body_size;
    bool anything; /* see fob-worker(7) */
    bool as_items;
    struct fob_secret *memory; /* of all borrowed members */
};

/* Receive the request of HANDLE's call.  Returns FOB_SUCCESS, FOB_NOMEM.  Free REQUEST with
 * plugin_request_clear(), even on failure. */
FOB_API int plugin_request_receive(struct fob_handle *handle, struct plugin_request *request);
FOB_API void plugin_request_clear(struct plugin_request *request);

/* Begin the answer: LINES as received, and each header in them.  SIZE bytes follow. */
FOB_API void plugin_request_send_head(struct fob_handle *handle, int status, const char *lines,
                                      size_t size);
FOB_API void plugin_request_send_body(struct fob_handle *handle, const char *data, size_t size);

#endif
