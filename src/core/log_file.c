/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Appending to the log: one write for a line and the end behind it, under the file's lock. */
#include "config.h"

#include "core/log_file.h"

#include "core/log_line.h"
#include "util/error.h"
#include "util/path.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char see[] = "every use of an account leaves a line there: see log: in fob.yaml(5)";

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
        error_hint("%s", see);
        return code;
    }
    while (code == FOB_SUCCESS && flock(new, operation) < 0) {
        if (errno != EINTR)
            code = error_system("log %s", path);
    }
    /* The size is the one under the lock. */
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

    strbuf_text(&path, context->settings->log_path);
    if (part > 0)
        strbuf_printf(&path, ".%u", part);
    return strbuf_take(&path);
}

/* The end of the open file FD of SIZE bytes into CLAIM; of another kind when there is none. */
static int read_end(struct store *store, int fd, off_t size, struct log_claim *claim)
{
    char line[LOG_END_SIZE + 1] = "";
    ssize_t got = -1;
    bool good = false;
    int code = FOB_SUCCESS;

    claim->kind = LOG_GARBAGE;
    if (size < (off_t)LOG_END_SIZE)
        return FOB_SUCCESS;
    do
        got = pread(fd, line, LOG_END_SIZE, size - (off_t)LOG_END_SIZE);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)LOG_END_SIZE || line[LOG_END_SIZE - 1] != '\n')
        return got < 0 ? error_system("the log") : FOB_SUCCESS;
    line[LOG_END_SIZE - 1] = '\0';
    log_line_parse(line, LOG_END_SIZE - 1, claim);
    if (claim->kind == LOG_END)
        code = log_line_follows(store, line, claim, NULL, &good);
    if (!good)
        claim->kind = LOG_GARBAGE;
    return code;
}

/* Where the part before the log ends, for a log that is begun; left alone when there is none, or
 * that was not closed. */
static int read_before(const struct log *log, struct log_chain *chain)
{
    char *path = log_part_path(log->context, 1);
    struct log_claim claim;
    uint64_t size;
    int fd = -1;
    int code =
        path != NULL ? log_open_file(log->context, path, O_RDONLY, &fd, &size) : error_nomem();

    free(path);
    if (code != FOB_SUCCESS)
        return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
    code = read_end(log->store, fd, (off_t)size, &claim);
    close(fd);
    if (code == FOB_SUCCESS && claim.kind == LOG_END && claim.closed) {
        chain->seq = claim.seq;
        memcpy(chain->last, claim.last, LOG_MAC);
    }
    return code;
}

/* All of LINES at the log's end, or nothing. */
static int write_lines(struct log *log, const struct strbuf *lines, size_t kept)
{
    const char *path = log->context->settings->log_path;
    size_t done = 0;

    while (done < lines->size) {
        ssize_t written =
            pwrite(log->fd, lines->data + done, lines->size - done, log->end + (off_t)done);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) {
            int code = written < 0 ? error_system("log %s", path)
                                   : error_set(FOB_SYSTEM, "log %s: the disk is full", path);

            error_hint("%s", see);
            return code;
        }
        done += (size_t)written;
    }
    log->end += (off_t)kept;
    return FOB_SUCCESS;
}

/* The line of MEMBERS and the end after it; the end there was is put back when that fails. */
static int write_event(struct log *log, const char *members, bool newline)
{
    struct log_chain before = log->chain;
    struct strbuf lines = STRBUF_INIT;
    size_t kept = 0;
    int code;

    if (newline)
        strbuf_text(&lines, "\n");
    code = log_line_make(log->store, &log->chain, members, &lines);
    kept = lines.size;
    if (code == FOB_SUCCESS)
        code = log_line_make_end(log->store, &log->chain, false, &lines);
    if (code == FOB_SUCCESS) {
        code = write_lines(log, &lines, kept);
        if (code != FOB_SUCCESS) {
            char *why = strdup(fob_error());

            strbuf_reset(&lines);
            if (log_line_make_end(log->store, &before, false, &lines) == FOB_SUCCESS &&
                write_lines(log, &lines, 0) == FOB_SUCCESS)
                (void)!ftruncate(log->fd, log->end + (off_t)lines.size);
            error_set(code, "%s", why != NULL ? why : "the log can not be written");
            error_hint("%s", see);
            free(why);
        }
    }
    if (code != FOB_SUCCESS)
        log->chain = before;
    strbuf_free(&lines);
    return code;
}

/* The first line of a file, which tells what it goes on from. */
static int write_begin(struct log *log)
{
    struct log_chain before = { 0, { 0 } };
    struct strbuf members = STRBUF_INIT;
    char when[21];
    int code = read_before(log, &before);

    if (code != FOB_SUCCESS)
        return code;
    text_time(time(NULL), when);
    strbuf_printf(&members, "\"time\":\"%s\",\"event\":\"begin\",\"after\":\"", when);
    for (size_t i = 0; i < LOG_MAC; i++)
        strbuf_printf(&members, "%02x", before.last[i]);
    strbuf_text(&members, "\"");
    log->chain = (struct log_chain){ .seq = before.seq };
    code = members.failed ? error_nomem() : write_event(log, members.data, false);
    strbuf_free(&members);
    return code;
}

/* Find the last line of FILE that follows the one before it. */
static int find_last(struct log *log, FILE *file, bool *newline)
{
    unsigned char before[LOG_MAC] = { 0 };
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int code = FOB_SUCCESS;

    *newline = false;
    while (code == FOB_SUCCESS && (size = getline(&line, &room, file)) > 0) {
        struct log_claim claim;
        bool good = false;

        *newline = line[size - 1] != '\n';
        if (!*newline)
            line[--size] = '\0';
        log_line_parse(line, (size_t)size, &claim);
        if (claim.kind != LOG_EVENT)
            continue;
        code = log_line_follows(log->store, line, &claim, before, &good);
        memcpy(before, claim.mac, LOG_MAC);
        if (good) {
            log->chain.seq = claim.seq;
            memcpy(log->chain.last, claim.mac, LOG_MAC);
        }
    }
    if (code == FOB_SUCCESS && ferror(file))
        code = error_system("log %s", log->context->settings->log_path);
    free(line);
    return code;
}

/* The end is not there: a crash cut it off, or somebody.  What is there stays, and a line says so.
 */
static int mend_end(struct log *log)
{
    int copy = fcntl(log->fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = copy >= 0 ? fdopen(copy, "r") : NULL;
    char members[64];
    char when[21];
    bool newline;
    int code;

    if (file == NULL) {
        code = error_system("log %s", log->context->settings->log_path);
        if (copy >= 0)
            close(copy);
        return code;
    }
    code = find_last(log, file, &newline);
    fclose(file);
    if (code != FOB_SUCCESS)
        return code;
    text_time(time(NULL), when);
    snprintf(members, sizeof members, "\"time\":\"%s\",\"event\":\"cut\"", when);
    return write_event(log, members, newline);
}

/* Where the chain is, from the end of a file of SIZE bytes. */
static int find_end(struct log *log, off_t size, bool *closed)
{
    struct log_claim claim;
    int code;

    log->end = size;
    log->chain = (struct log_chain){ 0, { 0 } };
    *closed = false;
    if (size == 0)
        return write_begin(log);
    code = read_end(log->store, log->fd, size, &claim);
    if (code != FOB_SUCCESS)
        return code;
    if (claim.kind != LOG_END)
        return mend_end(log);
    *closed = claim.closed;
    log->end = size - (off_t)LOG_END_SIZE;
    log->chain.seq = claim.seq;
    memcpy(log->chain.last, claim.last, LOG_MAC);
    return FOB_SUCCESS;
}

/* Make the end say that the log goes on elsewhere. */
static int close_end(struct log *log)
{
    struct strbuf end = STRBUF_INIT;
    int code = log_line_make_end(log->store, &log->chain, true, &end);

    if (code == FOB_SUCCESS)
        code = write_lines(log, &end, 0);
    strbuf_free(&end);
    return code;
}

/* Whether the open file is still the one at the log's path. */
static bool is_current(const struct log *log)
{
    struct stat mine;
    struct stat theirs;

    return fstat(log->fd, &mine) == 0 && lstat(log->context->settings->log_path, &theirs) == 0 &&
           mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

/* The log becomes part 1, part 1 becomes part 2; the oldest goes. */
static int set_aside(const struct log *log)
{
    int code = FOB_SUCCESS;

    for (unsigned part = log->context->settings->log_keep; part > 0 && code == FOB_SUCCESS;
         part--) {
        char *from = log_part_path(log->context, part - 1);
        char *to = log_part_path(log->context, part);

        if (from == NULL || to == NULL)
            code = error_nomem();
        else if (rename(from, to) < 0 && errno != ENOENT)
            code = error_system("log %s", from);
        free(from);
        free(to);
    }
    return code;
}

int log_open(struct fob_context *context, struct log *log)
{
    const struct settings *settings = context->settings;
    bool closed = false;
    int code;

    *log = (struct log){ .context = context, .fd = -1 };
    code = context_store(context, &log->store);
    if (code == FOB_SUCCESS)
        code = store_unlock(log->store);
    while (code == FOB_SUCCESS) {
        uint64_t size;

        code = log_open_file(context, settings->log_path, O_RDWR | O_CREAT, &log->fd, &size);
        if (code == FOB_SUCCESS)
            code = find_end(log, (off_t)size, &closed);
        if (code != FOB_SUCCESS || (!closed && size <= settings->log_max_size))
            break;
        if (!closed)
            code = close_end(log);
        /* A process that was killed may have closed it, and not set it aside. */
        if (code == FOB_SUCCESS && is_current(log))
            code = set_aside(log);
        log_close(log);
    }
    if (code != FOB_SUCCESS)
        log_close(log);
    return code;
}

void log_close(struct log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

int log_reserve(const struct log *log)
{
    const char *path = log->context->settings->log_path;
    int code;

    if (fallocate(log->fd, FALLOC_FL_KEEP_SIZE, log->end, LOG_LINE_MAX) == 0 ||
        errno == EOPNOTSUPP || errno == ENOSYS)
        return FOB_SUCCESS;
    code = error_system("log %s", path);
    error_hint("%s", see);
    return code;
}

int log_append(struct log *log, const char *members)
{
    return write_event(log, members, false);
}
