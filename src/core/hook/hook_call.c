/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Calls a hook in a worker: begins the call, serves it, and ends it in time. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How often to check whether the application still waits; and the time for a canceled hook to end.
 */
#define POLL_MS 100
#define GRACE_MS 2000
/* Seconds that a provider may ask a request to wait before it is made again. */
#define RETRY_S 60
/* The greatest values of a plugin's options that count. */
#define TIMEOUT_MAX_S 86400
#define RETRIES_MAX 100

/* The result of an attempt at a call. */
enum trial {
    TRIAL_DONE,
    TRIAL_FAILED, /* the worker is unusable; the error says why */
    TRIAL_LOST,   /* the worker died, perhaps because of another call */
    TRIAL_PARTED, /* this is a child of fork() */
};

static const char *hook_plugin(const struct hook_call *call)
{
    return call->entry->plugin->declared.name;
}

static int hook_fail_crashed(const struct hook_call *call, struct span items)
{
    char why[PLUGIN_WORKER_WHY];

    plugin_worker_explain_crash(items, why);
    return error_set(FOB_PLUGIN, "plugin %s: its %s was ended%s", hook_plugin(call),
                     hook_title(call), why);
}

/* The number in the entry's option NAME, from 0 to MAX. */
static int64_t hook_option(const struct hook_call *call, const char *name, int64_t max)
{
    const struct option_value *value = schema_find(&call->entry->options, name);
    const int64_t number = value != NULL && value->set && value->number > 0 ? value->number : 0;

    return number < max ? number : max;
}

/* The time that the call may take, in seconds.  A request also has the time of all its tries. */
static int64_t hook_limit(const struct hook_call *call)
{
    const int64_t limit = call->handle->context->settings->hook_limit;

    if (call->query == NULL)
        return limit;
    return limit + (hook_option(call, "timeout", TIMEOUT_MAX_S) + RETRY_S) *
                       (hook_option(call, "retries", RETRIES_MAX) + 1);
}

static int hook_fail_late(const struct hook_call *call)
{
    if (call->canceled != 0)
        return error_set(FOB_PLUGIN,
                         "its hook did not end when the sweep did, and its worker was ended");
    error_set(FOB_PLUGIN, "plugin %s: its %s was ended: not done within %lld s", hook_plugin(call),
              hook_title(call), (long long)hook_limit(call));
    error_hint("containment: { hook_limit: ... } in fob.yaml gives hooks more time");
    return FOB_PLUGIN;
}

/* The worker sent an invalid frame, as the error says. */
static int hook_fail_confused(const struct hook_call *call)
{
    char why[1024];

    snprintf(why, sizeof why, "%s", fob_error());
    return error_set(FOB_PLUGIN, "plugin %s: its %s was ended: its worker sent %s",
                     hook_plugin(call), hook_title(call), why);
}

static int hook_fail_gone(const struct hook_call *call)
{
    return error_set(FOB_PLUGIN, "plugin %s: its %s ended without an answer (out of memory?)",
                     hook_plugin(call), hook_title(call));
}

/* Send CANCEL, once, when the application no longer waits.  False after the deadline. */
static bool hook_poll(struct hook_call *call)
{
    const int64_t now = clock_ms();

    if (call->canceled == 0 && call_is_over(call->handle)) {
        call->canceled = now;
        frame_begin(call->at.socket, FRAME_CANCEL, call->number);
        (void)frame_send(call->at.socket, -1);
    }
    return now < call->until && (call->canceled == 0 || now < call->canceled + GRACE_MS);
}

/* Whether to go on sending a frame that the worker does not read.  Within a frame, no CANCEL can be
 * sent. */
static bool hook_waits(void *data)
{
    struct hook_call *call = data;

    if (call->canceled == 0 && call_is_over(call->handle))
        call->canceled = clock_ms();
    return clock_ms() < call->until && call->canceled == 0;
}

/* The next frame from the worker.  FOB_IGNORE: the deadline has passed without a frame. */
static int hook_receive(struct hook_call *call, struct frame *frame)
{
    int code;

    do {
        if (!hook_poll(call))
            return FOB_IGNORE;
        code = plugin_worker_receive(call->at.worker, call->at.socket, POLL_MS, frame);
    } while (code == FOB_IGNORE);
    if (code == FOB_SUCCESS && frame->descriptor >= 0)
        close(frame->descriptor);
    return code;
}

/* Handle FRAME, or CODE if there is none.  Returns whether the call is over, with RESULT then. */
static bool hook_take_frame(struct hook_call *call, int code, const struct frame *frame,
                            enum trial *trial, int *result)
{
    *trial = TRIAL_FAILED;
    if (code == FOB_SUCCESS && frame->type == FRAME_DONE && frame->call == call->number)
        hook_unmask(call, false); /* the results change what it reads */
    if (code == FOB_NOT_FOUND) {
        *trial = TRIAL_LOST;
        *result = hook_fail_gone(call);
    } else if (code == FOB_IGNORE) {
        *result = hook_fail_late(call);
    } else if (code == FOB_SUCCESS && frame->type == FRAME_CRASH) {
        *result = hook_fail_crashed(call, frame->items);
    } else if (code == FOB_SUCCESS && frame->type == FRAME_DONE && frame->call == call->number) {
        code = hook_take_done(call, frame->items, result);
        hook_keep(call);
        if (code == FOB_SUCCESS && call->answer != NULL && *result == FOB_SUCCESS)
            code = hook_check_answer(call);
        *trial = code == FOB_SUCCESS ? TRIAL_DONE : TRIAL_FAILED;
        *result = code == FOB_SUCCESS ? *result : code;
    } else {
        if (code == FOB_SUCCESS)
            code = hook_serve(call, frame);
        if (code == FOB_SUCCESS)
            return false;
        *result = code == FOB_PLUGIN ? hook_fail_confused(call) : code;
    }
    return true;
}

/* Serve the hook until the call is over. */
static enum trial hook_serve_all(struct hook_call *call, int *result)
{
    struct frame frame = { .descriptor = -1 };
    enum trial trial;
    bool over;

    do {
        over = hook_take_frame(call, hook_receive(call, &frame), &frame, &trial, result);
        /* A conversation of the application may have forked. */
        if (handle_is_lost(call->handle))
            return TRIAL_PARTED;
    } while (!over);
    return trial;
}

static void hook_trace(void *data, const struct frame_head *head, bool sent)
{
    const struct hook_call *call = data;
    const double ms = (double)(clock_ns(CLOCK_MONOTONIC) - call->began_ns) / 1e6;

    context_log(call->handle->context, FOB_LOG_TRACE, "frame",
                "%s: plugin %s: its %s %s %s, %u bytes, after %.3f ms", call->handle->provider_name,
                hook_plugin(call), hook_title(call), sent ? "gets" : "sends",
                frame_name((enum frame_type)head->type), head->size, ms);
}

/* The call begins now. */
static void hook_begin(struct hook_call *call)
{
    static _Atomic(uint32_t) last;

    do
        call->number = ++last;
    while (call->number == 0);
    call->until = clock_ms() + hook_limit(call) * 1000;
    call->began_ns = clock_ns(CLOCK_MONOTONIC);
    call->began_s = handle_time(call->handle);
    hook_mask(call);
}

/* Make one attempt, in a worker for this call only if ALONE. */
static enum trial hook_try(struct hook_call *call, bool alone, int *result)
{
    struct fob_handle *handle = call->handle;
    const struct worker_plan plan = hook_plan(handle, call->entry);
    struct hook_caller caller = { NULL, 0 };
    enum trial trial = TRIAL_FAILED;
    int code = hook_find_caller(&caller);

    if (code == FOB_SUCCESS)
        code = plugin_workers_take(handle->workers, &plan, alone, &call->at);
    if (code != FOB_SUCCESS) {
        free(caller.ids);
        *result = code;
        return TRIAL_FAILED;
    }
    hook_begin(call);
    if (context_logs(handle->context, FOB_LOG_TRACE))
        frame_watch(call->at.socket, hook_trace, call);
    frame_wait(call->at.socket, hook_waits, call);
    code = hook_send_call(call, &caller);
    free(caller.ids);
    if (code == FOB_SUCCESS && call->query != NULL)
        code = hook_send_request(call);
    /* If the worker does not read, receiving finds out why. */
    if (code == FOB_SUCCESS || code == FOB_PLUGIN)
        trial = hook_serve_all(call, result);
    else
        *result = code;
    frame_watch(call->at.socket, NULL, NULL);
    frame_wait(call->at.socket, NULL, NULL);
    if (trial == TRIAL_PARTED)
        return trial;
    if (trial != TRIAL_DONE) {
        hook_use_permit(call);
        plugin_worker_kill(call->at.worker);
    }
    hook_unmask(call, trial != TRIAL_DONE);
    /* In a sweep, the worker may have died before this call. */
    if (plugin_workers_give(handle->workers, &call->at, trial != TRIAL_DONE) || handle->end != NULL)
        return trial;
    return trial == TRIAL_LOST ? TRIAL_FAILED : trial;
}

static int hook_call(struct hook_call *call)
{
    int result = FOB_PLUGIN;

    /* If another call may have killed the worker, try again. */
    if (hook_try(call, false, &result) == TRIAL_LOST)
        (void)hook_try(call, true, &result);
    return result;
}

int hook_run(struct fob_handle *handle, const struct bound_entry *entry, enum hook hook)
{
    struct hook_call call = { .handle = handle, .entry = entry, .hook = hook };
    int code;

    handle->hook = hook;
    handle->plugin = entry->plugin;
    call_report_wait(handle);
    code = hook_call(&call);
    wait_end();
    handle->plugin = NULL;
    return code;
}

/* Send the calls of a batch in one message. */
static int hook_send_batch(struct hook_call *calls, size_t count, const struct worker_call *at)
{
    struct hook_caller caller = { NULL, 0 };
    int code = hook_find_caller(&caller);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        calls[i].at = *at;
        calls[i].batched = true;
        calls[i].more = i + 1 < count;
        hook_begin(&calls[i]);
        code = hook_send_call(&calls[i], &caller);
    }
    free(caller.ids);
    return code;
}

/* Serve the calls of a batch in turn, until one fails. */
static enum trial hook_serve_batch(struct hook_call *calls, const struct hook_batch *batch)
{
    enum trial trial = TRIAL_DONE;

    for (size_t i = 0; i < batch->count && trial == TRIAL_DONE; i++) {
        struct hook_call *call = &calls[i];
        int result = FOB_PLUGIN;

        error_clear();
        call->until = clock_ms() + hook_limit(call) * 1000;
        call->handle->hook = batch->hook;
        call->handle->plugin = batch->entry->plugin;
        trial = hook_serve_all(call, &result);
        call->handle->plugin = NULL;
        if (trial == TRIAL_DONE && !call->skipped)
            batch->told(i, result, batch->data);
    }
    return trial;
}

void hook_run_batch(const struct hook_batch *batch)
{
    struct hook_call calls[FRAME_BATCH_MAX];
    struct plugin_workers *workers = batch->handles[0]->workers;
    const struct worker_plan plan = hook_plan(batch->handles[0], batch->entry);
    struct worker_call at;
    enum trial trial = TRIAL_LOST;

    if (plugin_workers_take(workers, &plan, false, &at) != FOB_SUCCESS)
        return;
    for (size_t i = 0; i < batch->count; i++)
        calls[i] = (struct hook_call){ .handle = batch->handles[i],
                                       .entry = batch->entry,
                                       .hook = batch->hook };
    call_report_wait(batch->handles[0]);
    if (hook_send_batch(calls, batch->count, &at) == FOB_SUCCESS)
        trial = hook_serve_batch(calls, batch);
    wait_end();
    if (trial == TRIAL_PARTED)
        return;
    if (trial != TRIAL_DONE)
        plugin_worker_kill(at.worker);
    for (size_t i = 0; i < batch->count; i++)
        hook_unmask(&calls[i], trial != TRIAL_DONE);
    (void)plugin_workers_give(workers, &at, trial != TRIAL_DONE);
}

int hook_check(struct fob_handle *handle, const struct bound_entry *entry,
               const struct hook_judge *judge)
{
    struct hook_call call = {
        .handle = handle, .entry = entry, .hook = FRAME_HOOK_CHECK, .judge = judge
    };

    return hook_call(&call);
}

int hook_request(struct fob_handle *handle, const struct bound_entry *entry,
                 const struct fob_query *query, struct fob_answer *answer)
{
    struct hook_call call = { .handle = handle,
                              .entry = entry,
                              .hook = FRAME_HOOK_REQUEST,
                              .query = query,
                              .answer = answer };
    int result = FOB_PLUGIN;

    call_report_wait(handle);
    if (hook_try(&call, false, &result) != TRIAL_DONE && call.number != 0 &&
        hook_request_writes(query))
        error_hint("the %s request may have been carried out: look before you repeat it",
                   query->method);
    wait_end();
    return result;
}
