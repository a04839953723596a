/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Opens and reads YAML files that nobody else can have written. */
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

/* Read SIZE bytes, or fewer if the file has fewer. */
static int yaml_file_read_all(int fd, const char *path, size_t size, struct strbuf *text)
{
    char *at = strbuf_extend(text, size);
    ssize_t got = 1;

    if (at == NULL)
        return error_nomem();
    text->size = 0;
    while (text->size < size && got != 0) {
        got = read(fd, at + text->size, size - text->size);
        if (got < 0 && errno != EINTR)
            return error_system("%s", path);
        text->size += got > 0 ? (size_t)got : 0;
    }
    return FOB_SUCCESS;
}

/* Return a file without a tree whose one mistake is its size. */
static int yaml_too_large(const char *path, struct yaml_file **file)
{
    int code = yaml_read_text(path, "", 0, file);

    if (code == FOB_SUCCESS)
        yaml_mistake(*file, NULL, "larger than %d bytes", YAML_FILE_MAX);
    return code;
}

/* Open and check the file at PATH.  SIZE may be above the limit. */
static int yaml_open_path(const char *path, uid_t user, int *fd, uint64_t *size)
{
    int new = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    int code;

    if (new < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(FOB_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (new < 0)
        return error_system("%s", path);
    code = path_check_trust(new, path, 0, user, size);
    if (code == FOB_SUCCESS)
        *fd = new;
    else
        close(new);
    return code;
}

/* Read the file at PATH, unless it is TOO_LARGE. */
static int yaml_file_read(const char *path, uid_t user, struct strbuf *text, bool *too_large)
{
    uint64_t size;
    int fd = -1;
    int code = yaml_open_path(path, user, &fd, &size);

    if (code != FOB_SUCCESS)
        return code;
    *too_large = size > YAML_FILE_MAX;
    if (!*too_large)
        code = yaml_file_read_all(fd, path, (size_t)size, text);
    close(fd);
    return code;
}

/* Whether LINE, at the margin of a block map, begins something else than the key before it. */
static bool yaml_file_begins(const char *line)
{
    return strchr(" \t\r\n#-", line[0]) == NULL || strncmp(line, "---", 3) == 0;
}

/* Make blanks of KEY and its value. */
static void yaml_file_blank(struct strbuf *text, const char *key)
{
    const size_t size = strlen(key);
    bool inside = false;
    char *line = text->data;

    if (text->size == 0)
        return;
    line[text->size] = '\0';
    if (line[0] == '{' || strstr(line, "\n{") != NULL)
        return;
    while (line[0] != '\0') {
        char *end = line + strcspn(line, "\n");

        if (yaml_file_begins(line))
            inside = strncmp(line, key, size) == 0 && line[size] == ':' &&
                     strchr(" \r\n", line[size + 1]) != NULL;
        if (inside)
            memset(line, ' ', (size_t)(end - line));
        line = end + (*end == '\n');
    }
}

int yaml_read_path(const char *path, uid_t user, struct yaml_file **file)
{
    return yaml_read_path_without(path, user, NULL, file);
}

int yaml_read_path_without(const char *path, uid_t user, const char *key, struct yaml_file **file)
{
    struct strbuf text = STRBUF_INIT;
    bool too_large;
    int code = yaml_file_read(path, user, &text, &too_large);

    if (code == FOB_SUCCESS && !too_large && key != NULL)
        yaml_file_blank(&text, key);
    if (code == FOB_SUCCESS)
        code = too_large ? yaml_too_large(path, file)
                         : yaml_read_text(path, text.data, text.size, file);
    strbuf_free(&text);
    return code;
}

int yaml_may_contain(const char *path, uid_t user, const char *word, bool *may)
{
    struct strbuf text = STRBUF_INIT;
    bool too_large;
    int code = yaml_file_read(path, user, &text, &too_large);

    /* A backslash may spell any letter. */
    if (code == FOB_SUCCESS)
        *may = too_large ||
               (text.data != NULL && (memchr(text.data, '\\', text.size) != NULL ||
                                      memmem(text.data, text.size, word, strlen(word)) != NULL));
    strbuf_free(&text);
    return code;
}
