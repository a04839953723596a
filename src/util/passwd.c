/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Looks up users and groups, with a buffer that grows until the entry fits. */
#include "config.h"

#include "util/passwd.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>

#define PASSWD_SIZE_FIRST ((size_t)1 << 12)
#define PASSWD_SIZE_MAX ((size_t)1 << 20)

struct passwd_buffer {
    char *data;
    size_t size;
};

/* Whether BUFFER has a size to try after ERROR, which is ERANGE before the first try. */
static bool passwd_retry(struct passwd_buffer *buffer, int *error)
{
    size_t size = buffer->size == 0 ? PASSWD_SIZE_FIRST : 2 * buffer->size;

    if (*error == EINTR)
        return true;
    if (*error != ERANGE || size > PASSWD_SIZE_MAX)
        return false;
    free(buffer->data);
    buffer->data = malloc(size);
    buffer->size = size;
    if (buffer->data == NULL)
        *error = ENOMEM;
    return buffer->data != NULL;
}

/* Some sources of these databases report a missing entry as an error. */
static int passwd_result(bool found, int error)
{
    if (found)
        return 0;
    return error == 0 || error == ESRCH ? ENOENT : error;
}

int passwd_find_user(const char *name, uid_t uid, struct passwd *entry, char **texts)
{
    struct passwd_buffer buffer = { NULL, 0 };
    struct passwd *found = NULL;
    int error = ERANGE;

    while (passwd_retry(&buffer, &error))
        error = name != NULL ? getpwnam_r(name, entry, buffer.data, buffer.size, &found)
                             : getpwuid_r(uid, entry, buffer.data, buffer.size, &found);
    if (found != NULL)
        *texts = buffer.data;
    else
        free(buffer.data);
    return passwd_result(found != NULL, error);
}

int passwd_find_group(const char *name, gid_t *gid)
{
    struct passwd_buffer buffer = { NULL, 0 };
    struct group *found = NULL;
    struct group entry;
    int error = ERANGE;

    while (passwd_retry(&buffer, &error))
        error = getgrnam_r(name, &entry, buffer.data, buffer.size, &found);
    if (found != NULL)
        *gid = entry.gr_gid;
    free(buffer.data);
    return passwd_result(found != NULL, error);
}
