/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prepares a hook's stack: loads its plugins, and resolves their options. */
#include "config.h"

#include "core/hook/dispatch.h"

#include "core/hook/entry.h"
#include "core/hook/hook_call.h"
#include "util/error.h"

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

/* If HOOK, authorize or renew, uses link's stack by default, skip plugins without that hook
 * (fob-provider(5)). */
static void dispatch_skip_default(enum hook hook, const struct stack *stack,
                                  struct stack_entry *entry, const struct bound_entry *bound)
{
    if (!stack->present && bound->plugin != NULL &&
        !declared_has_hook(&bound->plugin->declared, hook))
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
        if (code == FOB_SUCCESS)
            dispatch_skip_default(hook, stack, &stack->entries[i], &bound->entries[i]);
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

    if ((stack->present && !stack->filled) || stack->count == 0)
        return !stack->present;
    if (dispatch_bind(handle, hook) != FOB_SUCCESS)
        return false;
    for (size_t i = 0; i < bound->count; i++) {
        const struct plugin *plugin = bound->entries[i].plugin;

        if (stack->entries[i].substack == NULL &&
            (plugin == NULL || declared_has_hook(&plugin->declared, hook)))
            return false;
    }
    return true;
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
