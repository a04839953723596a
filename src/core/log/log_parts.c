/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens the log's files, and reads them line by line. */
#include "config.h"

#include "core/log/log_parts.h"

#include "util/error.h"
#include "util/process.h"

#include <fcntl.h>
#include <stdio.h>
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

/* Call FN for each line from FILE's position on. */
static int parts_read_lines(FILE *file, struct log_text text, log_text_fn *fn, void *data,
                            bool *more)
{
    const struct log_part *part = text.part;
    size_t room = 0;
    ssize_t size;
    int code = FOB_SUCCESS;

    while (*more && text.at < part->size && (size = getline(&text.text, &room, file)) > 0) {
        uint64_t left = part->size - text.at;

        text.size = (uint64_t)size > left ? (size_t)left : (size_t)size;
        text.whole = text.text[text.size - 1] == '\n';
        text.size -= text.whole;
        text.text[text.size] = '\0';
        *more = fn(&text, data);
        text.number++;
        text.at += text.size + text.whole;
    }
    if (ferror(file))
        code = error_system("log %s", part->path);
    free(text.text);
    return code;
}

int log_part_read(const struct log_part *part, log_text_fn *fn, void *data, bool *more)
{
    bool head = part->head.claim.kind == LOG_HEAD;
    struct log_text first = {
        .part = part,
        .number = head ? 2 : 1,
        .at = head ? LOG_HEAD_SIZE : 0,
    };
    int copy = fcntl(part->fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = copy >= 0 ? fdopen(copy, "r") : NULL;
    int code;

    if (file == NULL) {
        code = error_system("log %s", part->path);
        if (copy >= 0)
            close(copy);
        return code;
    }
    /* Otherwise a forked child that reads would move the shared file position. */
    process_close_on_fork(copy);
    code = fseeko(file, (off_t)first.at, SEEK_SET) == 0
               ? parts_read_lines(file, first, fn, data, more)
               : error_system("log %s", part->path);
    process_forget(copy);
    fclose(file);
    return code;
}
