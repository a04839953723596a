/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Appends lines to the log, under the file's lock, and then updates the head, which counts them. */
#include "config.h"

#include "core/log/log_append.h"

#include "core/log/log_rotate.h"
#include "store/file.h"
#include "util/error.h"
#include "util/process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Make the file end where its head says. */
static int append_repair_end(struct log *log, uint64_t size)
{
    /* Bytes after the end were not logged. */
    if (size > log->end.size)
        return ftruncate(log->fd, (off_t)log->end.size) == 0
                   ? FOB_SUCCESS
                   : error_system("log %s", log->context->settings->log_path);
    /* Lines were lost in a crash or removed by somebody.  The next line will not follow, so a
     * verification notices. */
    if (size < log->end.size) {
        char newline[] = "\n";

        log->end.size = size + 1;
        return log_write_at(log, &(struct strbuf){ .data = newline, .size = 1 }, size);
    }
    return FOB_SUCCESS;
}

/* Find the end of the open file of SIZE bytes.  DONE is false if the file was rotated, so the
 * caller opens the new one. */
static int append_find_end(struct log *log, uint64_t size, bool *done)
{
    struct log_head head;
    bool good = false;
    int code;

    *done = size == 0;
    if (size == 0)
        return log_begin(log, NULL, 0);
    code = log_read_head(log->fd, log->context->settings->log_path, &head);
    if (code == FOB_SUCCESS)
        code = log_check_head(log->store, &head, &good);
    if (code != FOB_SUCCESS)
        return code;
    log->end = head.claim.end;
    *done = good && !head.claim.closed && size <= log->context->settings->log_max_size;
    if (*done)
        return append_repair_end(log, size);
    if (!log_is_at(log->fd, log->context->settings->log_path))
        return FOB_SUCCESS;
    return log_rotate(log, &head.claim, good);
}

/* Whether the log lies in the store's folder, which store_open() has checked. */
static bool append_is_in_store(const struct settings *settings)
{
    size_t size = strlen(settings->store_path);

    return strncmp(settings->log_path, settings->store_path, size) == 0 &&
           settings->log_path[size] == '/' && strchr(settings->log_path + size + 1, '/') == NULL;
}

int log_open(struct fob_context *context, struct log *log)
{
    bool done = false;
    int code;

    *log = (struct log){ .context = context, .fd = -1 };
    code = context_store(context, &log->store);
    if (code == FOB_SUCCESS)
        code = store_unlock(log->store);
    if (code == FOB_SUCCESS && !append_is_in_store(context->settings))
        code = log_check_folder(context);
    while (code == FOB_SUCCESS && !done) {
        uint64_t size;

        log_close(log);
        code =
            log_open_file(context, context->settings->log_path, O_RDWR | O_CREAT, &log->fd, &size);
        process_close_on_fork(log->fd);
        if (code == FOB_SUCCESS)
            code = append_find_end(log, size, &done);
    }
    if (code != FOB_SUCCESS)
        log_close(log);
    return code;
}

void log_close(struct log *log)
{
    if (log->fd >= 0)
        file_unlock(log->fd);
    log->fd = -1;
}

int log_reserve(const struct log *log, size_t lines)
{
    const char *path = log->context->settings->log_path;
    const uint64_t size = (uint64_t)lines * LOG_LINE_MAX;
    struct rlimit limit;
    int code;

    /* Unlike write(), fallocate() does not check this limit. */
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && log->end.size + size > limit.rlim_cur)
        errno = EFBIG;
    else if (fallocate(log->fd, FALLOC_FL_KEEP_SIZE, (off_t)log->end.size, (off_t)size) == 0 ||
             errno == EOPNOTSUPP || errno == ENOSYS)
        return FOB_SUCCESS;
    code = error_system("log %s", path);
    error_hint(LOG_HINT);
    return code;
}

int log_append(struct log *log, char *const *members, size_t count)
{
    struct log_end end = log->end;
    struct strbuf lines = STRBUF_INIT;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++)
        code = log_line_make(log->store, &end, members[i], &lines);
    if (code == FOB_SUCCESS)
        code = log_write_at(log, &lines, log->end.size);
    strbuf_free(&lines);
    return code == FOB_SUCCESS ? log_write_head(log, &end, false) : code;
}
