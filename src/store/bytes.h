/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Big-endian numbers in files.
 */
#ifndef FOB_STORE_BYTES_H
#define FOB_STORE_BYTES_H

#include <stdint.h>

static inline void bytes_put16(void *at, uint16_t number)
{
    unsigned char *to = at;

    to[0] = (unsigned char)(number >> 8);
    to[1] = (unsigned char)number;
}

static inline void bytes_put32(void *at, uint32_t number)
{
    bytes_put16(at, (uint16_t)(number >> 16));
    bytes_put16((unsigned char *)at + 2, (uint16_t)number);
}

static inline void bytes_put64(void *at, uint64_t number)
{
    bytes_put32(at, (uint32_t)(number >> 32));
    bytes_put32((unsigned char *)at + 4, (uint32_t)number);
}

static inline uint16_t bytes_get16(const void *at)
{
    const unsigned char *from = at;

    return (uint16_t)(from[0] << 8 | from[1]);
}

static inline uint32_t bytes_get32(const void *at)
{
    return (uint32_t)bytes_get16(at) << 16 | bytes_get16((const unsigned char *)at + 2);
}

static inline uint64_t bytes_get64(const void *at)
{
    return (uint64_t)bytes_get32(at) << 32 | bytes_get32((const unsigned char *)at + 4);
}

#endif
