/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads a part of the log line by line. */
#include "config.h"

#include "core/log/log_lines.h"

#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* What was appended since the part was opened is not read. */
static ssize_t log_lines_read(void *cookie, char *buffer, size_t size)
{
    struct log_lines *lines = cookie;
    const struct log_part *part = lines->line.part;
    uint64_t left = part->size > lines->position ? part->size - lines->position : 0;
    ssize_t got =
        pread(part->fd, buffer, size < left ? size : (size_t)left, (off_t)lines->position);

    if (got > 0)
        lines->position += (uint64_t)got;
    return got;
}

int log_lines_open(const struct log_part *part, struct log_lines *lines)
{
    const cookie_io_functions_t functions = { .read = log_lines_read };
    bool head = part->head.claim.kind == LOG_HEAD;

    *lines = (struct log_lines){
        .line = { .part = part, .number = head },
        .after = head ? LOG_HEAD_SIZE : 0,
        .position = head ? LOG_HEAD_SIZE : 0,
        .file = fopencookie(lines, "r", functions),
    };
    return lines->file != NULL ? FOB_SUCCESS : error_nomem();
}

int log_lines_next(struct log_lines *lines, struct log_text **next)
{
    struct log_text *line = &lines->line;
    ssize_t size = getline(&line->text, &lines->room, lines->file);

    if (size < 0 && !feof(lines->file))
        return errno == ENOMEM ? error_nomem() : error_system("log %s", line->part->path);
    *next = size < 0 ? NULL : line;
    if (size < 0)
        return FOB_SUCCESS;
    line->number++;
    line->at = lines->after;
    lines->after += (uint64_t)size;
    line->whole = line->text[size - 1] == '\n';
    line->size = (size_t)size - line->whole;
    line->text[line->size] = '\0';
    return FOB_SUCCESS;
}

void log_lines_close(struct log_lines *lines)
{
    if (lines->file != NULL)
        fclose(lines->file);
    free(lines->line.text);
    *lines = (struct log_lines){ .file = NULL };
}
