/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Keeps secrets in locked memory that is wiped after use. */
#include "config.h"

#include "util/secret.h"

#include "util/error.h"
#include "util/pages.h"
#include "util/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fob_secret {
    struct pages pages; /* with room for a NUL, too */
    size_t size;
    uint64_t process; /* that made it: in a forked child its bytes are gone */
};

/* Make room for SIZE bytes and a NUL.  Memory that was replaced goes to OLD; the caller frees it
 * once nothing points into it. */
static int secret_reserve(struct fob_secret *secret, size_t size, struct pages *old)
{
    const size_t capacity = secret->pages.capacity;
    struct pages pages;

    *old = (struct pages){ NULL, 0, NULL };
    if (size < capacity)
        return FOB_SUCCESS;
    if (!pages_alloc(size < 2 * capacity ? 2 * capacity : size + 1, &pages))
        return error_nomem();
    if (secret->size > 0)
        memcpy(pages.data, secret->pages.data, secret->size);
    *old = secret->pages;
    secret->pages = pages;
    return FOB_SUCCESS;
}

int secret_alloc(size_t size, struct fob_secret **secret)
{
    struct fob_secret *new;

    if (size > SECRET_MAX)
        return error_set(FOB_INVALID, "a value of %zu bytes is too large", size);
    /* Not calloc(), which bypasses glibc's per-thread cache.  A sweep allocates this for each
     * account. */
    new = malloc(sizeof *new);
    if (new == NULL)
        return error_nomem();
    *new = (struct fob_secret){ .process = process_id(), .size = size };
    if (!pages_alloc(size + 1, &new->pages)) {
        free(new);
        return error_nomem();
    }
    *secret = new;
    return FOB_SUCCESS;
}

bool secret_is_lost(const struct fob_secret *secret)
{
    return secret->process != process_id();
}

char *secret_buffer(struct fob_secret *secret)
{
    return secret->pages.data;
}

int secret_append(struct fob_secret *secret, const void *data, size_t size)
{
    struct pages old;
    int code;

    if (secret_is_lost(secret))
        return error_set(FOB_INVALID, "a secret from before a fork is empty in the child");
    if (size == 0)
        return FOB_SUCCESS;
    if (size > SECRET_MAX - secret->size)
        return error_set(FOB_INVALID, "a value of over %d bytes is too large", SECRET_MAX);
    code = secret_reserve(secret, secret->size + size, &old);
    if (code != FOB_SUCCESS)
        return code;
    /* DATA may lie in the secret itself, and so in the old pages. */
    memcpy(secret->pages.data + secret->size, data, size);
    secret->size += size;
    secret->pages.data[secret->size] = '\0';
    pages_free(&old);
    return FOB_SUCCESS;
}

void secret_truncate(struct fob_secret *secret, size_t size)
{
    if (size >= secret->size)
        return;
    explicit_bzero(secret->pages.data + size, secret->size - size);
    secret->size = size;
}

bool secret_equal(const void *a, size_t a_size, const void *b, size_t b_size)
{
    const volatile unsigned char *left = a;
    const volatile unsigned char *right = b;
    unsigned char difference = 0;

    if (a_size != b_size)
        return false;
    for (size_t i = 0; i < a_size; i++)
        difference |= left[i] ^ right[i];
    return difference == 0;
}

void secret_wipe(void *data, size_t size)
{
    explicit_bzero(data, size);
}

int fob_secret_new(const void *data, size_t size, struct fob_secret **secret)
{
    struct fob_secret *new = NULL;
    int code;

    if (size > 0)
        NEED(data);
    NEED(secret);
    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "a value of %zu bytes is too large (at most %d)", size,
                         FOB_VALUE_MAX);
    code = secret_alloc(size, &new);
    if (code != FOB_SUCCESS)
        return code;
    if (size > 0)
        memcpy(new->pages.data, data, size);
    *secret = new;
    return FOB_SUCCESS;
}

int fob_secret_append(struct fob_secret *secret, const void *data, size_t size)
{
    NEED(secret);
    if (size > 0)
        NEED(data);
    if (size > FOB_VALUE_MAX || secret->size > FOB_VALUE_MAX - size)
        return error_set(FOB_INVALID, "a value of over %d bytes is too large", FOB_VALUE_MAX);
    return secret_append(secret, data, size);
}

const char *fob_secret_data(const struct fob_secret *secret)
{
    return secret != NULL ? secret->pages.data : "";
}

size_t fob_secret_size(const struct fob_secret *secret)
{
    return secret == NULL || secret_is_lost(secret) ? 0 : secret->size;
}

void fob_secret_free(struct fob_secret *secret)
{
    if (secret == NULL)
        return;
    pages_free(&secret->pages);
    free(secret);
}

void fob_secret_no_dumps(void)
{
    pages_never_dump();
}
