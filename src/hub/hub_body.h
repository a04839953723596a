/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The bodies that are being sent, in a bounded amount of locked memory.
 *
 * A body grows as it arrives.  When all together would be too large, the address that holds the
 * most loses the one it began first.
 */
#ifndef FOB_HUB_HUB_BODY_H
#define FOB_HUB_HUB_BODY_H

#include "hub/hub_request.h"

/* Of all bodies together. */
#define HUB_BODY_ALL_MAX ((size_t)1024 * 1024)

/* The requests whose bodies were begun, the first one first; all zeros for none. */
struct hub_bodies {
    struct hub_request *first;
    struct hub_request *last;
    size_t size; /* of their memory */
};

/* Append the SIZE bytes at DATA, and set LOST of a request when there is no memory for its body.
 * Returns false for more than the announced length. */
bool hub_body_add(struct hub_bodies *bodies, struct hub_request *request, const void *data,
                  size_t size);
/* Wipe and free the body of REQUEST, which may have none. */
void hub_body_end(struct hub_bodies *bodies, struct hub_request *request);

#endif
