/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The addresses that fob may send credentials to: https, or http to this machine (RFC 3986).
 *
 * Configuration and use share this one check.  It is stricter than any URL parser that comes after
 * it, so that no parser can find another host in an address that passed.
 */
#ifndef FOB_UTIL_ADDRESS_H
#define FOB_UTIL_ADDRESS_H

#include <stdbool.h>

enum address_flag {
    ADDRESS_BASE = 1 << 0, /* paths are appended to it: no query, no fragment, no "." or ".." */
};

/* What is wrong with the URL TEXT, as a static string; NULL when TEXT is valid. */
const char *address_fault(const char *text, unsigned flags);
/* What is wrong with TEXT, a URL's host with an optional ":PORT"; NULL when TEXT is valid. */
const char *address_server_fault(const char *text);
/* Whether TEXT is one part of a host name; and a name of two parts or more that is no address, and
 * not this machine. */
bool address_is_label(const char *text);
bool address_is_remote_name(const char *text);
/* Whether a segment of PATH, before its query, is "." or ".." in any spelling that some server
 * decodes.  A path below a base must not lead out of it. */
bool address_has_dot_segment(const char *path);
/* Why TARGET, a path with a query or without or a URL, cannot be sent: a literal; or NULL. */
const char *address_target_fault(const char *target);

#endif
