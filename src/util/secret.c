/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Secrets: pages of their own, locked, kept out of dumps and of forked children, wiped. */
#include "config.h"

#include "util/secret.h"

#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fob_secret {
    char *data;      /* a mapping of its own */
    size_t size;
    size_t capacity; /* bytes of the mapping, one of them for the NUL */
};

/* A mapping of at least SIZE bytes; its true size is stored. */
static char *map_pages(size_t size, size_t *mapped)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t rounded = (size + page - 1) / page * page;
    char *data = mmap(NULL, rounded, PROT_READ | PROT_WRITE, flags | MAP_LOCKED, -1, 0);

    /* Past RLIMIT_MEMLOCK: an unlocked secret is better than none. */
    if (data == MAP_FAILED)
        data = mmap(NULL, rounded, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (data == MAP_FAILED)
        return NULL;
    /* A kernel that lacks one of these has the rest. */
    (void)madvise(data, rounded, MADV_DONTDUMP);
    (void)madvise(data, rounded, MADV_WIPEONFORK);
    *mapped = rounded;
    return data;
}

static void unmap_pages(char *data, size_t mapped)
{
    if (data == NULL)
        return;
    explicit_bzero(data, mapped);
    munmap(data, mapped);
}

/* Room for SIZE bytes and a NUL.  When that takes new pages, the old ones go to OLD, for the caller to
 * unmap when nothing points into them any more. */
static int reserve(struct fob_secret *secret, size_t size, struct fob_secret *old)
{
    size_t wanted = size < 2 * secret->capacity ? 2 * secret->capacity : size + 1;
    size_t mapped;
    char *data;

    *old = (struct fob_secret){ NULL, 0, 0 };
    if (size < secret->capacity)
        return FOB_SUCCESS;
    data = map_pages(wanted, &mapped);
    if (data == NULL)
        return error_nomem();
    if (secret->size > 0)
        memcpy(data, secret->data, secret->size);
    *old = *secret;
    secret->data = data;
    secret->capacity = mapped;
    return FOB_SUCCESS;
}

int secret_alloc(size_t size, struct fob_secret **secret)
{
    struct fob_secret *new;
    struct fob_secret none;
    int code;

    if (size > SECRET_MAX)
        return error_set(FOB_INVALID, "a value of %zu bytes is too large", size);
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return error_nomem();
    code = reserve(new, size, &none);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    new->size = size;
    *secret = new;
    return FOB_SUCCESS;
}

char *secret_buffer(struct fob_secret *secret)
{
    return secret->data;
}

int secret_append(struct fob_secret *secret, const void *data, size_t size)
{
    struct fob_secret old;
    int code;

    if (size == 0)
        return FOB_SUCCESS;
    if (size > SECRET_MAX - secret->size)
        return error_set(FOB_INVALID, "a value of over %d bytes is too large", SECRET_MAX);
    code = reserve(secret, secret->size + size, &old);
    if (code != FOB_SUCCESS)
        return code;
    /* DATA may lie in the secret itself, so in the old pages. */
    memcpy(secret->data + secret->size, data, size);
    secret->size += size;
    secret->data[secret->size] = '\0';
    unmap_pages(old.data, old.capacity);
    return FOB_SUCCESS;
}

void secret_truncate(struct fob_secret *secret, size_t size)
{
    if (size >= secret->size)
        return;
    explicit_bzero(secret->data + size, secret->size - size);
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

int secret_read_fd(int fd, const char *what, size_t max, struct fob_secret **secret)
{
    struct fob_secret *new = NULL;
    struct fob_secret old;
    ssize_t got = 1;
    int code = secret_alloc(0, &new);

    while (code == FOB_SUCCESS && got > 0 && new->size <= max) {
        code = reserve(new, new->size + 1, &old);
        if (code != FOB_SUCCESS)
            break;
        unmap_pages(old.data, old.capacity);
        do
            got = read(fd, new->data + new->size, new->capacity - 1 - new->size);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            code = error_system("%s", what);
        else
            new->size += (size_t)got;
    }
    if (code == FOB_SUCCESS && new->size > max)
        code = error_set(FOB_INVALID, "%s: more than %zu bytes", what, max);
    if (code != FOB_SUCCESS) {
        fob_secret_free(new);
        return code;
    }
    *secret = new;
    return FOB_SUCCESS;
}

int fob_secret_new(const void *data, size_t size, struct fob_secret **secret)
{
    struct fob_secret *new = NULL;
    int code;

    if (size > FOB_VALUE_MAX)
        return error_set(FOB_INVALID, "a value of %zu bytes is too large (at most %d)", size,
                         FOB_VALUE_MAX);
    code = secret_alloc(size, &new);
    if (code != FOB_SUCCESS)
        return code;
    if (size > 0)
        memcpy(new->data, data, size);
    *secret = new;
    return FOB_SUCCESS;
}

int fob_secret_append(struct fob_secret *secret, const void *data, size_t size)
{
    if (size > FOB_VALUE_MAX || secret->size > FOB_VALUE_MAX - size)
        return error_set(FOB_INVALID, "a value of over %d bytes is too large", FOB_VALUE_MAX);
    return secret_append(secret, data, size);
}

const char *fob_secret_data(const struct fob_secret *secret)
{
    return secret->data;
}

size_t fob_secret_size(const struct fob_secret *secret)
{
    return secret->size;
}

void fob_secret_free(struct fob_secret *secret)
{
    if (secret == NULL)
        return;
    unmap_pages(secret->data, secret->capacity);
    free(secret);
}
