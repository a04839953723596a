/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps what a provider knows the application by, apart from accounts. */
#include "config.h"

#include <fob/app.h>
#include <fob/invitation.h>

#include "core/account/link.h"
#include "core/log/audit.h"
#include "core/session/conv.h"
#include "util/error.h"
#include "util/names.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENT "app"
/* The field that is the redirect URI, if the provider's file has it. */
#define REDIRECT_FIELD "redirect_uri"
#define ANY_PORT "loopback-any-port"
#define ANY_PORT_URI "http://127.0.0.1/callback"

struct fob_app {
    struct fob_handle *handle; /* its account is the app's record */
    char *callback;            /* the address at fob-hub; NULL for none */
};

const struct fob_provider_field *fob_provider_app_field(const struct fob_provider *provider,
                                                        size_t index)
{
    return provider != NULL && index < provider->app_field_count
               ? &provider->app_fields[index].public
               : NULL;
}

/* What is registered as redirect URI is most often fob-hub's. */
static void app_set_default(struct fob_app *app)
{
    struct fob_provider *provider = app->handle->provider;

    for (size_t i = 0; i < provider->app_field_count && app->callback != NULL; i++) {
        struct fob_provider_field *field = &provider->app_fields[i].public;

        if (strcmp(field->name, REDIRECT_FIELD) == 0 && field->value[0] == '\0')
            field->value = app->callback;
    }
}

static int app_read(struct fob_app *app, const char *provider)
{
    struct fob_handle *handle = app->handle;
    struct store *store;
    int code;

    handle->for_app = true;
    memcpy(handle->provider_name, provider, strlen(provider) + 1);
    code = handle_provider(handle);
    if (code == FOB_SUCCESS && handle->provider->app_field_count == 0) {
        code = error_set(FOB_INVALID, "provider %s has no fields of an app", provider);
        error_hint("\"fob link %s\" asks for all that it needs", provider);
    }
    if (code == FOB_SUCCESS)
        code = handle_callback(handle->context, provider, &app->callback);
    if (code == FOB_SUCCESS)
        code = context_store(handle->context, &store);
    if (code != FOB_SUCCESS)
        return code;
    app_set_default(app);
    code = store_read_any(store, handle->account, &handle->stored);
    if (code == FOB_NOT_FOUND) {
        error_clear();
        return FOB_SUCCESS;
    }
    return code;
}

int fob_app_open(struct fob_context *context, const char *provider,
                 const struct fob_conversation *conv, struct fob_app **app)
{
    struct fob_conversation own;
    char name[FOB_NAME_MAX + 1];
    struct fob_app *new;
    int code;

    NEED(context);
    NEED(provider);
    NEED(app);
    if (conv != NULL)
        NEED_SIZED(&own, conv);
    code = handle_check_provider(provider);
    if (code == FOB_SUCCESS)
        code = handle_app_name(provider, name);
    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    code = handle_new(context, name, conv != NULL ? &own : NULL, &new->handle);
    if (code == FOB_SUCCESS)
        code = app_read(new, provider);
    if (code != FOB_SUCCESS) {
        fob_app_close(new);
        return code;
    }
    *app = new;
    return FOB_SUCCESS;
}

void fob_app_close(struct fob_app *app)
{
    if (app == NULL)
        return;
    fob_end(app->handle);
    free(app->callback);
    free(app);
}

const struct fob_provider *fob_app_provider(const struct fob_app *app)
{
    return app != NULL ? app->handle->provider : NULL;
}

int64_t fob_app_time(const struct fob_app *app)
{
    return app != NULL && app->handle->stored != NULL
               ? record_time(app->handle->stored, FOB_TIME_CHANGED)
               : 0;
}

const char *fob_app_value(const struct fob_app *app, const char *name)
{
    struct record_field field;

    if (app == NULL || name == NULL || app->handle->stored == NULL || handle_is_lost(app->handle) ||
        record_find_field(app->handle->stored, name, &field) != FOB_SUCCESS || field.secret)
        return NULL;
    return field.value;
}

/* The map of the option oauth: the file's, or of an entry of the link stack; or NULL. */
static const struct yaml_node *app_find_oauth(const struct fob_provider *provider)
{
    const struct stack *stack = &provider->stacks[HOOK_LINK];
    const struct yaml_node *oauth = yaml_get(provider->options, "oauth");

    for (size_t i = 0; i < stack->count && oauth == NULL; i++)
        oauth = yaml_get(stack->entries[i].options, "oauth");
    return oauth;
}

const char *fob_app_redirect_uri(const struct fob_app *app)
{
    const struct yaml_node *oauth;
    const struct yaml_node *redirect;
    const char *given;

    if (app == NULL)
        return NULL;
    oauth = app_find_oauth(app->handle->provider);
    redirect = yaml_get(oauth, "redirect");
    given = fob_app_value(app, REDIRECT_FIELD);
    if (oauth == NULL || oauth->kind != YAML_MAP)
        return NULL;
    if (redirect != NULL && redirect->kind == YAML_TEXT && strcmp(redirect->text, "https") != 0)
        return strcmp(redirect->text, ANY_PORT) == 0 ? ANY_PORT_URI : redirect->text;
    if (given != NULL)
        return given;
    return app->callback != NULL ? app->callback : "";
}

int fob_app_set_field(struct fob_app *app, const char *name, const void *value, size_t size)
{
    NEED(app);
    NEED(name);
    if (size > 0)
        NEED(value);
    return fob_set_field(app->handle, name, value, size);
}

void fob_app_set_exact(struct fob_app *app)
{
    if (app != NULL)
        fob_set_exact(app->handle);
}

static int app_assign(struct record *record, void *data)
{
    return record_assign(record, data);
}

static int app_write(struct fob_handle *handle, struct store *store)
{
    const bool new = store_exists(store, handle->account) == FOB_NOT_FOUND;
    int code = FOB_SUCCESS;

    record_set_time(handle->candidate, FOB_TIME_CHANGED, time(NULL));
    record_set_generation(handle->candidate, record_generation(handle->candidate) + 1);
    code = audit_begin(handle, EVENT);
    if (code != FOB_SUCCESS)
        return code;
    return new ? store_insert(store, handle->candidate)
               : store_update(store, handle->account, app_assign, handle->candidate, NULL);
}

/* Prepare a change: the store is open and unlocked, and the log has room. */
static int app_begin(struct fob_handle *handle, struct store **store)
{
    int code = context_store(handle->context, store);

    if (code == FOB_SUCCESS)
        code = audit_ready(handle->context);
    return code == FOB_SUCCESS ? store_unlock(*store) : code;
}

static int app_store(struct fob_handle *handle, unsigned flags)
{
    const bool given = handle->input != NULL && record_field_count(handle->input) > 0;
    struct store *store;
    int code = app_begin(handle, &store);

    if (code != FOB_SUCCESS)
        return code;
    link_show_guide(handle, flags);
    code = handle_make_candidate(handle);
    if (code == FOB_SUCCESS)
        code = conv_fill_fields(handle, handle->stored != NULL && !given);
    if (code == FOB_SUCCESS)
        code = app_write(handle, store);
    audit_note(handle, EVENT, code, NULL);
    if (code == FOB_SUCCESS) {
        handle_set_stored(handle, handle->candidate);
        handle->candidate = NULL;
    }
    return code;
}

int fob_app_store(struct fob_app *app, unsigned flags)
{
    int code;

    NEED(app);
    code = handle_begin_work(app->handle, __func__, flags, FOB_NO_GUIDE);
    return code == FOB_SUCCESS ? handle_end_work(app->handle, app_store(app->handle, flags)) : code;
}

/* Refuse if an account of the provider is stored. */
static int app_check_accounts(const struct fob_handle *handle, struct store *store)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names(store, &names, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        struct record *record = NULL;

        code = store_read(store, names[i], &record);
        if (code == FOB_SUCCESS &&
            strcmp(record_text(record, FOB_TEXT_PROVIDER), handle->provider_name) == 0) {
            code = error_set(FOB_EXISTS, "the account %s needs the app of %s", names[i],
                             handle->provider_name);
            error_hint("\"fob revoke\" ends such accounts; \"fob list --provider %s\" shows them",
                       handle->provider_name);
        }
        /* The account was revoked since the names were read. */
        if (code == FOB_NOT_FOUND)
            code = FOB_SUCCESS;
        record_free(record);
    }
    names_free(names, count);
    return code;
}

/* Refuse if somebody is invited to an account of the provider. */
static int app_check_invitations(const struct fob_handle *handle)
{
    struct fob_invitations *invitations = NULL;
    struct fob_invitation *invitation = NULL;
    int code = fob_invitations_open(handle->context, &invitations);

    while (code == FOB_SUCCESS &&
           (code = fob_invitations_next(invitations, &invitation)) == FOB_SUCCESS) {
        const char *account = fob_invitation_text(invitation, FOB_INVITATION_ACCOUNT);

        if (fob_invitation_state(invitation) < FOB_INVITATION_DONE &&
            strcmp(fob_invitation_text(invitation, FOB_INVITATION_PROVIDER),
                   handle->provider_name) == 0) {
            code = error_set(FOB_EXISTS, "the invitation for %s needs the app of %s", account,
                             handle->provider_name);
            error_hint("\"fob invitations --cancel %s\" ends it", account);
        }
        fob_invitation_free(invitation);
    }
    fob_invitations_close(invitations);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

static int app_remove(struct fob_handle *handle)
{
    struct store *store;
    int code = app_begin(handle, &store);

    if (code == FOB_SUCCESS && handle->stored == NULL)
        code =
            error_set(FOB_NOT_FOUND, "the app of %s is not registered here", handle->provider_name);
    if (code == FOB_SUCCESS)
        code = app_check_accounts(handle, store);
    if (code == FOB_SUCCESS)
        code = app_check_invitations(handle);
    if (code == FOB_SUCCESS)
        code = audit_begin(handle, EVENT);
    if (code != FOB_SUCCESS)
        return code;
    code = store_erase(store, handle->account, record_generation(handle->stored));
    audit_note(handle, EVENT, code, "removed");
    if (code == FOB_SUCCESS)
        handle_set_stored(handle, NULL);
    return code;
}

int fob_app_remove(struct fob_app *app)
{
    int code;

    NEED(app);
    code = handle_begin_work(app->handle, __func__, 0, 0);
    return code == FOB_SUCCESS ? handle_end_work(app->handle, app_remove(app->handle)) : code;
}
