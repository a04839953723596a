/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The log and its rotated parts, open for reading as they were at one moment.  Writers can go on
 * meanwhile: they only add lines.
 */
#ifndef FOB_CORE_LOG_LOG_PARTS_H
#define FOB_CORE_LOG_LOG_PARTS_H

#include "core/log/log_file.h"

struct log_part {
    char *path;
    int fd;
    uint64_t size;
    struct log_head head;
};
struct log_parts {
    struct log_part *parts; /* the oldest first */
    size_t count;
    bool current; /* the last part is the log itself */
};
/* Open all files into PARTS; call log_parts_close() even on failure.  It is not an error if there
 * are none.  Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM. */
int log_parts_open(const struct fob_context *context, struct log_parts *parts);
void log_parts_close(struct log_parts *parts);

#endif
