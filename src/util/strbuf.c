/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A growing text buffer with a failed flag that sticks. */
#include "config.h"

#include "util/strbuf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for MORE bytes and a NUL. */
static bool strbuf_reserve(struct strbuf *buf, size_t more)
{
    size_t capacity = buf->capacity > 0 ? buf->capacity : 64;
    char *data;

    if (buf->failed || more >= SIZE_MAX / 4 - buf->size) {
        buf->failed = true;
        return false;
    }
    if (buf->size + more < buf->capacity)
        return true;
    while (capacity <= buf->size + more)
        capacity *= 2;
    data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

char *strbuf_extend(struct strbuf *buf, size_t size)
{
    char *at;

    if (!strbuf_reserve(buf, size))
        return NULL;
    at = buf->data + buf->size;
    buf->size += size;
    at[size] = '\0';
    return at;
}

void strbuf_add(struct strbuf *buf, const void *data, size_t size)
{
    char *at = strbuf_extend(buf, size);

    if (at != NULL && size > 0)
        memcpy(at, data, size);
}

void strbuf_add_text(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    va_list args;
    int size;

    /* Most texts fit at once. */
    if (!strbuf_reserve(buf, 0))
        return;
    va_start(args, format);
    size = vsnprintf(buf->data + buf->size, buf->capacity - buf->size, format, args);
    va_end(args);
    if (size >= 0 && (size_t)size >= buf->capacity - buf->size) {
        buf->data[buf->size] = '\0';
        if (!strbuf_reserve(buf, (size_t)size))
            return;
        va_start(args, format);
        size = vsnprintf(buf->data + buf->size, (size_t)size + 1, format, args);
        va_end(args);
    }
    if (size < 0) {
        buf->failed = true;
        buf->data[buf->size] = '\0';
        return;
    }
    buf->size += (size_t)size;
}

void strbuf_reset(struct strbuf *buf)
{
    buf->size = 0;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

char *strbuf_detach(struct strbuf *buf)
{
    char *data;

    strbuf_add(buf, "", 0);
    data = buf->failed ? NULL : buf->data;
    if (data == NULL)
        free(buf->data);
    *buf = (struct strbuf)STRBUF_INIT;
    return data;
}

void strbuf_free(struct strbuf *buf)
{
    free(buf->data);
    *buf = (struct strbuf)STRBUF_INIT;
}
