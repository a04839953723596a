/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What the files that call hooks share.
 */
#ifndef FOB_CORE_HOOK_HOOK_PARTS_H
#define FOB_CORE_HOOK_HOOK_PARTS_H

#include "core/hook/hook_call.h"

/* A call of a hook that is under way. */
struct hook_call {
    struct fob_handle *handle;
    const struct bound_entry *entry;
    unsigned hook; /* as in FRAME_HOOK */
    const struct hook_judge *judge;
    struct worker_call at;
    uint32_t number;
    int64_t until;    /* when it has taken too long, on clock_ms() */
    int64_t canceled; /* when the worker got CANCEL; 0 for not yet */
    unsigned counted; /* calls to the provider */
    unsigned log_lines;
    size_t log_size;
};

/* Its hook, in words. */
const char *hook_title(const struct hook_call *call);
/* Begin it: send all that the hook may know.  Returns as frame_send(). */
int hook_send_call(struct hook_call *call);
/* Do what FRAME asks for, which is not its end.  Returns FOB_SUCCESS; FOB_PLUGIN, with the error
 * set (it cannot ask for that, or does not listen); FOB_INVALID (this is a child of fork());
 * FOB_NOMEM. */
int hook_serve(struct hook_call *call, const struct frame *frame);
/* Open the file PATH for the hook.  Returns as fob_open_trusted(). */
int hook_open_file(const struct hook_call *call, const char *path, int *fd);
/* Take what the hook did.  RESULT is what it returned.  Returns FOB_SUCCESS, FOB_PLUGIN (it did
 * what it must not), FOB_NOMEM. */
int hook_take_done(struct hook_call *call, struct span items, int *result);

#endif
