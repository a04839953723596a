/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Implements the public functions for key slots. */
#include "config.h"

#include "core/log/audit.h"
#include "core/session/context.h"

#include "store/key_command.h"
#include "store/key_file.h"
#include "store/keyring.h"
#include "store/slot_note.h"
#include "util/array.h"
#include "util/error.h"
#include "util/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct fob_key keys_public_key(const struct store_slot *slot)
{
    struct fob_key key = {
        .size = sizeof key,
        .number = slot->number,
        .kind = FOB_KEY_OTHER,
        .made = slot->made,
        .label = slot->label,
    };

    if (slot->kind == SLOT_KEY_FILE)
        key.kind = FOB_KEY_FILE;
    if (slot->kind == SLOT_COMMAND)
        key.kind = FOB_KEY_COMMAND;
    if (slot->kind == SLOT_PASSPHRASE) {
        key.kind = FOB_KEY_PASSPHRASE;
        key.memory = slot->cost.memory;
        key.passes = slot->cost.passes;
    }
    return key;
}

struct keys_item {
    struct fob_key key;
    char label[SLOT_LABEL_MAX + 1];
};

struct fob_keys {
    struct keys_item items[KEYRING_SLOTS_MAX];
    size_t count;
    size_t next;
};

static bool keys_add_item(const struct store_slot *slot, void *data)
{
    struct fob_keys *keys = data;
    struct keys_item *item = &keys->items[keys->count++];

    item->key = keys_public_key(slot);
    snprintf(item->label, sizeof item->label, "%s", slot->label);
    item->key.label = item->label;
    return keys->count < ARRAY_SIZE(keys->items);
}

/* Log that EVENT begins. */
static int keys_log_begin(struct fob_context *context, const char *event)
{
    return audit_begin_event(context, &(struct audit_event){ .name = event });
}

/* Log the result CODE of EVENT for the slot NUMBER, 0 for none. */
static int keys_log_end(struct fob_context *context, const char *event, unsigned number, int code)
{
    char slot[32];
    const struct audit_event line = {
        .name = event,
        .code = code,
        .detail = number != 0 ? slot : "store",
    };

    snprintf(slot, sizeof slot, "slot %u", number);
    audit_note_event(context, &line);
    return code;
}

int fob_keys_open(struct fob_context *context, struct fob_keys **keys)
{
    struct fob_keys *new;
    struct store *store;
    int code;

    NEED(context);
    NEED(keys);
    code = context_store(context, &store);
    if (code != FOB_SUCCESS)
        return code;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    store_slots(store, keys_add_item, new);
    *keys = new;
    return FOB_SUCCESS;
}

const struct fob_key *fob_keys_next(struct fob_keys *keys)
{
    return keys != NULL && keys->next < keys->count ? &keys->items[keys->next++].key : NULL;
}

void fob_keys_close(struct fob_keys *keys)
{
    free(keys);
}

static int keys_read_command(const struct fob_context *context, struct fob_secret **material)
{
    if (context->settings->key_command != NULL)
        return key_command_run(context->settings->key_command, material);
    error_set(FOB_CONFIG, "no key_command is configured");
    error_hint("see key_command in fob.yaml(5)");
    return FOB_CONFIG;
}

/* Read the key file PATH, or create it; MADE says which. */
static int keys_read_or_make(const struct fob_context *context, const char *path, bool *made,
                             struct fob_secret **material)
{
    int code;

    if (key_file_exists(path))
        return key_file_read(path, context->settings->user, material);
    code = key_file_check_place(path, context->settings->store_path);
    if (code == FOB_SUCCESS)
        code = key_file_make(material);
    if (code == FOB_SUCCESS)
        code = key_file_write(path, *material);
    *made = code == FOB_SUCCESS;
    return code;
}

static int keys_add_file(struct fob_context *context, struct store *store, const char *path,
                         struct new_slot *slot, unsigned *number)
{
    struct fob_secret *material = NULL;
    bool made = false;
    sigset_t before;
    int code = store_unlock(store);

    if (code != FOB_SUCCESS)
        return code;
    signals_hold(&before);
    code = keys_read_or_make(context, path, &made, &material);
    slot->kind = SLOT_KEY_FILE;
    slot->material = material;
    if (code == FOB_SUCCESS)
        code = store_add_slot(store, slot, number);
    if (code != FOB_SUCCESS && made)
        key_file_remove(path);
    signals_release(&before);
    fob_secret_free(material);
    return code;
}

static int keys_add_command(struct fob_context *context, struct store *store, struct new_slot *slot,
                            unsigned *number)
{
    struct fob_secret *material = NULL;
    int code = keys_read_command(context, &material);

    slot->kind = SLOT_COMMAND;
    slot->material = material;
    if (code == FOB_SUCCESS)
        code = store_add_slot(store, slot, number);
    fob_secret_free(material);
    return code;
}

static int keys_add(struct fob_context *context, struct store *store, const struct fob_new_key *key,
                    unsigned *number)
{
    struct new_slot slot = {
        .made = (int64_t)time(NULL),
        .label = key->label != NULL ? key->label : "",
    };

    switch (key->kind) {
    case FOB_KEY_FILE:
        if (key->key_file == NULL)
            return error_set(FOB_INVALID, "no key file is named");
        return keys_add_file(context, store, key->key_file, &slot, number);
    case FOB_KEY_PASSPHRASE:
        if (key->passphrase == NULL || fob_secret_size(key->passphrase) == 0)
            return error_set(FOB_INVALID, "an empty passphrase protects nothing");
        slot.kind = SLOT_PASSPHRASE;
        slot.material = key->passphrase;
        return store_add_slot(store, &slot, number);
    case FOB_KEY_COMMAND:
        return keys_add_command(context, store, &slot, number);
    default:
        return error_set(FOB_INVALID, "no such kind of key slot");
    }
}

int fob_add_key(struct fob_context *context, const struct fob_new_key *key, unsigned *number)
{
    struct fob_new_key own;
    struct store *store;
    unsigned added = 0;
    int code;

    NEED(context);
    NEED_SIZED(&own, key);
    NEED(number);
    if (own.label != NULL && !slot_label_is_good(own.label))
        return error_set(
            FOB_INVALID,
            "a key slot's label is at most %d bytes of UTF-8 without control characters",
            SLOT_LABEL_MAX);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = keys_log_begin(context, "key add");
    if (code != FOB_SUCCESS)
        return code;
    code = keys_add(context, store, &own, &added);
    if (code == FOB_SUCCESS)
        *number = added;
    return keys_log_end(context, "key add", added, code);
}

int fob_remove_key(struct fob_context *context, unsigned number)
{
    struct store *store;
    int code;

    NEED(context);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = keys_log_begin(context, "key remove");
    return code == FOB_SUCCESS
               ? keys_log_end(context, "key remove", number, store_remove_slot(store, number))
               : code;
}

struct key_sources {
    struct fob_context *context;
    struct fob_keys_given keys;
};

/* Key file number ATTEMPT: the configured one, then those given; NULL past the last. */
static const char *keys_key_file_at(const struct key_sources *sources, unsigned attempt)
{
    const char *const *more = sources->keys.key_files;

    if (attempt == 0)
        return sources->context->settings->key_file;
    for (; attempt > 1 && more != NULL && *more != NULL; attempt--)
        more++;
    return more != NULL ? *more : NULL;
}

static int keys_read_file(const struct key_sources *sources, unsigned attempt,
                          struct fob_secret **material)
{
    const struct settings *settings = sources->context->settings;
    const char *path;
    int code;

    if (attempt == 0) {
        code = settings->credential != NULL
                   ? key_file_read_credential(settings->credential, settings->user, material)
                   : FOB_NOT_FOUND;
        return code == FOB_NOT_FOUND ? FOB_LOCKED : code;
    }
    path = keys_key_file_at(sources, attempt - 1);
    if (path == NULL)
        return FOB_NOT_FOUND;
    code = key_file_read(path, settings->user, material);
    /* The configured file may be missing; a file that was given may not. */
    if (code == FOB_NOT_FOUND)
        code = attempt == 1 ? FOB_LOCKED : error_set(FOB_SYSTEM, "%s: no such file", path);
    return code;
}

static int keys_provide_material(const struct store_slot *slot, unsigned attempt,
                                 struct fob_secret **material, void *data)
{
    const struct key_sources *sources = data;
    const struct fob_key key = keys_public_key(slot);

    switch (slot->kind) {
    case SLOT_KEY_FILE:
        return keys_read_file(sources, attempt, material);
    case SLOT_COMMAND:
        return attempt == 0 ? keys_read_command(sources->context, material) : FOB_NOT_FOUND;
    case SLOT_PASSPHRASE:
        return sources->keys.passphrase != NULL
                   ? sources->keys.passphrase(&key, attempt, material, sources->keys.data)
                   : FOB_NOT_FOUND;
    }
    return error_set(FOB_CONFIG, "key slot %u: made by a newer fob", slot->number);
}

int fob_test_key(struct fob_context *context, unsigned number, const struct fob_keys_given *given)
{
    struct key_sources all = { .context = context };
    struct store *store;
    int code;

    NEED(context);
    NEED_SIZED(&all.keys, given);
    code = context_store(context, &store);
    return code == FOB_SUCCESS ? store_test_slot(store, number, keys_provide_material, &all) : code;
}

static void keys_report_progress(size_t done, size_t all, void *data)
{
    const struct key_sources *sources = data;

    if (sources->keys.progress != NULL)
        sources->keys.progress(done, all, sources->keys.data);
}

int fob_rotate(struct fob_context *context, const struct fob_keys_given *given)
{
    struct key_sources all = { .context = context };
    const struct store_rotation rotation = { keys_provide_material, keys_report_progress, &all };
    struct store *store;
    int code;

    NEED(context);
    NEED_SIZED(&all.keys, given);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = keys_log_begin(context, "key rotate");
    return code == FOB_SUCCESS
               ? keys_log_end(context, "key rotate", 0, store_rotate(store, &rotation))
               : code;
}

int fob_unlock(struct fob_context *context, unsigned seconds)
{
    struct store *store;
    int code;

    NEED(context);
    code = context_store(context, &store);
    if (code == FOB_SUCCESS)
        code = keys_log_begin(context, "unlock");
    return code == FOB_SUCCESS ? keys_log_end(context, "unlock", 0, store_keep_key(store, seconds))
                               : code;
}

int fob_lock(struct fob_context *context)
{
    struct store *store;
    int code;

    NEED(context);
    code = context_store(context, &store);
    return code == FOB_SUCCESS ? store_forget_key(store) : code;
}
