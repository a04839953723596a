/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Preloaded into fob by a test that waits for Argon2id: it takes until there is a file called as
 * the variable SLOW_UNTIL says. */
#include "config.h"

#include <dlfcn.h>
#include <gcrypt.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

gcry_error_t gcry_kdf_compute(gcry_kdf_hd_t kdf, const gcry_kdf_thread_ops_t *ops)
{
    const struct timespec look = { .tv_nsec = 50000000 };
    const char *path = getenv("SLOW_UNTIL");
    gcry_error_t (*real)(gcry_kdf_hd_t kdf, const gcry_kdf_thread_ops_t *ops) = NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "gcry_kdf_compute");
    while (path != NULL && access(path, F_OK) != 0)
        nanosleep(&look, NULL);
    return real(kdf, ops);
}
