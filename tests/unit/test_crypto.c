/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The start of libgcrypt. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/crypto.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* libgcrypt opens a file when it starts, and aborts the process when it has no descriptor for it.
 */
static void without_a_descriptor_it_is_refused_and_works_later(void **state)
{
    struct rlimit limit;
    struct rlimit none;
    int free_fd = dup(STDERR_FILENO);
    int code;

    (void)state;
    if (getenv("FOB_TEST_VALGRIND") != NULL)
        skip(); /* which holds nobody to a soft limit */
    assert_true(free_fd >= 0);
    close(free_fd);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = (struct rlimit){ (rlim_t)free_fd, limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    code = crypto_ready();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(code, FOB_SYSTEM);
    assert_int_equal(crypto_ready(), FOB_SUCCESS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_descriptor_it_is_refused_and_works_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
