/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * How often an address may ask, and how many drops of an invitation may wait.
 */
#ifndef FOB_HUB_HUB_LIMIT_H
#define FOB_HUB_HUB_LIMIT_H

#include "spool/spool_file.h"
#include "spool/spool_name.h"

#include <netinet/in.h>

enum hub_limit_kind {
    HUB_LIMIT_REQUESTS,
    HUB_LIMIT_POSTS,
    HUB_LIMIT_UNKNOWN, /* tokens that no invitation has */
    HUB_LIMIT_KINDS
};

/* An IPv4 address, or the first half of an IPv6 address. */
struct hub_limit_address {
    unsigned char bytes[8];
};
/* Read an address as text.  Any other text is one address, too. */
struct hub_limit_address hub_limit_read_address(const char *text);

/* The tables; NULL when out of memory. */
struct hub_limits *hub_limit_new(void);
void hub_limit_free(struct hub_limits *limits);
/* Count one; returns 0, or the seconds until the next minute of ADDRESS when it is over its limit.
 */
unsigned hub_limit_count(struct hub_limits *limits, struct hub_limit_address address,
                         enum hub_limit_kind kind);
/* Whether ADDRESS may still do something of the kind; does not count it. */
bool hub_limit_allows(const struct hub_limits *limits, struct hub_limit_address address,
                      enum hub_limit_kind kind);
/* Remember the drop of an invitation, unless 20 others still wait in the inbox: then false. */
bool hub_limit_drop(struct hub_limits *limits, const struct spool *spool,
                    const unsigned char id[static SPOOL_ID],
                    const unsigned char drop[static SPOOL_ID]);

#endif
