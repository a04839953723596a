/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A spool's files, which exist completely or not at all, and which are read as input from outside.
 */
#ifndef FOB_SPOOL_SPOOL_FILE_H
#define FOB_SPOOL_SPOOL_FILE_H

#include "spool/spool_layout.h"

#include "util/strbuf.h"
#include "util/wire.h"

/* The most bytes of a card, a result or the site. */
#define SPOOL_FILE_JSON_MAX 65536
#define SPOOL_FILE_LOGO_MAX 102400

/* The open folders of a spool; -1 for one that is not there, or that this user may not enter. */
struct spool {
    int folders[SPOOL_FOLDERS];
};
/* Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM: each folder but work must be
 * there. */
int spool_file_open(const char *path, struct spool *spool);
void spool_file_close(struct spool *spool);

/* Create or replace a file durably.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM; a failure
 * leaves the old file. */
int spool_file_write(const struct spool *spool, enum spool_folder place, const char *name,
                     struct span content);
/* Put a drop NAME into the inbox durably; for the hub, which cannot list the inbox.  Returns
 * FOB_SUCCESS, FOB_EXISTS without a message, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int spool_file_put(const struct spool *spool, const char *name, struct span drop);

/* Append the content of a regular file with at most MAX bytes to CONTENT.  Links are not followed.
 * Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_CORRUPT (not such a file), FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM. */
int spool_file_read(const struct spool *spool, enum spool_folder place, const char *name,
                    size_t max, struct strbuf *content);
/* Append the drop NAME of the inbox to CONTENT, for the owner, to whom the inbox is hostile: it
 * must be a regular file of the user HUB, with one name, and with the size of a drop.  Its content
 * may change until it is read, and what was read counts.  ARRIVED receives the time of its last
 * change. Returns as spool_file_read(). */
int spool_file_take(const struct spool *spool, const char *name, uid_t hub, struct strbuf *content,
                    int64_t *arrived);
/* Remove a file durably.  Returns FOB_SUCCESS, also when there is none; FOB_NOT_ALLOWED,
 * FOB_SYSTEM. */
int spool_file_remove(const struct spool *spool, enum spool_folder place, const char *name);
/* Whether there is such a file.  AGE, in seconds, may be NULL. */
bool spool_file_exists(const struct spool *spool, enum spool_folder place, const char *name,
                       int64_t *age);
/* Whether a drop has been in the folder INBOX for more than SECONDS; for its owner. */
bool spool_file_waits(const char *inbox, int64_t seconds);

#endif
