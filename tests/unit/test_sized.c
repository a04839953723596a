/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Structs of callers whose header is older or newer than the library. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/sized.h"

struct known {
    size_t size;
    const char *text;
    uint64_t number;
};

struct newer {
    struct known known;
    uint64_t more[2];
};

static void an_older_callers_missing_members_are_zero(void **state)
{
    const struct known given = { offsetof(struct known, number), "text", 7 };
    struct known copy = { 1, "other", 2 };

    (void)state;
    assert_null(sized_copy(&copy, sizeof copy, &given));
    assert_string_equal(copy.text, "text");
    assert_int_equal(copy.number, 0);
}

static void a_newer_caller_is_served_unless_it_uses_what_is_new(void **state)
{
    struct newer given = { .known = { sizeof given, "text", 7 } };
    struct known copy;

    (void)state;
    assert_null(sized_copy(&copy, sizeof copy, &given));
    assert_string_equal(copy.text, "text");
    assert_int_equal(copy.number, 7);
    given.more[1] = UINT64_C(1) << 63;
    assert_string_equal(sized_copy(&copy, sizeof copy, &given),
                        "asks for something that only a newer library has");
}

static void a_size_that_cannot_be_one_is_refused(void **state)
{
    static const size_t sizes[] = { 0, sizeof(size_t) - 1, SIZED_MAX + 1, SIZE_MAX };
    struct known copy;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const struct known given = { .size = sizes[i] };

        assert_string_equal(sized_copy(&copy, sizeof copy, &given), "does not begin with its size");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_callers_missing_members_are_zero),
        cmocka_unit_test(a_newer_caller_is_served_unless_it_uses_what_is_new),
        cmocka_unit_test(a_size_that_cannot_be_one_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
