/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds the blocks of PEM, and says what is wrong with them. */
#include "config.h"

#include "util/pem.h"

#include <stdio.h>
#include <string.h>

#define PEM_LABEL_MAX 64
#define PEM_DASHES "-----"

bool pem_next(const char **text, struct pem_block *block)
{
    const char *begin = *text;

    while ((begin = strstr(begin, PEM_BEGIN)) != NULL) {
        const char *label = begin + strlen(PEM_BEGIN);
        const size_t size = strcspn(label, "-\r\n");
        char last[PEM_LABEL_MAX + 32];
        const char *end;

        begin = label;
        if (size > PEM_LABEL_MAX || strncmp(label + size, PEM_DASHES, strlen(PEM_DASHES)) != 0)
            continue;
        snprintf(last, sizeof last, PEM_END "%.*s" PEM_DASHES, (int)size, label);
        end = strstr(label + size, last);
        if (end == NULL)
            continue;
        *block = (struct pem_block){ label, size, label + size + strlen(PEM_DASHES), 0 };
        block->body_size = (size_t)(end - block->body);
        *text = end + strlen(last);
        return true;
    }
    return false;
}

bool pem_is(const struct pem_block *block, const char *label)
{
    return block->label_size == strlen(label) &&
           memcmp(block->label, label, block->label_size) == 0;
}

/* PRIVATE KEY, or the name of a kind before it. */
static bool pem_is_key(const struct pem_block *block)
{
    static const char label[] = "PRIVATE KEY";
    const size_t size = sizeof label - 1;

    return block->label_size >= size &&
           memcmp(block->label + block->label_size - size, label, size) == 0;
}

static bool pem_is_encrypted(const struct pem_block *block)
{
    static const char header[] = ",ENCRYPTED";

    return pem_is(block, "ENCRYPTED PRIVATE KEY") ||
           memmem(block->body, block->body_size, header, sizeof header - 1) != NULL;
}

const char *pem_chain_fault(const char *text)
{
    struct pem_block block;
    size_t certificates = 0;

    while (pem_next(&text, &block)) {
        if (pem_is_key(&block))
            return "it has a private key, too";
        certificates += pem_is(&block, "CERTIFICATE");
    }
    return certificates > 0 ? NULL : "it has no PEM block CERTIFICATE";
}

const char *pem_key_fault(const char *text)
{
    struct pem_block block;
    size_t keys = 0;

    while (pem_next(&text, &block)) {
        if (pem_is_key(&block) && pem_is_encrypted(&block))
            return "it is encrypted, and \"openssl pkey\" decrypts it";
        keys += pem_is_key(&block);
    }
    if (keys == 0)
        return "it has no PEM block PRIVATE KEY";
    return keys == 1 ? NULL : "it has more than one private key";
}
