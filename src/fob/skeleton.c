/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fills and writes skeletons. */
#include "config.h"

#include "fob/skeleton.h"

#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The place that begins at TEXT; or NULL. */
static const struct skeleton_place *skeleton_find(const char *text,
                                                  const struct skeleton_place *places)
{
    for (; places->name != NULL; places++) {
        if (strncmp(text, places->name, strlen(places->name)) == 0)
            return places;
    }
    return NULL;
}

void skeleton_add(struct strbuf *buf, const char *text, const struct skeleton_place *places)
{
    while (*text != '\0') {
        const struct skeleton_place *place = skeleton_find(text, places);
        const size_t size = place != NULL ? strlen(place->name) : 1 + strcspn(text + 1, "@");

        if (place != NULL)
            strbuf_add_text(buf, place->text);
        else
            strbuf_add(buf, text, size);
        text += size;
    }
}

static int skeleton_write_text(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool written;

    if (fd < 0 && errno == EEXIST)
        return error_set(FOB_EXISTS, "%s: exists already, and is left unchanged", path);
    if (file == NULL && fd >= 0)
        close(fd);
    if (file == NULL)
        return error_system("%s", path);
    written = fputs(text, file) >= 0;
    if (fclose(file) == 0 && written)
        return FOB_SUCCESS;
    error_system("%s", path);
    unlink(path);
    return FOB_SYSTEM;
}

int skeleton_write(const char *path, struct strbuf *buf)
{
    const int code = buf->failed ? error_nomem() : skeleton_write_text(path, buf->data);

    strbuf_free(buf);
    return code;
}
