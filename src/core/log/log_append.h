/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Appending to the audit log.
 */
#ifndef FOB_CORE_LOG_LOG_APPEND_H
#define FOB_CORE_LOG_LOG_APPEND_H

#include "core/log/log_file.h"

/*
 * Open and lock the log for writing until log_close().  Creates the log if necessary, rotates it
 * when it is large, and unlocks the store.
 *
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM, and as store_unlock().
 */
int log_open(struct fob_context *context, struct log *log);
void log_close(struct log *log);
/* Reserve room on the disk for LINES lines.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int log_reserve(const struct log *log, size_t lines);
/* Append COUNT lines, all of them or none.  MEMBERS are JSON objects without their braces.  Does
 * not wait for the disk.  Returns FOB_SUCCESS, FOB_SYSTEM, FOB_NOMEM. */
int log_append(struct log *log, char *const *members, size_t count);

#endif
