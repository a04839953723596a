/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Writes files durably: after any interruption a file has the old content or the new. */
#include "config.h"

#include "store/file.h"

#include <fob/fob.h>

#include "util/calls.h"
#include "util/error.h"
#include "util/path.h"
#include "util/process.h"
#include "util/signals.h"
#include "util/wait.h"
#include "util/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE sizeof(((struct file_change *)NULL)->temporary)

void blob_free(struct blob *blob)
{
    free(blob->data);
    *blob = (struct blob){ NULL, 0 };
}

int file_open(const struct file *file, int *fd, struct stat *st)
{
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int new = openat(file->folder, file->name, flags | (file->follow ? 0 : O_NOFOLLOW));
    int code;

    if (new < 0 && errno == ENOENT)
        return error_set(FOB_NOT_FOUND, "%s: no such file", file->what);
    if (new < 0 && errno == ELOOP && !file->follow) {
        error_set(FOB_NOT_ALLOWED, "%s: a symbolic link, which is not followed here", file->what);
        error_hint("put the file itself there");
        return FOB_NOT_ALLOWED;
    }
    /* A socket, or a device without a driver. */
    if (new < 0 && errno == ENXIO)
        return error_set(FOB_NOT_ALLOWED, "%s: not a regular file", file->what);
    if (new < 0)
        return error_system("%s", file->what);
    code =
        fstat(new, st) == 0
            ? path_check_stat(st, file->what,
                              (file->shared ? 0U : PATH_PRIVATE) | (file->named ? PATH_NAMED : 0U),
                              file->user)
            : error_system("%s", file->what);
    if (code != FOB_SUCCESS) {
        close(new);
        return code;
    }
    *fd = new;
    return FOB_SUCCESS;
}

ssize_t file_read_fully(int fd, void *data, size_t size)
{
    unsigned char *to = data;
    size_t have = 0;

    while (have < size) {
        ssize_t got = read(fd, to + have, size - have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

int file_read(const struct file *file, size_t max, struct blob *blob, struct stat *st)
{
    unsigned char *data = NULL;
    size_t size;
    ssize_t got;
    int fd = -1;
    int code = file_open(file, &fd, st);

    if (code != FOB_SUCCESS)
        return code;
    size = (size_t)st->st_size;
    if (size > max) {
        code = error_set(FOB_CORRUPT, "%s: far too large for what it should be", file->what);
        goto out;
    }
    data = malloc(size + 1);
    if (data == NULL) {
        code = error_nomem();
        goto out;
    }
    got = file_read_fully(fd, data, size);
    if (got < 0) {
        code = error_system("%s", file->what);
        goto out;
    }
    *blob = (struct blob){ data, (size_t)got };
    data = NULL;
out:
    free(data);
    close(fd);
    return code;
}

static int file_sync_fully(int fd)
{
    int result;

    do
        result = fsync(fd);
    while (result < 0 && errno == EINTR);
    return result;
}

/* Create the file NAME, which must not exist, with mode 0600 whatever the umask. */
static int file_create_private(int folder, const char *name, int flags)
{
    int fd = openat(folder, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd >= 0 && fchmod(fd, 0600) < 0) {
        int saved = errno;

        unlinkat(folder, name, 0);
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static int file_create_temporary(int folder, char name[static NAME_SIZE])
{
    uint64_t number;

    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
        return -1;
    snprintf(name, NAME_SIZE, FILES_TEMPORARY "%016llx", (unsigned long long)number);
    return file_create_private(folder, name, O_RDWR);
}

/* Whether FD has CONTENT: a file that differs from what was written must not get its name. */
static int file_read_back(int fd, struct span content)
{
    const unsigned char *want = content.data;
    unsigned char buffer[4096];
    size_t done = 0;
    int result = 0;

    while (done < content.size && result == 0) {
        size_t left = content.size - done;
        ssize_t got = pread(fd, buffer, left < sizeof buffer ? left : sizeof buffer, (off_t)done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got >= 0 && (got == 0 || memcmp(buffer, want + done, (size_t)got) != 0)) {
            errno = EIO;
            got = -1;
        }
        result = got < 0 ? -1 : 0;
        done += result == 0 ? (size_t)got : 0;
    }
    /* The content may be a key. */
    explicit_bzero(buffer, sizeof buffer);
    return result;
}

/* Whether to wait for the disk now, or leave that to the caller. */
enum sync { SYNC_NOW, SYNC_LATER };

/* Write CONTENT to a temporary file in FOLDER.  Returns -1, and leaves no file, on failure. */
static int file_write_temporary(int folder, struct span content, enum sync sync,
                                char name[static NAME_SIZE])
{
    int fd = file_create_temporary(folder, name);
    int result;
    int saved;

    if (fd < 0)
        return -1;
    result = write_fully(fd, content.data, content.size);
    if (result == 0 && sync == SYNC_NOW)
        result = file_sync_fully(fd);
    if (result == 0)
        result = file_read_back(fd, content);
    saved = errno;
    if (close(fd) < 0 && result == 0) {
        result = -1;
        saved = errno;
    }
    if (result < 0)
        unlinkat(folder, name, 0);
    errno = saved;
    return result;
}

/* Give TEMPORARY the name of FILE, unless that is taken. */
static int file_place_new(const struct file *file, const char *temporary)
{
    if (renameat2(file->folder, temporary, file->folder, file->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    /* The file system lacks that flag. link(2) also fails when the name is taken. */
    if (linkat(file->folder, temporary, file->folder, file->name, 0) < 0)
        return -1;
    unlinkat(file->folder, temporary, 0);
    return 0;
}

int file_reserve(const struct file *file, size_t size, struct file_room *room)
{
    struct file_room new = { .fd = file_create_temporary(file->folder, new.temporary) };
    int error = new.fd < 0 ? errno : posix_fallocate(new.fd, 0, (off_t)size);

    if (error == 0 && file_sync_fully(file->folder) < 0)
        error = errno;
    if (error == 0) {
        *room = new;
        return FOB_SUCCESS;
    }
    if (new.fd >= 0)
        file_release(file->folder, &new);
    errno = error;
    return error_system("%s", file->what);
}

void file_release(int folder, struct file_room *room)
{
    if (room->fd < 0)
        return;
    close(room->fd);
    unlinkat(folder, room->temporary, 0);
    room->fd = -1;
}

/* Write CONTENT into the room of FILE, and give it FILE's name.  Without room the caller needs
 * another file: somebody may have removed this one as the leftover that it resembles. */
static bool file_use_room(const struct file *file, struct span content)
{
    struct file_room *room = file->room;
    bool used = room != NULL && room->fd >= 0 &&
                write_fully(room->fd, content.data, content.size) == 0 &&
                ftruncate(room->fd, (off_t)content.size) == 0 && file_sync_fully(room->fd) == 0 &&
                file_read_back(room->fd, content) == 0 &&
                renameat(file->folder, room->temporary, file->folder, file->name) == 0;

    if (used) {
        close(room->fd);
        room->fd = -1;
    }
    return used;
}

/* Write CONTENT into a temporary file, and give it FILE's name. */
static int file_write_and_place(const struct file *file, struct span content, enum file_place place)
{
    char temporary[NAME_SIZE];
    int result;
    int code;

    if (file_write_temporary(file->folder, content, SYNC_NOW, temporary) < 0)
        return error_system("%s", file->what);
    result = place == FILE_NEW ? file_place_new(file, temporary)
                               : renameat(file->folder, temporary, file->folder, file->name);
    if (result == 0)
        return FOB_SUCCESS;
    code = errno == EEXIST ? FOB_EXISTS : error_system("%s", file->what);
    unlinkat(file->folder, temporary, 0);
    return code;
}

static int file_write_one(const struct file *file, struct span content, enum file_place place)
{
    int code = FOB_SUCCESS;

    if (!file_use_room(file, content))
        code = file_write_and_place(file, content, place);
    if (code != FOB_SUCCESS)
        return code;
    code = file_sync_folder(file->folder, file->what);
    if (code == FOB_SUCCESS)
        return code;
    /* Remove a new file that might vanish in a power cut; a replaced file cannot be restored. */
    if (place == FILE_NEW)
        unlinkat(file->folder, file->name, 0);
    else
        error_hint("the change was made, but after a power cut it may not be there");
    return code;
}

int file_write(const struct file *file, struct span content, enum file_place place)
{
    sigset_t before;
    int code;

    signals_hold(&before);
    code = file_write_one(file, content, place);
    signals_release(&before);
    return code;
}

static int file_place_many(int folder, struct file_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (renameat(folder, changes[i].temporary, folder, changes[i].name) < 0)
            return -1;
        changes[i].temporary[0] = '\0';
    }
    return file_sync_fully(folder);
}

/* Up to this many files are synced one by one, since syncfs() waits for everybody's writes. */
#define SYNC_EACH_MAX 4

static int file_write_all(int folder, const char *what, struct file_change *changes, size_t count)
{
    enum sync sync = count <= SYNC_EACH_MAX ? SYNC_NOW : SYNC_LATER;
    int result = 0;
    int code;

    for (size_t i = 0; i < count && result == 0; i++) {
        result = file_write_temporary(folder, changes[i].content, sync, changes[i].temporary);
        if (result < 0)
            changes[i].temporary[0] = '\0';
    }
    if (result == 0 && sync == SYNC_LATER)
        result = syncfs(folder);
    if (result == 0)
        result = file_place_many(folder, changes, count);
    if (result == 0)
        return FOB_SUCCESS;
    code = error_system("%s", what);
    for (size_t i = 0; i < count; i++) {
        if (changes[i].temporary[0] != '\0')
            unlinkat(folder, changes[i].temporary, 0);
    }
    return code;
}

int file_write_many(int folder, const char *what, struct file_change *changes, size_t count)
{
    sigset_t before;
    int code;

    signals_hold(&before);
    code = file_write_all(folder, what, changes, count);
    signals_release(&before);
    return code;
}

/* Open FILE to append, creating it if necessary. */
static int file_open_to_append(const struct file *file, int *fd, uint64_t *size)
{
    const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int new = openat(file->folder, file->name, flags);
    int code;

    if (new < 0 && errno == ENOENT)
        new = file_create_private(file->folder, file->name, flags);
    if (new < 0)
        return error_system("%s", file->what);
    code = path_check_trust(new, file->what, PATH_PRIVATE, file->user, size);
    if (code == FOB_SUCCESS)
        *fd = new;
    else
        close(new);
    return code;
}

int file_append(const struct file *file, size_t size, struct span content)
{
    uint64_t whole = 0;
    int fd = -1;
    int code = file_open_to_append(file, &fd, &whole);
    int result = 0;

    if (code != FOB_SUCCESS)
        return code;
    if (whole % size != 0) {
        whole -= whole % size;
        result = ftruncate(fd, (off_t)whole);
    }
    if (result == 0)
        result = write_fully(fd, content.data, content.size);
    if (result < 0) {
        code = error_system("%s", file->what);
        /* A partial entry is ignored when the file is read. */
        if (ftruncate(fd, (off_t)whole) < 0)
            error_hint("the file may end with a part of an entry, which does no harm");
    }
    close(fd);
    return code;
}

int file_sync_folder(int folder, const char *what)
{
    return file_sync_fully(folder) == 0 ? FOB_SUCCESS : error_system("%s", what);
}

/* Whether the open LOCK is still the file of that name. */
static bool file_is_current(const struct file *file, int lock)
{
    struct stat mine;
    struct stat theirs;

    return fstat(lock, &mine) == 0 &&
           fstatat(file->folder, file->name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino;
}

/* Open the lock FILE, creating it if necessary; -1 on failure. */
static int file_open_lock(const struct file *file)
{
    const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd;

    do {
        fd = openat(file->folder, file->name, flags);
        if (fd < 0 && errno == ENOENT)
            fd = file_create_private(file->folder, file->name, flags);
    } while (fd < 0 && errno == EEXIST); /* another process has just created it */
    return fd;
}

int file_lock(const struct file *file, bool wait, int *lock)
{
    for (;;) {
        int fd = file_open_lock(file);
        int code = fd >= 0 ? path_check_trust(fd, file->what, PATH_PRIVATE, file->user, NULL)
                           : error_system("%s", file->what);

        if (code == FOB_SUCCESS &&
            (wait ? wait_for_lock(fd, LOCK_EX, file->what) : flock(fd, LOCK_EX | LOCK_NB)) < 0)
            code = errno == EWOULDBLOCK ? FOB_IGNORE : error_system("%s", file->what);
        if (fd >= 0)
            process_close_on_fork(fd);
        if (code == FOB_SUCCESS && file_is_current(file, fd)) {
            *lock = fd;
            return FOB_SUCCESS;
        }
        if (fd >= 0)
            file_unlock(fd);
        if (code != FOB_SUCCESS)
            return code;
    }
}

void file_unlock(int lock)
{
    (void)flock(lock, LOCK_UN);
    process_forget(lock);
    close(lock);
}
