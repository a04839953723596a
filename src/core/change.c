/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Runs on_change for an account that has another status than before. */
#include "config.h"

#include "core/change.h"

#include "util/child.h"
#include "util/strbuf.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define WAIT_S 60
#define VARIABLES 5

/* "NAME=TEXT", made printable; the caller frees it; NULL when out of memory. */
static char *make_variable(const char *name, const char *text)
{
    struct strbuf buf = STRBUF_INIT;
    char *made;

    strbuf_printf(&buf, "%s=%s", name, text);
    made = strbuf_take(&buf);
    if (made != NULL)
        text_make_printable(made);
    return made;
}

static bool is_one_of(const char *entry, char *const *variables)
{
    for (size_t i = 0; i < VARIABLES; i++) {
        size_t size = strcspn(variables[i], "=") + 1;

        if (strncmp(entry, variables[i], size) == 0)
            return true;
    }
    return false;
}

/* The caller's environment, unless the process has more rights than the caller, with VARIABLES in
 * it, all borrowed; the caller frees the list. */
static char **make_environment(char *const *variables)
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
        if (!is_one_of(from[i], variables))
            list[at++] = from[i];
    }
    return list;
}

static void run(struct fob_context *context, const struct change *change, char *const *variables)
{
    char *const *argv = context->settings->on_change;
    char **environment = make_environment(variables);
    const char *why = NULL;
    struct child child;

    if (environment == NULL) {
        why = "out of memory";
    } else {
        int error = child_start(argv, environment, STDERR_FILENO, &child);

        why = error != 0 ? strerror(error) : child_end(&child, WAIT_S, change->look, change->data);
    }
    if (why != NULL)
        context_log(context, FOB_LOG_WARNING, "on_change", "%s: %s", argv[0], why);
    free(environment);
}

void change_tell(struct fob_context *context, const struct change *change)
{
    char *variables[VARIABLES];
    bool complete = true;

    if (context->settings->on_change == NULL || change->from == change->to)
        return;
    variables[0] = make_variable("FOB_ACCOUNT", change->account);
    variables[1] = make_variable("FOB_PROVIDER", change->provider);
    variables[2] = make_variable("FOB_FROM", fob_status_name((int)change->from));
    variables[3] = make_variable("FOB_TO", fob_status_name((int)change->to));
    variables[4] = make_variable("FOB_REASON", change->reason);
    for (size_t i = 0; i < VARIABLES; i++)
        complete &= variables[i] != NULL;
    if (complete)
        run(context, change, variables);
    else
        context_log(context, FOB_LOG_WARNING, "on_change", "out of memory");
    for (size_t i = 0; i < VARIABLES; i++)
        free(variables[i]);
}
