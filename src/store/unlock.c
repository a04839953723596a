/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Unlocks a store.  Tries, in this order: a service's credential, the key file, the key that "fob
 * unlock" left with the kernel, a command, a passphrase. */
#include "config.h"

#include "store/store_impl.h"

#include "store/kernel_key.h"
#include "store/key_command.h"
#include "store/key_file.h"
#include "util/array.h"
#include "util/error.h"
#include "util/strbuf.h"

#include <stdio.h>

/* The state of one attempt to unlock a store. */
struct attempt {
    const struct store *store;
    struct keyring *keyring;
    struct strbuf why; /* why the methods that were tried failed */
};

/* Set the error for a key that does not open the store. */
static int unlock_fail_wrong(const char *with, const char *path)
{
    error_set(FOB_LOCKED, "%s: this key does not open the store %s", with, path);
    error_hint("put back the key file that was made with the store; if its slot was removed, "
               "\"fob log --event 'key remove'\" shows it, and \"fob key add\" makes another");
    return FOB_LOCKED;
}

/* Note the configured keys that have no slot, usually because it was removed. */
static void unlock_note_without_slot(struct attempt *attempt)
{
    const struct store_settings *settings = &attempt->store->settings;

    if (!keyring_has(attempt->keyring, SLOT_KEY_FILE) && key_file_exists(settings->key_file))
        strbuf_printf(&attempt->why, "%s: the store has no key slot for a key file",
                      settings->key_file);
    else if (!keyring_has(attempt->keyring, SLOT_COMMAND) && settings->key_command != NULL)
        strbuf_printf(&attempt->why, "key_command: the store has no key slot for one");
}

static int unlock_by_credential(const struct attempt *attempt)
{
    const struct store *store = attempt->store;
    const char *path = store->settings.credential;
    struct fob_secret *material = NULL;
    int code = path != NULL ? key_file_read_credential(path, store->settings.user, &material)
                            : FOB_NOT_FOUND;

    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(attempt->keyring, SLOT_KEY_FILE, material, store->header_name);
    fob_secret_free(material);
    return code == FOB_LOCKED ? unlock_fail_wrong(path, store->path) : code;
}

static int unlock_by_key_file(const struct attempt *attempt)
{
    const struct store *store = attempt->store;
    struct fob_secret *material = NULL;
    int code = key_file_read(store->key_file, store->settings.user, &material);

    if (code == FOB_NOT_FOUND) {
        code = error_set(FOB_LOCKED, "%s: the key file of the store %s is missing", store->key_file,
                         store->path);
        error_hint("put back the key file that was made with the store, or configure key_file");
    }
    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(attempt->keyring, SLOT_KEY_FILE, material, store->header_name);
    fob_secret_free(material);
    return code == FOB_LOCKED ? unlock_fail_wrong(store->key_file, store->path) : code;
}

static int unlock_by_kernel(const struct attempt *attempt)
{
    struct fob_secret *key = NULL;
    int code = kernel_key_get(attempt->keyring, &key);

    if (code != FOB_SUCCESS)
        return code;
    code = keyring_accept(attempt->keyring, key, attempt->store->header_name);
    if (code != FOB_SUCCESS)
        fob_secret_free(key);
    /* The key is from another time: a backup of the store has been restored since. */
    return code == FOB_CORRUPT ? FOB_NOT_FOUND : code;
}

static int unlock_by_command(const struct attempt *attempt)
{
    const struct store *store = attempt->store;
    struct fob_secret *material = NULL;
    int code;

    if (store->settings.key_command == NULL) {
        error_set(FOB_LOCKED, "%s: it opens with a key command, and none is configured",
                  store->path);
        error_hint("configure key_command (fob.yaml(5))");
        return FOB_LOCKED;
    }
    code = key_command_run(store->settings.key_command, &material);
    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(attempt->keyring, SLOT_COMMAND, material, store->header_name);
    fob_secret_free(material);
    if (code == FOB_LOCKED) {
        error_set(FOB_LOCKED, "%s: what key_command printed does not open it", store->path);
        error_hint("it must print what it printed at \"fob key add --command\"");
    }
    return code;
}

static int unlock_by_passphrase(const struct attempt *attempt)
{
    const struct store *store = attempt->store;
    struct fob_secret *passphrase = NULL;
    const char *why = attempt->why.size > 0 ? attempt->why.data : "";
    int code = store->settings.ask != NULL
                   ? store->settings.ask(why, &passphrase, store->settings.data)
                   : FOB_CONVERSATION;

    if (code == FOB_CONVERSATION) {
        error_set(FOB_LOCKED,
                  "%s: the store is locked: it needs its passphrase, and nobody gave it%s%s",
                  store->path, why[0] != '\0' ? "; " : "", why);
        error_hint("run this on a terminal, where it can be asked for, or \"fob unlock\" before");
        return FOB_LOCKED;
    }
    if (code != FOB_SUCCESS)
        return code;
    code = keyring_unlock(attempt->keyring, SLOT_PASSPHRASE, passphrase, store->header_name);
    if (code == FOB_LOCKED) {
        error_set(FOB_LOCKED, "%s: wrong passphrase", store->path);
        error_hint("try again");
    }
    fob_secret_free(passphrase);
    return code;
}

/* Add the reason why a method failed, to be reported if all fail. */
static void unlock_add_why(struct strbuf *why)
{
    strbuf_printf(why, "%s%s", why->size > 0 ? "; " : "", fob_error());
}

/* Report why each method failed. */
static int unlock_report_all(int code, const struct strbuf *why)
{
    char hint[1024];

    if (why->failed)
        return error_nomem();
    snprintf(hint, sizeof hint, "%s", fob_error_hint());
    error_set(code, "%s", why->data);
    error_hint("%s", hint);
    return code;
}

static int unlock_try_all(struct attempt *attempt)
{
    static const struct {
        enum slot_kind kind; /* that the method opens */
        int (*open)(const struct attempt *attempt);
        const char *with;
    } methods[] = {
        { SLOT_KEY_FILE, unlock_by_credential, "the service's credential" },
        { SLOT_KEY_FILE, unlock_by_key_file, "the key file" },
        { SLOT_PASSPHRASE, unlock_by_kernel, "what fob unlock left with the kernel" },
        { SLOT_COMMAND, unlock_by_kernel, "what fob unlock left with the kernel" },
        { SLOT_COMMAND, unlock_by_command, "key_command" },
        { SLOT_PASSPHRASE, unlock_by_passphrase, "a passphrase" },
    };
    int code = FOB_NOT_FOUND;

    unlock_note_without_slot(attempt);
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (!keyring_has(attempt->keyring, methods[i].kind))
            continue;
        code = methods[i].open(attempt);
        attempt->keyring->opened_with = methods[i].with;
        /* After a key that is missing or does not fit, try the other methods. */
        if (code != FOB_NOT_FOUND && code != FOB_LOCKED && code != FOB_NOT_ALLOWED)
            return code;
        if (code != FOB_NOT_FOUND)
            unlock_add_why(&attempt->why);
    }
    if (code == FOB_NOT_FOUND)
        return error_set(FOB_LOCKED, "%s: it has no key slot that this fob can open",
                         attempt->store->header_name);
    return keyring_has(attempt->keyring, SLOT_PASSPHRASE) ? code
                                                          : unlock_report_all(code, &attempt->why);
}

int unlock_keyring(const struct store *store, struct keyring *keyring)
{
    struct attempt attempt = { store, keyring, STRBUF_INIT };
    int code = unlock_try_all(&attempt);

    strbuf_free(&attempt.why);
    return code;
}
