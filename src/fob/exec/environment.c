/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes environments, and files in memory. */
#include "config.h"

#include "fob/exec/environment.h"

#include "util/error.h"
#include "util/text.h"
#include "util/write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path names the process: a child of the command may have closed the descriptor. */
#define PATH_FORMAT "/proc/%ld/fd/%d"
#define PATH_ROOM (sizeof "/proc/-9223372036854775808/fd/-2147483648")

struct environment_file {
    char *path; /* PATH_ROOM bytes of the block */
    int fd;
};

int environment_seal_file(const char *name, const struct fob_secret *value, int *fd)
{
    const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    int new = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (new < 0 || write_fully(new, fob_secret_data(value), fob_secret_size(value)) < 0 ||
        lseek(new, 0, SEEK_SET) < 0 || fchmod(new, 0400) < 0 ||
        fcntl(new, F_ADD_SEALS, seals) < 0) {
        error_set(FOB_SYSTEM, "a file in memory: %m");
        if (new >= 0)
            close(new);
        return FOB_SYSTEM;
    }
    *fd = new;
    return FOB_SUCCESS;
}

/* Whether ENTRY, NAME=VALUE, is left out: it is a variable of fob's, or VARIABLES replaces it.
 * FOB_CONFIG stays, because a fob that the command runs should use the same configuration. */
static bool environment_is_replaced(const char *entry, const struct variables *variables)
{
    if (strncmp(entry, "FOB_", 4) == 0 && !text_same_entry(entry, "FOB_CONFIG"))
        return true;
    for (size_t i = 0; i < variables->count; i++) {
        if (text_same_entry(entry, variables->items[i].name))
            return true;
    }
    for (size_t i = 0; i < variables->absent_count; i++) {
        if (text_same_entry(entry, variables->absent[i]))
            return true;
    }
    return false;
}

static void environment_inherit(const struct variables *variables, struct environment *environment,
                                size_t *count)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        if (!environment_is_replaced(*entry, variables))
            environment->entries[(*count)++] = *entry;
    }
}

static bool environment_is_file(const struct variable *variable, unsigned flags)
{
    return (flags & ENVIRONMENT_FILES) != 0 && !variable->plain;
}

static size_t environment_room_for(const struct variable *variable, unsigned flags)
{
    return strlen(variable->name) + 1 +
           (environment_is_file(variable, flags) ? PATH_ROOM
                                                 : fob_secret_size(variable->value) + 1);
}

/* Write the entry for VARIABLE to TO. */
static int environment_add_entry(const struct variable *variable, unsigned flags, char *to,
                                 struct environment *environment)
{
    size_t size = strlen(variable->name);
    const char *value = fob_secret_data(variable->value);
    struct environment_file *file;

    memcpy(to, variable->name, size);
    to[size] = '=';
    to += size + 1;
    if (!environment_is_file(variable, flags)) {
        memcpy(to, value, fob_secret_size(variable->value) + 1);
        return FOB_SUCCESS;
    }
    file = &environment->files[environment->file_count];
    file->path = to;
    environment->file_count++;
    return environment_seal_file(variable->name, variable->value, &file->fd);
}

static int environment_allocate(const struct variables *variables, unsigned flags,
                                struct environment *environment)
{
    size_t count = variables->count + 1;

    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        count++;
    for (size_t i = 0; i < variables->count; i++)
        environment->size += environment_room_for(&variables->items[i], flags);
    environment->entries = calloc(count, sizeof *environment->entries);
    environment->files = calloc(variables->count + 1, sizeof *environment->files);
    if (environment->size > 0)
        environment->block = mmap(NULL, environment->size, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (environment->block == MAP_FAILED)
        environment->block = NULL;
    if (environment->entries == NULL || environment->files == NULL ||
        (environment->size > 0 && environment->block == NULL))
        return error_nomem();
    /* Beyond RLIMIT_MEMLOCK, go on unlocked. */
    if (environment->size > 0)
        (void)mlock(environment->block, environment->size);
    for (size_t i = 0; i < variables->count; i++)
        environment->files[i].fd = -1;
    return FOB_SUCCESS;
}

int environment_make(const struct variables *variables, unsigned flags,
                     struct environment *environment)
{
    size_t count = 0;
    size_t at = 0;
    int code;

    *environment = ENVIRONMENT_INIT;
    code = environment_allocate(variables, flags, environment);
    if (code == FOB_SUCCESS && (flags & ENVIRONMENT_CLEAR) == 0)
        environment_inherit(variables, environment, &count);
    for (size_t i = 0; i < variables->count && code == FOB_SUCCESS; i++) {
        environment->entries[count++] = environment->block + at;
        code = environment_add_entry(&variables->items[i], flags, environment->block + at,
                                     environment);
        at += environment_room_for(&variables->items[i], flags);
    }
    return code;
}

int environment_leave_fd(const struct environment *environment, int fd)
{
    for (size_t i = 0; i < environment->file_count; i++) {
        struct environment_file *file = &environment->files[i];

        if (file->fd != fd)
            continue;
        file->fd = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
        if (file->fd < 0)
            return -1;
    }
    return 0;
}

void environment_enter(const struct environment *environment)
{
    for (size_t i = 0; i < environment->file_count; i++) {
        const struct environment_file *file = &environment->files[i];

        snprintf(file->path, PATH_ROOM, PATH_FORMAT, (long)getpid(), file->fd);
        (void)fcntl(file->fd, F_SETFD, 0);
    }
}

void environment_free(struct environment *environment)
{
    for (size_t i = 0; i < environment->file_count; i++) {
        if (environment->files[i].fd >= 0)
            close(environment->files[i].fd);
    }
    if (environment->block != NULL) {
        explicit_bzero(environment->block, environment->size);
        munmap(environment->block, environment->size);
    }
    free(environment->files);
    free(environment->entries);
    *environment = ENVIRONMENT_INIT;
}
