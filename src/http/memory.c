/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Notes whether libcurl ran out of memory. */
#include "config.h"

#include "http/memory.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local bool lacked;

static void *memory_note(void *memory)
{
    lacked |= memory == NULL;
    return memory;
}

static void *memory_take(size_t size)
{
    return memory_note(malloc(size));
}

static void *memory_take_again(void *memory, size_t size)
{
    return memory_note(realloc(memory, size));
}

static void *memory_take_zeroed(size_t count, size_t size)
{
    return memory_note(calloc(count, size));
}

static char *memory_copy(const char *text)
{
    return memory_note(strdup(text));
}

CURLcode memory_init(void)
{
    return curl_global_init_mem(CURL_GLOBAL_SSL, memory_take, free, memory_take_again, memory_copy,
                                memory_take_zeroed);
}

void memory_forget(void)
{
    lacked = false;
}

bool memory_lacked(void)
{
    return lacked;
}
