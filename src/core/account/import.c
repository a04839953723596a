/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Imports accounts from a sealed backup in two passes: the first checks that the backup is complete
 * and decides about each account, the second imports them.
 */
#include "config.h"

#include "core/account/import_parts.h"

#include "core/log/audit.h"
#include "core/session/account.h"
#include "store/key_file.h"
#include "store/sharing.h"
#include "util/error.h"
#include "util/process.h"

#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char what[] = "the backup";

static int import_refuse(int code, const char *why, const char *hint)
{
    error_set(code, "%s: %s", what, why);
    error_hint("%s", hint);
    return code;
}

static int import_unlock_by_key_file(const struct import *import)
{
    const char *path = import->plan->key_file != NULL ? import->plan->key_file
                                                      : import->context->settings->key_file;
    struct fob_secret *material = NULL;
    int code = key_file_read(path, import->context->settings->user, &material);

    if (code == FOB_SUCCESS)
        code = backup_unlock(import->backup, material);
    fob_secret_free(material);
    if (code == FOB_LOCKED) {
        error_set(FOB_LOCKED, "%s: the key file %s does not open it", what, path);
        error_hint("name the key file that it was made for");
    }
    return code;
}

static int import_unlock_by_passphrase(const struct import *import)
{
    struct fob_secret *passphrase = NULL;
    int code = import->plan->passphrase != NULL
                   ? import->plan->passphrase(&passphrase, import->plan->data)
                   : import_refuse(FOB_LOCKED, "it needs its passphrase, and nobody gave it",
                                   "give the passphrase that it was made with");

    if (code == FOB_SUCCESS) {
        code = backup_unlock(import->backup, passphrase);
        if (code == FOB_LOCKED)
            import_refuse(code, "wrong passphrase", "try again");
    }
    fob_secret_free(passphrase);
    return code;
}

static int import_unlock(const struct import *import)
{
    switch (backup_kind(import->backup)) {
    case SLOT_KEY_FILE:
        return import_unlock_by_key_file(import);
    case SLOT_PASSPHRASE:
        return import_unlock_by_passphrase(import);
    default:
        return import_refuse(FOB_CONFIG, "written by a newer fob", "update fob on this machine");
    }
}

/* Make the record to be written: a copy of RECORD as NAME, or the stored NAME with RECORD's
 * content. */
static int import_make_record(const struct import *import, const struct record *record,
                              enum fob_import_step step, const char *name, struct record **made)
{
    bool replaces = step == FOB_IMPORT_REPLACE || step == FOB_IMPORT_OLDER;
    struct record *new = NULL;
    int code = replaces ? store_read_any(import->store, name, &new) : record_new(name, &new);

    if (code == FOB_SUCCESS)
        code = record_assign(new, record);
    if (code != FOB_SUCCESS) {
        record_free(new);
        return code;
    }
    *made = new;
    return FOB_SUCCESS;
}

/* Report RECORD, which is or would be stored as NAME. */
static void import_report(const struct import *import, const struct record *record,
                          enum fob_import_step step, const char *name)
{
    const struct fob_import *plan = import->plan;
    struct fob_account *account = NULL;

    if (plan->tell != NULL && account_from_record(record, &account) == FOB_SUCCESS)
        plan->tell(step, account, name, plan->data);
    fob_account_free(account);
}

static const char *import_detail_of(enum fob_import_step step)
{
    switch (step) {
    case FOB_IMPORT_REPLACE:
        return "replaced";
    case FOB_IMPORT_OLDER:
        return "replaced by older keys";
    case FOB_IMPORT_RENAME:
        return "renamed";
    default:
        return NULL;
    }
}

/* Log the result of each account in the batch.  If that fails, the next batch begins with a line of
 * its own, or is refused. */
static void import_log_batch(struct import *import)
{
    const struct import_batch *batch = &import->batch;
    struct audit_event events[IMPORT_BATCH];

    for (size_t i = 0; i < batch->count; i++) {
        events[i] = (struct audit_event){
            .name = "import",
            .account = record_name(batch->made[i]),
            .provider = record_text(batch->made[i], FOB_TEXT_PROVIDER),
            .code = batch->codes[i],
            .detail = import_detail_of(batch->steps[i]),
        };
    }
    if (audit_events(import->context, events, batch->count) == FOB_SUCCESS)
        return;
    context_log(import->context, FOB_LOG_WARNING, "log", "%s", fob_error());
    import->begun = false;
}

/* The write of the batch failed with CODE; find out which records were written all the same. */
static void import_find_written(struct import *import, int code)
{
    struct import_batch *batch = &import->batch;

    for (size_t i = 0; i < batch->count; i++) {
        const struct record *made = batch->made[i];
        struct import_existing existing;

        batch->codes[i] = code;
        if (code != FOB_SUCCESS &&
            import_compare(import, made, record_name(made), &existing) == FOB_SUCCESS &&
            existing.same)
            batch->codes[i] = FOB_SUCCESS;
    }
}

/* Log that the import begins, and reserve room for the batch's lines. */
static int import_begin_batch(struct import *import)
{
    const struct audit_event event = { .name = "import" };
    int code = import->begun ? FOB_SUCCESS : audit_begin_event(import->context, &event);

    import->begun |= code == FOB_SUCCESS;
    return code == FOB_SUCCESS ? audit_ready_for(import->context, import->batch.count) : code;
}

/* Write the batch, and report and log each account. */
static int import_write_batch(struct import *import)
{
    struct import_batch *batch = &import->batch;
    struct saved_error kept;
    int code = import_begin_batch(import);

    if (code != FOB_SUCCESS)
        return code;
    code = store_write_many(import->store, batch->made, batch->count);
    error_save(&kept);
    import_find_written(import, code);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->codes[i] == FOB_SUCCESS) {
            import_report(import, batch->records[i], batch->steps[i], record_name(batch->made[i]));
            import->done++;
        }
    }
    import_log_batch(import);
    error_restore(&kept, code);
    return code;
}

static void import_clear_batch(struct import_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        record_free(batch->made[i]);
        record_free(batch->records[i]);
    }
    batch->count = 0;
}

/* Write the waiting records together, with one wait for the disk. */
static int import_flush(struct import *import)
{
    struct import_batch *batch = &import->batch;
    int code = batch->count > 0 ? import_write_batch(import) : FOB_SUCCESS;

    import_clear_batch(batch);
    return code;
}

/* Add RECORD to the batch, which owns it; RECORD becomes NULL. */
static int import_add_to_batch(struct import *import, struct record **record,
                               enum fob_import_step step, const char *name)
{
    struct import_batch *batch = &import->batch;
    int code = import_make_record(import, *record, step, name, &batch->made[batch->count]);

    if (code != FOB_SUCCESS)
        return code;
    batch->records[batch->count] = *record;
    batch->steps[batch->count++] = step;
    *record = NULL;
    /* The next account may need a free name too, so this one must be stored first. */
    return batch->count == IMPORT_BATCH || step == FOB_IMPORT_RENAME ? import_flush(import)
                                                                     : FOB_SUCCESS;
}

/* What to do with the decisions: only count them, report them too, or write the accounts. */
enum pass { PASS_CHECK, PASS_REPORT, PASS_WRITE };

static bool import_is_dry_run(const struct import *import)
{
    return (import->plan->flags & FOB_DRY_RUN) != 0;
}

/* Whether STEP makes the import refuse everything. */
static bool import_is_refused(const struct import *import, enum fob_import_step step)
{
    return step == FOB_IMPORT_CONFLICT ||
           (step == FOB_IMPORT_OLDER && (import->plan->flags & FOB_REPLACE_NEWER) == 0);
}

/* Decide about one account.  RECORD becomes NULL if the batch owns it. */
static int import_process_one(struct import *import, struct record **record, enum pass pass)
{
    enum fob_import_step step;
    char name[FOB_NAME_MAX + 1];
    bool chosen;
    int code = account_is_chosen(*record, NULL, import->plan->choose, import->plan->data, &chosen);

    if (code != FOB_SUCCESS || !chosen)
        return code;
    if (pass == PASS_CHECK && (import->plan->flags & FOB_RENAME) != 0)
        return import_reserve_name(import, record_name(*record));
    code = import_decide(import, *record, &step, name);
    if (code == FOB_SUCCESS && step == FOB_IMPORT_RENAME)
        code = import_reserve_name(import, name);
    if (code != FOB_SUCCESS)
        return code;
    if (pass == PASS_CHECK && import_is_refused(import, step))
        import->refused[step]++;
    else if (pass == PASS_WRITE && step != FOB_IMPORT_SAME)
        return import_add_to_batch(import, record, step, name);
    else if (pass == PASS_WRITE || (pass == PASS_REPORT &&
                                    (import_is_dry_run(import) || import_is_refused(import, step))))
        import_report(import, *record, step, name);
    return FOB_SUCCESS;
}

/* Process the whole backup. */
static int import_process_all(struct import *import, enum pass pass)
{
    int code = backup_rewind(import->backup);

    while (code == FOB_SUCCESS) {
        struct record *record = NULL;

        code = backup_next(import->backup, &record);
        if (code == FOB_SUCCESS)
            code = import_process_one(import, &record, pass);
        record_free(record);
    }
    return code == FOB_NOT_FOUND ? import_flush(import) : code;
}

/* Set the error that says why nothing is imported. */
static int import_refuse_all(const struct import *import)
{
    if (import->refused[FOB_IMPORT_CONFLICT] > 0)
        return import_refuse(
            FOB_EXISTS, "accounts of the same name are in the store; nothing was imported",
            "--replace replaces them, --rename gives those of the backup other names");
    return import_refuse(
        FOB_EXISTS, "the store has newer keys than the backup; nothing was imported",
        "--yes replaces them by the older ones; a secret that is shown only once is lost");
}

static int import_write_all(struct import *import)
{
    int code;

    sharing_update(import->store);
    code = import_process_all(import, PASS_WRITE);

    if (code != FOB_SUCCESS && import->done > 0)
        error_hint("accounts that were imported before that: %zu; the same import again brings "
                   "the rest",
                   import->done);
    return code;
}

static int import_all(struct import *import)
{
    bool conflicts;
    bool older;
    int code = import_process_all(import, PASS_CHECK);

    if (code != FOB_SUCCESS)
        return code;
    conflicts = import->refused[FOB_IMPORT_CONFLICT] > 0;
    older = import->refused[FOB_IMPORT_OLDER] > 0;
    if (!conflicts && !older && !import_is_dry_run(import))
        return import_write_all(import);
    code = import_process_all(import, PASS_REPORT);
    return code == FOB_SUCCESS && (conflicts || !import_is_dry_run(import))
               ? import_refuse_all(import)
               : code;
}

int fob_import(struct fob_context *context, int fd, const struct fob_import *plan)
{
    struct fob_import own;
    struct import import = { .context = context, .plan = &own };
    FILE *file = NULL;
    int copy = -1;
    int code;

    NEED(context);
    NEED_SIZED(&own, plan);
    code = error_flags(__func__, own.flags,
                       FOB_REPLACE | FOB_REPLACE_NEWER | FOB_RENAME | FOB_DRY_RUN);
    if (code != FOB_SUCCESS)
        return code;
    if ((own.flags & FOB_REPLACE) != 0 && (own.flags & FOB_RENAME) != 0)
        return error_set(FOB_INVALID, "an import either replaces or renames");
    code = context_store(context, &import.store);
    if (code == FOB_SUCCESS)
        code = store_unlock(import.store);
    if (code == FOB_SUCCESS)
        code = audit_ready(context);
    if (code != FOB_SUCCESS)
        return code;
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    file = copy >= 0 ? fdopen(copy, "r") : NULL;
    if (file == NULL) {
        code = error_system("%s", what);
        if (copy >= 0)
            close(copy);
        return code;
    }
    /* Otherwise a forked child that reads would move the shared file position. */
    process_close_on_fork(fileno(file));
    code = backup_open(file, what, &import.backup);
    if (code == FOB_SUCCESS)
        code = import_unlock(&import);
    if (code == FOB_SUCCESS)
        code = import_all(&import);
    import_clear_batch(&import.batch);
    tdestroy(import.names, free);
    backup_free(import.backup);
    process_forget(fileno(file));
    fclose(file);
    return code;
}
