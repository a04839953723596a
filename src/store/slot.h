/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The store's header: its id, and the key slots that wrap its key (fob-store(5)).
 */
#ifndef FOB_STORE_SLOT_H
#define FOB_STORE_SLOT_H

#include "store/driver.h"
#include "store/seal.h"

#define STORE_ID 16

struct key_ring {
    unsigned char id[STORE_ID];
    uint32_t key_id;
    struct fob_secret *key; /* SEAL_KEY bytes */
};

struct slot_source {
    const char *key_file;
    /* Ask for the passphrase; NULL when there is nobody. */
    int (*ask)(struct fob_secret **passphrase, void *data);
    void *data;
};

/* Make a header with one slot for RING's key: by the key file's CONTENT, or by the passphrase. */
int slot_make_header(const struct key_ring *ring, const struct fob_secret *key_file,
                     const struct fob_secret *passphrase, struct blob *header);
/* Check what can be checked of a header without a key.  FOB_CORRUPT, FOB_CONFIG (a newer format). */
int slot_check_header(const struct blob *header, const char *what);
/* Open the first slot that opens, cheapest first, and check the whole header with the key found.
 * Returns FOB_SUCCESS, FOB_LOCKED, FOB_CORRUPT, FOB_DENIED, FOB_ABORT, FOB_SYSTEM, FOB_NOMEM. */
int slot_unlock(const struct blob *header, const char *what, const struct slot_source *source,
                struct key_ring *ring);

/* Read a key file: 64 hexadecimal digits and a newline, private to its owner. */
int slot_read_key_file(const char *path, struct fob_secret **content);
/* Write a new key file, durably, with new random content.  FOB_EXISTS when there is one. */
int slot_write_key_file(const char *path, struct fob_secret **content);

#endif
