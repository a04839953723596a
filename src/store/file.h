/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files that exist completely or not at all, and that are read only when nobody else can have
 * written them.
 */
#ifndef FOB_STORE_FILE_H
#define FOB_STORE_FILE_H

#include "util/wire.h"

#include <sys/stat.h>
#include <sys/types.h>

/* With sixteen hexadecimal digits appended, the name of a file that is being written, or whose
 * write was cut short. */
#define FILES_TEMPORARY ".tmp-"
bool file_is_temporary(const char *name);

struct blob {
    unsigned char *data;
    size_t size;
};
void blob_free(struct blob *blob);

/* Room on the disk for a file, in a temporary file that file_write() then uses. */
struct file_room {
    int fd; /* -1 for none */
    char temporary[sizeof FILES_TEMPORARY + 16];
};

/* A file NAME in the open FOLDER; WHAT is its name in messages. */
struct file {
    int folder;
    const char *name;
    const char *what;
    uid_t user;             /* an existing file must belong to USER or root */
    bool follow;            /* file_open() follows a symbolic link and checks its target */
    bool named;             /* file_open() accepts any owner if USER is root, who named it */
    bool shared;            /* file_open() accepts a file that others can read, but not write */
    struct file_room *room; /* for file_write(), which uses it up; or NULL */
};

/* Open for reading without blocking.  The file must be regular and private (path_check_stat()).
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int file_open(const struct file *file, int *fd, struct stat *st);
/* Read up to SIZE bytes; returns the number of bytes read, or -1. */
ssize_t file_read_fully(int fd, void *data, size_t size);
/* Read the whole file; over MAX bytes it is FOB_CORRUPT.  The caller frees BLOB with blob_free().
 * Returns FOB_NOMEM, and as file_open(). */
int file_read(const struct file *file, size_t max, struct blob *blob, struct stat *st);

/* Reserve room for SIZE bytes in FILE's folder.  Release it, even after it was used.  Returns
 * FOB_SUCCESS, FOB_SYSTEM. */
int file_reserve(const struct file *file, size_t size, struct file_room *room);
void file_release(int folder, struct file_room *room);

enum file_place {
    FILE_NEW,     /* FOB_EXISTS without a message when the name is taken */
    FILE_REPLACE, /* the old file stays until the new one is durable */
};
/* Write CONTENT durably: temporary file, fsync, rename, fsync of the folder.  A failure leaves no
 * temporary file.  Returns FOB_SUCCESS, FOB_EXISTS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int file_write(const struct file *file, struct span content, enum file_place place);

/* Whether the folder NAME in FOLDER, called WHAT in messages, exists and holds anything but
 * temporary files.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int file_folder_is_used(int folder, const char *name, const char *what, bool *used);

/* One of several files to be written together. */
struct file_change {
    const char *name;
    struct span content;
    char temporary[sizeof FILES_TEMPORARY + 16]; /* empty, for file_write_many() */
};
/*
 * Write all CHANGES to files in the open FOLDER, called WHAT in messages, creating or replacing
 * them.  They become durable together, many of them by one syncfs(2).  After a failure some may be
 * written, each completely, and no temporary file is left.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED,
 * FOB_SYSTEM.
 */
int file_write_many(int folder, const char *what, struct file_change *changes, size_t count);

/*
 * Append CONTENT, entries of SIZE bytes each, to FILE, which is created if necessary.  This does
 * not wait for the disk: a power cut may lose all or part of CONTENT.  A partial entry at the end,
 * of a write that was cut short, is removed first.  A failure leaves the old entries.  Returns
 * FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM.
 */
int file_append(const struct file *file, size_t size, struct span content);

/* Make changes of names in the open FOLDER durable. */
int file_sync_folder(int folder, const char *what);

/* Wait for the lock on FILE, which is created if necessary; without WAIT, return FOB_IGNORE if
 * another has it.  LOCK is a new open file description,
 * so the lock also excludes other threads.  It is held until file_unlock() or the end of the
 * process. */
int file_lock(const struct file *file, bool wait, int *lock);
/* Release the lock and close LOCK, even if a process that was forked meanwhile has LOCK open
 * too. */
void file_unlock(int lock);

#endif
