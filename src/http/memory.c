/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Wipes libcurl's memory, and notes whether there was too little. */
#include "config.h"

#include "http/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool lacked;
static atomic_bool used; /* libcurl calls the functions below */

static void *memory_note(void *memory)
{
    atomic_store_explicit(&used, true, memory_order_relaxed);
    lacked |= memory == NULL;
    return memory;
}

static void *memory_take(size_t size)
{
    return memory_note(malloc(size));
}

static void memory_give(void *memory)
{
    if (memory != NULL)
        explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static void *memory_take_again(void *memory, size_t size)
{
    const size_t had = memory != NULL ? malloc_usable_size(memory) : 0;
    void *more = memory;

    if (memory == NULL || had < size)
        more = memory_take(size);
    if (more == NULL || more == memory)
        return more;
    if (memory != NULL)
        memcpy(more, memory, had);
    memory_give(memory);
    return more;
}

/* Not calloc(), which bypasses glibc's per-thread cache. */
static void *memory_take_zeroed(size_t count, size_t size)
{
    void *memory;

    if (size > 0 && count > SIZE_MAX / size)
        return memory_note(NULL);
    memory = memory_take(count * size);
    if (memory != NULL)
        memset(memory, 0, count * size);
    return memory;
}

static char *memory_copy(const char *text)
{
    return memory_note(strdup(text));
}

CURLcode memory_init(void)
{
    return curl_global_init_mem(CURL_GLOBAL_SSL, memory_take, memory_give, memory_take_again,
                                memory_copy, memory_take_zeroed);
}

void memory_forget(void)
{
    lacked = false;
}

bool memory_lacked(void)
{
    return lacked || !atomic_load_explicit(&used, memory_order_relaxed);
}
