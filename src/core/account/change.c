/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs the on_change program for an account whose status has changed. */
#include "config.h"

#include "core/account/change.h"

#include "core/session/status.h"
#include "util/child.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/text.h"
#include "util/wait.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#define VARIABLES 6
/* The time limit for the program that hears of an invitation. */
#define INVITATION_MS 20000

/* "NAME=TEXT", made printable; the caller frees it; NULL when out of memory. */
static char *change_make_variable(const char *name, const char *text)
{
    char *made = text_make_entry(name, text);

    if (made != NULL)
        text_make_printable(made);
    return made;
}

static bool change_is_one_of(const char *entry, char *const *variables)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        if (text_same_entry(entry, variables[i]))
            return true;
    }
    return false;
}

/* Make the program's environment: VARIABLES and the caller's environment, which is left out if the
 * process has more rights than the caller.  The strings are borrowed; the caller frees the list. */
static char **change_make_environment(char *const *variables)
{
    char *const *from = getauxval(AT_SECURE) == 0 ? environ : NULL;
    size_t count = 0;
    char **list;

    while (from != NULL && from[count] != NULL)
        count++;
    list = calloc(count + VARIABLES + 1, sizeof *list);
    if (list == NULL)
        return NULL;
    memcpy(list, variables, VARIABLES * sizeof *list);
    for (size_t i = 0, at = VARIABLES; i < count; i++) {
        if (!change_is_one_of(from[i], variables))
            list[at++] = from[i];
    }
    return list;
}

/* Run the program; returns whether it succeeded. */
static bool change_run_program(struct fob_context *context, const struct change *change,
                               char *const *variables)
{
    char *const *argv = context->settings->on_change;
    char **environment = change_make_environment(variables);
    const int64_t begin = clock_ms();
    const char *why = NULL;
    struct child child;

    if (environment == NULL) {
        why = "out of memory";
    } else if (*change->left <= 0) {
        why = "the minute for all changes is over";
    } else {
        int error = child_start(argv, environment, STDERR_FILENO, &child);

        wait_begin(0, "waiting for %s", argv[0]);
        why = error != 0
                  ? strerror(error)
                  : child_end(&child, (unsigned)*change->left, change->on_poll, change->data);
        wait_end();
    }
    *change->left -= clock_ms() - begin;
    if (why != NULL)
        context_log(context, FOB_LOG_WARNING, "on_change",
                    change->invitation[0] == '\0'
                        ? "%s: %s; the change of %s is reported again later"
                        : "%s: %s, for an invitation to %s",
                    argv[0], why, change->account);
    free(environment);
    return why == NULL;
}

static enum fob_status change_status_of(const struct record *record)
{
    return status_now(record_status(record), record_time(record, FOB_TIME_EXPIRES), time(NULL));
}

void change_record(const struct fob_context *context, struct record *record, int was)
{
    const int now = (int)change_status_of(record);

    if (context->settings->on_change == NULL)
        return;
    if (record_unreported(record) < 0 && was != now)
        record_set_unreported(record, was);
    else if (record_unreported(record) == now)
        record_set_unreported(record, -1);
}

bool change_find(const struct fob_context *context, const struct record *record,
                 struct change *change)
{
    const char *reason = record_text(record, FOB_TEXT_LAST_ERROR);
    const size_t size = strlen(record_name(record));

    if (context->settings->on_change == NULL || record_unreported(record) < 0)
        return false;
    change->from = (enum fob_status)record_unreported(record);
    change->to = change_status_of(record);
    /* The reason may begin with the account's name. */
    if (strncmp(reason, record_name(record), size) == 0 && strncmp(reason + size, ": ", 2) == 0)
        reason += size + 2;
    change->reason = reason;
    /* A person has suspended the account, and knows.  Later changes are reported after it is
     * resumed. */
    return change->from != change->to && change->to != FOB_STATUS_SUSPENDED;
}

static int change_set_reported(struct record *record, void *data)
{
    const struct change *change = data;

    if (record_unreported(record) >= 0)
        record_set_unreported(record,
                              change_status_of(record) == change->to ? -1 : (int)change->to);
    return FOB_SUCCESS;
}

static void change_store_reported(struct fob_context *context, struct store *store,
                                  const struct change *change)
{
    struct saved_error kept;
    int code;

    error_save(&kept);
    code =
        store_update(store, change->account, change_set_reported, (void *)(uintptr_t)change, NULL);
    if (code != FOB_SUCCESS && code != FOB_NOT_FOUND)
        context_log(context, FOB_LOG_WARNING, "on_change", "%s is reported again: %s",
                    change->account, fob_error());
    error_restore(&kept, FOB_SUCCESS);
}

/* Run the program with these texts as variables.  Returns whether it succeeded. */
static bool change_run(struct fob_context *context, const struct change *change, const char *from,
                       const char *to)
{
    char *variables[VARIABLES];
    bool complete = true;
    bool good;

    variables[0] = change_make_variable("FOB_ACCOUNT", change->account);
    variables[1] = change_make_variable("FOB_PROVIDER", change->provider);
    variables[2] = change_make_variable("FOB_FROM", from);
    variables[3] = change_make_variable("FOB_TO", to);
    variables[4] = change_make_variable("FOB_REASON", change->reason);
    variables[5] = change_make_variable("FOB_INVITATION", change->invitation);
    for (size_t i = 0; i < VARIABLES; i++)
        complete &= variables[i] != NULL;
    good = complete && change_run_program(context, change, variables);
    if (!complete)
        context_log(context, FOB_LOG_WARNING, "on_change", "out of memory");
    for (size_t i = 0; i < VARIABLES; i++)
        free(variables[i]);
    return good;
}

void change_report(struct fob_context *context, struct store *store, const struct change *change)
{
    struct change mine = *change;

    mine.invitation = "";
    if (change_run(context, &mine, fob_status_name((int)change->from),
                   fob_status_name((int)change->to)))
        change_store_reported(context, store, change);
}

void change_report_invitation(struct fob_context *context, const struct change *change,
                              const char *state)
{
    struct change mine = *change;
    int64_t left = INVITATION_MS;

    if (context->settings->on_change == NULL)
        return;
    mine.left = &left;
    (void)change_run(context, &mine, "", state);
}
