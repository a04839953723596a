/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Hooks: calling a hook in a worker, and serving its requests until it returns.
 */
#ifndef FOB_CORE_HOOK_HOOK_CALL_H
#define FOB_CORE_HOOK_HOOK_CALL_H

#include "core/session/handle.h"
#include "core/stack/stack.h"

/* The plan of the worker for ENTRY's hooks. */
struct worker_plan hook_plan(const struct fob_handle *handle, const struct bound_entry *entry);
/* Whether ENTRY's hooks may start programs. */
bool hook_starts_programs(const struct fob_handle *handle, const struct bound_entry *entry);

/*
 * Run HOOK of ENTRY's plugin.  Returns the hook's code, with its message as the error;
 * FOB_CODE_COUNT if that is not a code; FOB_PLUGIN if the worker died, broke a rule, or took too
 * long.
 */
int hook_run(struct fob_handle *handle, const struct bound_entry *entry, enum hook hook);

/* Calls of one entry's hook for several accounts. */
struct hook_batch {
    struct fob_handle *const *handles; /* of one provider, which share their workers */
    size_t count;                      /* from 2 to FRAME_BATCH_MAX */
    const struct bound_entry *entry;
    enum hook hook;
    /* Called when the hook of handle number INDEX has returned CODE, with its error set.  It may
     * end the handle. */
    void (*told)(size_t index, int code, void *data);
    void *data;
};
/*
 * Run the hooks in one worker, with one message to it and, while they are quick, one back.  A hook
 * that does not succeed, or ends the worker, ends the batch: run each of the others by itself.
 */
void hook_run_batch(const struct hook_batch *batch);

/* Whether QUERY may change something. */
bool hook_request_writes(const struct fob_query *query);

/* What a plugin says about an option, a field, or the whole entry. */
struct hook_mistake {
    const char *option; /* or NULL */
    uint32_t node;      /* the number of the node in the option's tree, or 0 */
    const char *field;  /* or NULL */
    const char *text;
    bool warning;
};
/* NOTE is called for each mistake. */
struct hook_judge {
    void (*note)(const struct hook_mistake *mistake, void *data);
    void *data;
};
/* Let ENTRY's plugin check its options.  FOB_SUCCESS, even with mistakes; or as hook_run(). */
int hook_check(struct fob_handle *handle, const struct bound_entry *entry,
               const struct hook_judge *judge);

struct fob_answer;
/*
 * Make the request QUERY, with the handle's headers, in a worker that has ENTRY's module loaded.
 * ANSWER, which has only its flags, takes the answer.  A request is never made twice.  Returns as
 * hook_run().
 */
int hook_request(struct fob_handle *handle, const struct bound_entry *entry,
                 const struct fob_query *query, struct fob_answer *answer);

#endif
