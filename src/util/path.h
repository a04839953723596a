/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Paths, and files that are only used when nobody else can have written them.
 */
#ifndef FOB_UTIL_PATH_H
#define FOB_UTIL_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* DIR "/" NAME; the caller frees it; NULL when out of memory. */
char *path_join(const char *dir, const char *name);

/*
 * A copy of the absolute PATH without double and trailing slashes, for the caller to free.  Returns
 * FOB_SUCCESS, FOB_INVALID without a message (not absolute, or "." or ".." in it), FOB_NOMEM.
 */
int path_normalize(const char *path, char **normal);

/* What may be wrong with the owner and mode of an open file. */
enum path_trust_flag {
    PATH_PRIVATE = 1 << 0, /* nobody else may read it either */
    PATH_FOLDER = 1 << 1,  /* it must be a folder, not a regular file */
    PATH_SHARED = 1 << 2,  /* a folder may be everybody's when it is sticky, as /tmp is */
    PATH_NAMED = 1 << 3,   /* a key file, which root may name whosever it is */
};
/*
 * Check that the open FD, called WHAT in messages, belongs to root or to USER, is writable by no
 * one else, and is a regular file (or a folder).  Missing, wrong type, wrong owner and wrong mode
 * each have a message and a hint of their own.  The size goes to SIZE, which may be NULL.  Returns
 * FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM.
 */
int path_check_trust(int fd, const char *what, unsigned flags, uid_t user, uint64_t *size);

/*
 * Open a file or folder below nothing but trusted folders: every folder above PATH, the targets of
 * symbolic links included, is walked with openat() and checked with path_check_trust() for the
 * effective user; then the file itself is opened O_RDONLY and checked.
 *
 * A sticky folder that others may write to, as /tmp, may be on the way, since nobody can move what
 * is in it; a link in it must be root's or the user's, and the file may not lie there itself.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_INVALID (not absolute), FOB_SYSTEM,
 * FOB_NOMEM.
 */
int path_open_trusted(const char *path, unsigned flags, int *fd);

/* mkdir -p, with MODE for the folders made.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int path_make_folders(const char *path, unsigned mode);

#endif
