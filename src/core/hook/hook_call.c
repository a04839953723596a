/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Calls a hook in a worker: begins it, serves it, and sees to its end. */
#include "config.h"

#include "core/hook/hook_parts.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/wait.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Milliseconds between two looks at whether it is over; and for a hook to end then. */
#define LOOK_MS 100
#define GRACE_MS 2000

/* How a try at a call went. */
enum trial {
    TRIAL_DONE,
    TRIAL_FAILED, /* the worker is of no use any more; the error says why */
    TRIAL_LOST,   /* the same, and nobody knows whose doing it was */
    TRIAL_PARTED, /* this is a child of fork() */
};

static const char *hook_plugin(const struct hook_call *call)
{
    return call->entry->plugin->declared.name;
}

static int hook_fail_crashed(const struct hook_call *call, struct span items)
{
    const int number = (int)frame_number(items, FRAME_SIGNAL, 0);
    const int64_t refused = frame_number(items, FRAME_SYSTEM_CALL, -1);

    if (refused >= 0)
        return error_set(FOB_PLUGIN,
                         "plugin %s: its %s was ended: it made the system call %lld, which its "
                         "sandbox refuses",
                         hook_plugin(call), hook_title(call), (long long)refused);
    return error_set(FOB_PLUGIN, "plugin %s: its %s was ended by signal %d, %s", hook_plugin(call),
                     hook_title(call), number, strsignal(number));
}

static unsigned hook_limit(const struct hook_call *call)
{
    return call->handle->context->settings->hook_limit;
}

static int hook_fail_late(const struct hook_call *call)
{
    if (call->canceled != 0)
        return error_set(FOB_PLUGIN,
                         "its hook did not end when the sweep did, and its worker was ended");
    error_set(FOB_PLUGIN, "plugin %s: its %s was ended: not done within %u s", hook_plugin(call),
              hook_title(call), hook_limit(call));
    error_hint("containment: { hook_limit: ... } in fob.yaml gives hooks more time");
    return FOB_PLUGIN;
}

/* It sent what cannot be, as the error says. */
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

/* Send CANCEL, once, when nobody waits any more.  False when the time is over. */
static bool hook_look(struct hook_call *call)
{
    const int64_t now = clock_ms();

    if (call->canceled == 0 && call->judge == NULL && fob_is_over(call->handle)) {
        call->canceled = now;
        frame_begin(call->at.socket, FRAME_CANCEL, call->number);
        (void)frame_send(call->at.socket, -1);
    }
    return now < call->until && (call->canceled == 0 || now < call->canceled + GRACE_MS);
}

/* The next frame of the worker's.  FOB_IGNORE: there is none, and the time is over. */
static int hook_receive(struct hook_call *call, struct frame *frame)
{
    int code;

    do {
        if (!hook_look(call))
            return FOB_IGNORE;
        code = plugin_worker_receive(call->at.worker, call->at.socket, LOOK_MS, frame);
    } while (code == FOB_IGNORE);
    if (code == FOB_SUCCESS && frame->descriptor >= 0)
        close(frame->descriptor);
    return code;
}

/* FRAME has come, or CODE says why none did.  Whether the call is over, with RESULT then. */
static bool hook_take_frame(struct hook_call *call, int code, const struct frame *frame,
                            enum trial *trial, int *result)
{
    *trial = TRIAL_FAILED;
    if (code == FOB_NOT_FOUND) {
        *trial = TRIAL_LOST;
        *result = hook_fail_gone(call);
    } else if (code == FOB_IGNORE) {
        *result = hook_fail_late(call);
    } else if (code == FOB_SUCCESS && frame->type == FRAME_CRASH) {
        *result = hook_fail_crashed(call, frame->items);
    } else if (code == FOB_SUCCESS && frame->type == FRAME_DONE && frame->call == call->number) {
        code = hook_take_done(call, frame->items, result);
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

/* Serve the hook until it is done. */
static enum trial hook_serve_all(struct hook_call *call, int *result)
{
    struct frame frame = { .descriptor = -1 };
    enum trial trial;
    bool over;

    do {
        over = hook_take_frame(call, hook_receive(call, &frame), &frame, &trial, result);
        /* The application was called, and may have forked. */
        if (handle_is_lost(call->handle))
            return TRIAL_PARTED;
    } while (!over);
    return trial;
}

/* One try, in a worker of its own when ALONE. */
static enum trial hook_try(struct hook_call *call, bool alone, int *result)
{
    static _Atomic(uint32_t) last;
    struct fob_handle *handle = call->handle;
    const struct worker_plan plan = hook_plan(handle, call->entry);
    enum trial trial = TRIAL_LOST;
    int code = plugin_workers_take(handle->workers, &plan, alone, &call->at);

    if (code != FOB_SUCCESS) {
        *result = code;
        return TRIAL_FAILED;
    }
    do
        call->number = ++last;
    while (call->number == 0);
    call->until = clock_ms() + hook_limit(call) * INT64_C(1000);
    code = hook_send_call(call);
    if (code == FOB_SUCCESS) {
        trial = hook_serve_all(call, result);
    } else {
        *result = code == FOB_PLUGIN ? hook_fail_gone(call) : code;
        trial = code == FOB_PLUGIN ? TRIAL_LOST : TRIAL_FAILED;
    }
    if (trial == TRIAL_PARTED)
        return trial;
    if (trial != TRIAL_DONE)
        plugin_worker_kill(call->at.worker);
    /* In a sweep it may have died before this call, too. */
    if (plugin_workers_give(handle->workers, &call->at, trial != TRIAL_DONE) || handle->end != NULL)
        return trial;
    return trial == TRIAL_LOST ? TRIAL_FAILED : trial;
}

static int hook_call(struct hook_call *call)
{
    int result = FOB_PLUGIN;

    /* Another call's worker, which died with it, does not count. */
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

int hook_check(struct fob_handle *handle, const struct bound_entry *entry,
               const struct hook_judge *judge)
{
    struct hook_call call = {
        .handle = handle, .entry = entry, .hook = FRAME_HOOK_CHECK, .judge = judge
    };

    return hook_call(&call);
}
