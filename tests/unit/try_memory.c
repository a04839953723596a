/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is tried in a sandbox: memory, descriptors, and what a plugin may always do. */
#include "config.h"

#include "try.h"

#include "util/calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#ifdef FOB_SANITIZED /* no limit of memory */
#define TOO_MUCH 0
#else
#define TOO_MUCH ENOMEM
#endif

static int try_map_as(int protection)
{
    return mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : -1;
}

static int try_map(void)
{
    return try_map_as(PROT_READ | PROT_WRITE);
}

static int try_map_both(void)
{
    return try_map_as(PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int try_make_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static int try_memfd(void)
{
    return (int)syscall(SYS_memfd_create, "x", 0) >= 0 ? 0 : -1;
}

static int try_much_memory(void)
{
    return mmap(NULL, (size_t)3 << 30, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED
               ? 0
               : -1;
}

static int try_open_files(int count)
{
    for (int i = 0; i < count; i++) {
        if (dup(STDERR_FILENO) < 0)
            return -1;
    }
    return 0;
}

/* What the 64 calls of a sweep need. */
static int try_files_of_calls(void)
{
    return try_open_files(64 * 6);
}

static int try_many_files(void)
{
    return try_open_files(600);
}

static int try_openat2(void)
{
    char how[24] = { 0 };

    return (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how) >= 0 ? 0 : -1;
}

static int try_newest_call(void)
{
    return (int)syscall(4095);
}

static int try_unlisted_call(void)
{
    return (int)syscall(SYS_vhangup);
}

static int try_other_numbers(void)
{
#ifdef __x86_64__
    return (int)syscall(0x40000000 + SYS_getpid);
#else
    return (int)syscall(SYS_vhangup);
#endif
}

/* As code for i386 calls the kernel: number 20 is getpid there. */
static int try_other_architecture(void)
{
#ifdef __x86_64__
    long result = 20;

    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    return result >= 0 ? 0 : -1;
#else
    return (int)syscall(SYS_vhangup);
#endif
}

static void *try_thread_body(void *data)
{
    return data;
}

static int try_thread(void)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, try_thread_body, NULL);
    return errno == 0 ? pthread_join(thread, NULL) : -1;
}

static int try_user(void)
{
    return getpwuid(0) != NULL && getgrgid(0) != NULL ? 0 : -1;
}

static int try_zone(void)
{
    time_t now = 1700000000;
    struct tm local;

    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    return localtime_r(&now, &local) != NULL && strcmp(local.tm_zone, "CET") == 0 ? 0 : -1;
}

static int try_library(void)
{
    errno = ENOENT;
    return dlopen("libcurl.so.4", RTLD_NOW) != NULL ? 0 : -1;
}

const struct attempt try_memory[] = {
    { "map", try_map, { 0, 0, 0 }, 0 },
    { "map writable and executable", try_map_both, { EACCES, EACCES, 0 }, 0 },
    { "make executable", try_make_executable, { EACCES, EACCES, 0 }, 0 },
    { "memfd_create", try_memfd, { EPERM, EPERM, 0 }, 0 },
    { "map 3 GiB", try_much_memory, { TOO_MUCH, TOO_MUCH, 0 }, 0 },
    { "384 descriptors", try_files_of_calls, { 0, 0, 0 }, 0 },
    { "600 descriptors", try_many_files, { EMFILE, EMFILE, ANY }, 0 },
    { "openat2", try_openat2, { ENOSYS, ENOSYS, ANY }, 0 },
    { "a call of the future", try_newest_call, { ENOSYS, ENOSYS, ENOSYS }, 0 },
    { "a call that is not in the table", try_unlisted_call, { ENDED, ENDED, ANY }, 0 },
    { "a call of x32", try_other_numbers, { ENDED, ENDED, ENDED }, 0 },
    { "a call of i386", try_other_architecture, { ENDED, ENDED, ENDED }, 0 },
    { "start a thread", try_thread, { 0, 0, 0 }, 0 },
    { "look up a user", try_user, { 0, 0, 0 }, 0 },
    { "the time of another zone", try_zone, { 0, 0, 0 }, 0 },
    { "load a library of the system's", try_library, { 0, 0, 0 }, 0 },
    { .name = NULL },
};
