/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The addresses that fob may send credentials to: https, or http to this machine (RFC 3986).
 *
 * This is the one check, for configuration and for use.  It is stricter than any parser of URLs
 * that comes after it, so that none of them can find another host in what was let pass.
 */
#ifndef FOB_UTIL_ADDRESS_H
#define FOB_UTIL_ADDRESS_H

#include <stdbool.h>

enum address_flag {
    ADDRESS_BASE = 1 << 0, /* paths are added to it: no query, no fragment, no "." or ".." */
};

/* What is wrong with the URL TEXT (static); NULL when nothing is. */
const char *address_fault(const char *text, unsigned flags);
/* What is wrong with TEXT, the host of a URL and perhaps a colon and a port; NULL when nothing is.
 */
const char *address_server_fault(const char *text);
/* Whether a segment of PATH, up to its query, is "." or "..", in any spelling that some server
 * decodes: a path that begins within a base must also end there. */
bool address_has_dot_segment(const char *path);

#endif
