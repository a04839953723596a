/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes a spool's files durably, and reads them with care. */
#include "config.h"

#include "spool/spool_file.h"

#include <fob/fob.h>

#include "spool/drop.h"
#include "spool/spool_name.h"
#include "util/calls.h"
#include "util/error.h"
#include "util/write.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define TEMPORARY ".tmp-"
#define TEMPORARY_SIZE (sizeof TEMPORARY + 16)

int spool_file_open(const char *path, struct spool *spool)
{
    struct spool new;
    int top = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int code = FOB_SUCCESS;

    if (top < 0 && errno == ENOENT)
        return error_set(FOB_NOT_FOUND, "%s: no such folder", path);
    if (top < 0)
        return error_system("%s", path);
    for (int i = 0; i < SPOOL_FOLDERS; i++) {
        const char *name = spool_rules[i].name;
        const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

        new.folders[i] = openat(top, name, O_RDONLY | flags);
        /* The hub may not list the inbox, and has nothing to do in work. */
        if (new.folders[i] < 0 && errno == EACCES && i == SPOOL_INBOX)
            new.folders[i] = openat(top, name, O_PATH | flags);
        if (new.folders[i] < 0 && i != SPOOL_WORK && code == FOB_SUCCESS)
            code = errno == ENOENT ? error_set(FOB_NOT_FOUND, "%s/%s: no such folder", path, name)
                                   : error_system("%s/%s", path, name);
    }
    close(top);
    if (code == FOB_SUCCESS)
        *spool = new;
    else
        spool_file_close(&new);
    return code;
}

void spool_file_close(struct spool *spool)
{
    for (int i = 0; i < SPOOL_FOLDERS; i++) {
        if (spool->folders[i] >= 0)
            close(spool->folders[i]);
        spool->folders[i] = -1;
    }
}

/* Write CONTENT to a new file with MODE, whatever the umask, which is returned open; -1 and no file
 * on failure. */
static int spool_file_make(int folder, mode_t mode, struct span content,
                           char name[static TEMPORARY_SIZE])
{
    uint64_t number;
    int saved;
    int fd;

    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return -1;
    snprintf(name, TEMPORARY_SIZE, TEMPORARY "%016llx", (unsigned long long)number);
    fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    if (fchmod(fd, mode) == 0 && write_fully(fd, content.data, content.size) == 0 && fsync(fd) == 0)
        return fd;
    saved = errno;
    unlinkat(folder, name, 0);
    close(fd);
    errno = saved;
    return -1;
}

int spool_file_write(const struct spool *spool, enum spool_folder place, const char *name,
                     struct span content)
{
    const struct spool_rule *rule = &spool_rules[place];
    const int folder = spool->folders[place];
    char temporary[TEMPORARY_SIZE];
    int fd = spool_file_make(folder, rule->file, content, temporary);
    int code = FOB_SUCCESS;

    if (fd < 0)
        return error_system("%s/%s", rule->name, name);
    if (renameat(folder, temporary, folder, name) < 0) {
        code = error_system("%s/%s", rule->name, name);
        unlinkat(folder, temporary, 0);
    } else if (fsync(folder) < 0) {
        code = error_system("%s", rule->name);
    }
    close(fd);
    return code;
}

/* renameat2() rather than a second link: a drop has one name at any time. */
int spool_file_put(const struct spool *spool, const char *name, struct span drop)
{
    const struct spool_rule *rule = &spool_rules[SPOOL_INBOX];
    const int folder = spool->folders[SPOOL_INBOX];
    char temporary[TEMPORARY_SIZE];
    int fd = spool_file_make(folder, rule->file, drop, temporary);
    int code = FOB_SUCCESS;

    if (fd < 0)
        return error_system("%s/%s", rule->name, name);
    if (renameat2(folder, temporary, folder, name, RENAME_NOREPLACE) < 0) {
        code = errno == EEXIST ? FOB_EXISTS : error_system("%s/%s", rule->name, name);
        unlinkat(folder, temporary, 0);
    } else if (syncfs(fd) < 0) {
        /* A user who may not list a folder cannot open it for fsync(). */
        code = error_system("%s/%s", rule->name, name);
        /* A retry makes another drop. */
        unlinkat(folder, name, 0);
    }
    close(fd);
    return code;
}

/* Open a file without blocking or following a link. */
static int spool_file_open_file(const struct spool *spool, enum spool_folder place,
                                const char *name, struct stat *st)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(spool->folders[place], name, flags);

    if (fd >= 0 && fstat(fd, st) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* The code of a failed spool_file_open_file(). */
static int spool_file_fail(enum spool_folder place, const char *name)
{
    const char *folder = spool_rules[place].name;

    if (errno == ENOENT)
        return error_set(FOB_NOT_FOUND, "%s/%s: no such file", folder, name);
    if (errno == ELOOP || errno == ENXIO)
        return error_set(FOB_CORRUPT, "%s/%s: not a regular file", folder, name);
    return error_system("%s/%s", folder, name);
}

/* Append up to MAX bytes of FD.  A file that has more is not read. */
static int spool_file_read_open(int fd, size_t max, struct strbuf *content)
{
    const size_t begin = content->size;
    char *to = strbuf_extend(content, max + 1);
    size_t done = 0;
    ssize_t got = to != NULL ? 1 : 0;

    if (to == NULL)
        return error_nomem();
    while (got != 0 && done <= max) {
        got = read(fd, to + done, max + 1 - done);
        if (got < 0 && errno != EINTR)
            return error_system("read");
        done += got > 0 ? (size_t)got : 0;
    }
    content->size = begin + done;
    content->data[content->size] = '\0';
    return done <= max ? FOB_SUCCESS : error_set(FOB_CORRUPT, "more than %zu bytes", max);
}

int spool_file_read(const struct spool *spool, enum spool_folder place, const char *name,
                    size_t max, struct strbuf *content)
{
    struct stat st;
    int fd = spool_file_open_file(spool, place, name, &st);
    int code;

    if (fd < 0)
        return spool_file_fail(place, name);
    code = S_ISREG(st.st_mode)
               ? spool_file_read_open(fd, max, content)
               : error_set(FOB_CORRUPT, "%s/%s: not a regular file", spool_rules[place].name, name);
    close(fd);
    return code;
}

/* What is wrong with the status of a drop; NULL for nothing. */
static const char *spool_file_drop_fault(const struct stat *st, uid_t hub)
{
    if (!S_ISREG(st->st_mode))
        return "not a regular file";
    if (st->st_nlink != 1)
        return "a file with another name";
    if (st->st_uid != hub)
        return "a file of another user than fob-hub";
    if (st->st_size < DROP_MIN || st->st_size > DROP_MAX)
        return "a file without the size of a drop";
    return NULL;
}

/* Whether the file NAME of the inbox was made so that its owner cannot read it: without the right,
 * or under a lease.  A user who is not a member of the hub's group is another matter. */
static bool spool_file_is_shut(const struct spool *spool, const char *name)
{
    const mode_t rights = S_IRUSR | S_IRGRP;
    struct stat st;

    return errno == EAGAIN ||
           (errno == EACCES &&
            fstatat(spool->folders[SPOOL_INBOX], name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            (st.st_mode & rights) != rights);
}

int spool_file_take(const struct spool *spool, const char *name, uid_t hub, struct strbuf *content,
                    int64_t *arrived)
{
    struct stat st;
    int fd = spool_file_open_file(spool, SPOOL_INBOX, name, &st);
    const char *fault;
    int code;

    if (fd < 0 && spool_file_is_shut(spool, name))
        return error_set(FOB_CORRUPT, "inbox/%s: a file that cannot be read", name);
    if (fd < 0)
        return spool_file_fail(SPOOL_INBOX, name);
    fault = spool_file_drop_fault(&st, hub);
    code = fault == NULL ? spool_file_read_open(fd, DROP_MAX, content)
                         : error_set(FOB_CORRUPT, "inbox/%s: %s", name, fault);
    if (code == FOB_SUCCESS && content->size < DROP_MIN)
        code = error_set(FOB_CORRUPT, "inbox/%s: a file that becomes smaller", name);
    if (code == FOB_SUCCESS)
        *arrived = st.st_ctim.tv_sec;
    close(fd);
    return code;
}

int spool_file_remove(const struct spool *spool, enum spool_folder place, const char *name)
{
    const int folder = spool->folders[place];

    if (unlinkat(folder, name, 0) < 0 && errno != ENOENT)
        return error_system("%s/%s", spool_rules[place].name, name);
    return fsync(folder) == 0 ? FOB_SUCCESS : error_system("%s", spool_rules[place].name);
}

bool spool_file_exists(const struct spool *spool, enum spool_folder place, const char *name,
                       int64_t *age)
{
    struct stat st;

    if (fstatat(spool->folders[place], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    if (age != NULL)
        *age = time(NULL) - st.st_mtim.tv_sec;
    return true;
}

bool spool_file_waits(const char *inbox, int64_t seconds)
{
    DIR *dir = opendir(inbox);
    const int64_t since = (int64_t)time(NULL) - seconds;
    unsigned char drop[SPOOL_ID];
    const struct dirent *entry;
    struct stat st;
    bool waits = false;

    while (dir != NULL && !waits && (entry = readdir(dir)) != NULL)
        waits = spool_name_read(entry->d_name, strlen(entry->d_name), drop) &&
                fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(st.st_mode) && st.st_ctim.tv_sec < since;
    if (dir != NULL)
        closedir(dir);
    return waits;
}
