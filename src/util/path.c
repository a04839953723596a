/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Walks to a file and checks each folder's owner and mode on the way. */
#include "config.h"

#include "util/path.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as path_resolution(7) */

char *path_join(const char *dir, const char *name)
{
    struct strbuf path = STRBUF_INIT;

    strbuf_printf(&path, "%s/%s", dir, name);
    return strbuf_detach(&path);
}

int path_normalize(const char *path, char **normal)
{
    struct strbuf copy = STRBUF_INIT;
    const char *at = path + strspn(path, "/");
    char *taken;

    if (path[0] != '/')
        return FOB_INVALID;
    while (*at != '\0') {
        size_t size = strcspn(at, "/");

        if (strncmp(at, "..", size) == 0 && size <= 2) {
            strbuf_free(&copy);
            return FOB_INVALID;
        }
        strbuf_add(&copy, "/", 1);
        strbuf_add(&copy, at, size);
        at += size;
        at += strspn(at, "/");
    }
    if (copy.size == 0)
        strbuf_add(&copy, "/", 1);
    taken = strbuf_detach(&copy);
    if (taken == NULL)
        return error_nomem();
    *normal = taken;
    return FOB_SUCCESS;
}

/* No hint suggests chown: it would change the file for its other users. */
static int path_check_owner(const struct stat *st, const char *what, uid_t user)
{
    if (st->st_uid == 0 || st->st_uid == user)
        return FOB_SUCCESS;
    error_set(FOB_NOT_ALLOWED, "%s: belongs to user %ld, not to root or to you", what,
              (long)st->st_uid);
    if (user == 0)
        error_hint("run fob as that user, or use one that belongs to root");
    else
        error_hint("run fob as that user, or use one that belongs to you or to root");
    return FOB_NOT_ALLOWED;
}

/* Whether a folder is like /tmp: others may write to it, but only an entry's owner may rename or
 * remove it (the sticky bit, inode(7)). */
static bool path_is_shared(const struct stat *st)
{
    return (st->st_mode & S_ISVTX) != 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* Suggest chmod only where no other user can be relying on the mode. */
static void path_hint_mode(const struct stat *st, const char *what, unsigned flags,
                           const char *mode)
{
    if ((flags & PATH_FOLDER) == 0 || ((flags & PATH_PRIVATE) != 0 && !path_is_shared(st)))
        error_hint("chmod %s %s", mode, what);
    else
        error_hint("use a folder that only root or you can write to");
}

static int path_check_mode(const struct stat *st, const char *what, unsigned flags)
{
    bool shared = (flags & PATH_SHARED) != 0 && path_is_shared(st);

    if ((st->st_mode & S_IWOTH) != 0 && !shared) {
        error_set(FOB_NOT_ALLOWED, "%s: everybody may write to it (mode %04o)", what,
                  st->st_mode & 07777U);
        path_hint_mode(st, what, flags, "o-w");
        return FOB_NOT_ALLOWED;
    }
    if ((st->st_mode & S_IWGRP) != 0 && !shared) {
        error_set(FOB_NOT_ALLOWED, "%s: its group may write to it (mode %04o)", what,
                  st->st_mode & 07777U);
        path_hint_mode(st, what, flags, "g-w");
        return FOB_NOT_ALLOWED;
    }
    if ((flags & PATH_PRIVATE) != 0 && (st->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        error_set(FOB_NOT_ALLOWED, "%s: others may read it (mode %04o)", what,
                  st->st_mode & 07777U);
        path_hint_mode(st, what, flags, "go=");
        return FOB_NOT_ALLOWED;
    }
    return FOB_SUCCESS;
}

int path_check_stat(const struct stat *st, const char *what, unsigned flags, uid_t user)
{
    bool folder = (flags & PATH_FOLDER) != 0;
    int code;

    if (folder && !S_ISDIR(st->st_mode))
        return error_set(FOB_NOT_ALLOWED, "%s: not a folder", what);
    if (!folder && !S_ISREG(st->st_mode))
        return error_set(FOB_NOT_ALLOWED, "%s: not a regular file", what);
    code = (flags & PATH_NAMED) != 0 && user == 0 ? FOB_SUCCESS : path_check_owner(st, what, user);
    return code == FOB_SUCCESS ? path_check_mode(st, what, flags) : code;
}

int path_check_trust(int fd, const char *what, unsigned flags, uid_t user, uint64_t *size)
{
    struct stat st;
    int code;

    if (fstat(fd, &st) < 0)
        return error_system("%s", what);
    code = path_check_stat(&st, what, flags, user);
    if (code == FOB_SUCCESS && size != NULL)
        *size = (uint64_t)st.st_size;
    return code;
}

/* A walk from the root towards a file. */
struct path_walk {
    int fd;              /* the folder reached */
    char seen[PATH_MAX]; /* its path, for messages */
    char way[PATH_MAX];  /* the path; after a link, its target and the rest of the path */
    const char *left;    /* the part of WAY that is still to be walked */
    unsigned links;
    bool shared; /* the folder reached is like /tmp */
    uid_t user;  /* trusted besides root */
};

static int path_walk_error(const struct path_walk *walk, const char *name)
{
    if (errno == ENOENT || errno == ENOTDIR)
        return error_set(FOB_NOT_FOUND, "%s/%s: %s", walk->seen, name, strerror(errno));
    return error_system("%s/%s", walk->seen, name);
}

static int path_fail_too_long(const struct path_walk *walk)
{
    return error_set(FOB_SYSTEM, "%s: path too long", walk->seen);
}

/* Go back to the root, which is checked like every other folder. */
static int path_walk_restart(struct path_walk *walk)
{
    int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return error_system("/");
    if (walk->fd >= 0)
        close(walk->fd);
    walk->fd = fd;
    walk->shared = false;
    walk->seen[0] = '\0';
    return path_check_trust(fd, "/", PATH_FOLDER, walk->user, NULL);
}

/* Cut the next name off LEFT into NAME.  False when nothing is left. */
static bool path_next_name(struct path_walk *walk, char name[static NAME_MAX + 1])
{
    const char *start = walk->left + strspn(walk->left, "/");
    size_t size = strcspn(start, "/");

    if (size == 0 || size > NAME_MAX)
        return false;
    memcpy(name, start, size);
    name[size] = '\0';
    walk->left = start + size;
    return true;
}

/* Put the target of the symbolic link NAME, open at FD, in front of the rest of the path. */
static int path_follow_link(struct path_walk *walk, int fd, const char *name)
{
    char target[PATH_MAX];
    char way[PATH_MAX];
    ssize_t size = readlinkat(fd, "", target, sizeof target - 1);
    int written;

    if (size < 0)
        return path_walk_error(walk, name);
    target[size] = '\0';
    if (++walk->links > LINKS_MAX)
        return error_set(FOB_SYSTEM, "%s/%s: too many symbolic links", walk->seen, name);
    written = snprintf(way, sizeof way, "%s%s", target, walk->left);
    if (written < 0 || (size_t)written >= sizeof way)
        return path_fail_too_long(walk);
    memcpy(walk->way, way, (size_t)written + 1);
    walk->left = walk->way;
    return target[0] == '/' ? path_walk_restart(walk) : FOB_SUCCESS;
}

/* Go down into the folder NAME, open at FD with the status ST; takes FD over on success. */
static int path_enter(struct path_walk *walk, int fd, const struct stat *st, const char *name)
{
    size_t size = strlen(walk->seen);
    int written = snprintf(walk->seen + size, sizeof walk->seen - size, "/%s", name);
    int code;

    if (written < 0 || (size_t)written >= sizeof walk->seen - size)
        return path_fail_too_long(walk);
    code = path_check_stat(st, walk->seen, PATH_FOLDER | PATH_SHARED, walk->user);
    if (code != FOB_SUCCESS)
        return code;
    walk->shared = path_is_shared(st);
    close(walk->fd);
    walk->fd = fd;
    return FOB_SUCCESS;
}

/* In a world-writable folder anybody may have made a link or a file. */
static int path_check_shared(const struct path_walk *walk, const struct stat *st, const char *name)
{
    char path[2 * PATH_MAX];

    if (!walk->shared)
        return FOB_SUCCESS;
    snprintf(path, sizeof path, "%s/%s", walk->seen, name);
    if (S_ISLNK(st->st_mode))
        return path_check_owner(st, path, walk->user);
    if (walk->left[strspn(walk->left, "/")] != '\0')
        return FOB_SUCCESS; /* a folder, or nothing that can be entered */
    error_set(FOB_NOT_ALLOWED, "%s: lies in a folder that everybody may write to", path);
    error_hint("put it into a folder of its own");
    return FOB_NOT_ALLOWED;
}

/* Walk one name: follow a link, enter a folder.  The last name, or one that is neither, is the
 * file, which is opened into FILE. */
static int path_walk_one(struct path_walk *walk, const char *name, unsigned flags, int *file)
{
    bool last = walk->left[strspn(walk->left, "/")] == '\0';
    struct stat st;
    char path[2 * PATH_MAX];
    int fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int code;

    if (fd < 0)
        return path_walk_error(walk, name);
    code = fstat(fd, &st) == 0 ? path_check_shared(walk, &st, name) : path_walk_error(walk, name);
    if (code != FOB_SUCCESS) {
        close(fd);
        return code;
    }
    if (S_ISLNK(st.st_mode)) {
        code = path_follow_link(walk, fd, name);
    } else if (!last) {
        code = path_enter(walk, fd, &st, name);
        if (code == FOB_SUCCESS)
            fd = -1;
    } else {
        snprintf(path, sizeof path, "%s/%s", walk->seen, name);
        *file = openat(walk->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        code = *file >= 0 ? path_check_trust(*file, path, flags, walk->user, NULL)
                          : path_walk_error(walk, name);
    }
    if (fd >= 0)
        close(fd);
    return code;
}

int path_open_trusted(const char *path, unsigned flags, int *fd)
{
    struct path_walk *walk;
    char name[NAME_MAX + 1];
    int file = -1;
    int code;

    if (path[0] != '/')
        return error_set(FOB_INVALID, "%s: not an absolute path", path);
    if (strlen(path) >= sizeof walk->way)
        return error_set(FOB_INVALID, "path too long");
    walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return error_nomem();
    walk->fd = -1;
    walk->user = geteuid();
    memcpy(walk->way, path, strlen(path) + 1);
    walk->left = walk->way;
    code = path_walk_restart(walk);
    while (code == FOB_SUCCESS && file < 0) {
        if (path_next_name(walk, name))
            code = path_walk_one(walk, name, flags, &file);
        else if (walk->left[strspn(walk->left, "/")] != '\0')
            code = path_fail_too_long(walk);
        else
            code = error_set(FOB_INVALID, "%s: does not name a file", path);
    }
    if (code == FOB_SUCCESS)
        *fd = file;
    else if (file >= 0)
        close(file);
    if (walk->fd >= 0)
        close(walk->fd);
    free(walk);
    return code;
}

/* Make one folder, unless it is there. */
static int path_make_folder(const char *path, unsigned mode)
{
    struct stat st;

    if (mkdir(path, (mode_t)mode) == 0)
        return FOB_SUCCESS;
    if (errno != EEXIST)
        return error_system("%s", path);
    if (stat(path, &st) < 0)
        return error_system("%s", path);
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return error_system("%s", path);
    }
    return FOB_SUCCESS;
}

int path_make_folders(const char *path, unsigned mode)
{
    char *copy = strdup(path);
    int code = FOB_SUCCESS;

    if (copy == NULL)
        return error_nomem();
    for (char *at = copy + strspn(copy, "/"); code == FOB_SUCCESS && *at != '\0';) {
        char after;

        at += strcspn(at, "/");
        after = *at;
        *at = '\0';
        code = path_make_folder(copy, mode);
        *at = after;
        at += strspn(at, "/");
    }
    free(copy);
    return code;
}
