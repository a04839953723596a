/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Plays rehearsals: runs the hooks of each step, and compares their results. */
#include "config.h"

#include "core/account/play.h"

#include "core/account/lend.h"
#include "core/account/link.h"
#include "core/account/revoke.h"
#include "core/account/validate.h"
#include "core/provider/rehearsal.h"
#include "core/session/status.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ACCOUNT "rehearsal"

static int play_link(struct fob_handle *handle)
{
    const struct yaml_node *fields = yaml_get(handle->rehearsal->tree, "fields");
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && fields != NULL && i < fields->count; i++)
        code = fob_set_field(handle, fields->keys[i]->text, fields->values[i]->text,
                             strlen(fields->values[i]->text));
    if (code == FOB_SUCCESS)
        code = link_make_candidate(handle, 0);
    if (code == FOB_SUCCESS) {
        handle_set_stored(handle, handle->candidate);
        handle->candidate = NULL;
    }
    return code;
}

static int play_validate(struct fob_handle *handle)
{
    bool verdict;
    int code = validate_ask(handle, 0, &verdict);
    int applied = FOB_SUCCESS;

    if (verdict)
        applied = status_apply(handle->stored, code, handle_time(handle), false, fob_error());
    return applied == FOB_SUCCESS ? code : applied;
}

static int play_revoke(struct fob_handle *handle)
{
    int code = handle_make_candidate(handle);

    return code == FOB_SUCCESS ? revoke_end_at_provider(handle, 0) : code;
}

static void play_compare_text(struct rehearsal *rehearsal, const char *key, const char *text)
{
    const struct yaml_node *wanted = yaml_get(rehearsal->step, key);

    if (wanted != NULL && strcmp(wanted->text, text) != 0)
        rehearsal_fail(rehearsal, wanted, "has the %s \"%s\", not \"%s\"", key, text, wanted->text);
}

static void play_compare_code(struct rehearsal *rehearsal, int code, const char *message)
{
    const struct yaml_node *wanted = NULL;
    const struct yaml_node *says = yaml_get(rehearsal->step, "says");

    (void)rehearsal_hook(rehearsal->step, &wanted);
    if (strcmp(wanted->text, fob_code_name(code)) != 0)
        rehearsal_fail(rehearsal, wanted, "ended with %s, not %s%s%s", fob_code_name(code),
                       wanted->text, message[0] != '\0' ? ": " : "", message);
    else if (says != NULL && strstr(message, says->text) == NULL)
        rehearsal_fail(rehearsal, says, "says \"%s\"", message);
}

static void play_compare_account(const struct fob_handle *handle)
{
    struct rehearsal *rehearsal = handle->rehearsal;
    const struct record *record = handle->candidate != NULL ? handle->candidate : handle->stored;
    const char *status = "of no account";

    if (handle->stored != NULL)
        status = fob_status_name((int)status_now(record_status(handle->stored),
                                                 record_time(handle->stored, FOB_TIME_EXPIRES),
                                                 handle_time(handle)));
    play_compare_text(rehearsal, "id",
                      record != NULL ? record_text(record, FOB_TEXT_REMOTE_ID) : "");
    play_compare_text(rehearsal, "name",
                      record != NULL ? record_text(record, FOB_TEXT_REMOTE_NAME) : "");
    play_compare_text(rehearsal, "status", status);
}

/* Compare the headers that authorize has put. */
static void play_compare_headers(const struct fob_handle *handle)
{
    struct rehearsal *rehearsal = handle->rehearsal;
    const struct yaml_node *headers = yaml_get(rehearsal->step, "headers");
    const struct fob_secret *secret;
    const char *name;
    size_t found = 0;

    for (size_t i = 0; headers != NULL && fob_header(handle, i, &name, &secret) == FOB_SUCCESS;
         i++) {
        const char *value = fob_secret_data(secret);
        size_t at = 0;

        while (at < headers->count && strcasecmp(headers->keys[at]->text, name) != 0)
            at++;
        if (at == headers->count)
            rehearsal_fail(rehearsal, headers, "put the header %s: %s, which is not expected", name,
                           value);
        else if (strcmp(headers->values[at]->text, value) != 0)
            rehearsal_fail(rehearsal, headers->values[at], "put the header %s: %s, not %s", name,
                           value, headers->values[at]->text);
        else
            found++;
    }
    if (headers != NULL && !rehearsal->failed && found < headers->count)
        rehearsal_fail(rehearsal, headers, "put %zu headers, not %zu", found, headers->count);
}

static void play_step(struct fob_handle *handle, const struct yaml_node *step)
{
    static int (*const hooks[HOOK_COUNT])(struct fob_handle * handle) = {
        [HOOK_LINK] = play_link,
        [HOOK_VALIDATE] = play_validate,
        [HOOK_REVOKE] = play_revoke,
        [HOOK_AUTHORIZE] = lend_put_headers,
    };
    struct rehearsal *rehearsal = handle->rehearsal;
    const struct yaml_node *node;
    const enum hook hook = rehearsal_hook(step, &node);
    char message[512];
    int code;

    rehearsal->moved += rehearsal_pause(step);
    if (hook == HOOK_COUNT)
        return;
    rehearsal->step = step;
    rehearsal->calls = yaml_get(step, "calls");
    rehearsal->made = 0;
    rehearsal->hook = hook_name(hook);
    if (hook != HOOK_LINK && handle->stored == NULL) {
        rehearsal_fail(rehearsal, step, "needs an account, which link did not make");
        return;
    }
    error_clear();
    code = hooks[hook](handle);
    snprintf(message, sizeof message, "%s", fob_error());
    if (!rehearsal->failed)
        play_compare_code(rehearsal, code, message);
    if (!rehearsal->failed)
        rehearsal_end_step(rehearsal);
    if (!rehearsal->failed)
        play_compare_account(handle);
    if (!rehearsal->failed)
        play_compare_headers(handle);
}

static int play_one(struct fob_handle *model, struct yaml_file *file, const struct yaml_node *tree,
                    struct plugin_workers *workers)
{
    static const struct fob_conversation nobody = { .size = sizeof nobody };
    struct rehearsal rehearsal = { .file = file, .tree = tree };
    const struct yaml_node *steps = yaml_get(tree, "steps");
    struct fob_handle *handle = NULL;
    int code = handle_new(model->context, ACCOUNT, &nobody, &handle);

    if (code != FOB_SUCCESS)
        return code;
    handle_share(handle, model);
    handle->workers = workers;
    handle->rehearsal = &rehearsal;
    memcpy(handle->provider_name, model->provider->name, strlen(model->provider->name) + 1);
    for (size_t i = 0; i < steps->count && !rehearsal.failed; i++)
        play_step(handle, steps->values[i]);
    fob_end(handle);
    return FOB_SUCCESS;
}

int play_rehearsals(struct fob_handle *model, struct yaml_file *file,
                    struct plugin_workers *workers)
{
    const struct yaml_node *list = yaml_get(file->root, REHEARSALS);
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && list != NULL && i < list->count; i++)
        code = play_one(model, file, list->values[i], workers);
    return code == FOB_SUCCESS && file->mistakes.failed ? FOB_NOMEM : code;
}
