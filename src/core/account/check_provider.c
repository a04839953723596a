/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks a provider: its file, the plugins of its stacks with their options, its rehearsals. */
#include "config.h"

#include "core/account/check_parts.h"

#include "core/account/play.h"
#include "core/hook/dispatch.h"
#include "core/hook/entry.h"
#include "core/provider/provider_parts.h"
#include "core/provider/rehearsal.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Print one line for each entry, indented in substacks, and mark entries that can never run. */
static void check_draw_stack(struct check_state *check, struct fob_handle *handle, enum hook hook)
{
    const struct stack *stack = &handle->provider->stacks[hook];
    bool reached[STACK_ENTRIES_MAX];
    bool can_succeed = stack_reach(stack->entries, stack->count, reached);

    if ((stack->filled || hook == HOOK_RENEW) && dispatch_is_empty(handle, hook))
        return;
    for (size_t i = 0; i < stack->count; i++) {
        const struct stack_entry *entry = &stack->entries[i];
        const char *place = reached[i] ? "" : "  <- is never reached";
        int indent = 2 * (int)entry->level;
        struct strbuf control = STRBUF_INIT;

        control_text(&entry->control, &control);
        if (entry->substack != NULL)
            check_report_finding(check, FOB_SUCCESS, "  %-9s %*ssubstack %s%s", hook_name(hook),
                                 indent, "", entry->substack, place);
        else if (!control.failed)
            check_report_finding(check, FOB_SUCCESS, "  %-9s %*s%-10s %s%s", hook_name(hook),
                                 indent, "", control.data, entry->plugin, place);
        strbuf_free(&control);
    }
    if (stack->present && !can_succeed)
        check_report_finding(check, FOB_CONFIG, "%s:%zu:%zu: the %s stack can never succeed",
                             stack->entries[0].file->name, stack->entries[0].node->line,
                             stack->entries[0].node->column, hook_name(hook));
}

/* Report LINE unless it was reported: each stack of a provider finds the same mistake in its
 * options, or the same plugin to be broken. */
static void check_report_once(struct check_state *check, int code, const char *line)
{
    struct strbuf wanted = STRBUF_INIT;

    strbuf_printf(&wanted, "%s\n", line);
    if (check->reported.data == NULL || wanted.failed ||
        strstr(check->reported.data, wanted.data) == NULL)
        check_report_finding(check, code, "%s", line);
    if (!wanted.failed)
        strbuf_add(&check->reported, wanted.data, wanted.size);
    strbuf_free(&wanted);
}

static bool check_has_certificate(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    bool found = false;

    while (!found && getline(&line, &room, file) >= 0)
        found = strncmp(line, "-----BEGIN ", 11) == 0 && strstr(line, "CERTIFICATE-----") != NULL;
    free(line);
    return found;
}

/* What is wrong with a file of certificates, or NULL.  Otherwise a missing file fails only when the
 * provider is called. */
static const char *check_ca_file_fault(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    const char *fault = NULL;
    struct stat st;

    if (file == NULL) {
        fault = strerror(errno);
        if (fd >= 0)
            close(fd);
        return fault;
    }
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        fault = "not a regular file";
    else if (!check_has_certificate(file))
        fault = "there is no certificate in it";
    fclose(file);
    return fault;
}

static void check_ca_file(struct check_state *check, const struct fob_handle *handle,
                          const struct stack_entry *entry, const struct bound_entry *bound)
{
    const struct option_value *value = schema_find(&bound->options, "ca_file");
    struct place place = entry_place(handle, entry, "ca_file", 0);
    const char *fault = value != NULL && value->set && value->text != NULL
                            ? check_ca_file_fault(value->text)
                            : NULL;
    char line[2048];

    if (fault == NULL)
        return;
    snprintf(line, sizeof line, "%s:%zu:%zu: ca_file: %s: %s", place.file, place.line, place.column,
             value->text, fault);
    check_report_once(check, FOB_CONFIG, line);
}

/* Report why an entry would fail, if it would. */
static void check_entry(struct check_state *check, const struct stack_entry *entry,
                        const struct bound_entry *bound)
{
    char line[2048];
    char *lines;
    char *rest;

    if (bound->plugin == NULL) {
        snprintf(line, sizeof line, "%s:%zu:%zu: %s", entry->file->name, entry->node->line,
                 entry->node->column, bound->error);
        check_report_once(check, FOB_PLUGIN, line);
        return;
    }
    lines = rest = bound->error != NULL ? strdup(bound->error) : NULL;
    while (rest != NULL)
        check_report_once(check, FOB_CONFIG, strsep(&rest, "\n"));
    free(lines);
}

static void check_stack(struct check_state *check, struct fob_handle *handle, enum hook hook)
{
    const struct stack *stack = &handle->provider->stacks[hook];
    int code = dispatch_bind(handle, hook);

    /* Mistakes in options have been added to the provider's file, and are reported with it. */
    if (code != FOB_SUCCESS &&
        (code != FOB_CONFIG || provider_usable(handle->provider) == FOB_SUCCESS)) {
        check_report_finding(check, code, "%s", fob_error());
        return;
    }
    for (size_t i = 0; i < handle->bound[hook].count; i++) {
        const struct stack_entry *entry = &stack->entries[i];

        if (entry->substack != NULL || entry->plugin[0] == '\0')
            continue;
        /* Without stacks authorize and renew of its own, a provider repeats link's. */
        if (handle->bound[hook].entries[i].code != FOB_SUCCESS && stack->present)
            check_entry(check, entry, &handle->bound[hook].entries[i]);
        check_ca_file(check, handle, entry, &handle->bound[hook].entries[i]);
    }
}

/* Actions need a base_url, of an option or from the authorize hook. */
static void check_actions(struct check_state *check, struct fob_handle *handle)
{
    const struct bound_stack *bound = &handle->bound[HOOK_AUTHORIZE];

    for (size_t i = 0; i < bound->count; i++) {
        const struct option_value *url = schema_find(&bound->entries[i].options, "base_url");

        if ((url != NULL && url->set) || bound->entries[i].code != FOB_SUCCESS)
            return;
    }
    if (handle->provider->action_count > 0)
        check_report_finding(check,
                             dispatch_is_empty(handle, HOOK_AUTHORIZE) ? FOB_CONFIG : FOB_SUCCESS,
                             "  note: no option base_url, so authorize must set one for actions");
}

/* Report which file is used and which files it hides.  A file that comes first but is not used is a
 * mistake. */
static void check_place(struct check_state *check, const struct fob_provider *provider)
{
    const struct settings *settings = check->context->settings;
    const char *used = provider->file->name;
    struct strbuf hidden = STRBUF_INIT;
    char *first = NULL;

    if (provider_find_first(settings, provider->name, &first) == FOB_SUCCESS &&
        strcmp(first, used) != 0)
        check_report_finding(check, FOB_CONFIG, "%s: is not used: %s is final", first, used);
    if (provider_hidden_files(settings, provider->name, used, &hidden) == FOB_NOMEM)
        check_note_code(check, FOB_NOMEM);
    check_report_finding(check, FOB_SUCCESS, "provider %s: %s%s%s", provider->name, used,
                         hidden.size > 0 ? ", in place of " : "",
                         hidden.size > 0 ? hidden.data : "");
    strbuf_free(&hidden);
    free(first);
}

static void check_report_mistakes(struct check_state *check, const struct fob_provider *provider)
{
    const char *mistake;

    for (size_t i = 0; (mistake = fob_provider_mistake(provider, i)) != NULL; i++)
        check_report_finding(check, FOB_CONFIG, "%s", mistake);
}

/* Report TEXT, which begins with its kind, about PLACE: it is allowed, but should not be so. */
static void check_warn_at(struct check_state *check, const struct place *place, const char *text)
{
    check_report_finding(check, FOB_SUCCESS, "  %s:%zu:%zu: %s", place->file, place->line,
                         place->column, text);
}

static void check_warn(struct check_state *check, const struct fob_handle *handle,
                       const struct yaml_node *node, const char *text)
{
    const struct place place = { handle->provider->file->name, node->line, node->column };

    check_warn_at(check, &place, text);
}

/* Report the warnings of the plugins. */
static void check_report_warnings(struct check_state *check, const struct fob_handle *handle)
{
    for (int hook = 0; hook < HOOK_COUNT; hook++) {
        const struct bound_stack *stack = &handle->bound[hook];

        for (size_t i = 0; i < stack->count; i++) {
            const struct mistakes *warnings = &stack->entries[i].warnings;
            char line[2048];

            for (size_t at = 0; at < warnings->count; at++) {
                snprintf(line, sizeof line, "  %s", warnings->lines[at]);
                check_report_once(check, FOB_SUCCESS, line);
            }
        }
    }
}

/* Report fields that may be any host. */
static void check_hosts(struct check_state *check, const struct fob_handle *handle)
{
    const struct yaml_node *fields = yaml_get(handle->provider->file->root, "fields");

    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        const struct yaml_node *type = yaml_get(fields->values[i], "type");

        if (type != NULL && strcmp(type->text, "host") == 0 &&
            yaml_get(fields->values[i], "pattern") == NULL)
            check_warn(check, handle, type,
                       "warning: type: host without a pattern: the person who types it says where "
                       "the credential goes");
    }
}

static bool check_has_step(const struct yaml_node *rehearsal, const char *hook, const char *key)
{
    const struct yaml_node *steps = yaml_get(rehearsal, "steps");

    for (size_t i = 0; steps != NULL && i < steps->count; i++) {
        if (yaml_get(steps->values[i], hook) != NULL &&
            (key == NULL || yaml_get(steps->values[i], key) != NULL))
            return true;
    }
    return false;
}

/* Whether a rehearsal in LIST has a step of HOOK with KEY, which may be NULL. */
static bool check_is_rehearsed(const struct yaml_node *list, const char *hook, const char *key)
{
    bool found = false;

    for (size_t i = 0; list != NULL && i < list->count && !found; i++)
        found = check_has_step(list->values[i], hook, key);
    return found;
}

/* The first map that is the option NAME, as of the plugin http, of an entry of HOOK's stack, and
 * its PLACE; or NULL. */
static const struct yaml_node *check_find_map(const struct fob_handle *handle, enum hook hook,
                                              const char *name, struct place *place)
{
    const struct bound_stack *bound = &handle->bound[hook];

    for (size_t i = 0; i < bound->count; i++) {
        const struct stack_entry *entry = &handle->provider->stacks[hook].entries[i];
        const struct yaml_node *map = yaml_get(entry->options, name);

        if (schema_find(&bound->entries[i].options, name) == NULL)
            continue;
        map = map != NULL ? map : yaml_get(handle->provider->options, name);
        if (map == NULL || map->kind != YAML_MAP)
            continue;
        *place = entry_place(handle, entry, name, 0);
        return map;
    }
    return NULL;
}

/* Whether REVOKE, an option of the plugin http, makes a request. */
static bool check_has_request(const struct yaml_node *revoke)
{
    return revoke != NULL && revoke->count > (yaml_get(revoke, "manual") != NULL);
}

static void check_report_rehearsals(struct check_state *check, const struct fob_handle *handle,
                                    const struct yaml_node *list)
{
    struct place place;

    if (list == NULL || list->count == 0)
        check_warn(check, handle, handle->provider->file->root, "note: there is no rehearsal");
    else
        check_report_finding(check, FOB_SUCCESS, "  rehearsed %zu", list->count);
    if (check_find_map(handle, HOOK_LINK, "token", &place) != NULL &&
        !check_is_rehearsed(list, "link", "calls"))
        check_warn_at(check, &place, "warning: no rehearsal of token");
    if (check_has_request(check_find_map(handle, HOOK_REVOKE, "revoke", &place)) &&
        !check_is_rehearsed(list, "revoke", NULL))
        check_warn_at(check, &place, "warning: no rehearsal of revoke");
}

/* Play the provider's rehearsals, and report what they lack. */
static void check_rehearsals(struct check_state *check, struct fob_handle *handle)
{
    struct yaml_file *file = NULL;
    int code = rehearsal_read(check->context->settings, handle->provider, &file);

    if (code == FOB_SUCCESS && check->workers == NULL)
        code = plugin_workers_new(&check->workers);
    if (code == FOB_SUCCESS && file->mistakes.count == 0)
        code = play_rehearsals(handle, file, check->workers);
    if (code != FOB_SUCCESS)
        check_report_finding(check, code, "%s", fob_error());
    else if (file->mistakes.count == 0)
        check_report_rehearsals(check, handle, yaml_get(file->root, REHEARSALS));
    for (size_t i = 0; code == FOB_SUCCESS && i < file->mistakes.count; i++)
        check_report_finding(check, FOB_CONFIG, "%s", file->mistakes.lines[i]);
    yaml_file_free(file);
}

void check_provider(struct check_state *check, const char *name)
{
    const size_t bad = check->bad;
    /* The handle has no account; only its provider, plugins and options are used. */
    struct fob_handle *handle = NULL;
    int code = handle_new(check->context, "", NULL, &handle);

    if (code != FOB_SUCCESS) {
        check_note_code(check, code);
        return;
    }
    code = provider_read(check->context->settings, name, &handle->provider);
    if (code != FOB_SUCCESS) {
        check_report_finding(check, code, "%s", fob_error());
        fob_end(handle);
        return;
    }
    for (int i = 0; i < HOOK_COUNT; i++)
        check_stack(check, handle, (enum hook)i);
    if (dispatch_prepare(handle) == FOB_NOMEM)
        check_note_code(check, FOB_NOMEM);
    check_report_mistakes(check, handle->provider);
    if (provider_usable(handle->provider) == FOB_SUCCESS) {
        check_place(check, handle->provider);
        for (int i = 0; i < HOOK_COUNT; i++)
            check_draw_stack(check, handle, (enum hook)i);
        check_hub_callback(check, handle->provider);
        check_actions(check, handle);
        check_report_warnings(check, handle);
        check_hosts(check, handle);
    }
    if (check->bad == bad)
        check_rehearsals(check, handle);
    fob_end(handle);
}
