/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log's files (fob-log(1)): lines of JSON, each with a MAC over itself and the MAC before
 * it, and an end that tells how many there are, which each new line takes the place of.
 */
#ifndef FOB_CORE_LOG_FILE_H
#define FOB_CORE_LOG_FILE_H

#include "core/context.h"
#include "util/strbuf.h"

#include <sys/types.h>

#define LOG_MAC 32

/* Where the chain is: after the line SEQ, whose MAC is LAST. */
struct log_chain {
    uint64_t seq;
    unsigned char last[LOG_MAC];
};

/* The log, open and locked for writing. */
struct log {
    struct fob_context *context;
    struct store *store;
    int fd;
    off_t end; /* where the next line goes */
    struct log_chain chain;
};

/*
 * Open the log for writing, with nobody else doing so until log_close(): it is made when it is not
 * there, and begun anew when it is large.  Unlocks the store.
 *
 * Returns FOB_SUCCESS, FOB_DENIED, FOB_SYSTEM, FOB_NOMEM, and as store_unlock().
 */
int log_open(struct fob_context *context, struct log *log);
void log_close(struct log *log);
/* Have room on the disk for a line more.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_reserve(const struct log *log);
/* Append a line of MEMBERS, a JSON object's without its braces: whole, or not at all.  It is not
 * waited for the disk.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int log_append(struct log *log, const char *members);

/* Open PATH, the log or a part of it that was set aside, as FLAGS say; SIZE may be NULL.  Returns
 * FOB_SUCCESS, FOB_NOT_FOUND, FOB_DENIED, FOB_SYSTEM. */
int log_open_file(const struct fob_context *context, const char *path, int flags, int *fd,
                  uint64_t *size);
/* The path of part number PART: 0 is the log itself, 1 the part before it; the caller frees it;
 * NULL when out of memory. */
char *log_part_path(const struct fob_context *context, unsigned part);

#endif
