/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Takes files out of the inbox, which is hostile, and lists those that were taken. */
#include "config.h"

#include "core/inbox/inbox.h"

#include "util/error.h"
#include "util/names.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The time that a file of another name is left alone: somebody may be writing it. */
#define STRANGER_S 3600
/* How many files are taken at a time, and how many of an invitation may wait. */
#define TAKEN_MAX 1000
#define WAITING_MAX 20
#define HEADER_ID 8

/* A file of a folder, with its time. */
struct take_file {
    char name[INBOX_FILE_ROOM];
    struct timespec when;
};
struct take_files {
    struct take_file *items;
    size_t count;
    size_t room;
};

static int take_compare(const void *a, const void *b)
{
    const struct take_file *first = a;
    const struct take_file *second = b;

    if (first->when.tv_sec != second->when.tv_sec)
        return first->when.tv_sec < second->when.tv_sec ? -1 : 1;
    if (first->when.tv_nsec != second->when.tv_nsec)
        return first->when.tv_nsec < second->when.tv_nsec ? -1 : 1;
    return strcmp(first->name, second->name);
}

static int take_add(struct take_files *files, const char *name, const struct timespec *when)
{
    if (files->count == files->room) {
        const size_t room = files->room > 0 ? 2 * files->room : 64;
        struct take_file *more = reallocarray(files->items, room, sizeof *more);

        if (more == NULL)
            return error_nomem();
        files->items = more;
        files->room = room;
    }
    (void)snprintf(files->items[files->count].name, INBOX_FILE_ROOM, "%s", name);
    files->items[files->count++].when = *when;
    return FOB_SUCCESS;
}

/* Call FN for each entry of FOLDER but . and .. */
static int take_each(int folder, int (*fn)(const char *name, void *data), void *data)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    if (dir == NULL) {
        code = error_system("the spool");
        if (fd >= 0)
            close(fd);
        return code;
    }
    while (code == FOB_SUCCESS && (errno = 0, entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            code = fn(entry->d_name, data);
    }
    if (code == FOB_SUCCESS && errno != 0)
        code = error_system("the spool");
    closedir(dir);
    return code;
}

struct taking {
    struct inbox *inbox;
    struct take_files files;
    size_t strange;
};

/* Remove what is no drop, and remember the others. */
static int take_look(const char *name, void *data)
{
    struct taking *taking = data;
    const int folder = taking->inbox->spool.files.folders[SPOOL_INBOX];
    unsigned char drop[SPOOL_ID];
    struct stat st;

    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return FOB_SUCCESS;
    if (spool_name_read(name, strlen(name), drop) && !S_ISDIR(st.st_mode))
        return take_add(&taking->files, name, &st.st_ctim);
    if (!S_ISDIR(st.st_mode) && time(NULL) - st.st_ctim.tv_sec < STRANGER_S)
        return FOB_SUCCESS;
    /* A folder with something in it cannot be removed, and stays. */
    taking->strange += unlinkat(folder, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) == 0;
    return FOB_SUCCESS;
}

struct waiting {
    const char *id;
    size_t count;
};

static int take_count(const char *name, void *data)
{
    struct waiting *waiting = data;

    waiting->count += strncmp(name, waiting->id, SPOOL_ID_TEXT) == 0;
    return FOB_SUCCESS;
}

/* Write the drop DROP, which was read, to work, with the time when it arrived. */
static int take_keep(struct inbox *inbox, const char *drop, const struct strbuf *content,
                     int64_t arrived)
{
    const int work = inbox->spool.files.folders[SPOOL_WORK];
    const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = arrived } };
    struct waiting waiting = { .count = 0 };
    char name[INBOX_FILE_ROOM];
    int code;

    text_hex(content->data + HEADER_ID, SPOOL_ID, name);
    waiting.id = name;
    code = take_each(work, take_count, &waiting);
    if (code == FOB_SUCCESS && waiting.count >= WAITING_MAX)
        return error_set(FOB_CORRUPT, "more than %d wait for the invitation", WAITING_MAX);
    (void)snprintf(name + SPOOL_ID_TEXT, sizeof name - SPOOL_ID_TEXT, ".%.*s", SPOOL_ID_TEXT, drop);
    if (code == FOB_SUCCESS)
        code = spool_file_write(&inbox->spool.files, SPOOL_WORK, name,
                                (struct span){ content->data, content->size });
    if (code == FOB_SUCCESS && utimensat(work, name, times, AT_SYMLINK_NOFOLLOW) < 0)
        code = error_system("work/%s", name);
    return code;
}

static int take_one(struct inbox *inbox, const char *drop)
{
    struct strbuf content = STRBUF_INIT;
    int64_t arrived;
    int code = spool_file_take(&inbox->spool.files, drop, inbox->spool.hub, &content, &arrived);

    if (code == FOB_SUCCESS)
        code = take_keep(inbox, drop, &content, arrived);
    strbuf_free(&content);
    if (code == FOB_SUCCESS)
        return spool_file_remove(&inbox->spool.files, SPOOL_INBOX, drop);
    if (code == FOB_CORRUPT) {
        context_log(inbox->context, FOB_LOG_WARNING, "inbox", "removed: %s", fob_error());
        return spool_file_remove(&inbox->spool.files, SPOOL_INBOX, drop);
    }
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

int inbox_take(struct inbox *inbox)
{
    struct taking taking = { .inbox = inbox };
    int code = take_each(inbox->spool.files.folders[SPOOL_INBOX], take_look, &taking);

    if (taking.strange > 0)
        context_log(inbox->context, FOB_LOG_WARNING, "inbox",
                    "removed: %zu entries of the inbox that are no drops", taking.strange);
    if (taking.files.count > 0)
        qsort(taking.files.items, taking.files.count, sizeof *taking.files.items, take_compare);
    inbox->more = taking.files.count > TAKEN_MAX;
    for (size_t i = 0; i < taking.files.count && i < TAKEN_MAX && code == FOB_SUCCESS; i++) {
        const int taken = take_one(inbox, taking.files.items[i].name);

        /* Else it would be tried again at once. */
        inbox->more = inbox->more && taken == FOB_SUCCESS;
        code = inbox_job_go_on(inbox, NULL, taken);
    }
    free(taking.files.items);
    return code;
}

/* Whether NAME is ID.DROP. */
static bool take_is_work(const char *name)
{
    unsigned char bytes[SPOOL_ID];

    return strlen(name) == INBOX_FILE_ROOM - 1 && name[SPOOL_ID_TEXT] == '.' &&
           spool_name_read(name, SPOOL_ID_TEXT, bytes) &&
           spool_name_read(name + SPOOL_ID_TEXT + 1, SPOOL_ID_TEXT, bytes);
}

static int take_list(const char *name, void *data)
{
    struct taking *taking = data;
    struct stat st;

    if (!take_is_work(name) ||
        fstatat(taking->inbox->spool.files.folders[SPOOL_WORK], name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return FOB_SUCCESS;
    return take_add(&taking->files, name, &st.st_mtim);
}

/* The first entry ends the search. */
static int take_find(const char *name, void *data)
{
    (void)data;
    return name[0] != '.' ? FOB_EXISTS : FOB_SUCCESS;
}

bool inbox_has_any(const struct inbox *inbox)
{
    const int *folders = inbox->spool.files.folders;

    return take_each(folders[SPOOL_INBOX], take_find, NULL) != FOB_SUCCESS ||
           take_each(folders[SPOOL_WORK], take_find, NULL) != FOB_SUCCESS;
}

int inbox_list(const struct inbox *inbox, char ***names, size_t *count)
{
    struct taking taking = { .inbox = (struct inbox *)(uintptr_t)inbox };
    struct names list = { .count = 0 };
    int code = take_each(inbox->spool.files.folders[SPOOL_WORK], take_list, &taking);

    if (taking.files.count > 0)
        qsort(taking.files.items, taking.files.count, sizeof *taking.files.items, take_compare);
    for (size_t i = 0; i < taking.files.count && code == FOB_SUCCESS; i++)
        code = names_add(&list, taking.files.items[i].name, INBOX_FILE_ROOM - 1);
    free(taking.files.items);
    if (code != FOB_SUCCESS) {
        names_free(list.items, list.count);
        return code;
    }
    *names = list.items;
    *count = list.count;
    return FOB_SUCCESS;
}
