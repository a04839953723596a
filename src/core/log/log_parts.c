/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens the log's files. */
#include "config.h"

#include "core/log/log_parts.h"

#include "util/error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* Append part NUMBER to PARTS, if it exists. */
static int log_parts_add(const struct fob_context *context, unsigned number,
                         struct log_parts *parts)
{
    struct log_part *part = &parts->parts[parts->count];
    int code;

    *part = (struct log_part){ .path = log_part_path(context, number), .fd = -1 };
    code = part->path != NULL ? log_open_file(context, part->path, O_RDONLY, &part->fd, &part->size)
                              : error_nomem();
    if (code == FOB_SUCCESS)
        code = log_read_head(part->fd, part->path, &part->head);
    if (code == FOB_SUCCESS) {
        parts->count++;
        return FOB_SUCCESS;
    }
    if (part->fd >= 0)
        close(part->fd);
    free(part->path);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

/* Open the parts older than the log, which is open as FD or does not exist. */
static int parts_open_older(const struct fob_context *context, int fd, struct log_parts *parts)
{
    int code = FOB_SUCCESS;

    for (unsigned number = context->settings->log_keep; number > 0 && code == FOB_SUCCESS;
         number--) {
        size_t count = parts->count;
        bool same = false;

        code = log_parts_add(context, number, parts);
        if (code == FOB_SUCCESS && parts->count > count && fd >= 0)
            code = log_is_copy(context, fd, parts->parts[count].path, &same);
        if (same) {
            close(parts->parts[count].fd);
            free(parts->parts[count].path);
            parts->count--;
        }
    }
    return code;
}

int log_parts_open(const struct fob_context *context, struct log_parts *parts)
{
    const char *path = context->settings->log_path;
    struct log_parts log = { NULL, 0, false };
    struct log_part newest = { .fd = -1 };
    int code = FOB_SUCCESS;

    log.parts = &newest;
    *parts = (struct log_parts){ NULL, 0, false };
    parts->parts = calloc(context->settings->log_keep + 1, sizeof *parts->parts);
    if (parts->parts == NULL)
        return error_nomem();
    code = log_check_folder(context);
    if (code != FOB_SUCCESS)
        return code;
    /* Nobody rotates the log while it is locked. */
    do {
        if (log.count > 0) {
            close(newest.fd);
            free(newest.path);
            log.count = 0;
        }
        code = log_parts_add(context, 0, &log);
    } while (code == FOB_SUCCESS && log.count > 0 && !log_is_at(newest.fd, path));
    if (code != FOB_SUCCESS)
        return code;
    code = parts_open_older(context, log.count > 0 ? newest.fd : -1, parts);
    if (log.count > 0) {
        parts->parts[parts->count++] = newest;
        parts->current = true;
    }
    for (size_t i = 0; i < parts->count; i++)
        flock(parts->parts[i].fd, LOCK_UN);
    return code;
}

void log_parts_close(struct log_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        close(parts->parts[i].fd);
        free(parts->parts[i].path);
    }
    free(parts->parts);
    *parts = (struct log_parts){ NULL, 0, false };
}
