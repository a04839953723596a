/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads the body that --data gives. */
#include "config.h"

#include "fob/request/request.h"

#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Read FD into BODY. */
static int request_data_read_body(int fd, const char *what, struct strbuf *body)
{
    char chunk[16384];
    ssize_t got;

    while ((got = read(fd, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return output_fail(FOB_SYSTEM, NULL, "%s: %m", what);
        strbuf_add(body, chunk, (size_t)got);
        if (body->failed)
            return output_nomem();
        if (body->size > FOB_BODY_MAX)
            return output_fail(FOB_INVALID, NULL, "%s: more than %d bytes", what, FOB_BODY_MAX);
    }
    strbuf_add(body, "", 0); /* an empty body still is a body */
    return FOB_SUCCESS;
}

static int request_data_read_file(const char *path, struct strbuf *body)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int code;

    if (fd < 0)
        return output_fail_file(path);
    code = request_data_read_body(fd, path, body);
    close(fd);
    return code;
}

int request_read_data(const char *data, struct strbuf *body)
{
    if (strcmp(data, "-") == 0 || strcmp(data, "@-") == 0)
        return request_data_read_body(STDIN_FILENO, "stdin", body);
    if (data[0] == '@')
        return request_data_read_file(data + 1, body);
    strbuf_add_text(body, data);
    return body->failed ? output_nomem() : FOB_SUCCESS;
}
