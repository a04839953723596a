/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * PEM (RFC 7468): a certificate with its chain, and a private key.
 */
#ifndef FOB_UTIL_PEM_H
#define FOB_UTIL_PEM_H

#include <stdbool.h>
#include <stddef.h>

/* How the first and the last line of a block begin. */
#define PEM_BEGIN "-----BEGIN "
#define PEM_END "-----END "

/* In a rehearsal, which makes no connection, this stands for a block. */
#define PEM_REHEARSED "PEM"

struct pem_block {
    const char *label; /* such as CERTIFICATE */
    size_t label_size;
    const char *body; /* all between the lines with the label */
    size_t body_size;
};

/* Cut the next complete block off TEXT; false if there is none. */
bool pem_next(const char **text, struct pem_block *block);
bool pem_is(const struct pem_block *block, const char *label);

/* Why TEXT is no chain of certificates, or no private key that can be used without a passphrase: a
 * static string that continues "NAME cannot be sent: "; or NULL. */
const char *pem_chain_fault(const char *text);
const char *pem_key_fault(const char *text);

#endif
