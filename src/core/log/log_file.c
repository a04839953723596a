/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens the log's files, reads and writes their heads, and writes at an offset. */
#include "config.h"

#include "core/log/log_file.h"

#include "core/log/log_line.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"
#include "util/wait.h"
#include "util/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int log_check_folder(const struct fob_context *context)
{
    const char *path = context->settings->log_path;
    const char *slash = strrchr(path, '/');
    char *folder = strndup(path, slash > path ? (size_t)(slash - path) : 1);
    int fd = folder != NULL ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    int code = FOB_SUCCESS;

    if (folder == NULL) {
        code = error_nomem();
    } else if (fd >= 0) {
        code = path_check_trust(fd, folder, PATH_FOLDER, context->settings->user, NULL);
        if (code == FOB_NOT_ALLOWED)
            error_hint("others who can write there can remove the log: give it its own folder "
                       "(log: in fob.yaml(5))");
    } else if (errno != ENOENT) { /* opening the log reports this error */
        code = error_system("log %s", path);
        error_hint(LOG_HINT);
    }
    if (fd >= 0)
        close(fd);
    free(folder);
    return code;
}

int log_open_file(const struct fob_context *context, const char *path, int flags, int *fd,
                  uint64_t *size)
{
    int new = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    int operation = (flags & O_ACCMODE) == O_RDONLY ? LOCK_SH : LOCK_EX;
    int code = FOB_SUCCESS;

    if (new < 0 && errno == ENOENT && (flags & O_CREAT) == 0)
        return error_set(FOB_NOT_FOUND, "log %s: no such file", path);
    if (new < 0) {
        code = error_system("log %s", path);
        error_hint(LOG_HINT);
        return code;
    }
    if (wait_for_lock(new, operation, path) < 0)
        code = error_system("log %s", path);
    /* Read the size again, now under the lock. */
    if (code == FOB_SUCCESS)
        code = path_check_trust(new, path, PATH_PRIVATE, context->settings->user, size);
    if (code != FOB_SUCCESS) {
        close(new);
        return code;
    }
    *fd = new;
    return FOB_SUCCESS;
}

char *log_part_path(const struct fob_context *context, unsigned part)
{
    struct strbuf path = STRBUF_INIT;

    strbuf_add_text(&path, context->settings->log_path);
    if (part > 0)
        strbuf_printf(&path, ".%u", part);
    return strbuf_detach(&path);
}

int log_read_head(int fd, const char *path, struct log_head *head)
{
    ssize_t got;

    *head = (struct log_head){ "", { .kind = LOG_GARBAGE } };
    do
        got = pread(fd, head->line, LOG_HEAD_SIZE, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_system("log %s", path);
    if (got != (ssize_t)LOG_HEAD_SIZE || head->line[LOG_HEAD_SIZE - 1] != '\n')
        return FOB_SUCCESS;
    head->line[LOG_HEAD_SIZE - 1] = '\0';
    log_line_parse(head->line, LOG_HEAD_SIZE - 1, &head->claim);
    return FOB_SUCCESS;
}

int log_check_head(struct store *store, const struct log_head *head, bool *good)
{
    *good = false;
    if (head->claim.kind != LOG_HEAD)
        return FOB_SUCCESS;
    return log_line_follows(store, head->line, &head->claim, NULL, good);
}

int log_write_at(const struct log *log, const struct strbuf *text, uint64_t at)
{
    int code;

    if (write_at(log->fd, text->data, text->size, (off_t)at) == 0)
        return FOB_SUCCESS;
    code = error_system("log %s", log->context->settings->log_path);
    error_hint(LOG_HINT);
    return code;
}

/* Overwrite the head.  It is smaller than a page, so a killed process has written all of it or
 * nothing. */
int log_write_head(struct log *log, const struct log_end *end, bool closed)
{
    struct strbuf head = STRBUF_INIT;
    int code = log_line_make_head(log->store, end, closed, &head);

    if (code == FOB_SUCCESS)
        code = log_write_at(log, &head, 0);
    if (code == FOB_SUCCESS)
        log->end = *end;
    strbuf_free(&head);
    return code;
}

int log_begin(struct log *log, const struct log_end *after, unsigned parts)
{
    struct log_end end = { .seq = after != NULL ? after->seq : 0, .size = LOG_HEAD_SIZE };
    struct strbuf line = STRBUF_INIT;
    struct strbuf text = STRBUF_INIT;
    char members[160 + 2 * LOG_MAC];
    char hex[2 * LOG_MAC + 1];
    char when[21];
    int code;

    /* The umask may have removed bits. */
    if (fchmod(log->fd, 0600) < 0)
        return error_system("log %s", log->context->settings->log_path);
    text_hex(after != NULL ? after->last : end.last, LOG_MAC, hex);
    text_time(time(NULL), when);
    snprintf(members, sizeof members,
             "\"time\":\"%s\",\"event\":\"begin\",\"after\":\"%s\",\"parts\":%u", when, hex, parts);
    code = log_line_make(log->store, &end, members, &line);
    if (code == FOB_SUCCESS)
        code = log_line_make_head(log->store, &end, false, &text);
    if (code == FOB_SUCCESS) {
        strbuf_add(&text, line.data, line.size);
        code = text.failed ? error_nomem() : log_write_at(log, &text, 0);
    }
    /* Half a head would look like tampering. */
    if (code != FOB_SUCCESS && ftruncate(log->fd, 0) < 0)
        context_log(log->context, FOB_LOG_WARNING, "log", "%s: the unfinished log stays",
                    log->context->settings->log_path);
    log->end = end;
    strbuf_free(&line);
    strbuf_free(&text);
    return code;
}

bool log_is_at(int fd, const char *path)
{
    struct stat mine;
    struct stat theirs;

    return fstat(fd, &mine) == 0 && lstat(path, &theirs) == 0 && mine.st_dev == theirs.st_dev &&
           mine.st_ino == theirs.st_ino;
}

int log_is_copy(const struct fob_context *context, int fd, const char *path, bool *same)
{
    struct log_head mine;
    struct log_head theirs;
    struct stat log;
    struct stat part;
    int copy = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    *same = false;
    if (copy < 0 && errno == ELOOP)
        return FOB_SUCCESS;
    if (copy < 0 || fstat(fd, &log) < 0 || fstat(copy, &part) < 0) {
        code = error_system("log %s", path);
    } else if (log.st_dev == part.st_dev && log.st_ino == part.st_ino) {
        *same = true;
        code = FOB_SUCCESS;
    } else {
        code = log_read_head(fd, context->settings->log_path, &mine);
        if (code == FOB_SUCCESS)
            code = log_read_head(copy, path, &theirs);
        /* If the log's head is still open, lines can be added, so the part is not a copy. */
        *same = code == FOB_SUCCESS && (mine.claim.closed || mine.claim.kind != LOG_HEAD) &&
                log.st_size == part.st_size && memcmp(mine.line, theirs.line, LOG_HEAD_SIZE) == 0;
    }
    if (copy >= 0)
        close(copy);
    return code;
}
