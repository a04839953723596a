/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes, compares and corrects the folders of a spool. */
#include "config.h"

#include "spool/spool_layout.h"

#include <fob/fob.h>

#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_MODE 0750
#define MODE_BITS 07777

const struct spool_rule spool_rules[SPOOL_FOLDERS] = {
    [SPOOL_SITE] = { "site", 02750, 0640 },
    [SPOOL_CARDS] = { "cards", 02750, 0640 },
    /* The hub adds drops and finds them by name; only the owner lists and removes them. */
    [SPOOL_INBOX] = { "inbox", 03730, 0440 },
    [SPOOL_RESULTS] = { "results", 02750, 0640 },
    [SPOOL_WORK] = { "work", 0700, 0600 },
};

/* Make the entry of the open folder FD in its parent durable. */
static int layout_sync_entry(int fd)
{
    int parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = parent >= 0 ? fsync(parent) : -1;

    if (parent >= 0)
        close(parent);
    return result;
}

/* Make the folder NAME in FOLDER, whatever the umask.  Mode and group of a new folder come last:
 * before, only its owner can enter. */
static int layout_make(int folder, const char *name, mode_t mode, gid_t group)
{
    int fd;
    bool made = mkdirat(folder, name, 0700) == 0;

    if (!made)
        return errno == EEXIST ? FOB_SUCCESS : error_system("%s", name);
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* fchown() may clear the set-group-ID bit. */
    made = fd >= 0 && fchown(fd, (uid_t)-1, group) == 0 && fchmod(fd, mode) == 0 &&
           layout_sync_entry(fd) == 0;
    if (fd >= 0)
        close(fd);
    return made ? FOB_SUCCESS : error_system("%s", name);
}

int spool_create(const char *path, gid_t group)
{
    int code = layout_make(AT_FDCWD, path, SPOOL_MODE, group);
    int folder;

    if (code != FOB_SUCCESS)
        return code;
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return error_system("%s", path);
    for (int i = 0; i < SPOOL_FOLDERS && code == FOB_SUCCESS; i++) {
        const struct spool_rule *rule = &spool_rules[i];

        code = layout_make(folder, rule->name, rule->folder, i == SPOOL_WORK ? getegid() : group);
    }
    close(folder);
    return code;
}

/* What an entry should be; group -1 for any. */
struct layout_entry {
    const char *path;
    uid_t owner;
    gid_t group;
    mode_t type;
    mode_t mode;
};

static void layout_report(const struct spool_check *check, const char *path, const char *what,
                          bool fixed)
{
    const struct spool_fault fault = { path, what, fixed };

    check->report(check->data, &fault);
}

/* Compare the open FD with ENTRY. */
static void layout_compare_open(int fd, const struct layout_entry *entry,
                                const struct spool_check *check)
{
    struct stat st;
    char what[96];

    if (fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != entry->type) {
        layout_report(check, entry->path, S_ISDIR(entry->type) ? "not a folder" : "not a file",
                      false);
        return;
    }
    if (st.st_uid != entry->owner || (entry->group != (gid_t)-1 && st.st_gid != entry->group)) {
        snprintf(what, sizeof what, "belongs to user %u and group %u, not to %u and %u", st.st_uid,
                 st.st_gid, entry->owner, entry->group != (gid_t)-1 ? entry->group : st.st_gid);
        layout_report(check, entry->path, what,
                      check->fix && fchown(fd, entry->owner, entry->group) == 0);
        /* fchown() may have changed it. */
        fstat(fd, &st);
    }
    if ((st.st_mode & MODE_BITS) != entry->mode) {
        snprintf(what, sizeof what, "mode is %04o, not %04o", st.st_mode & MODE_BITS, entry->mode);
        layout_report(check, entry->path, what, check->fix && fchmod(fd, entry->mode) == 0);
    }
}

/* Compare the entry NAME of FOLDER; returns it open, or -1. */
static int layout_compare_entry(int folder, const char *name, const struct layout_entry *entry,
                                const struct spool_check *check)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    char what[96];

    if (fd < 0) {
        snprintf(what, sizeof what, "%s", errno == ELOOP ? "a symbolic link" : strerror(errno));
        layout_report(check, entry->path, what, false);
        return -1;
    }
    layout_compare_open(fd, entry, check);
    return fd;
}

/* Compare the files in the open folder FD, which this closes. */
static void layout_compare_files(int fd, enum spool_folder place, const struct spool_check *check)
{
    const struct spool_rule *rule = &spool_rules[place];
    DIR *folder = fdopendir(fd);
    struct dirent *found;
    char path[sizeof "results/" + sizeof found->d_name];
    struct layout_entry entry = { .path = path,
                                  .owner =
                                      place == SPOOL_INBOX ? check->users.hub : check->users.owner,
                                  .group = place == SPOOL_WORK ? (gid_t)-1 : check->users.group,
                                  .type = S_IFREG,
                                  .mode = rule->file };

    if (folder == NULL) {
        close(fd);
        return;
    }
    while ((found = readdir(folder)) != NULL) {
        /* "." and "..", and files that are being written. */
        if (found->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", rule->name, found->d_name);
        fd = layout_compare_entry(dirfd(folder), found->d_name, &entry, check);
        if (fd >= 0)
            close(fd);
    }
    closedir(folder);
}

int spool_compare(const char *path, const struct spool_check *check)
{
    const struct layout_entry top = { ".", check->users.owner, check->users.group, S_IFDIR,
                                      SPOOL_MODE };
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0 && errno == ENOENT)
        return error_set(FOB_NOT_FOUND, "%s: no such folder", path);
    if (folder < 0)
        return error_system("%s", path);
    layout_compare_open(folder, &top, check);
    for (int i = 0; i < SPOOL_FOLDERS; i++) {
        const struct spool_rule *rule = &spool_rules[i];
        const struct layout_entry entry = { rule->name, check->users.owner,
                                            i == SPOOL_WORK ? (gid_t)-1 : check->users.group,
                                            S_IFDIR, rule->folder };
        int fd = layout_compare_entry(folder, rule->name, &entry, check);

        if (fd >= 0)
            layout_compare_files(fd, (enum spool_folder)i, check);
    }
    close(folder);
    return FOB_SUCCESS;
}
