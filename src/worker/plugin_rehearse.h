/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Rehearsals: the host answers a request in place of the provider; or it records what the provider
 * answers.
 */
#ifndef FOB_WORKER_PLUGIN_REHEARSE_H
#define FOB_WORKER_PLUGIN_REHEARSE_H

#include "frame/frame.h"

struct plugin_rehearsed {
    const char *method;
    const char *url;
    const struct fob_secret *lines; /* "Name: value" or "Name;", each with a NUL; and "Name:", which
                                       is not sent */
    struct span content;            /* the body; without data for none */
    struct span json;               /* the body as items, in place of CONTENT; or empty */
};

struct plugin_answer {
    int fault; /* of enum frame_fault; or -1 */
    int status;
    const char *lines;
    struct span content;
};

FOB_API bool plugin_is_rehearsed(const struct fob_handle *handle);
/* Let the host answer REQUEST.  ANSWER is borrowed until the hook sends the next frame.  Returns
 * FOB_SUCCESS; another code of the host, with the error set; FOB_INVALID (too large), FOB_NOMEM. */
FOB_API int plugin_rehearse(struct fob_handle *handle, const struct plugin_rehearsed *request,
                            struct plugin_answer *answer);

/* What became of a request to the provider. */
struct plugin_received {
    int fault; /* of enum frame_fault, in place of the answer; or -1 */
    int status;
    const char *lines;   /* the status line and the headers */
    int64_t retry_after; /* the pause that it asks for, in seconds; or 0 */
    struct span content; /* the body */
    struct span json;    /* the body as items, if it is JSON; or empty */
};

FOB_API bool plugin_is_recorded(const struct fob_handle *handle);
/* Tell the host RECEIVED.  A body that is too large for a recording is left out. */
FOB_API void plugin_record(struct fob_handle *handle, const struct plugin_received *received);

#endif
