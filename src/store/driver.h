/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Drivers: where the sealed bytes of a store lie.
 *
 * A driver knows nothing of keys.  It keeps one header and one blob an account; a write is there whole
 * and durable when it returns FOB_SUCCESS, or not at all.  Reading needs no lock.
 */
#ifndef FOB_STORE_DRIVER_H
#define FOB_STORE_DRIVER_H

#include <stddef.h>

#include <fob/fob.h>

#define DRIVER_HEADER_MAX (64 * 1024)
#define DRIVER_BLOB_MAX (4 * 1024 * 1024 + 1024)

struct blob {
    unsigned char *data;
    size_t size;
};
void blob_free(struct blob *blob);

struct driver;

/* Open the store at PATH and check its owner and mode.  FOB_NOT_FOUND when there is none. */
int driver_open(const char *path, struct driver **driver);
void driver_close(struct driver *driver);
/* Make a new store with this header; it appears whole.  FOB_EXISTS when there is one. */
int driver_create(const char *path, const struct blob *header);
int driver_read_header(const struct driver *driver, struct blob *header);

/* FOB_NOT_FOUND when there is none of that name. */
int driver_read(const struct driver *driver, const char *name, struct blob *blob);
/* FOB_SUCCESS, or FOB_NOT_FOUND without a message. */
int driver_exists(const struct driver *driver, const char *name);
/* Write a blob; with NEW only when there is none of that name, else FOB_EXISTS. */
int driver_write(const struct driver *driver, const char *name, const struct blob *blob, bool new);
int driver_erase(const struct driver *driver, const char *name);
/* Names in no order; others than accounts' names are told to STRAY, which may be NULL. */
int driver_list(const struct driver *driver, char ***names, size_t *count,
                void (*stray)(const char *file, void *data), void *data);

/* Keep all other writers out, processes and threads, until driver_unlock(); dies with its process. */
int driver_lock(const struct driver *driver, int *lock);
void driver_unlock(int lock);

#endif
