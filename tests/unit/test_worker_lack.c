/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A worker whose memory has run out.  Valgrind cannot be without memory. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker_handle.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A check without the mistake would call the options good. */
static void a_mistake_that_cannot_be_sent_ends_the_worker(void **state)
{
    const struct rlimit none = { 0, 0 };
    struct worker_handle made;
    int status = 0;
    pid_t child;

    (void)state;
#ifdef FOB_SANITIZED
    skip(); /* there is no limit of memory */
#endif
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        worker_handle_begin(&made, FRAME_HOOK_CHECK, NULL);
        (void)setrlimit(RLIMIT_AS, &none);
        fob_mistake(&made.handle, "string", "%4000s", "");
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_that_cannot_be_sent_ends_the_worker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
