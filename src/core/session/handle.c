/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Handles: the state of one transaction with one account. */
#include "config.h"

#include "core/session/handle.h"

#include "core/provider/rehearsal.h"
#include "core/session/account.h"
#include "core/session/conv.h"
#include "store/machines.h"
#include "util/array.h"
#include "util/error.h"
#include "util/pages.h"
#include "util/process.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_DEFAULT_S 600

bool handle_is_lost(const struct fob_handle *handle)
{
    return handle->process != process_id();
}

int64_t handle_time(const struct fob_handle *handle)
{
    return time(NULL) + (handle->rehearsal != NULL ? handle->rehearsal->moved : 0);
}

int handle_check(const struct fob_handle *handle, const char *function)
{
    if (handle == NULL)
        return error_null(function, "handle");
    if (!handle_is_lost(handle))
        return FOB_SUCCESS;
    error_set(FOB_INVALID, "%s: the handle was made before a fork, and this is the child",
              function);
    error_hint("start another one here with fob_start()");
    return FOB_INVALID;
}

static bool handle_is_busy(const struct fob_handle *handle)
{
    return handle->at_work != NULL || handle->plugin != NULL;
}

/* As handle_check(), and check that no function is using HANDLE, which would be so inside a hook or
 * the conversation. */
int handle_check_idle(const struct fob_handle *handle, const char *function)
{
    int code = handle_check(handle, function);

    if (code == FOB_SUCCESS && handle_is_busy(handle))
        return error_set(FOB_INVALID, "%s: %s is still using this handle", function,
                         handle->at_work != NULL ? handle->at_work : "a hook");
    return code;
}

int handle_begin_work(struct fob_handle *handle, const char *function, unsigned flags,
                      unsigned taken)
{
    int code = handle_check_idle(handle, function);

    if (code == FOB_SUCCESS)
        code = error_flags(function, flags, taken);
    if (code == FOB_SUCCESS)
        handle->at_work = function;
    return code;
}

int handle_catch_up(struct fob_handle *handle)
{
    struct record *record = NULL;
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code != FOB_SUCCESS || handle->stored == NULL || !machines_are_several(store))
        return code;
    code = machines_catch_up(store);
    if (code == FOB_SUCCESS)
        code = store_read(store, handle->account, &record);
    if (code == FOB_SUCCESS)
        handle_set_stored(handle, record);
    return code;
}

int handle_end_work(struct fob_handle *handle, int code)
{
    handle->at_work = NULL;
    return code;
}

int handle_check_provider(const char *provider)
{
    if (text_is_name(provider))
        return FOB_SUCCESS;
    error_set(FOB_INVALID, "%s: not a provider's name", provider);
    error_hint(TEXT_NAME_HINT, FOB_NAME_MAX);
    return FOB_INVALID;
}

static int handle_check_names(const char *provider, const char *account)
{
    int code = record_check_name(account);

    return code == FOB_SUCCESS && provider != NULL ? handle_check_provider(provider) : code;
}

/* Use the stored account's provider.  WANTED, if not NULL, must be the same. */
static int handle_adopt_provider(struct fob_handle *handle, const char *wanted)
{
    const char *stored = record_text(handle->stored, FOB_TEXT_PROVIDER);

    if (!text_is_name(stored))
        return error_set(FOB_CORRUPT, "%s: the stored provider's name is not a name",
                         handle->account);
    if (wanted != NULL && strcmp(wanted, stored) != 0)
        return error_set(FOB_EXISTS, "%s: exists already, linked at provider %s", handle->account,
                         stored);
    memcpy(handle->provider_name, stored, strlen(stored) + 1);
    return FOB_SUCCESS;
}

/* Read the account if it exists; without PROVIDER it must exist. */
static int handle_find_account(struct fob_handle *handle, const char *provider)
{
    struct store *store;
    int code = context_store(handle->context, &store);

    if (code != FOB_SUCCESS)
        return code;
    code = store_read(store, handle->account, &handle->stored);
    if (code == FOB_NOT_FOUND && provider != NULL) {
        error_clear();
        memcpy(handle->provider_name, provider, strlen(provider) + 1);
        return handle_provider(handle);
    }
    if (code == FOB_NOT_FOUND)
        return account_fail_missing(store, handle->account);
    if (code != FOB_SUCCESS)
        return code;
    return handle_adopt_provider(handle, provider);
}

int handle_new(struct fob_context *context, const char *account,
               const struct fob_conversation *conv, struct fob_handle **handle)
{
    static atomic_uint last;
    struct fob_handle *new = malloc(sizeof *new);

    if (new == NULL)
        return error_nomem();
    *new = (struct fob_handle){
        .context = context,
        .process = process_id(),
        .number = atomic_fetch_add(&last, 1),
        .conv = conv != NULL ? *conv : context->conv,
        .patience = PATIENCE_DEFAULT_S,
    };
    memcpy(new->account, account, strlen(account) + 1); /* the caller has checked it */
    atomic_fetch_add(&context->users, 1);
    *handle = new;
    return FOB_SUCCESS;
}

int handle_start(struct fob_context *context, struct record *record,
                 const struct fob_conversation *conv, struct fob_handle **handle)
{
    struct fob_handle *new = NULL;
    int code = handle_new(context, record_name(record), conv, &new);

    if (code != FOB_SUCCESS) {
        record_free(record);
        return code;
    }
    new->stored = record;
    code = handle_adopt_provider(new, NULL);
    if (code != FOB_SUCCESS) {
        fob_end(new);
        return code;
    }
    *handle = new;
    return FOB_SUCCESS;
}

int fob_start(struct fob_context *context, const char *provider, const char *account,
              const struct fob_conversation *conv, struct fob_handle **handle)
{
    struct fob_handle *new = NULL;
    struct fob_conversation own;
    int code;

    NEED(context);
    NEED(account);
    NEED(handle);
    if (conv != NULL)
        NEED_SIZED(&own, conv);
    code = handle_check_names(provider, account);
    if (code == FOB_SUCCESS)
        code = handle_new(context, account, conv != NULL ? &own : NULL, &new);
    if (code != FOB_SUCCESS)
        return code;
    code = handle_find_account(new, provider);
    if (pages_lock_failed())
        context_log(context, FOB_LOG_WARNING, "memory",
                    "secrets cannot be locked in memory, and may reach swap space: see ulimit -l");
    if (code != FOB_SUCCESS) {
        fob_end(new);
        return code;
    }
    *handle = new;
    return FOB_SUCCESS;
}

static void handle_free_texts(char **texts)
{
    for (char **text = texts; text != NULL && *text != NULL; text++)
        free(*text);
    free(texts);
}

void handle_unbind(struct bound_stack *bound)
{
    for (size_t i = 0; i < bound->count; i++) {
        free(bound->entries[i].error);
        free(bound->entries[i].hint);
        handle_free_texts(bound->entries[i].reachable);
        schema_free(&bound->entries[i].options);
        mistakes_free(&bound->entries[i].warnings);
    }
    free(bound->entries);
    *bound = (struct bound_stack){ .entries = NULL };
}

void handle_clear_credential(struct fob_handle *handle)
{
    proof_clear(&handle->proof);
}

void fob_end(struct fob_handle *handle)
{
    struct fob_context *context;

    if (handle == NULL)
        return;
    if (handle_is_busy(handle)) {
        /* In a forked child, another thread of the parent was using it, so its data may be
         * inconsistent. */
        if (!handle_is_lost(handle))
            (void)handle_check_idle(handle, __func__);
        return;
    }
    context = handle->context;
    if (!handle->shares)
        plugin_workers_free(handle->workers);
    handle_clear_credential(handle);
    free(handle->base_url);
    free(handle->recorded);
    for (size_t i = 0; i < HOOK_COUNT && !handle->shares; i++)
        handle_unbind(&handle->bound[i]);
    for (size_t i = 0; i < FOB_ITEM_COUNT; i++)
        free(handle->items[i]);
    record_free(handle->stored);
    record_free(handle->input);
    record_free(handle->candidate);
    record_free(handle->app_read);
    fob_account_free(handle->account_view);
    fob_secret_free(handle->sign_in);
    fob_secret_free(handle->sign_in_answer);
    if (!handle->shares)
        provider_free(handle->provider);
    free(handle);
    context_release(context);
}

void handle_share(struct fob_handle *handle, const struct fob_handle *model)
{
    handle->provider = model->provider;
    memcpy(handle->bound, model->bound, sizeof handle->bound);
    handle->workers = model->workers;
    handle->prepared = true;
    handle->shares = true;
}

int handle_provider(struct fob_handle *handle)
{
    struct fob_provider *provider = NULL;
    int code;

    if (handle->provider != NULL)
        return FOB_SUCCESS;
    code = provider_read(handle->context->settings, handle->provider_name, &provider);
    if (code == FOB_SUCCESS)
        code = provider_usable(provider);
    if (code != FOB_SUCCESS) {
        provider_free(provider);
        return code;
    }
    handle->provider = provider;
    return FOB_SUCCESS;
}

void handle_set_stored(struct fob_handle *handle, struct record *record)
{
    record_free(handle->stored);
    handle->stored = record;
    fob_account_free(handle->account_view);
    handle->account_view = NULL;
}

const struct fob_provider *fob_handle_provider(struct fob_handle *handle)
{
    if (handle_check(handle, __func__) != FOB_SUCCESS || handle_provider(handle) != FOB_SUCCESS)
        return NULL;
    return handle->provider;
}

const struct fob_account *fob_handle_account(struct fob_handle *handle)
{
    struct store *store;

    if (handle_check(handle, __func__) != FOB_SUCCESS)
        return NULL;
    if (handle->account_view == NULL && handle->stored != NULL &&
        account_from_record(handle->stored, &handle->account_view) == FOB_SUCCESS &&
        context_store(handle->context, &store) == FOB_SUCCESS)
        account_set_validated_later(handle->account_view, store, handle->stored);
    return handle->account_view;
}

void fob_set_patience(struct fob_handle *handle, unsigned seconds)
{
    if (handle_check(handle, __func__) == FOB_SUCCESS)
        handle->patience = seconds;
}

static int handle_copy_input(struct fob_handle *handle)
{
    size_t count = handle->input != NULL ? record_field_count(handle->input) : 0;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct record_field field;

        record_field_at(handle->input, i, &field);
        code =
            record_set_field(handle->candidate, field.name, field.value, field.size, field.secret);
    }
    return code;
}

int handle_apply_items(const struct fob_handle *handle, struct record *record)
{
    static const struct {
        enum fob_item item;
        enum fob_text text;
    } texts[] = {
        { FOB_ITEM_TYPE, FOB_TEXT_TYPE },
        { FOB_ITEM_OWNER_ID, FOB_TEXT_OWNER_ID },
        { FOB_ITEM_OWNER_NAME, FOB_TEXT_OWNER_NAME },
        { FOB_ITEM_OWNER_EMAIL, FOB_TEXT_OWNER_EMAIL },
        { FOB_ITEM_HOSTS, FOB_TEXT_HOSTS },
        { FOB_ITEM_VARIABLES, FOB_TEXT_VARIABLES },
        { FOB_ITEM_INVITATION, FOB_TEXT_INVITATION },
    };
    const char *expires = handle->items[FOB_ITEM_EXPIRES];
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < ARRAY_SIZE(texts) && code == FOB_SUCCESS; i++) {
        if (handle->items[texts[i].item] != NULL)
            code = record_set_text(record, texts[i].text, handle->items[texts[i].item]);
    }
    if (code == FOB_SUCCESS && expires != NULL) {
        int64_t when = 0;

        if (expires[0] != '\0')
            (void)text_parse_date(expires, &when); /* fob_set_item() has checked it */
        record_set_time(record, FOB_TIME_EXPIRES, when);
    }
    return code;
}

int handle_make_candidate(struct fob_handle *handle)
{
    int code;

    record_free(handle->candidate);
    handle->candidate = NULL;
    handle->signed_in = false;
    handle->token_put = false;
    handle->renewed = false;
    if (handle->stored != NULL) {
        code = record_copy(handle->stored, &handle->candidate);
    } else {
        code = record_new(handle->account, &handle->candidate);
        if (code == FOB_SUCCESS)
            code = record_set_text(handle->candidate, FOB_TEXT_PROVIDER, handle->provider_name);
        if (code == FOB_SUCCESS)
            code = record_set_text(handle->candidate, FOB_TEXT_TYPE, "production");
    }
    if (code == FOB_SUCCESS)
        code = handle_apply_items(handle, handle->candidate);
    return code == FOB_SUCCESS ? handle_copy_input(handle) : code;
}
