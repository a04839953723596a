/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log's files (fob-log(1)).  The first line of each, its head, says where the file ends.
 * To log, a line is appended and then the head is overwritten.  Bytes after the head's end were
 * left by a killed process, and are not part of the log.
 */
#ifndef FOB_CORE_LOG_LOG_FILE_H
#define FOB_CORE_LOG_LOG_FILE_H

#include "core/log/log_line.h"
#include "core/session/context.h"

/* The hint when the log cannot be written. */
#define LOG_HINT "every use of an account leaves a line there: see log: in fob.yaml(5)"

/* The log, open and locked for writing. */
struct log {
    struct fob_context *context;
    struct store *store;
    int fd;
    struct log_end end;
};

/* Write TEXT at the offset AT.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_write_at(const struct log *log, const struct strbuf *text, uint64_t at);
/* Write the head for END; CLOSED says that the log continues in another file.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int log_write_head(struct log *log, const struct log_end *end, bool closed);
/* Begin LOG's empty file.  It continues the file that ends with AFTER, or is the first when AFTER
 * is NULL, and records that there are PARTS older files.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int log_begin(struct log *log, const struct log_end *after, unsigned parts);

/* The head of a file, as text and parsed. */
struct log_head {
    char line[LOG_HEAD_SIZE + 1];
    struct log_claim claim; /* LOG_GARBAGE when there is no valid head */
};
/* Read the head of the open FD, whose path is PATH.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_read_head(int fd, const char *path, struct log_head *head);
/* Set GOOD to whether the head's MAC is valid.  Returns as log_line_follows(). */
int log_check_head(struct store *store, const struct log_head *head, bool *good);

/* Check that only root or the user can remove or replace the log in its folder.  Succeeds if there
 * is no such folder.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int log_check_folder(const struct fob_context *context);
/* Open PATH, the log or a rotated part, with FLAGS; SIZE may be NULL.  Returns FOB_SUCCESS,
 * FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int log_open_file(const struct fob_context *context, const char *path, int flags, int *fd,
                  uint64_t *size);
/* The path of part number PART: 0 is the log itself, 1 is the part before it; the caller frees it;
 * NULL when out of memory. */
char *log_part_path(const struct fob_context *context, unsigned part);

/* Whether the open FD is the file at PATH. */
bool log_is_at(int fd, const char *path);
/* Whether the part at PATH is a link to or a copy of the log, which is open as FD.  A process that
 * was killed while it rotated the log leaves both.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_is_copy(const struct fob_context *context, int fd, const char *path, bool *same);

#endif
