/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs a hook's stack: loads its plugins, resolves their options, calls the hooks in order. */
#include "config.h"

#include "core/hook/dispatch.h"

#include "core/hook/entry.h"
#include "core/hook/hook_call.h"
#include "core/stack/interpret.h"
#include "util/clock.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Save the thread's error: the entry fails with CODE and this error when it is run. */
static int dispatch_defer_error(struct bound_entry *bound, int code)
{
    bound->code = code;
    bound->error = strdup(fob_error());
    bound->hint = strdup(fob_error_hint());
    return bound->error != NULL && bound->hint != NULL ? FOB_SUCCESS : error_nomem();
}

/* Whether the plugin has found the same options good for another entry. */
static bool dispatch_was_checked(const struct fob_handle *handle, const struct stack_entry *entry,
                                 const struct bound_entry *bound)
{
    for (int hook = 0; hook < HOOK_COUNT && entry->options == NULL; hook++) {
        const struct stack_entry *entries = handle->provider->stacks[hook].entries;
        const struct bound_stack *stack = &handle->bound[hook];

        for (size_t i = 0; stack->entries != NULL && i < stack->count; i++) {
            const struct bound_entry *other = &stack->entries[i];

            if (other != bound && other->plugin == bound->plugin && other->code == FOB_SUCCESS &&
                entries[i].options == NULL)
                return true;
        }
    }
    return false;
}

/* Resolve the options of an entry whose plugin is loaded, and let the plugin check them. */
static int dispatch_bind_options(struct fob_handle *handle, const struct stack_entry *entry,
                                 struct bound_entry *bound)
{
    int code;

    /* Mistakes are added to files, and all handles share that of fob.yaml. */
    process_lock(&handle->context->lock);
    code = entry_resolve(handle, entry, bound);
    process_unlock(&handle->context->lock);
    if (code == FOB_CONFIG)
        return provider_usable(handle->provider) == FOB_NOMEM ? FOB_NOMEM : code;
    if (code == FOB_SUCCESS && !dispatch_was_checked(handle, entry, bound))
        code = entry_check(handle, entry, bound);
    return code == FOB_CONFIG ? dispatch_defer_error(bound, code) : code;
}

/* Load the plugin; a worker that was started to load it also runs the handle's hooks. */
static int dispatch_load(struct fob_handle *handle, const struct stack_entry *entry,
                         struct bound_entry *bound)
{
    struct loader_wish wish = { .name = entry->plugin,
                                .pins = entry->pins,
                                .sandbox = entry->sandbox,
                                .is_over = call_is_over,
                                .handle = handle };
    struct plugin_worker *worker = NULL;
    int code = entry_reachable(handle, entry, &bound->reachable);

    bound->sandbox = entry->sandbox;
    wish.reachable = bound->reachable;
    if (code == FOB_SUCCESS)
        code = context_plugin(handle->context, &wish, &bound->plugin, &worker);
    if (code == FOB_SUCCESS && worker != NULL) {
        const struct worker_plan plan = hook_plan(handle, bound);

        code = plugin_workers_adopt(handle->workers, &plan, worker);
    }
    return code;
}

/* The entry of a plugin that could not be loaded, if it is ENTRY's: loading may have taken long. */
static const struct bound_entry *dispatch_find_broken(const struct fob_handle *handle,
                                                      const struct stack_entry *entry)
{
    for (int hook = 0; hook < HOOK_COUNT; hook++) {
        const struct stack_entry *entries = handle->provider->stacks[hook].entries;
        const struct bound_stack *stack = &handle->bound[hook];

        for (size_t i = 0; stack->entries != NULL && i < stack->count; i++) {
            const struct bound_entry *other = &stack->entries[i];

            if (other->plugin == NULL && other->code == FOB_PLUGIN &&
                strcmp(entries[i].plugin, entry->plugin) == 0)
                return other;
        }
    }
    return NULL;
}

/* A plugin that is missing or broken stays in the stack and fails in its turn, as a broken line
 * does in PAM.  One that somebody may have tampered with is refused, whatever the control. */
static int dispatch_bind_entry(struct fob_handle *handle, struct bound_stack *bound, size_t index,
                               const struct stack_entry *entry)
{
    const struct bound_entry *broken = dispatch_find_broken(handle, entry);
    struct bound_entry *new = &bound->entries[index];
    int code;

    if (broken != NULL) {
        error_repeat(FOB_PLUGIN, broken->error, broken->hint);
        return dispatch_defer_error(new, FOB_PLUGIN);
    }
    code = dispatch_load(handle, entry, new);
    if (code == FOB_SUCCESS)
        return dispatch_bind_options(handle, entry, new);
    if (code == FOB_NOMEM || code == FOB_SYSTEM || code == FOB_ABORT)
        return code;
    if (code == FOB_CONFIG && !bound->refused) {
        bound->refused = true;
        bound->refused_at = index;
    }
    return dispatch_defer_error(new, code == FOB_CONFIG ? code : FOB_PLUGIN);
}

/* If authorize uses link's stack by default, skip plugins without an authorize hook
 * (fob-provider(5)). */
static void dispatch_skip_default(const struct stack *stack, struct stack_entry *entry,
                                  const struct bound_entry *bound)
{
    if (!stack->present && bound->plugin != NULL &&
        !declared_has_hook(&bound->plugin->declared, HOOK_AUTHORIZE))
        control_ignore(&entry->control);
}

static bool dispatch_may_authorize(const struct stack_entry *entry, const struct bound_entry *bound)
{
    return entry->substack == NULL && bound->plugin != NULL &&
           declared_has_hook(&bound->plugin->declared, HOOK_AUTHORIZE);
}

/* Why link can succeed although ENTRY's plugin, one of several, rejected the credential or was not
 * run; NULL when it cannot. */
static const char *dispatch_explain_overlooked(const struct stack_entry *entry, bool last)
{
    const int *actions = entry->control.actions;

    if (!last && (actions[FOB_SUCCESS] == ACTION_DONE || actions[FOB_SUCCESS] > 0))
        return "link can end here, before the last plugin has its turn";
    if (actions[FOB_REJECTED] != ACTION_BAD && actions[FOB_REJECTED] != ACTION_DIE)
        return "link can succeed although this plugin rejects the credential";
    return NULL;
}

/* It is not stored which of link's plugins accepted the credential, so a header could come from a
 * plugin that rejected it. */
static int dispatch_check_default_authorize(const struct fob_handle *handle,
                                            struct bound_stack *bound)
{
    const struct stack *stack = &handle->provider->stacks[HOOK_AUTHORIZE];
    size_t left = 0;

    for (size_t i = 0; i < stack->count; i++)
        left += dispatch_may_authorize(&stack->entries[i], &bound->entries[i]);
    if (left < 2)
        return FOB_SUCCESS;
    for (size_t i = 0; i < stack->count; i++) {
        const struct stack_entry *entry = &stack->entries[i];
        const char *why;

        if (!dispatch_may_authorize(entry, &bound->entries[i]))
            continue;
        left--;
        why = dispatch_explain_overlooked(entry, left == 0);
        if (why == NULL)
            continue;
        yaml_mistake(entry->file, entry->node,
                     "%s: write an authorize stack, which says whose header is sent", why);
        return provider_usable(handle->provider);
    }
    return FOB_SUCCESS;
}

int dispatch_bind(struct fob_handle *handle, enum hook hook)
{
    struct stack *stack = &handle->provider->stacks[hook];
    struct bound_stack *bound = &handle->bound[hook];
    int code = FOB_SUCCESS;

    if (bound->entries != NULL)
        return bound->code;
    if (handle->workers == NULL)
        code = plugin_workers_new(&handle->workers);
    if (code != FOB_SUCCESS)
        return code;
    bound->entries = calloc(stack->count + 1, sizeof *bound->entries);
    if (bound->entries == NULL)
        return error_nomem();
    bound->count = stack->count;
    bound->code = FOB_SUCCESS;
    for (size_t i = 0; i < stack->count && code == FOB_SUCCESS; i++) {
        if (stack->entries[i].substack != NULL)
            continue;
        code = dispatch_bind_entry(handle, bound, i, &stack->entries[i]);
        if (code == FOB_CONFIG) {
            bound->code = code;
            code = FOB_SUCCESS; /* report all mistakes of a file in one run */
        }
        if (code == FOB_SUCCESS && hook == HOOK_AUTHORIZE)
            dispatch_skip_default(stack, &stack->entries[i], &bound->entries[i]);
    }
    if (code == FOB_SUCCESS && hook == HOOK_AUTHORIZE && !stack->present &&
        bound->code == FOB_SUCCESS)
        bound->code = dispatch_check_default_authorize(handle, bound);
    if (code != FOB_SUCCESS) {
        handle_unbind(bound);
        return code;
    }
    return bound->code;
}

bool dispatch_is_empty(struct fob_handle *handle, enum hook hook)
{
    const struct stack *stack = &handle->provider->stacks[hook];
    const struct bound_stack *bound = &handle->bound[hook];

    if (!stack->filled)
        return !stack->present;
    return dispatch_bind(handle, hook) == FOB_SUCCESS && bound->entries[0].plugin != NULL &&
           !declared_has_hook(&bound->entries[0].plugin->declared, hook);
}

#define SHARED_MAX 256

/* The options declared by the plugins of all stacks. */
struct declared {
    const char *names[SHARED_MAX];
    size_t count;
    bool complete; /* every plugin was loaded */
};

static void dispatch_note_options(struct declared *declared, const struct fob_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (declared->count < SHARED_MAX)
            declared->names[declared->count++] = options->name;
        else
            declared->complete = false;
    }
}

static void dispatch_collect_declared(const struct fob_handle *handle, struct declared *declared)
{
    *declared = (struct declared){ .complete = true };
    for (int hook = 0; hook < HOOK_COUNT; hook++) {
        const struct stack *stack = &handle->provider->stacks[hook];
        const struct bound_stack *bound = &handle->bound[hook];

        if (bound->entries == NULL)
            declared->complete = false;
        for (size_t i = 0; bound->entries != NULL && i < bound->count; i++) {
            if (bound->entries[i].plugin != NULL)
                dispatch_note_options(declared, bound->entries[i].plugin->declared.options);
            else if (stack->entries[i].substack == NULL)
                declared->complete = false;
        }
    }
}

int dispatch_prepare(struct fob_handle *handle)
{
    const struct fob_provider *provider = handle->provider;
    struct declared declared;

    if (handle->prepared)
        return provider_usable(provider);
    handle->prepared = true;
    for (int hook = 0; hook < HOOK_COUNT; hook++) {
        int code = dispatch_bind(handle, (enum hook)hook);

        if (code != FOB_SUCCESS && (code != FOB_CONFIG || provider_usable(provider) == FOB_SUCCESS))
            return code;
    }
    dispatch_collect_declared(handle, &declared);
    if (provider->options != NULL && declared.complete)
        yaml_known_keys(provider->file, provider->options, declared.names, declared.count);
    return provider_usable(provider);
}

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
    if (run->hook != HOOK_AUTHORIZE)
        header_list_clear(&handle->headers);
    run->last = entry->plugin;
    return hook_run(handle, entry, run->hook);
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
    header_list_clear(&handle->headers);
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
