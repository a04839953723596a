/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Rotates the log, in steps that can be repeated. */
#include "config.h"

#include "core/log/log_rotate.h"

#include "util/error.h"
#include "util/signals.h"
#include "util/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The older parts before a rotation. */
struct rotated_parts {
    unsigned count;
    unsigned free_part; /* parts below this number move up by one; it is free or the oldest */
    bool log_is_linked; /* part 1 is the log itself, because a rotation was interrupted */
};

/* What is at a part's path. */
enum occupant { OCCUPANT_NONE, OCCUPANT_PART, OCCUPANT_LOG };

static int rotate_identify_occupant(const struct log *log, const char *path,
                                    enum occupant *occupant)
{
    struct stat part;
    bool same = false;
    int code;

    *occupant = OCCUPANT_NONE;
    if (lstat(path, &part) < 0)
        return errno == ENOENT ? FOB_SUCCESS : error_system("log %s", path);
    code = log_is_copy(log->context, log->fd, path, &same);
    *occupant = same ? OCCUPANT_LOG : OCCUPANT_PART;
    return code;
}

/* A gap is used before the oldest part is dropped.  It comes from an interrupted rotation, or from
 * a part that somebody removed, which a verification still notices. */
static int rotate_find_parts(const struct log *log, struct rotated_parts *parts)
{
    const unsigned keep = log->context->settings->log_keep;
    int code = FOB_SUCCESS;

    *parts = (struct rotated_parts){ .free_part = keep };
    for (unsigned part = keep; part > 0 && code == FOB_SUCCESS; part--) {
        char *path = log_part_path(log->context, part);
        enum occupant occupant = OCCUPANT_NONE;

        code = path != NULL ? rotate_identify_occupant(log, path, &occupant) : error_nomem();
        parts->count += occupant != OCCUPANT_NONE;
        if (occupant == OCCUPANT_NONE)
            parts->free_part = part;
        parts->log_is_linked = occupant == OCCUPANT_LOG;
        free(path);
    }
    return code;
}

static int rotate_remove_file(const char *path)
{
    return unlink(path) == 0 || errno == ENOENT ? FOB_SUCCESS : error_system("log %s", path);
}

/* Create a new private file at PATH, replacing what a killed process left there. */
static int log_rotate_make_file(const char *path, int *fd)
{
    int code = rotate_remove_file(path);

    if (code != FOB_SUCCESS)
        return code;
    *fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *fd >= 0 ? FOB_SUCCESS : error_system("log %s", path);
}

static int rotate_sync_file(int fd, const char *path)
{
    int result;

    do
        result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return result == 0 ? FOB_SUCCESS : error_system("log %s", path);
}

/* Create the complete next log file at PATH. */
static int rotate_make_next(const struct log *log, const struct rotated_parts *parts,
                            const char *path)
{
    const unsigned keep = log->context->settings->log_keep;
    const unsigned older = parts->count + !parts->log_is_linked;
    struct log next = *log;
    int code = log_rotate_make_file(path, &next.fd);

    if (code != FOB_SUCCESS)
        return code;
    code = log_begin(&next, &log->end, older < keep ? older : keep);
    if (code == FOB_SUCCESS)
        code = rotate_sync_file(next.fd, path);
    close(next.fd);
    return code;
}

/* Copy the whole log to the file of TO. */
static int rotate_copy_content(const struct log *log, const struct log *to)
{
    char buffer[8192];
    uint64_t at = 0;

    for (;;) {
        ssize_t got = pread(log->fd, buffer, sizeof buffer, (off_t)at);
        int code;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system("log %s", log->context->settings->log_path);
        if (got == 0)
            return FOB_SUCCESS;
        code = log_write_at(to, &(struct strbuf){ .data = buffer, .size = (size_t)got }, at);
        if (code != FOB_SUCCESS)
            return code;
        at += (uint64_t)got;
    }
}

/* Copy the log where the file system has no link(2). */
static int rotate_copy_log(const struct log *log, const char *path)
{
    struct log copy = *log;
    int code = log_rotate_make_file(path, &copy.fd);

    if (code != FOB_SUCCESS)
        return code;
    if (fchmod(copy.fd, 0600) < 0)
        code = error_system("log %s", path);
    if (code == FOB_SUCCESS)
        code = rotate_copy_content(log, &copy);
    if (code == FOB_SUCCESS)
        code = rotate_sync_file(copy.fd, path);
    close(copy.fd);
    return code;
}

/* Make the log part 1, under the name OLD first, so that part 1 is complete as soon as it
 * exists. */
static int rotate_add_part(const struct log *log, const char *old)
{
    char *first = log_part_path(log->context, 1);
    int code = first != NULL ? rotate_remove_file(old) : error_nomem();

    if (code == FOB_SUCCESS && link(log->context->settings->log_path, old) < 0)
        code = rotate_copy_log(log, old);
    if (code == FOB_SUCCESS && rename(old, first) < 0)
        code = error_system("log %s", old);
    free(first);
    return code;
}

/* Part 1 becomes part 2, and so on up to FREE_PART. */
static int rotate_shift_parts(const struct log *log, unsigned free_part)
{
    int code = FOB_SUCCESS;

    for (unsigned part = free_part; part > 1 && code == FOB_SUCCESS; part--) {
        char *from = log_part_path(log->context, part - 1);
        char *to = log_part_path(log->context, part);

        if (from == NULL || to == NULL)
            code = error_nomem();
        else if (rename(from, to) < 0)
            code = error_system("log %s", from);
        free(from);
        free(to);
    }
    return code;
}

/* Replace the log by a file that continues it; with CLOSE, mark the old head as closed. */
static int log_rotate_replace(struct log *log, const char *next, const char *old, bool close)
{
    struct rotated_parts parts;
    int code = rotate_find_parts(log, &parts);

    if (code == FOB_SUCCESS)
        code = rotate_make_next(log, &parts, next);
    if (code == FOB_SUCCESS && close)
        code = log_write_head(log, &log->end, true);
    if (code == FOB_SUCCESS && !parts.log_is_linked)
        code = rotate_shift_parts(log, parts.free_part);
    if (code == FOB_SUCCESS && !parts.log_is_linked)
        code = rotate_add_part(log, old);
    if (code == FOB_SUCCESS && rename(next, log->context->settings->log_path) < 0)
        code = error_system("log %s", next);
    if (code != FOB_SUCCESS) {
        unlink(next);
        unlink(old);
    }
    return code;
}

/* Find the number of the last line of FILE that follows its predecessor. */
static int rotate_find_last(const struct log *log, FILE *file, uint64_t *seq)
{
    unsigned char before[LOG_MAC] = { 0 };
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && (size = getline(&line, &room, file)) > 0) {
        struct log_claim claim;
        bool good = false;

        if (line[size - 1] == '\n')
            line[--size] = '\0';
        log_line_parse(line, (size_t)size, &claim);
        if (claim.kind != LOG_EVENT)
            continue;
        code = log_line_follows(log->store, line, &claim, before, &good);
        memcpy(before, claim.mac, LOG_MAC);
        if (good)
            *seq = claim.seq;
    }
    if (code == FOB_SUCCESS && ferror(file))
        code = error_system("log %s", log->context->settings->log_path);
    free(line);
    return code;
}

/* The head was altered, by somebody or by the disk.  The file stays as it is, and the next file
 * begins with an unused number. */
static int rotate_find_altered_end(struct log *log)
{
    int copy = fcntl(log->fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = copy >= 0 ? fdopen(copy, "r") : NULL;
    int code;

    if (file == NULL) {
        code = error_system("log %s", log->context->settings->log_path);
        if (copy >= 0)
            close(copy);
        return code;
    }
    log->end = (struct log_end){ 0 };
    code = rotate_find_last(log, file, &log->end.seq);
    fclose(file);
    return code;
}

int log_rotate(struct log *log, const struct log_claim *claim, bool good)
{
    const char *path = log->context->settings->log_path;
    struct strbuf next = STRBUF_INIT;
    struct strbuf old = STRBUF_INIT;
    sigset_t before;
    int code = good ? FOB_SUCCESS : rotate_find_altered_end(log);

    strbuf_printf(&next, "%s.new", path);
    strbuf_printf(&old, "%s.old", path);
    if (code == FOB_SUCCESS && (next.failed || old.failed))
        code = error_nomem();
    if (code == FOB_SUCCESS) {
        signals_hold(&before);
        code = log_rotate_replace(log, next.data, old.data, good && !claim->closed);
        signals_release(&before);
    }
    strbuf_free(&next);
    strbuf_free(&old);
    return code;
}
