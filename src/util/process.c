/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Notices a fork by a page that the kernel wipes in the child, and by a pthread_atfork()
 * handler. */
#include "config.h"

#include "util/process.h"

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

/* The number lies in a page that the kernel wipes in each child, even after a fork that bypasses
 * the C library.  Without that kernel feature, the number is PLAIN, and the handler clears it. */
static _Atomic(uint64_t) plain;
static _Atomic(uint64_t) *number = &plain;
static _Atomic(uint64_t) last; /* the last number assigned, here or in an ancestor */

#define WORD 64
#define OWNED_MAX 8192
/* One bit for each descriptor.  Higher descriptors merely stay open in children. */
static _Atomic(uint64_t) owned[OWNED_MAX / WORD];

/* Runs before fork() returns in the child, when no descriptor number can have been reused yet. */
static void process_after_fork(void)
{
    atomic_store(number, 0);
    for (size_t i = 0; i < OWNED_MAX / WORD; i++) {
        uint64_t word = atomic_exchange(&owned[i], 0);

        for (; word != 0; word &= word - 1)
            close((int)(i * WORD) + __builtin_ctzll(word));
    }
}

__attribute__((constructor)) static void process_init(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE; /* it is written to at once */
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

    if (page != MAP_FAILED && madvise(page, size, MADV_WIPEONFORK) == 0)
        number = page;
    else if (page != MAP_FAILED)
        munmap(page, size);
    (void)pthread_atfork(NULL, NULL, process_after_fork);
}

uint64_t process_id(void)
{
    uint64_t is = atomic_load_explicit(number, memory_order_relaxed);

    if (is == 0) {
        uint64_t new = atomic_fetch_add(&last, 1) + 1;

        /* The first thread to get here assigns the number. */
        if (atomic_compare_exchange_strong(number, &is, new))
            is = new;
    }
    return is;
}

void process_lock(struct process_lock *lock)
{
    const uint64_t ready = 2 * process_id();
    uint64_t is = atomic_load_explicit(&lock->state, memory_order_acquire);

    while (is != ready) {
        if (is == ready + 1) { /* another thread initializes the mutex */
            sched_yield();
            is = atomic_load_explicit(&lock->state, memory_order_acquire);
        } else if (atomic_compare_exchange_strong(&lock->state, &is, ready + 1)) {
            pthread_mutex_init(&lock->mutex, NULL);
            atomic_store_explicit(&lock->state, ready, memory_order_release);
            is = ready;
        }
    }
    pthread_mutex_lock(&lock->mutex);
}

void process_unlock(struct process_lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

void process_close_on_fork(int fd)
{
    if (fd >= 0 && fd < OWNED_MAX)
        atomic_fetch_or(&owned[fd / WORD], UINT64_C(1) << fd % WORD);
}

void process_forget(int fd)
{
    if (fd >= 0 && fd < OWNED_MAX)
        atomic_fetch_and(&owned[fd / WORD], ~(UINT64_C(1) << fd % WORD));
}
