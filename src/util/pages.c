/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Allocates locked memory: whole pages, or slots of a slab. */
#include "config.h"

#include "util/pages.h"

#include "util/process.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SLOT_SIZE ((size_t)1024)
#define SLOTS 16
#define ALL_USED ((UINT32_C(1) << SLOTS) - 1)

/* A mapping divided into slots.  Its bookkeeping lies outside, because the mapping is wiped in a
 * forked child. */
struct slab {
    char *data;
    uint32_t used;     /* one bit for each slot */
    uint64_t process;  /* the process that mapped it */
    struct slab *next; /* in the list of slabs with a free slot */
    struct slab **at;  /* the pointer to this slab in that list */
};

static struct process_lock lock = PROCESS_LOCK_INIT;
static uint64_t owner; /* the process that the following variables belong to */
/* The slabs with a free slot.  Full slabs are found through their slots. */
static struct slab *slabs;
static unsigned all;            /* the number of slabs, full ones included */
static unsigned unused;         /* the number of slabs without a used slot */
static atomic_bool lock_failed; /* some memory could not be locked, and no warning was given */
static atomic_bool lock_failure_reported;
static atomic_bool undumpable;

static char *pages_map(size_t size)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_LOCKED, -1, 0);

    /* Past RLIMIT_MEMLOCK: an unlocked secret is better than none. */
    if (data == MAP_FAILED) {
        atomic_store(&lock_failed, true);
        data = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    if (data == MAP_FAILED)
        return NULL;
    /* Old kernels may not know one of these; the other still works. */
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

bool pages_lock_failed(void)
{
    return atomic_load(&lock_failed) && !atomic_exchange(&lock_failure_reported, true);
}

static void pages_link_slab(struct slab *slab)
{
    slab->next = slabs;
    slab->at = &slabs;
    if (slabs != NULL)
        slabs->at = &slab->next;
    slabs = slab;
}

static void pages_unlink_slab(struct slab *slab)
{
    *slab->at = slab->next;
    if (slab->next != NULL)
        slab->next->at = slab->at;
}

static struct slab *pages_add_slab(void)
{
    struct slab *slab = calloc(1, sizeof *slab);

    if (slab == NULL)
        return NULL;
    slab->process = owner;
    slab->data = pages_map(SLOTS * SLOT_SIZE);
    if (slab->data == NULL) {
        free(slab);
        return NULL;
    }
    pages_link_slab(slab);
    all++;
    unused++;
    return slab;
}

/* Take the lock.  A forked child abandons its parent's slabs: another thread may have been changing
 * them, and they are no longer locked in memory. */
static void pages_lock_slabs(void)
{
    process_lock(&lock);
    if (owner == process_id())
        return;
    owner = process_id();
    slabs = NULL;
    all = 0;
    unused = 0;
}

/* With the lock held. */
static bool pages_alloc_slot(struct pages *pages)
{
    struct slab *slab = slabs != NULL ? slabs : pages_add_slab();
    unsigned at = 0;

    if (slab == NULL)
        return false;
    unused -= slab->used == 0;
    while ((slab->used >> at & 1) != 0)
        at++;
    slab->used |= UINT32_C(1) << at;
    if (slab->used == ALL_USED)
        pages_unlink_slab(slab);
    *pages = (struct pages){ slab->data + at * SLOT_SIZE, SLOT_SIZE, slab };
    return true;
}

/* With the lock held.  When more than half of the slabs are unused, one of them is returned for the
 * caller to unmap; the others stay, since secrets that come and go would only map them again.  A
 * slab of the parent's is returned when its last slot is freed. */
static struct slab *pages_free_slot(const struct pages *pages)
{
    struct slab *slab = pages->slab;
    const bool full = slab->used == ALL_USED;

    slab->used &= ~(UINT32_C(1) << ((size_t)(pages->data - slab->data) / SLOT_SIZE));
    if (slab->process != owner)
        return slab->used == 0 ? slab : NULL;
    if (full)
        pages_link_slab(slab);
    if (slab->used != 0)
        return NULL;
    unused++;
    if (unused == 1 || unused <= all / 2)
        return NULL;
    all--;
    unused--;
    pages_unlink_slab(slab);
    return slab;
}

bool pages_alloc(size_t size, struct pages *pages)
{
    bool taken;

    if (size > SLOT_SIZE) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE);
        size_t capacity = (size + page - 1) / page * page;

        *pages = (struct pages){ pages_map(capacity), capacity, NULL };
        return pages->data != NULL;
    }
    pages_lock_slabs();
    taken = pages_alloc_slot(pages);
    process_unlock(&lock);
    return taken;
}

void pages_free(const struct pages *pages)
{
    struct slab *slab;

    if (pages->data == NULL)
        return;
    explicit_bzero(pages->data, pages->capacity);
    if (pages->slab == NULL) {
        munmap(pages->data, pages->capacity);
        return;
    }
    pages_lock_slabs();
    slab = pages_free_slot(pages);
    process_unlock(&lock);
    if (slab != NULL) {
        munmap(slab->data, SLOTS * SLOT_SIZE);
        free(slab);
    }
}
