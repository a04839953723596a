/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a hook's stack: calls the hooks in order. */
#include "config.h"

#include "core/hook/dispatch.h"

#include "core/hook/hook_call.h"
#include "core/stack/interpret.h"
#include "util/clock.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

/* The state of one run of a stack. */
struct dispatch_run {
    struct fob_handle *handle;
    enum hook hook;
    char error[2048]; /* of the entry that has decided so far */
    char hint[1024];
    int64_t started_ns;
    const struct plugin *last; /* the last whose hook was called */
    const int *known;          /* the code of the stack's only hook, which has run; or NULL */
};

/* Repeat the error of binding the entry at INDEX.  A mistake in options has its place already; a
 * plugin that cannot be loaded gets the entry's place. */
static int dispatch_repeat_fault(const struct fob_handle *handle, enum hook hook, size_t index)
{
    const struct bound_entry *entry = &handle->bound[hook].entries[index];
    const struct stack_entry *at = &handle->provider->stacks[hook].entries[index];

    if (entry->plugin != NULL)
        return error_repeat(entry->code, entry->error, entry->hint);
    error_set(entry->code, "%s:%zu:%zu: %s", at->file->name, at->node->line, at->node->column,
              entry->error);
    if (entry->hint[0] != '\0')
        error_hint("%s", entry->hint);
    return entry->code;
}

static int dispatch_run_entry(size_t index, void *data)
{
    struct dispatch_run *run = data;
    struct fob_handle *handle = run->handle;
    const struct bound_entry *entry = &handle->bound[run->hook].entries[index];
    int code;

    if (handle_is_lost(handle))
        return FOB_PLUGIN;
    if (run->known != NULL)
        return *run->known;
    error_clear();
    run->started_ns = clock_ns(CLOCK_MONOTONIC);
    if (entry->code != FOB_SUCCESS)
        return dispatch_repeat_fault(handle, run->hook, index);
    if (!declared_has_hook(&entry->plugin->declared, run->hook))
        return error_set(FOB_PLUGIN, "plugin %s: has no %s hook", entry->plugin->declared.name,
                         hook_name(run->hook));
    if (handle->rehearsal != NULL && hook_starts_programs(handle, entry))
        return error_set(FOB_IGNORE, "plugin %s: starts programs, and is not rehearsed",
                         entry->plugin->declared.name);
    if (run->hook != HOOK_AUTHORIZE)
        handle_clear_credential(handle);
    run->last = entry->plugin;
    code = hook_run(handle, entry, run->hook);
    handle->renewed |= run->hook == HOOK_RENEW && code != FOB_IGNORE;
    return code;
}

static void dispatch_trace_entry(const struct dispatch_run *run, size_t index,
                                 const struct step *step)
{
    const struct stack_entry *entry = &run->handle->provider->stacks[run->hook].entries[index];
    struct strbuf control = STRBUF_INIT;
    struct strbuf action = STRBUF_INIT;
    double ms = (double)(clock_ns(CLOCK_MONOTONIC) - run->started_ns) / 1e6;

    control_text(&entry->control, &control);
    control_action_text(step->action, &action);
    if (!control.failed && !action.failed)
        context_log(run->handle->context, FOB_LOG_TRACE, "dispatch",
                    "%s %s %s %s: %s -> %s, %.3f ms%s%s", run->handle->provider_name,
                    hook_name(run->hook), entry->plugin, control.data, fob_code_name(step->code),
                    action.data, ms, step->bad_jump ? " (past the end: fails)" : "",
                    step->decides ? " (decides so far)" : "");
    strbuf_free(&control);
    strbuf_free(&action);
}

/* Keep the error of the entry that has decided so far. */
static void dispatch_step_entry(size_t index, const struct step *step, void *data)
{
    struct dispatch_run *run = data;
    const struct stack_entry *entry = &run->handle->provider->stacks[run->hook].entries[index];

    if (step->bad_jump)
        error_set(VERDICT_MUST_FAIL, "%s:%zu:%zu: jumps over more entries than there are",
                  entry->file->name, entry->node->line, entry->node->column);
    if (step->decides) {
        snprintf(run->error, sizeof run->error, "%s", fob_error());
        snprintf(run->hint, sizeof run->hint, "%s", fob_error_hint());
    }
    if (context_logs(run->handle->context, FOB_LOG_TRACE))
        dispatch_trace_entry(run, index, step);
}

/* Set the deciding entry's error again; later entries may have set others. */
static void dispatch_restore_error(const struct dispatch_run *run, int verdict)
{
    if (verdict == FOB_SUCCESS) {
        error_clear();
        return;
    }
    if (run->error[0] != '\0')
        error_repeat(verdict, run->error, "");
    else if (verdict == VERDICT_MUST_FAIL)
        error_set(verdict, "provider %s: no plugin of its %s stack succeeded",
                  run->handle->provider_name, hook_name(run->hook));
    else
        error_set(verdict, "provider %s: %s", run->handle->provider_name, fob_code_text(verdict));
    if (run->hint[0] != '\0')
        error_hint("%s", run->hint);
}

/* A conversation forked, and this is the child, which has no credential. */
static int dispatch_fail_forked(struct dispatch_run *run)
{
    const struct fob_handle *handle = run->handle;

    snprintf(run->error, sizeof run->error,
             "provider %s: the %s hook of plugin %s is the parent's: this is a child of fork()",
             handle->provider_name, hook_name(run->hook),
             run->last != NULL ? run->last->declared.name : "(none)");
    run->hint[0] = '\0';
    return FOB_PLUGIN;
}

/* Run the stack after all plugins are loaded. */
static int dispatch_run_stack(struct dispatch_run *run)
{
    const struct interpreter interpreter = { dispatch_run_entry, dispatch_step_entry, run };
    struct fob_handle *handle = run->handle;
    const struct stack *stack = &handle->provider->stacks[run->hook];
    int code;

    code = interpret(stack->entries, stack->count, &interpreter);
    if (handle_is_lost(handle))
        code = dispatch_fail_forked(run);
    if (context_logs(handle->context, FOB_LOG_TRACE))
        context_log(handle->context, FOB_LOG_TRACE, "dispatch", "%s %s: verdict %s",
                    handle->provider_name, hook_name(run->hook), fob_code_name(code));
    dispatch_restore_error(run, code);
    return code;
}

/* Forget what an earlier run has left. */
static void dispatch_reset(struct fob_handle *handle)
{
    handle_clear_credential(handle);
    call_reset(handle);
}

int dispatch(struct fob_handle *handle, enum hook hook)
{
    struct dispatch_run run = { .handle = handle, .hook = hook };
    int code = handle_provider(handle);

    if (code == FOB_SUCCESS)
        code = dispatch_prepare(handle);
    if (code == FOB_SUCCESS)
        code = dispatch_bind(handle, hook);
    if (code == FOB_SUCCESS && handle->bound[hook].refused)
        code = dispatch_repeat_fault(handle, hook, handle->bound[hook].refused_at);
    if (code == FOB_SUCCESS && !dispatch_is_empty(handle, hook))
        code = handle_read_app(handle);
    if (code != FOB_SUCCESS)
        return code;
    dispatch_reset(handle);
    return dispatch_run_stack(&run);
}

/* A batch of stacks. */
struct dispatch_batch {
    struct fob_handle *const *handles;
    enum hook hook;
    dispatch_told_fn *told;
    void *data;
};

static void dispatch_tell(size_t index, int code, void *data)
{
    const struct dispatch_batch *batch = data;
    struct dispatch_run run = { .handle = batch->handles[index],
                                .hook = batch->hook,
                                .known = &code };

    batch->told(index, dispatch_run_stack(&run), batch->data);
}

bool dispatch_takes_batch(const struct fob_handle *handle, enum hook hook)
{
    const struct stack *stack = &handle->provider->stacks[hook];
    const struct bound_stack *bound = &handle->bound[hook];

    return stack->count == 1 && stack->entries[0].substack == NULL && bound->entries != NULL &&
           bound->code == FOB_SUCCESS && !bound->refused && bound->entries[0].code == FOB_SUCCESS &&
           declared_has_hook(&bound->entries[0].plugin->declared, hook) &&
           (handle->provider->app_field_count == 0 || handle->app != NULL) &&
           !context_logs(handle->context, FOB_LOG_TRACE);
}

void dispatch_batch(struct fob_handle *const *handles, size_t count, enum hook hook,
                    dispatch_told_fn *told, void *data)
{
    struct dispatch_batch batch = { handles, hook, told, data };
    const struct hook_batch hooks = { .handles = handles,
                                      .count = count,
                                      .entry = &handles[0]->bound[hook].entries[0],
                                      .hook = hook,
                                      .told = dispatch_tell,
                                      .data = &batch };

    for (size_t i = 0; i < count; i++)
        dispatch_reset(handles[i]);
    hook_run_batch(&hooks);
}
