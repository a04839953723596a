/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes ids of names, and seals names, with keys that are derived from the log's. */
#include "config.h"

#include "store/driver_names.h"

#include "store/store_impl.h"
#include "util/array.h"

#include <string.h>

_Static_assert(DRIVER_NAME_BOX == CRYPTO_SALT + FOB_NAME_MAX + CRYPTO_TAG, "fob-store(5)");

int driver_names_id(struct store *store, const char *what, const char *name,
                    unsigned char id[static ENGINE_ID])
{
    static const char label[] = "fob name";
    const struct span parts[] = {
        { label, sizeof label },
        { what, strlen(what) + 1 },
        wire_text(name),
    };

    return store_log_mac(store, parts, ARRAY_SIZE(parts), id);
}

static int driver_names_box(struct store *store, const unsigned char *salt, struct crypto_box *box)
{
    static const char info[] = "fob name box";
    const struct fob_secret *key;
    int code = store_log_key(store, &key);

    if (code == FOB_SUCCESS)
        *box = (struct crypto_box){
            .input = {
                .key = crypto_key(key),
                .salt = { salt, CRYPTO_SALT },
                .info = { info, sizeof info - 1 },
            },
            .parts = { { store_keyring(store)->store_id, STORE_ID } },
        };
    return code;
}

int driver_names_seal(struct store *store, const char *name,
                      unsigned char box[static DRIVER_NAME_BOX])
{
    unsigned char padded[FOB_NAME_MAX] = { 0 };
    struct crypto_box how;
    int code = crypto_random(box, CRYPTO_SALT);

    memcpy(padded, name, strnlen(name, sizeof padded));
    if (code == FOB_SUCCESS)
        code = driver_names_box(store, box, &how);
    return code == FOB_SUCCESS
               ? crypto_seal(&how, (struct span){ padded, sizeof padded }, box + CRYPTO_SALT)
               : code;
}

int driver_names_open(struct store *store, struct span box, const unsigned char *id,
                      char name[static FOB_NAME_MAX + 1])
{
    const unsigned char *at = box.data;
    unsigned char own[ENGINE_ID];
    struct crypto_box how;
    int code;

    if (box.size != DRIVER_NAME_BOX)
        return FOB_CORRUPT;
    code = driver_names_box(store, at, &how);
    if (code == FOB_SUCCESS)
        code = crypto_unseal(&how, (struct span){ at + CRYPTO_SALT, box.size - CRYPTO_SALT }, name);
    name[FOB_NAME_MAX] = '\0';
    if (code != FOB_SUCCESS || id == NULL)
        return code;
    code = driver_names_id(store, "record", name, own);
    return code == FOB_SUCCESS && memcmp(own, id, ENGINE_ID) != 0 ? FOB_CORRUPT : code;
}
