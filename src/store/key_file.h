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
 * FOB_EXISTS, FOB_DENIED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_write(const char *path, const struct fob_secret *material);
/* Reads a key file of USER's or of root's.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_LOCKED (it is
 * not a key file), FOB_DENIED, FOB_SYSTEM, FOB_NOMEM. */
int key_file_read(const char *path, uid_t user, struct fob_secret **material);
/* Whether there is anything at PATH. */
bool key_file_exists(const char *path);
/* Sets the error that says so; returns FOB_EXISTS. */
int key_file_taken(const char *path);

#endif
