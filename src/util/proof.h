/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What an authorize hook puts on requests to prove that they are allowed.
 */
#ifndef FOB_UTIL_PROOF_H
#define FOB_UTIL_PROOF_H

#include <fob/fob.h>

#include "util/wire.h"

enum proof_kind {
    PROOF_HEADER,      /* names in upper and lower case are equal */
    PROOF_PARAMETER,   /* of the query */
    PROOF_CERTIFICATE, /* of a client, on each connection: PROOF_CHAIN and PROOF_KEY, in PEM */
    PROOF_KINDS,
};

/* The names of the two parts of a certificate. */
#define PROOF_CHAIN "chain"
#define PROOF_KEY "key"

struct proof_item {
    char *name;
    struct fob_secret *value;
};
struct proof_list {
    struct proof_item *items;
    size_t count;
};
struct proof {
    struct proof_list lists[PROOF_KINDS];
};

/* Whether A and B name the same item of KIND. */
bool proof_is_same(enum proof_kind kind, const char *a, const char *b);
/* Copy NAME and VALUE, in place of an item of the same kind and name.  Returns FOB_SUCCESS,
 * FOB_INVALID (a value that is too large), FOB_NOMEM. */
int proof_put(struct proof *proof, enum proof_kind kind, const char *name, struct span value);
/* Lend item number INDEX of KIND, as fob_header(). */
int proof_get(const struct proof *proof, enum proof_kind kind, size_t index, const char **name,
              const struct fob_secret **value);
/* Lend both parts of the certificate, as fob_certificate(). */
int proof_get_certificate(const struct proof *proof, const struct fob_secret **chain,
                          const struct fob_secret **key);
bool proof_is_empty(const struct proof *proof);
void proof_clear(struct proof *proof);

#endif
