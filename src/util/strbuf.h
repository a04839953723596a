/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The one buffer for text that is not secret.
 *
 * Appends return nothing: after a failed allocation all further ones do nothing, and FAILED is
 * asked once at the end.
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
/* SIZE bytes more, for the caller to fill at once; NULL when there are none to be had. */
char *strbuf_extend(struct strbuf *buf, size_t size);
void strbuf_add_text(struct strbuf *buf, const char *text);
void strbuf_printf(struct strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Make it empty, keep the memory. */
void strbuf_reset(struct strbuf *buf);
/* Hand the text over to the caller, who frees it; NULL when an append failed.  Never NULL else. */
char *strbuf_detach(struct strbuf *buf);
void strbuf_free(struct strbuf *buf);

#endif
