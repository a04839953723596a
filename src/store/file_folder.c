/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Looks for files in a folder. */
#include "config.h"

#include "store/file.h"

#include "util/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool file_is_temporary(const char *name)
{
    const char *digits = name + strlen(FILES_TEMPORARY);

    return strncmp(name, FILES_TEMPORARY, strlen(FILES_TEMPORARY)) == 0 && strlen(digits) == 16 &&
           strspn(digits, "0123456789abcdef") == 16;
}

static bool file_is_content(const char *name)
{
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !file_is_temporary(name);
}

int file_folder_is_used(int folder, const char *name, const char *what, bool *used)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *entry;
    int code = FOB_SUCCESS;

    *used = false;
    if (dir == NULL) {
        if (fd >= 0 || errno != ENOENT)
            code = error_system("%s", what);
        if (fd >= 0)
            close(fd);
        return code;
    }
    do {
        errno = 0;
        entry = readdir(dir);
        *used = entry != NULL && file_is_content(entry->d_name);
    } while (entry != NULL && !*used);
    if (entry == NULL && errno != 0)
        code = error_system("%s", what);
    closedir(dir);
    return code;
}
