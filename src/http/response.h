/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * An answer: its size is limited while it arrives, and it is wiped when freed.
 */
#ifndef FOB_HTTP_RESPONSE_H
#define FOB_HTTP_RESPONSE_H

#include <fob/http.h>

/* The most bytes of status lines and headers in one answer. */
#define RESPONSE_HEAD_MAX (256 * 1024)

struct response_buffer {
    char *data; /* NUL-terminated; NULL while empty */
    size_t size;
    size_t capacity;
};

/* The most interim answers (1xx) before the final one. */
#define RESPONSE_INTERIM_MAX 16

struct response_header {
    const char *name;
    const char *value;
};

/* Why the rest of an answer was refused. */
enum response_fault {
    RESPONSE_SOUND,
    RESPONSE_TOO_LARGE,
    RESPONSE_HEAD_TOO_LARGE,
    RESPONSE_NO_END, /* too many interim answers */
    RESPONSE_TWO_LENGTHS,
    RESPONSE_NO_MEMORY,
};

struct fob_http_response {
    int status;
    int64_t retry_after; /* in seconds; 0 if the answer has none */
    struct response_buffer head;
    struct response_buffer body;
    char *fields; /* a copy of the head, cut into names and values */
    struct response_header *headers;
    size_t header_count;
    bool head_done;
    char length[20];  /* as Content-Length has it; empty without one */
    unsigned interim; /* the number of heads before this one */
    enum response_fault fault;
};

struct fob_http_response *response_new(void);
/* Take one line of the head, or bytes of the body.  On failure, returns false and sets FAULT. */
bool response_add_head(struct fob_http_response *response, const char *line, size_t size);
bool response_add_body(struct fob_http_response *response, const void *data, size_t size);
/* Make room for a body of SIZE bytes. */
bool response_reserve(struct fob_http_response *response, int64_t size);
/* Of an answer with status 429 or 503, also read the pause in the header NAME, which may be NULL:
 * seconds, or when it ends, in seconds since the Epoch. */
void response_read_retry_at(struct fob_http_response *response, const char *name);
/* After the last byte.  Returns FOB_SUCCESS, FOB_NOMEM. */
int response_finish(struct fob_http_response *response, int status);

/* The body's coding, such as "gzip", borrowed; NULL for none. */
const char *response_coding(const struct fob_http_response *response);

/* Whether the body is an HTML page, by its type or its beginning. */
bool response_is_html(const struct fob_http_response *response);

#endif
