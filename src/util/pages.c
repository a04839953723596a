/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Locked pages, and small pieces of them. */
#include "config.h"

#include "util/pages.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PIECE ((size_t)1024)
#define PIECES 16

/* A mapping in pieces; its books are kept outside, since a forked child sees it empty. */
struct slab {
    char *data;
    uint32_t used; /* a bit a piece */
    struct slab *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slab *slabs;
static unsigned unused;    /* slabs without a used piece */
static atomic_bool untold; /* there is memory that could not be locked, and nobody said so */
static atomic_bool told;
static atomic_bool undumpable;

static char *map_pages(size_t size)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_LOCKED, -1, 0);

    /* Past RLIMIT_MEMLOCK: an unlocked secret is better than none. */
    if (data == MAP_FAILED) {
        atomic_store(&untold, true);
        data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    if (data == MAP_FAILED)
        return NULL;
    /* A kernel that lacks one of these has the rest. */
    if (!atomic_load(&undumpable))
        (void)madvise(data, size, MADV_DONTDUMP);
    (void)madvise(data, size, MADV_WIPEONFORK);
    return data;
}

void pages_never_dump(void)
{
    if (prctl(PR_SET_DUMPABLE, 0) == 0)
        atomic_store(&undumpable, true);
}

bool pages_lack_locks(void)
{
    return atomic_load(&untold) && !atomic_exchange(&told, true);
}

static struct slab *add_slab(void)
{
    struct slab *slab = calloc(1, sizeof *slab);

    if (slab == NULL)
        return NULL;
    slab->data = map_pages(PIECES * PIECE);
    if (slab->data == NULL) {
        free(slab);
        return NULL;
    }
    slab->next = slabs;
    slabs = slab;
    unused++;
    return slab;
}

static char *take_piece(void)
{
    struct slab *slab = slabs;
    unsigned at = 0;

    while (slab != NULL && slab->used == (UINT32_C(1) << PIECES) - 1)
        slab = slab->next;
    if (slab == NULL)
        slab = add_slab();
    if (slab == NULL)
        return NULL;
    unused -= slab->used == 0;
    while ((slab->used >> at & 1) != 0)
        at++;
    slab->used |= UINT32_C(1) << at;
    return slab->data + at * PIECE;
}

/* A slab without a used piece goes back to the system, unless it is the only such: the next secret
 * would only map it again. */
static void give_piece(const char *data)
{
    struct slab **at = &slabs;
    struct slab *slab;

    while (data < (*at)->data || data >= (*at)->data + PIECES * PIECE)
        at = &(*at)->next;
    slab = *at;
    slab->used &= ~(UINT32_C(1) << ((size_t)(data - slab->data) / PIECE));
    if (slab->used != 0 || unused == 0) {
        unused += slab->used == 0;
        return;
    }
    *at = slab->next;
    munmap(slab->data, PIECES * PIECE);
    free(slab);
}

char *pages_take(size_t size, size_t *capacity)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t taken = size <= PIECE ? PIECE : (size + page - 1) / page * page;
    char *data;

    if (taken == PIECE) {
        pthread_mutex_lock(&lock);
        data = take_piece();
        pthread_mutex_unlock(&lock);
    } else {
        data = map_pages(taken);
    }
    if (data != NULL)
        *capacity = taken;
    return data;
}

void pages_give(char *data, size_t capacity)
{
    if (data == NULL)
        return;
    explicit_bzero(data, capacity);
    if (capacity > PIECE) {
        munmap(data, capacity);
        return;
    }
    pthread_mutex_lock(&lock);
    give_piece(data);
    pthread_mutex_unlock(&lock);
}
