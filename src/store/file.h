/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files that are there whole or not at all, and that are only read when nobody else can have
 * written them.
 */
#ifndef FOB_STORE_FILE_H
#define FOB_STORE_FILE_H

#include "store/wire.h"

#include <sys/types.h>

/* This and sixteen hexadecimal digits is a write that goes on or was cut short: nothing needs it.
 */
#define FILES_TEMPORARY ".tmp-"
bool file_is_temporary(const char *name);

struct blob {
    unsigned char *data;
    size_t size;
};
void blob_free(struct blob *blob);

/* WHAT names the file in messages, NAME lies in the open FOLDER. */
struct file {
    int folder;
    const char *name;
    const char *what;
    uid_t user;  /* to whom or to root an existing one must belong */
    bool follow; /* when opened it may be a symbolic link; its target is what is checked */
    bool named;  /* when opened it may be anybody's if USER is root, who named it */
    bool shared; /* when opened it may be readable by others, though not writable */
};

/* Open for reading: no waiting, a regular file, private (path_check_trust()); SIZE may be NULL.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int file_open(const struct file *file, int *fd, uint64_t *size);
/* Read up to SIZE bytes; returns how many there were, or -1. */
ssize_t file_read_fully(int fd, void *data, size_t size);
/* Read it all; a file over MAX bytes is FOB_CORRUPT.  Returns as file_open(), FOB_NOMEM; the caller
 * frees with blob_free(). */
int file_read(const struct file *file, size_t max, struct blob *blob);

enum file_place {
    FILE_NEW,     /* FOB_EXISTS, without a message, when there is one of that name */
    FILE_REPLACE, /* the old one stays until the new one is durable */
};
/* Write CONTENT durably: temporary file, fsync, rename, fsync of the folder.  No temporary is left
 * behind by a failure.  Returns FOB_SUCCESS, FOB_EXISTS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int file_write(const struct file *file, struct span content, enum file_place place);

/* Whether the folder NAME in FOLDER, called WHAT in messages, is there and holds anything but
 * temporaries.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int file_folder_is_used(int folder, const char *name, const char *what, bool *used);

/* A file to be written with others. */
struct file_change {
    const char *name;
    struct span content;
    char temporary[sizeof FILES_TEMPORARY + 16]; /* empty, for file_write_many() */
};
/*
 * Write all CHANGES to files in the open FOLDER, called WHAT in messages, new or in place of what
 * is there; durable together, many of them by one syncfs(2).  After a failure some may be there,
 * each whole, and no temporary is left.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM.
 */
int file_write_many(int folder, const char *what, struct file_change *changes, size_t count);

/*
 * Append CONTENT, a number of entries of SIZE bytes each, to FILE, which is made when it is not
 * there.  The disk is not waited for: a power cut may take what was appended, or a part of it.
 * What does not make a whole entry at its end is a write that was cut short, and is removed; a
 * failure leaves what was there.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM.
 */
int file_append(const struct file *file, size_t size, struct span content);

/* Make what happened to names in the open FOLDER durable. */
int file_sync_folder(int folder, const char *what);

/* Wait for the lock FILE, made when it is not there.  It is held by LOCK, an open of its own, so
 * that threads keep each other out too, until file_unlock() or the end of the process. */
int file_lock(const struct file *file, int *lock);
/* Give up the lock and close LOCK, also if a process that was forked meanwhile has it too. */
void file_unlock(int lock);

#endif
