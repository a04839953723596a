/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The parts of a hook's call, shared by the files hook_*.c.
 */
#ifndef FOB_CORE_HOOK_HOOK_PARTS_H
#define FOB_CORE_HOOK_HOOK_PARTS_H

#include "core/hook/hook_answer.h"
#include "core/hook/hook_call.h"

/* What a hook has written so far. */
struct hook_output {
    unsigned count;
    size_t size;
};

/* A call of a hook in progress. */
struct hook_call {
    struct fob_handle *handle;
    const struct bound_entry *entry;
    unsigned hook; /* as in FRAME_HOOK */
    const struct hook_judge *judge;
    const struct fob_query *query; /* of a request; else NULL, as ANSWER */
    struct fob_answer *answer;
    struct worker_call at;
    struct worker_secrets secrets; /* for masking while the hook runs */
    uint32_t number;
    int64_t began_ns;            /* on CLOCK_MONOTONIC, as it is traced */
    int64_t began_s;             /* in seconds since the Epoch */
    int64_t until;               /* the deadline, on clock_ms() */
    int64_t canceled;            /* when CANCEL was sent; 0 for not yet */
    bool permitted;              /* the first call to the provider needs no BEGIN */
    bool batched;                /* it is of a batch, in which … */
    bool more;                   /* … another call follows */
    bool skipped;                /* the worker did not run the hook */
    unsigned counted;            /* calls to the provider so far */
    struct hook_output messages; /* to the person */
    struct hook_output log;
};

/* Who calls, as in FRAME_CALLER. */
struct hook_caller {
    unsigned char *ids;
    size_t size;
};

/* The hook's name for messages. */
const char *hook_title(const struct hook_call *call);
/* Mask the call's secrets in what the plugin prints, until hook_unmask() or the end of the worker;
 * after that, copies that are kept, as hook_keep() keeps those of the results.  Only the first
 * hook_unmask() counts; FAILED: the worker is killed. */
void hook_mask(struct hook_call *call);
void hook_keep(struct hook_call *call);
void hook_unmask(struct hook_call *call, bool failed);
/* Find the real ids of this process.  Free CALLER's ids.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int hook_find_caller(struct hook_caller *caller);
/* Begin the call: send everything that the hook may know.  Returns as frame_send(). */
int hook_send_call(struct hook_call *call, const struct hook_caller *caller);
/* Send the call's request, after hook_send_call().  Returns as frame_send(). */
int hook_send_request(struct hook_call *call);
/* Add FRAME, a head or a body, to the answer.  Returns FOB_SUCCESS, FOB_PLUGIN, FOB_NOMEM. */
int hook_take_answer(struct hook_call *call, const struct frame *frame);
/* Check that the answer is complete and, if items were requested, that its items are valid.
 * Returns FOB_SUCCESS, FOB_PLUGIN. */
int hook_check_answer(const struct hook_call *call);
/* Serve the request in FRAME, any frame but DONE and CRASH.  Returns FOB_SUCCESS, FOB_PLUGIN (an
 * invalid request), FOB_INVALID (this is a child of fork()), FOB_SYSTEM, FOB_NOMEM. */
int hook_serve(struct hook_call *call, const struct frame *frame);
/* Begin an answer with CODE and, after a failure, the error; and send it, with the descriptor FD
 * unless that is -1.  hook_send_answer() returns as frame_send(). */
void hook_begin_answer(struct hook_call *call, int code);
int hook_send_answer(const struct hook_call *call, int fd);
/* Serve the request for a sign-in in ITEMS.  Returns as hook_serve(). */
int hook_serve_sign_in(struct hook_call *call, struct span items);
/* Note that the hook has used its permit, or may have. */
void hook_use_permit(struct hook_call *call);
/* If ITEMS report the end of a call to the provider, note that end. */
void hook_take_end(struct hook_call *call, struct span items);
/* Open the file PATH for the hook.  Returns as fob_open_trusted(). */
int hook_open_file(const struct hook_call *call, const char *path, int *fd);
/* Apply the results of the hook to the handle.  RESULT is the hook's code.  Returns FOB_SUCCESS,
 * FOB_PLUGIN (the hook broke a rule), FOB_NOMEM. */
int hook_take_done(struct hook_call *call, struct span items, int *result);

#endif
