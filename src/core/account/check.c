/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* "fob check": checks the configuration, the store and the log, and reports all findings in one
 * run; check_provider.c checks the providers. */
#include "config.h"

#include "core/account/check_parts.h"

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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    check_files(check);
    check_server(check);
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

/* Returns the gravest code, with the error set. */
static int check_end(struct check_state *check)
{
    plugin_workers_free(check->workers);
    strbuf_free(&check->reported);
    if (check->code != FOB_SUCCESS)
        error_set(check->code, "fob check: something is wrong");
    return check->code;
}

int fob_check(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct check_state check = { .context = context, .fn = fn, .data = data };

    NEED(context);
    NEED(fn);
    check_settings(&check);
    check_containment(&check);
    check_providers(&check);
    if (check_store(&check)) {
        check_apps(&check);
        check_log(&check);
    }
    check_hub(&check);
    check_leftovers(&check);
    return check_end(&check);
}

int fob_check_providers(struct fob_context *context, const char *const *providers,
                        fob_finding_fn *fn, void *data)
{
    struct check_state check = { .context = context, .fn = fn, .data = data };

    NEED(context);
    NEED(providers);
    NEED(fn);
    for (; *providers != NULL; providers++)
        check_provider(&check, *providers);
    return check_end(&check);
}

int fob_repair(struct fob_context *context, fob_finding_fn *fn, void *data)
{
    struct store *store;
    int code;

    NEED(context);
    NEED(fn);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = store_repair(store, fn, data);
    return code == FOB_SUCCESS ? check_hub_repair(context, fn, data) : code;
}
