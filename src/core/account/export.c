/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Exports accounts into a sealed backup. */
#include "config.h"

#include "core/log/audit.h"
#include "core/session/account.h"
#include "core/session/conv.h"
#include "store/backup.h"
#include "store/validated.h"
#include "store/key_file.h"
#include "util/error.h"
#include "util/names.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char what[] = "the backup";

/* Choose the MATERIAL that will open the backup; the caller frees *OWN. */
static int export_choose_material(const struct fob_context *context, const struct fob_export *plan,
                                  const struct fob_secret **material, struct fob_secret **own)
{
    int code;

    if ((plan->passphrase != NULL) == (plan->key_file != NULL))
        return error_set(FOB_INVALID, "a backup needs a passphrase or a key file");
    if (plan->passphrase != NULL && fob_secret_size(plan->passphrase) == 0)
        return error_set(FOB_INVALID, "an empty passphrase protects nothing");
    if (plan->passphrase != NULL) {
        *material = plan->passphrase;
        return FOB_SUCCESS;
    }
    code = key_file_read(plan->key_file, context->settings->user, own);
    *material = *own;
    return code;
}

struct exporting {
    struct backup *backup;
    const struct fob_export *plan;
    struct validated *validated;
};

/* A plugin fetches a token that ends again.  Another one may replace itself at each use: then the
 * one in the backup is worth nothing soon, and many providers end all of them if it is used. */
static void export_choose_tokens(struct fob_handle *handle)
{
    record_token_drop_ending(handle->stored);
    if (record_token_count(handle->stored) > 0)
        conv_tell(
            handle, FOB_TELL_WARNING,
            "%s: the backup has a token that may be replaced soon; if the provider refuses it "
            "after an import, give the account new keys",
            handle->account);
}

static int export_account(struct fob_context *context, const struct exporting *to, const char *name)
{
    struct fob_handle *handle = NULL;
    bool chosen = false;
    int code = fob_start(context, NULL, name, NULL, &handle);

    if (code == FOB_SUCCESS)
        code = validated_apply(to->validated, handle->stored);
    if (code == FOB_SUCCESS)
        code = account_is_chosen(handle->stored, NULL, to->plan->choose, to->plan->data, &chosen);
    if (code == FOB_SUCCESS && chosen)
        code = audit_write(handle, "export", FOB_SUCCESS, NULL);
    if (code == FOB_SUCCESS && chosen)
        export_choose_tokens(handle);
    if (code == FOB_SUCCESS && chosen)
        code = backup_add(to->backup, handle->stored);
    fob_end(handle);
    return code;
}

/* Export the app of a provider (fob-app(1)). */
static int export_app(struct fob_context *context, const struct exporting *to, struct store *store,
                      const char *provider)
{
    struct record *record = NULL;
    struct audit_event event = { .name = "export", .provider = provider };
    char name[FOB_NAME_MAX + 1];
    bool chosen = false;
    int code = handle_app_name(provider, name);

    if (code == FOB_SUCCESS)
        code = store_read_any(store, name, &record);
    if (code == FOB_SUCCESS)
        code = account_is_chosen(record, NULL, to->plan->choose, to->plan->data, &chosen);
    event.account = name;
    if (code == FOB_SUCCESS && chosen)
        code = audit_event(context, &event);
    if (code == FOB_SUCCESS && chosen)
        code = backup_add(to->backup, record);
    record_free(record);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

static int export_apps(struct fob_context *context, const struct exporting *to, struct store *store)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names_of(store, APP_KIND, &names, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = export_app(context, to, store, names[i]);
    names_free(names, count);
    return code;
}

/* Export all accounts, and apps. */
static int export_all(struct fob_context *context, const struct exporting *to, struct store *store)
{
    char **names = NULL;
    size_t count = 0;
    int code = store_names(store, &names, &count);

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        code = export_account(context, to, names[i]);
        /* The account was revoked since the names were read. */
        if (code == FOB_NOT_FOUND)
            code = FOB_SUCCESS;
    }
    names_free(names, count);
    if (code == FOB_SUCCESS)
        code = export_apps(context, to, store);
    if (code == FOB_CORRUPT)
        error_hint("nothing was exported; to leave it out, name the accounts to be exported");
    return code;
}

static bool export_is_repeated(const char *const *names, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(names[i], names[at]) == 0)
            return true;
    }
    return false;
}

/* Export the accounts in NAMES, each once. */
static int export_named(struct fob_context *context, const struct exporting *to,
                        const char *const *names)
{
    int code = FOB_SUCCESS;

    for (size_t i = 0; names[i] != NULL && code == FOB_SUCCESS; i++) {
        if (!export_is_repeated(names, i))
            code = export_account(context, to, names[i]);
    }
    return code;
}

static int export_accounts(struct fob_context *context, struct backup *backup,
                           const struct fob_export *plan)
{
    struct exporting to = { backup, plan, NULL };
    struct store *store;
    int code = context_store(context, &store);

    if (code == FOB_SUCCESS)
        code = validated_open(store, &to.validated);
    if (code == FOB_SUCCESS)
        code = plan->accounts != NULL ? export_named(context, &to, plan->accounts)
                                      : export_all(context, &to, store);
    validated_free(to.validated);
    return code == FOB_SUCCESS ? backup_finish(backup) : code;
}

int fob_export(struct fob_context *context, int fd, const struct fob_export *plan)
{
    struct fob_export own;
    const struct fob_secret *material = NULL;
    struct fob_secret *read = NULL;
    struct backup *backup = NULL;
    FILE *file = NULL;
    int copy = -1;
    int code;

    NEED(context);
    NEED_SIZED(&own, plan);
    code = export_choose_material(context, &own, &material, &read);
    if (code == FOB_SUCCESS)
        code = audit_ready(context);
    if (code != FOB_SUCCESS)
        goto out;
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    file = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (file == NULL) {
        code = error_system("%s", what);
        goto out;
    }
    copy = -1;
    /* Unbuffered, so that a forked child writes nothing when it exits. */
    setvbuf(file, NULL, _IONBF, 0);
    code = backup_create(file, what, read != NULL ? SLOT_KEY_FILE : SLOT_PASSPHRASE, material,
                         &backup);
    if (code == FOB_SUCCESS)
        code = export_accounts(context, backup, &own);
out:
    backup_free(backup);
    if (file != NULL && fclose(file) != 0 && code == FOB_SUCCESS)
        code = error_system("%s", what);
    if (copy >= 0)
        close(copy);
    fob_secret_free(read);
    return code;
}
