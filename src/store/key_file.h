/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Key files (fob-store(5)): 32 random bytes for a key slot, as one line of text.
 */
#ifndef FOB_STORE_KEY_FILE_H
#define FOB_STORE_KEY_FILE_H

#include <fob/fob.h>

#include <sys/types.h>

/* Make random MATERIAL for a new key file.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int key_file_make(struct fob_secret **material);
/* Write MATERIAL durably to the new file PATH, creating the folders above it.  Returns FOB_SUCCESS,
 * FOB_EXISTS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_write(const char *path, const struct fob_secret *material);
/* Read a key file that belongs to USER or root.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_LOCKED
 * (not a key file), FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_read(const char *path, uid_t user, struct fob_secret **material);
/* The same for a systemd credential.  Its mode may let a group read it (an access list), because
 * its folder protects it. */
int key_file_read_credential(const char *path, uid_t user, struct fob_secret **material);
/* Refuse a PATH inside the folder STORE, because a copied store would carry its key.  Follows
 * symbolic links.  Returns FOB_SUCCESS, FOB_CONFIG. */
int key_file_check_place(const char *path, const char *store);
/* Remove a file that key_file_write() made. */
void key_file_remove(const char *path);
/* Whether PATH exists. */
bool key_file_exists(const char *path);
/* Set the error for a PATH that exists; returns FOB_EXISTS. */
int key_file_fail_exists(const char *path);

#endif
