/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Going on after a rollback: the server has an older state than a mirror, from a backup or a
 * fail-over that lost what was acknowledged.
 */
#ifndef FOB_STORE_MIRROR_ACCEPT_H
#define FOB_STORE_MIRROR_ACCEPT_H

#include "store/store.h"

/* A record of this machine's mirror that the server has not, or not as new. */
struct mirror_lost {
    const char *name;
    uint64_t here;  /* its version in the mirror */
    uint64_t there; /* at the server; 0 when it has none */
};
/* Whether the record is to be written to the server again. */
typedef bool mirror_lost_fn(const struct mirror_lost *lost, void *data);

/*
 * Compare the mirror with the server, and call FN for each record that the mirror has newer.  With
 * ACCEPT, the server's state then replaces the mirror's, and the records for which FN returned true
 * are written to the server as they were.
 *
 * Returns FOB_SUCCESS; FOB_NOT_FOUND without a message in a store of files; FOB_CORRUPT when a
 * record to be written is sealed with a key that the server's store does not have; and as
 * driver_class.lock.
 */
int mirror_accept(struct store *store, bool accept, mirror_lost_fn *fn, void *data);

#endif
