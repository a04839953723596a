/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Key files (fob-store(5)): 32 random bytes that open a key slot, as one line of text.
 */
#ifndef FOB_STORE_KEY_FILE_H
#define FOB_STORE_KEY_FILE_H

#include <fob/fob.h>

#include <sys/types.h>

/* Random MATERIAL for a key file that is to be written.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int key_file_make(struct fob_secret **material);
/* Write MATERIAL to the new file PATH, durably, making the folders above it.  Returns FOB_SUCCESS,
 * FOB_EXISTS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_write(const char *path, const struct fob_secret *material);
/* Reads a key file of USER's or of root's.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_LOCKED (it is
 * not a key file), FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_read(const char *path, uid_t user, struct fob_secret **material);
/* The same of a credential of systemd's, which others than its owner may read (a group, by an
 * access list): it is kept from them by its folder. */
int key_file_read_credential(const char *path, uid_t user, struct fob_secret **material);
/* Whether a key file may be at PATH, when the store is the folder STORE: not inside, or a copied
 * store carries its key.  Sees through symbolic links.  Returns FOB_SUCCESS, FOB_CONFIG. */
int key_file_check_place(const char *path, const char *store);
/* Take back what key_file_write() made. */
void key_file_remove(const char *path);
/* Whether there is anything at PATH. */
bool key_file_exists(const char *path);
/* Sets the error that says so; returns FOB_EXISTS. */
int key_file_fail_exists(const char *path);

#endif
