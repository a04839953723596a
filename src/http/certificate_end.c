/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads notAfter of a certificate (RFC 5280, section 4.1). */
#include "config.h"

#include "http/certificate_end.h"

#include "util/base64.h"
#include "util/pem.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DER_SEQUENCE 0x30
#define DER_VERSION 0xa0
#define DER_UTC_TIME 0x17
#define DER_TIME 0x18

struct der {
    const unsigned char *at;
    size_t size;
};

/* Decode base64 with white space into TO; returns the size. */
static size_t certificate_decode(const char *text, size_t size, unsigned char *to)
{
    unsigned bits = 0;
    unsigned count = 0;
    size_t used = 0;

    for (size_t i = 0; i < size; i++) {
        const int value = base64_value(text[i]);

        if (value < 0)
            continue;
        bits = (bits << 6 | (unsigned)value) & 0xffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[used++] = (unsigned char)(bits >> count & 0xff);
        }
    }
    return used;
}

/* Cut the next element off FROM; returns its tag, or 0 if there is no complete one. */
static unsigned certificate_next(struct der *from, struct der *content)
{
    size_t head = 2;
    size_t size;
    unsigned tag;

    if (from->size < head)
        return 0;
    tag = from->at[0];
    size = from->at[1];
    if (size > 0x80) {
        const size_t bytes = size & 0x7f;

        if (bytes > 3 || from->size < head + bytes)
            return 0;
        size = 0;
        for (size_t i = 0; i < bytes; i++)
            size = size << 8 | from->at[head + i];
        head += bytes;
    }
    if (from->size - head < size)
        return 0;
    *content = (struct der){ from->at + head, size };
    from->at += head + size;
    from->size -= head + size;
    return tag;
}

/* YYMMDDHHMMSSZ, or with a year of four digits. */
static int64_t certificate_time(unsigned tag, const struct der *content)
{
    char text[16] = "";
    struct tm parts = { 0 };
    const char *end;

    if (content->size != (tag == DER_TIME ? 15 : 13))
        return 0;
    memcpy(text, content->at, content->size);
    end = strptime(text, tag == DER_TIME ? "%Y%m%d%H%M%SZ" : "%y%m%d%H%M%SZ", &parts);
    if (end == NULL || *end != '\0')
        return 0;
    /* Two digits from 50 on are of the last century; strptime() thinks so from 69 on. */
    if (tag == DER_UTC_TIME && parts.tm_year >= 150)
        parts.tm_year -= 100;
    return (int64_t)timegm(&parts);
}

/* Go into the certificate and its first part, to the validity, and past its beginning. */
static int64_t certificate_find_end(struct der from)
{
    struct der content;
    unsigned tag;

    if (certificate_next(&from, &content) != DER_SEQUENCE)
        return 0;
    from = content;
    if (certificate_next(&from, &content) != DER_SEQUENCE)
        return 0;
    from = content;
    if (certificate_next(&from, &content) == DER_VERSION) /* else that was the serial number */
        (void)certificate_next(&from, &content);
    (void)certificate_next(&from, &content); /* the algorithm */
    (void)certificate_next(&from, &content); /* the issuer */
    if (certificate_next(&from, &content) != DER_SEQUENCE)
        return 0;
    from = content;
    (void)certificate_next(&from, &content);
    tag = certificate_next(&from, &content);
    return tag == DER_TIME || tag == DER_UTC_TIME ? certificate_time(tag, &content) : 0;
}

int64_t certificate_end(const char *chain)
{
    struct pem_block block;
    unsigned char *bytes;
    int64_t end = 0;

    while (pem_next(&chain, &block)) {
        if (!pem_is(&block, "CERTIFICATE"))
            continue;
        bytes = malloc(block.body_size + 1);
        if (bytes != NULL)
            end = certificate_find_end(
                (struct der){ bytes, certificate_decode(block.body, block.body_size, bytes) });
        free(bytes);
        break;
    }
    return end;
}
