/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Paths, and opening only files that nobody else can have written.
 */
#ifndef FOB_UTIL_PATH_H
#define FOB_UTIL_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* DIR "/" NAME; the caller frees it; NULL when out of memory. */
char *path_join(const char *dir, const char *name);

/*
 * A copy of the absolute PATH without double and trailing slashes; the caller frees it.  Returns
 * FOB_SUCCESS, FOB_NOMEM, or FOB_INVALID without a message when PATH is relative or has "." or ".."
 * in it.
 */
int path_normalize(const char *path, char **normal);

/* What path_check_trust() requires of an open file. */
enum path_trust_flag {
    PATH_PRIVATE = 1 << 0, /* others must not be able to read it either */
    PATH_FOLDER = 1 << 1,  /* it must be a folder, not a regular file */
    PATH_SHARED = 1 << 2,  /* a world-writable folder is allowed when it is sticky, as /tmp is */
    PATH_NAMED = 1 << 3,   /* a key file: when root runs fob, its owner does not matter */
};
/*
 * Check that the open FD, called WHAT in messages, belongs to root or to USER, that no one else can
 * write to it, and that it is a regular file (or a folder).  A wrong type, owner and mode each have
 * their own message and hint.  SIZE, which may be NULL, receives the size.  Returns FOB_SUCCESS,
 * FOB_NOT_ALLOWED, FOB_SYSTEM.
 */
int path_check_trust(int fd, const char *what, unsigned flags, uid_t user, uint64_t *size);
/* The same for a file or folder of the status ST. */
int path_check_stat(const struct stat *st, const char *what, unsigned flags, uid_t user);

/*
 * Open a file or folder that lies below trusted folders only.  Every folder above PATH is opened
 * with openat() and checked with path_check_trust() for the effective user, also where symbolic
 * links lead; then the file itself is opened O_RDONLY and checked.
 *
 * A sticky folder that others may write to, such as /tmp, may be on the way, since nobody can
 * rename another's entries in it.  A link in such a folder must belong to root or the user, and the
 * file must not lie directly in it.
 *
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_INVALID (not absolute), FOB_SYSTEM,
 * FOB_NOMEM.
 */
int path_open_trusted(const char *path, unsigned flags, int *fd);

/* Create PATH and its parents, as mkdir -p does, with MODE for each new folder.  Returns
 * FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int path_make_folders(const char *path, unsigned mode);

#endif
