/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Plays rehearsals: runs the hooks of each step, and compares their results. */
#include "config.h"

#include "core/account/play.h"

#include "core/account/lend.h"
#include "core/account/link.h"
#include "core/account/play_run.h"
#include "core/account/revoke.h"
#include "core/account/validate.h"
#include "core/provider/rehearsal.h"
#include "core/session/status.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define ACCOUNT "rehearsal"

static int play_link(struct fob_handle *handle)
{
    const struct yaml_node *fields = yaml_get(handle->rehearsal->tree, "fields");
    int code = FOB_SUCCESS;

    for (size_t i = 0; code == FOB_SUCCESS && fields != NULL && i < fields->count; i++)
        code = handle_set_rehearsed(handle, fields->keys[i]->text, fields->values[i]->text);
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
    const struct yaml_node *says = yaml_get(rehearsal->step, "says");
    const struct yaml_node *node = NULL;
    const char *wanted;

    if (rehearsal_hook(rehearsal->step, &node) == HOOK_COUNT)
        node = yaml_get(rehearsal->step, "code");
    wanted = node != NULL ? node->text : fob_code_name(FOB_SUCCESS);
    if (strcmp(wanted, fob_code_name(code)) != 0)
        rehearsal_fail(rehearsal, node != NULL ? node : rehearsal->step,
                       "ended with %s, not %s%s%s", fob_code_name(code), wanted,
                       message[0] != '\0' ? ": " : "", message);
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

/* Compare what authorize has put with the step's map of it. */
static void play_compare_proof(const struct fob_handle *handle, enum proof_kind kind)
{
    static const char *const keys[PROOF_KINDS] = { "headers", "query", "certificate" };
    static const char *const words[PROOF_KINDS] = { "header", "parameter", "part" };
    struct rehearsal *rehearsal = handle->rehearsal;
    const struct yaml_node *wanted = yaml_get(rehearsal->step, keys[kind]);
    const struct fob_secret *secret;
    const char *name;
    size_t found = 0;

    for (size_t i = 0;
         wanted != NULL && proof_get(&handle->proof, kind, i, &name, &secret) == FOB_SUCCESS; i++) {
        const char *value = fob_secret_data(secret);
        size_t at = 0;

        while (at < wanted->count && !proof_is_same(kind, wanted->keys[at]->text, name))
            at++;
        if (at == wanted->count)
            rehearsal_fail(rehearsal, wanted, "put the %s %s: %s, which is not expected",
                           words[kind], name, value);
        else if (strcmp(wanted->values[at]->text, value) != 0)
            rehearsal_fail(rehearsal, wanted->values[at], "put the %s %s: %s, not %s", words[kind],
                           name, value, wanted->values[at]->text);
        else
            found++;
    }
    if (wanted != NULL && !rehearsal->failed && found < wanted->count)
        rehearsal_fail(rehearsal, wanted, "put %zu %ss, not %zu", found, words[kind],
                       wanted->count);
}

static void play_step(struct fob_handle *handle, const struct yaml_node *step)
{
    static int (*const hooks[HOOK_COUNT])(struct fob_handle * handle) = {
        [HOOK_LINK] = play_link,
        [HOOK_VALIDATE] = play_validate,
        [HOOK_REVOKE] = play_revoke,
        [HOOK_AUTHORIZE] = lend_put_credential,
    };
    struct rehearsal *rehearsal = handle->rehearsal;
    const struct yaml_node *node;
    const enum hook hook = rehearsal_hook(step, &node);
    const bool runs = rehearsal_action(step) != NULL;
    char message[512];
    int code;

    rehearsal->moved += rehearsal_pause(step);
    if (hook == HOOK_COUNT && !runs)
        return;
    rehearsal->step = step;
    rehearsal->calls = yaml_get(step, "calls");
    rehearsal->made = 0;
    rehearsal->signed_in = false;
    rehearsal->hook = runs ? "run" : hook_name(hook);
    if (hook != HOOK_LINK && handle->stored == NULL) {
        rehearsal_fail(rehearsal, step, "needs an account, which link did not make");
        return;
    }
    error_clear();
    code = runs ? play_run(handle) : hooks[hook](handle);
    snprintf(message, sizeof message, "%s", fob_error());
    if (!rehearsal->failed)
        play_compare_code(rehearsal, code, message);
    if (!rehearsal->failed)
        rehearsal_end_step(rehearsal);
    if (!rehearsal->failed)
        play_compare_account(handle);
    if (!rehearsal->failed && runs)
        play_run_compare_items(rehearsal);
    for (enum proof_kind kind = PROOF_HEADER; kind < PROOF_KINDS && !rehearsal->failed; kind++)
        play_compare_proof(handle, kind);
}

static int play_one(struct fob_handle *model, struct yaml_file *file, const struct yaml_node *tree,
                    struct plugin_workers *workers)
{
    static const struct fob_conversation nobody = { .size = sizeof nobody };
    struct rehearsal rehearsal = { .answer = rehearsal_answer, .file = file, .tree = tree };
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
