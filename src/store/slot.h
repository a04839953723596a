/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A key slot: the store's key, wrapped by a key file, a passphrase or what a command prints
 * (fob-store(5)).
 */
#ifndef FOB_STORE_SLOT_H
#define FOB_STORE_SLOT_H

#include "store/crypto.h"

#define STORE_ID 16

/* The numbers are those of the format. */
enum slot_kind {
    SLOT_KEY_FILE = 1,
    SLOT_PASSPHRASE = 2,
    SLOT_COMMAND = 3,
};

struct slot {
    enum slot_kind kind; /* one that this fob does not know is kept, and opens with nothing */
    unsigned number;     /* what people call it; 0 in a header from before slots had numbers */
    uint32_t key_id;     /* of the key that is wrapped */
    struct span body;    /* the whole slot, as in the header; borrowed from there */
    int64_t made;        /* seconds since the Epoch; 0 when that is not known */
    const char *label;   /* borrowed, too; "" for none */
};

/* A slot that is to be made. */
struct new_slot {
    enum slot_kind kind;
    const struct fob_secret *material; /* what will open it */
    int64_t made;
    const char *label;
};

#define SLOT_BODY_MAX 1024

/* Write a slot of KIND that opens with MATERIAL to BODY.  What a guess at a passphrase costs is
 * measured then: about half a second, and 64 MiB.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
struct slot_plan {
    enum slot_kind kind;
    unsigned number;
    uint32_t key_id;
    const unsigned char *store_id;
    const struct fob_secret *key; /* to be wrapped */
};
int slot_wrap(const struct slot_plan *plan, const struct fob_secret *material,
              unsigned char body[static SLOT_BODY_MAX], size_t *size);

/* Read a slot's face.  FOB_CORRUPT, without a message, when it is not one; costs that would take
 * the machine down are refused here. */
int slot_parse(struct span body, struct slot *slot);
/* Its SALT, of CRYPTO_SALT bytes. */
const unsigned char *slot_salt(const struct slot *slot);
/* What a passphrase slot costs to open. */
struct crypto_cost slot_cost(const struct slot *slot);
/* Returns FOB_SUCCESS, FOB_LOCKED without a message (MATERIAL does not open it), FOB_SYSTEM,
 * FOB_NOMEM. */
int slot_unwrap(const struct slot *slot, const unsigned char *store_id,
                const struct fob_secret *material, struct fob_secret **key);

#endif
