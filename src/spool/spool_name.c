/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes the names of a spool from hashes. */
#include "config.h"

#include "spool/spool_name.h"

#include "util/array.h"
#include "util/error.h"
#include "util/secret.h"

#include <gcrypt.h>

#include <sys/random.h>

/* SHA-256 of PURPOSE, FIRST and SECOND, concatenated. */
static void spool_name_digest(const char *purpose, struct span first, struct span second,
                              unsigned char hash[static SPOOL_HASH])
{
    const struct span parts[] = { wire_text(purpose), first, second };
    gcry_buffer_t buffers[ARRAY_SIZE(parts)] = { { .size = 0 } };

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        buffers[i].data = (void *)(uintptr_t)parts[i].data;
        buffers[i].len = parts[i].size;
    }
    gcry_md_hash_buffers(GCRY_MD_SHA256, 0, hash, buffers, (int)ARRAY_SIZE(buffers));
}

int spool_name_token(unsigned char token[static SPOOL_TOKEN])
{
    return getrandom(token, SPOOL_TOKEN, 0) == SPOOL_TOKEN ? FOB_SUCCESS
                                                           : error_system("random bytes");
}

void spool_name_hash(const unsigned char token[static SPOOL_TOKEN],
                     unsigned char hash[static SPOOL_HASH])
{
    spool_name_digest("fob invitation", (struct span){ token, SPOOL_TOKEN },
                      (struct span){ NULL, 0 }, hash);
}

void spool_name_form(const unsigned char token[static SPOOL_TOKEN], struct span body,
                     unsigned char drop[static SPOOL_ID])
{
    unsigned char hash[SPOOL_HASH];

    gcry_md_hash_buffer(GCRY_MD_SHA256, hash, body.data, body.size);
    spool_name_digest("fob form", (struct span){ token, SPOOL_TOKEN },
                      (struct span){ hash, sizeof hash }, hash);
    memcpy(drop, hash, SPOOL_ID);
}

void spool_name_callback(struct span state, unsigned char drop[static SPOOL_ID])
{
    unsigned char hash[SPOOL_HASH];

    spool_name_digest("fob callback", state, (struct span){ NULL, 0 }, hash);
    memcpy(drop, hash, SPOOL_ID);
}

void spool_name_browser(const unsigned char nonce[static SPOOL_NONCE],
                        unsigned char hash[static SPOOL_HASH])
{
    spool_name_digest("fob browser", (struct span){ nonce, SPOOL_NONCE }, (struct span){ NULL, 0 },
                      hash);
}

bool spool_name_read(const char *text, size_t size, unsigned char id[static SPOOL_ID])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char read[SPOOL_ID] = { 0 };

    if (size != SPOOL_ID_TEXT)
        return false;
    for (size_t i = 0; i < SPOOL_ID_TEXT; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        if (digit == NULL)
            return false;
        read[i / 2] = (unsigned char)(read[i / 2] << 4 | (digit - digits));
    }
    memcpy(id, read, sizeof read);
    return true;
}
