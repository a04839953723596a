/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The names of fob-hub-spool(5): tokens, invitations, drops, browsers.  Call hpke_ready() first.
 */
#ifndef FOB_SPOOL_SPOOL_NAME_H
#define FOB_SPOOL_SPOOL_NAME_H

#include "util/wire.h"

#define SPOOL_TOKEN 32
#define SPOOL_TOKEN_TEXT 43
#define SPOOL_ID 16
#define SPOOL_ID_TEXT 32
#define SPOOL_NONCE 16
#define SPOOL_NONCE_TEXT 22
#define SPOOL_HASH 32

/* A new token, for the caller to wipe.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int spool_name_token(unsigned char token[static SPOOL_TOKEN]);
/* The hash of an invitation's token, which begins with the invitation's ID. */
void spool_name_hash(const unsigned char token[static SPOOL_TOKEN],
                     unsigned char hash[static SPOOL_HASH]);
/* The name of the drop of a form that was sent as BODY. */
void spool_name_form(const unsigned char token[static SPOOL_TOKEN], struct span body,
                     unsigned char drop[static SPOOL_ID]);
/* The name of the drop of a callback with STATE. */
void spool_name_callback(struct span state, unsigned char drop[static SPOOL_ID]);
/* What identifies the browser with the nonce in a result. */
void spool_name_browser(const unsigned char nonce[static SPOOL_NONCE],
                        unsigned char hash[static SPOOL_HASH]);
/* Read the SPOOL_ID_TEXT lower-case hexadecimal digits of an ID or a drop at TEXT, where SIZE bytes
 * are.  False for anything else. */
bool spool_name_read(const char *text, size_t size, unsigned char id[static SPOOL_ID]);

#endif
