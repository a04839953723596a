/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The audit log.  Part of <fob/fob.h>. */
#ifndef FOB_LOG_H
#define FOB_LOG_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/*
 * The audit log (fob-log(1)): a line for each change and use of an account.  Since 0.1.
 */
struct fob_log_entry {
    size_t size; /* sizeof this struct */
    uint64_t seq;
    int64_t when;        /* seconds since the Epoch */
    const char *event;   /* "link", "lend" … */
    const char *account; /* "" for none, as the next two */
    const char *provider;
    const char *result; /* a code's name */
    const char *program;
    const char *detail; /* "" where there is none */
    int64_t uid, pid;
    const char *line; /* the line itself, JSON */
    /* Since 0.2: the user who logged in, before any sudo(8) or su(1), or -1; and the kernel's name
     * of the program that started PROGRAM, or "".  Older lines lack both. */
    int64_t login;
    const char *parent;
};
/* Which lines to read; a member that is NULL or 0 lets all lines pass.  Since 0.2. */
struct fob_log_filter {
    size_t size; /* sizeof this struct */
    const char *account;
    const char *event; /* or the purpose of a loan */
    int64_t since;     /* not before that time */
    uint64_t after;    /* numbers beyond this one */
    int64_t until;     /* not after that time; since 0.2 */
};
/* The lines of the log and its rotated parts, oldest first, as they were at fob_log_open().  Since
 * 0.2. */
struct fob_log;

/*
 * Needs no key, and does not detect altered lines: see fob_verify_log().  FILTER is copied, with
 * its texts, and may be NULL.
 *
 * Returns FOB_SUCCESS, FOB_INVALID (not an account's name), FOB_NOT_FOUND (no log, and no store),
 * FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.2.
 */
FOB_API int fob_log_open(struct fob_context *context, const struct fob_log_filter *filter,
                         struct fob_log **log);
/*
 * The next entry, borrowed until the next call with LOG.  An entry with the result "begun" is left
 * out if the entry with the final result follows.
 *
 * Returns FOB_SUCCESS; FOB_NOT_FOUND (without a message) after the last; FOB_SYSTEM, FOB_NOMEM.
 * Since 0.2.
 */
FOB_API int fob_log_next(struct fob_log *log, const struct fob_log_entry **entry);
/* Since 0.2. */
FOB_API void fob_log_close(struct fob_log *log);

#ifdef __cplusplus
}
#endif

#endif
