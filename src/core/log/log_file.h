/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The audit log's files (fob-log(1)).  The head of each, its first line, tells how far it goes.  A
 * line is appended, and then the head is written over: what is behind the end that the head tells
 * of is what a killed process left, and was not logged.
 */
#ifndef FOB_CORE_LOG_LOG_FILE_H
#define FOB_CORE_LOG_LOG_FILE_H

#include "core/log/log_line.h"
#include "core/session/context.h"

/* For the error of a log that cannot be written. */
#define LOG_HINT "every use of an account leaves a line there: see log: in fob.yaml(5)"

/* The log, open and locked for writing. */
struct log {
    struct fob_context *context;
    struct store *store;
    int fd;
    struct log_end end;
};

/* Write TEXT AT an offset.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_write_at(const struct log *log, const struct strbuf *text, uint64_t at);
/* Write the head that goes with END; CLOSED tells that the log goes on in another file.  Returns
 * FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int log_write_head(struct log *log, const struct log_end *end, bool closed);
/* Begin the empty file of LOG, which goes on from AFTER, or from nothing when that is NULL, and has
 * PARTS older ones behind it.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int log_begin(struct log *log, const struct log_end *after, unsigned parts);

/* The first line of a file, and what it says. */
struct log_head {
    char line[LOG_HEAD_SIZE + 1];
    struct log_claim claim; /* LOG_GARBAGE when it is not there */
};
/* Of the open FD.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_read_head(int fd, struct log_head *head);
/* Whether it is fob's; GOOD gets the answer.  Returns as log_line_follows(). */
int log_check_head(struct store *store, const struct log_head *head, bool *good);

/* Whether nobody but root or the user may remove the log from its folder, or put another in its
 * place; also when there is no such folder.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM,
 * FOB_NOMEM. */
int log_check_folder(const struct fob_context *context);
/* Open PATH, the log or a part of it that was set aside, as FLAGS say; SIZE may be NULL.  Returns
 * FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED, FOB_SYSTEM. */
int log_open_file(const struct fob_context *context, const char *path, int flags, int *fd,
                  uint64_t *size);
/* The path of part number PART: 0 is the log itself, 1 the part before it; the caller frees it;
 * NULL when out of memory. */
char *log_part_path(const struct fob_context *context, unsigned part);

/* Whether the open FD is the file at PATH. */
bool log_is_at(int fd, const char *path);
/* Whether the part at PATH is the log, open as FD, or a copy of it: a process that was killed while
 * it rotated the log leaves both.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_is_copy(int fd, const char *path, bool *same);

#endif
