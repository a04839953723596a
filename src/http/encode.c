/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Encodes secrets, from locked memory to locked memory. */
#include "config.h"

#include "http/client.h"
#include "util/base64.h"
#include "util/text.h"

#include <fob/http.h>

#include <string.h>

/* Bytes that are encoded at a time; the buffer is wiped. */
#define PART 48

static size_t encode_base64(const unsigned char *data, size_t size, char out[static PART * 4 / 3])
{
    size_t used = 0;

    for (size_t i = 0; i < size; i += 3) {
        const unsigned group = (unsigned)data[i] << 16 |
                               (i + 1 < size ? (unsigned)data[i + 1] << 8 : 0) |
                               (i + 2 < size ? data[i + 2] : 0);

        out[used++] = base64_digit(group >> 18);
        out[used++] = base64_digit(group >> 12 & 63);
        out[used++] = i + 1 < size ? base64_digit(group >> 6 & 63) : '=';
        out[used++] = i + 2 < size ? base64_digit(group & 63) : '=';
    }
    return used;
}

static size_t encode_percent(const unsigned char *data, size_t size, char out[static PART * 3])
{
    size_t used = 0;

    for (size_t i = 0; i < size; i++)
        used += text_put_percent(data[i], out + used);
    return used;
}

int fob_http_encode(enum fob_http_encoding encoding, const void *data, size_t size,
                    struct fob_secret *to)
{
    const unsigned char *at = data;
    char out[PART * 3];
    int code = FOB_SUCCESS;

    NEED(to);
    if (size > 0)
        NEED(data);
    if (encoding != FOB_HTTP_BASE64 && encoding != FOB_HTTP_PERCENT)
        return fob_fail(NULL, FOB_INVALID, "%s: no such encoding", __func__);
    while (size > 0 && code == FOB_SUCCESS) {
        const size_t part = size < PART ? size : PART;

        code = fob_secret_append(to, out,
                                 encoding == FOB_HTTP_BASE64 ? encode_base64(at, part, out)
                                                             : encode_percent(at, part, out));
        at += part;
        size -= part;
    }
    explicit_bzero(out, sizeof out);
    return code;
}
