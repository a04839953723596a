/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A key slot: the store's key, wrapped with a key file, a passphrase or a command's output
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
    enum slot_kind kind; /* an unknown kind is kept, but nothing opens it */
    unsigned number;     /* its number for people; 0 in a header from before slots had numbers */
    uint32_t key_id;     /* the wrapped key's number */
    struct span body;    /* the whole slot, borrowed from the header */
    int64_t made;        /* seconds since 1970; 0 when unknown */
    const char *label;   /* borrowed too; "" for none */
};

/* A slot to be added. */
struct new_slot {
    enum slot_kind kind;
    const struct fob_secret *material; /* what will open it */
    int64_t made;
    const char *label;
};

#define SLOT_BODY_MAX 1024

/* Write a slot that MATERIAL opens to BODY.  For a passphrase this calibrates the cost of a guess:
 * about half a second, and 64 MiB.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
struct slot_plan {
    enum slot_kind kind;
    unsigned number;
    uint32_t key_id;
    const unsigned char *store_id;
    const struct fob_secret *key; /* to be wrapped */
};
int slot_wrap(const struct slot_plan *plan, const struct fob_secret *material,
              unsigned char body[static SLOT_BODY_MAX], size_t *size);

/* Parse a slot's public part.  FOB_CORRUPT without a message when BODY is malformed, or asks for a
 * cost that would overload the machine. */
int slot_parse(struct span body, struct slot *slot);
/* The slot's salt, of CRYPTO_SALT bytes. */
const unsigned char *slot_salt(const struct slot *slot);
/* The cost of opening a passphrase slot. */
struct crypto_cost slot_cost(const struct slot *slot);
/* Returns FOB_SUCCESS, FOB_LOCKED without a message (MATERIAL does not open the slot), FOB_SYSTEM,
 * FOB_NOMEM. */
int slot_unwrap(const struct slot *slot, const unsigned char *store_id,
                const struct fob_secret *material, struct fob_secret **key);

#endif
