/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens YAML files, and reads only those that nobody else can have written. */
#include "config.h"

#include "util/yaml.h"

#include <fob/fob.h>

#include "util/error.h"
#include "util/path.h"
#include "util/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* SIZE bytes, if there are as many. */
static int read_all(int fd, const char *path, size_t size, struct strbuf *text)
{
    char block[16384];
    ssize_t got;

    while (text->size < size && (got = read(fd, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system("%s", path);
        strbuf_add(text, block, (size_t)got);
    }
    return text->failed ? error_nomem() : FOB_SUCCESS;
}

/* A file that is not even read: its one mistake, without a tree. */
static int too_large(const char *path, struct yaml_file **file)
{
    int code = yaml_read_text(path, "", 0, file);

    if (code == FOB_SUCCESS)
        yaml_mistake(*file, NULL, "larger than %d bytes", YAML_FILE_MAX);
    return code;
}

static int read_fd(int fd, const char *path, uint64_t size, struct yaml_file **file)
{
    struct strbuf text = STRBUF_INIT;
    int code;

    if (size > YAML_FILE_MAX)
        return too_large(path, file);
    code = read_all(fd, path, (size_t)size, &text);
    if (code == FOB_SUCCESS)
        code = yaml_read_text(path, text.size > 0 ? text.data : "", text.size, file);
    strbuf_free(&text);
    return code;
}

int yaml_read_path(const char *path, uid_t user, struct yaml_file **file)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    uint64_t size;
    int code;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(FOB_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (fd < 0)
        return error_system("%s", path);
    code = path_check_trust(fd, path, 0, user, &size);
    if (code == FOB_SUCCESS)
        code = read_fd(fd, path, size, file);
    close(fd);
    return code;
}
