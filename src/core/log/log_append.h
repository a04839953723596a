/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Appending to the audit log.
 */
#ifndef FOB_CORE_LOG_LOG_APPEND_H
#define FOB_CORE_LOG_LOG_APPEND_H

#include "core/log/log_file.h"

/*
 * Open the log for writing, with nobody else doing so until log_close(): it is made when it is not
 * there, and rotated when it is large.  Unlocks the store.
 *
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM, and as store_unlock().
 */
int log_open(struct fob_context *context, struct log *log);
void log_close(struct log *log);
/* Reserve room on the disk for this number of LINES.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_reserve(const struct log *log, size_t lines);
/* Append COUNT lines of MEMBERS, each a JSON object's without its braces: all of them whole, or
 * none. It is not waited for the disk.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int log_append(struct log *log, char *const *members, size_t count);

#endif
