/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A growing text buffer, for everything that is not secret.
 *
 * Appends return nothing.  After a failed allocation further appends do nothing; check FAILED once,
 * at the end.
 */
#ifndef FOB_UTIL_STRBUF_H
#define FOB_UTIL_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf {
    char *data; /* NUL-terminated; NULL while empty */
    size_t size;
    size_t capacity;
    bool failed;
};

#define STRBUF_INIT ((struct strbuf){ NULL, 0, 0, false })

void strbuf_add(struct strbuf *buf, const void *data, size_t size);
/* Append SIZE bytes, which the caller fills at once; NULL when out of memory. */
char *strbuf_extend(struct strbuf *buf, size_t size);
void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Empty the buffer but keep its memory. */
void strbuf_reset(struct strbuf *buf);
/* Hand the text over to the caller, who frees it.  NULL only when an append failed. */
char *strbuf_detach(struct strbuf *buf);
void strbuf_free(struct strbuf *buf);

#endif
