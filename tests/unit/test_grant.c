/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What an entry's sandbox makes of what its plugin needs: every pair. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/stack/grant.h"

#include <string.h>

#define REFUSED 99

/* The profile of a plugin, or REFUSED. */
static int find(const struct grant_limit *limit, enum fob_needs needs, bool declared)
{
    enum fob_needs profile = FOB_NEEDS_EXEC;
    int code = grant_find(limit, "/p/x.so", needs, declared, &profile);

    if (code == FOB_SUCCESS)
        return (int)profile;
    assert_int_equal(code, FOB_CONFIG);
    return REFUSED;
}

static void test_pairs(void **state)
{
    static const enum fob_needs order[] = { FOB_NEEDS_PURE, FOB_NEEDS_NETWORK, FOB_NEEDS_EXEC };
    const struct grant_limit none = { .set = false };

    (void)state;
    for (size_t max = 0; max < 3; max++) {
        const struct grant_limit limit = { true, order[max] };

        for (size_t needs = 0; needs < 3; needs++) {
            bool enough = needs <= max;

            assert_int_equal(find(&none, order[needs], true), order[needs]);
            assert_int_equal(find(&limit, order[needs], true),
                             enough ? (int)order[needs] : REFUSED);
        }
        /* An old plugin's need is what it gets. */
        assert_int_equal(find(&limit, FOB_NEEDS_NETWORK, false),
                         max == 0 ? FOB_NEEDS_PURE : FOB_NEEDS_NETWORK);
    }
}

static void test_words(void **state)
{
    const struct grant_limit limit = { true, FOB_NEEDS_PURE };

    (void)state;
    assert_int_equal(find(&limit, FOB_NEEDS_EXEC, true), REFUSED);
    assert_string_equal(fob_error(), "/p/x.so: needs exec, but its entry grants pure");
    assert_string_equal(fob_error_hint(), "\"sandbox: exec\" in the entry grants it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
