/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Reading a part of the log line by line.
 */
#ifndef FOB_CORE_LOG_LOG_LINES_H
#define FOB_CORE_LOG_LOG_LINES_H

#include "core/log/log_parts.h"

#include <stdio.h>

/* A line of a part, other than its head. */
struct log_text {
    const struct log_part *part;
    size_t number; /* in the file, from 1 */
    uint64_t at;   /* the offset of its first byte */
    char *text;    /* without its newline */
    size_t size;
    bool whole; /* it ends with a newline */
};

/* Must stay where it is while it is open. */
struct log_lines {
    struct log_text line; /* the last one read */
    uint64_t after;       /* the offset after that line */
    size_t room;          /* of its text */
    uint64_t position;    /* of FILE in the part */
    FILE *file;           /* NULL when closed */
};
/* Open PART, which must stay open.  A forked child may go on reading: it does not move the parent's
 * position.  Returns FOB_SUCCESS, FOB_NOMEM. */
int log_lines_open(const struct log_part *part, struct log_lines *lines);
/* Read the next line, which lasts until the next call; NULL after the last.  Returns FOB_SUCCESS,
 * FOB_SYSTEM, FOB_NOMEM. */
int log_lines_next(struct log_lines *lines, struct log_text **line);
void log_lines_close(struct log_lines *lines);

#endif
