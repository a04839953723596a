/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* "fob check": checks the configuration, every provider and plugin, the store and the log, and
 * reports all findings in one run. */
#include "config.h"

#include "core/hook/dispatch.h"
#include "core/hook/entry.h"
#include "core/log/audit.h"
#include "core/provider/provider_parts.h"
#include "store/file.h"
#include "util/containment.h"
#include "util/error.h"
#include "util/names.h"
#include "util/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct check_state {
    struct fob_context *context;
    fob_finding_fn *fn;
    void *data;
    int code;               /* the gravest so far */
    struct strbuf reported; /* lines reported about the provider's entries */
};

/* Keep the gravest code: damaged data first, else the first finding. */
static void check_note_code(struct check_state *check, int code)
{
    if (check->code == FOB_SUCCESS || (code == FOB_CORRUPT && check->code != FOB_CORRUPT))
        check->code = code;
}

static void check_report_finding(struct check_state *check, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void check_report_finding(struct check_state *check, int code, const char *format, ...)
{
    char text[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    check->fn(code == FOB_SUCCESS, text, check->data);
    if (code != FOB_SUCCESS)
        check_note_code(check, code);
}

/* Check a program now: otherwise a missing one fails only when it is needed. */
static void check_program(struct check_state *check, const char *key, char *const *command)
{
    const struct settings *settings = check->context->settings;
    const struct yaml_node *node;
    struct stat status;

    if (command == NULL)
        return;
    if (stat(command[0], &status) == 0 && access(command[0], X_OK) == 0) {
        if (S_ISREG(status.st_mode))
            return;
        errno = EACCES; /* as execve() reports it */
    }
    node = yaml_get(settings->file->root, key);
    check_report_finding(check, FOB_CONFIG, "%s:%zu:%zu: %s: %s: %s", settings->file->name,
                         node->line, node->column, key, command[0], strerror(errno));
}

/* A folder may be missing, since others may serve, so a misspelled name must be seen. */
static void check_folders(struct check_state *check, const char *what,
                          const struct path_list *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        check_report_finding(check, FOB_SUCCESS, "%s in %s%s", what, folders->items[i],
                             access(folders->items[i], F_OK) == 0 ? ""
                                                                  : ": there is no such folder");
}

static void check_settings(struct check_state *check)
{
    const struct settings *settings = check->context->settings;

    if (settings->file != NULL)
        check_report_finding(check, FOB_SUCCESS, "configuration %s", settings->file->name);
    else
        check_report_finding(check, FOB_SUCCESS,
                             "configuration: none; the built-in defaults apply");
    check_report_finding(check, FOB_SUCCESS, "store %s", settings->store_path);
    check_report_finding(check, FOB_SUCCESS, "key file %s", settings->key_file);
    if (settings->credential != NULL)
        check_report_finding(check, FOB_SUCCESS, "credential %s", settings->credential);
    check_report_finding(check, FOB_SUCCESS, "log %s", settings->log_path);
    check_folders(check, "providers", &settings->providers);
    check_folders(check, "plugins", &settings->plugins);
    check_program(check, "key_command", settings->key_command);
    check_program(check, "on_change", settings->on_change);
}

/* The gaps in the containment at LEVEL of Landlock. */
static const char *check_open_by_level(int level)
{
    if (level < 4)
        return ", which permits signals to other processes, and all ports";
    return level < CONTAINMENT_LANDLOCK_BEST ? ", which permits signals to other processes" : "";
}

static void check_report_missing(struct check_state *check, const char *what)
{
    const char *why = strerror(errno);

    if (check->context->settings->containment_required)
        check_report_finding(check, FOB_CONFIG,
                             "no plugin can run: this kernel has no %s (%s); containment: "
                             "{ required: false } in fob.yaml lets plugins run without it",
                             what, why);
    else
        check_report_finding(check, FOB_SUCCESS,
                             "plugins are not contained by %s (%s), which is not required", what,
                             why);
}

/* Report the means of this kernel to contain plugins. */
static void check_containment(struct check_state *check)
{
    int level;

    if (!containment_has_seccomp())
        check_report_missing(check, "seccomp");
    else
        check_report_finding(check, FOB_SUCCESS, "plugins are contained by seccomp");
    level = containment_landlock_level();
    if (level < 0)
        check_report_missing(check, "Landlock");
    else
        check_report_finding(check, FOB_SUCCESS, "plugins are contained by Landlock, level %d%s",
                             level, check_open_by_level(level));
}

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

/* Actions need base_url, an option of the plugin that authorizes them. */
static void check_actions(struct check_state *check, const struct fob_handle *handle)
{
    const struct fob_provider *provider = handle->provider;
    const struct bound_stack *bound = &handle->bound[HOOK_AUTHORIZE];
    const struct yaml_node *actions = yaml_get(provider->file->root, "actions");

    for (size_t i = 0; i < bound->count; i++) {
        const struct option_value *url = schema_find(&bound->entries[i].options, "base_url");

        if ((url != NULL && url->set) || bound->entries[i].code != FOB_SUCCESS)
            return;
    }
    if (provider->action_count > 0)
        check_report_finding(check, FOB_CONFIG,
                             "%s:%zu:%zu: actions: there is no base_url to call them at",
                             provider->file->name, actions->line, actions->column);
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

static void check_provider(struct check_state *check, const char *name)
{
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
        check_actions(check, handle);
        check_place(check, handle->provider);
        for (int i = 0; i < HOOK_COUNT; i++)
            check_draw_stack(check, handle, (enum hook)i);
    }
    fob_end(handle);
}

static void check_providers(struct check_state *check)
{
    char **names = NULL;
    size_t count = 0;
    int code = provider_names(check->context->settings, &names, &count);

    if (code != FOB_SUCCESS) {
        check_report_finding(check, code, "%s", fob_error());
        return;
    }
    for (size_t i = 0; i < count; i++)
        check_provider(check, names[i]);
    if (count == 0)
        check_report_finding(check, FOB_NOT_FOUND, "no provider is installed");
    names_free(names, count);
}

static void check_store_finding(bool good, const char *text, void *data)
{
    const struct check_state *check = data;

    check->fn(good, text, check->data);
}

/* Report which key opened the store. */
static void check_report_opening(struct check_state *check, struct store *store)
{
    unsigned slot = 0;
    const char *with = store_opened_with(store, &slot);

    if (slot != 0)
        check_report_finding(check, FOB_SUCCESS, "the store is opened by %s, slot %u", with, slot);
    else
        check_report_finding(check, FOB_SUCCESS, "the store is opened by %s", with);
}

/* Check the store.  Returns whether it could be opened, which its log needs. */
static bool check_store(struct check_state *check)
{
    struct store *store;
    int code = context_store(check->context, &store);

    if (code != FOB_SUCCESS) {
        check_report_finding(check, code, "%s", fob_error());
        return false;
    }
    code = store_check(store, check_store_finding, check);
    if (code != FOB_SUCCESS)
        check_note_code(check, code);
    if (!store_is_unlocked(store))
        return false;
    check_report_opening(check, store);
    return true;
}

/* Report leftovers of a process that was killed while it rotated the log or wrote a key file.  They
 * lie outside the store, so --repair does not remove them. */
static void check_leftovers(struct check_state *check)
{
    const struct settings *settings = check->context->settings;
    char *copy = strdup(settings->key_file);
    const char *folder = copy != NULL ? dirname(copy) : NULL;
    DIR *dir = folder != NULL ? opendir(folder) : NULL;
    struct strbuf next = STRBUF_INIT;
    const struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (file_is_temporary(entry->d_name))
            check_report_finding(check, FOB_SUCCESS,
                                 "%s/%s: left when a key file was written; remove it", folder,
                                 entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    free(copy);
    strbuf_printf(&next, "%s.new", settings->log_path);
    if (!next.failed && access(next.data, F_OK) == 0)
        check_report_finding(check, FOB_SUCCESS,
                             "%s: left by a process that was killed; the next one replaces it",
                             next.data);
    strbuf_free(&next);
}

static void check_log(struct check_state *check)
{
    int code = fob_verify_log(check->context, check_store_finding, check);

    if (code == FOB_CORRUPT)
        check_note_code(check, code);
    else if (code == FOB_SUCCESS)
        code = audit_ready(check->context);
    if (code != FOB_SUCCESS && code != FOB_CORRUPT)
        check_report_finding(check, code, "%s", fob_error());
}

int fob_check(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct check_state check = { context, fn, data, FOB_SUCCESS, STRBUF_INIT };

    NEED(context);
    NEED(fn);
    check_settings(&check);
    check_containment(&check);
    check_providers(&check);
    if (check_store(&check))
        check_log(&check);
    check_leftovers(&check);
    strbuf_free(&check.reported);
    if (check.code != FOB_SUCCESS)
        error_set(check.code, "fob check: something is wrong");
    return check.code;
}

int fob_repair(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct store *store;
    int code;

    NEED(context);
    NEED(fn);
    code = context_store(context, &store);
    return code == FOB_SUCCESS ? store_repair(store, fn, data) : code;
}
