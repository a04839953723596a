/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Drops (fob-hub-spool(5)): what a person sent, sealed to the key of the invitation.
 */
#ifndef FOB_SPOOL_DROP_H
#define FOB_SPOOL_DROP_H

#include "spool/hpke.h"
#include "spool/spool_name.h"

#include "util/strbuf.h"

#define DROP_HEADER 24
#define DROP_BLOCK 4096
#define DROP_MIN (DROP_HEADER + HPKE_EXTRA + DROP_BLOCK)
#define DROP_MAX 81920
/* The most bytes of entries: whole blocks. */
#define DROP_PLAIN_MAX ((DROP_MAX - DROP_HEADER - HPKE_EXTRA) / DROP_BLOCK * DROP_BLOCK)
#define DROP_FIELDS_MAX 40
#define DROP_FIELD_NAME 64

/* Which invitation a drop belongs to, and its own name. */
struct drop_name {
    unsigned char invitation[SPOOL_ID];
    unsigned char drop[SPOOL_ID];
};

/* The entries of a drop before it is sealed, in one locked buffer. */
struct drop_entries {
    struct fob_secret *plain;
    size_t size;
};
/* Returns FOB_SUCCESS, FOB_NOMEM. */
int drop_begin(struct drop_entries *entries);
/* Append an entry with a NAME of 1 to 255 bytes.  Returns FOB_SUCCESS, FOB_INVALID without a
 * message when it does not fit. */
int drop_add(struct drop_entries *entries, const char *name, struct span value);
/* Pad the entries, and append the sealed drop to FILE.  Returns as hpke_seal(). */
int drop_seal(struct drop_entries *entries, const unsigned char public_key[static HPKE_KEY],
              const struct drop_name *name, struct strbuf *file);
/* Wipe and free. */
void drop_end(struct drop_entries *entries);

/* Open the drop FILE.  Returns FOB_SUCCESS, FOB_CORRUPT without a message when it is no drop of
 * that name for that key, and as hpke_open(). */
int drop_open(const struct fob_secret *private_key, const struct drop_name *name, struct span file,
              struct fob_secret **plain);

enum drop_kind { DROP_FORM, DROP_CALLBACK };
struct drop_field {
    char name[DROP_FIELD_NAME + 1];
    struct span value;
};
/* The content of a drop.  All pointers lead into its plaintext; entries that are missing are empty.
 */
struct drop_content {
    enum drop_kind kind;
    struct span token; /* SPOOL_TOKEN bytes */
    struct span nonce; /* SPOOL_NONCE bytes */
    struct span from;  /* the address of the client, which the hub claims */
    struct span pin;
    struct span provider; /* of a callback */
    struct span query;    /* of a callback, as it came */
    struct drop_field fields[DROP_FIELDS_MAX];
    size_t field_count;
};
/* Read the plaintext of drop_open() strictly.  False when it is not as fob-hub-spool(5) says. */
bool drop_read(const struct fob_secret *plain, struct drop_content *content);

#endif
