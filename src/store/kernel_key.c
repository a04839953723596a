/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Uses the kernel's keyring by its system calls: add_key(2), keyctl(2). */
#include "config.h"

#include "store/kernel_key.h"

#include "util/error.h"
#include "util/secret.h"
#include "util/text.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The owner, and processes that have the key in their keyrings, may do everything; others nothing
 * (keyctl_setperm(3)). */
#define KEY_PERMISSIONS 0x3f3f0000U

/* The key's name: the store's id and the key's number, so that a new key of the store has another
 * name. */
struct kernel_key_name {
    char text[sizeof "fob:" + (size_t)2 * STORE_ID + sizeof ":4294967295"];
};

static const char *kernel_name_of(const struct keyring *keyring, uint32_t key_id,
                                  struct kernel_key_name *name)
{
    char id[2 * STORE_ID + 1];

    text_hex(keyring->store_id, STORE_ID, id);
    snprintf(name->text, sizeof name->text, "fob:%s:%u", id, (unsigned)key_id);
    return name->text;
}

static long kernel_key_find(const struct keyring *keyring, uint32_t key_id)
{
    struct kernel_key_name name;

    return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user",
                   kernel_name_of(keyring, key_id, &name), 0);
}

int kernel_key_put(const struct keyring *keyring, unsigned seconds)
{
    struct kernel_key_name name;
    long id = syscall(SYS_add_key, "user", kernel_name_of(keyring, keyring->key_id, &name),
                      fob_secret_data(keyring->key), (size_t)CRYPTO_KEY, KEY_SPEC_USER_KEYRING);

    if (id >= 0 && (syscall(SYS_keyctl, KEYCTL_SETPERM, id, KEY_PERMISSIONS) < 0 ||
                    syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, id, seconds) < 0)) {
        int saved = errno;

        (void)kernel_key_forget(keyring, keyring->key_id);
        errno = saved;
        id = -1;
    }
    if (id >= 0)
        return FOB_SUCCESS;
    error_set(FOB_LOCKED, "the kernel does not keep the key: %s", strerror(errno));
    error_hint("the store still opens with its passphrase, each time; a container may forbid "
               "keyrings(7)");
    return FOB_LOCKED;
}

int kernel_key_get(const struct keyring *keyring, struct fob_secret **key)
{
    long id = kernel_key_find(keyring, keyring->key_id);
    struct fob_secret *new = NULL;
    int code;

    if (id < 0)
        return FOB_NOT_FOUND;
    code = secret_alloc(CRYPTO_KEY, &new);
    if (code == FOB_SUCCESS &&
        syscall(SYS_keyctl, KEYCTL_READ, id, secret_buffer(new), (size_t)CRYPTO_KEY) != CRYPTO_KEY)
        code = FOB_NOT_FOUND;
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *key = new;
    return FOB_SUCCESS;
}

int kernel_key_forget(const struct keyring *keyring, uint32_t key_id)
{
    long id = kernel_key_find(keyring, key_id);

    if (id < 0)
        return FOB_NOT_FOUND;
    /* Revoke first, for processes that already hold the key; then remove it. */
    (void)syscall(SYS_keyctl, KEYCTL_REVOKE, id);
    (void)syscall(SYS_keyctl, KEYCTL_UNLINK, id, KEY_SPEC_USER_KEYRING);
    return FOB_SUCCESS;
}
