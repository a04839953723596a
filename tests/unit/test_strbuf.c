/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The text buffer: it grows, and one failure stays. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/strbuf.h"

#include <stdlib.h>
#include <string.h>

static void appends_are_joined(void **state)
{
    struct strbuf buf = STRBUF_INIT;

    (void)state;
    strbuf_add_text(&buf, "a");
    strbuf_add(&buf, "\0b", 2);
    strbuf_printf(&buf, "%d%s", 12, "c");
    strbuf_add(&buf, NULL, 0);
    assert_int_equal(buf.size, 6);
    assert_memory_equal(buf.data, "a\0b12c", 7);
    strbuf_free(&buf);
    assert_null(buf.data);
}

static void it_grows_and_stays_terminated(void **state)
{
    struct strbuf buf = STRBUF_INIT;

    (void)state;
    for (size_t i = 1; i <= 5000; i++) {
        strbuf_add_text(&buf, "x");
        assert_int_equal(buf.size, i);
        assert_int_equal(buf.data[i], '\0');
    }
    assert_int_equal(strspn(buf.data, "x"), 5000);
    strbuf_free(&buf);
}

static void printf_needs_no_room_before(void **state)
{
    struct strbuf buf = STRBUF_INIT;

    (void)state;
    strbuf_printf(&buf, "%5000s", "x");
    assert_int_equal(buf.size, 5000);
    strbuf_free(&buf);
}

static void reset_keeps_the_memory(void **state)
{
    struct strbuf buf = STRBUF_INIT;
    const char *data;

    (void)state;
    strbuf_add_text(&buf, "abc");
    data = buf.data;
    strbuf_reset(&buf);
    assert_string_equal(buf.data, "");
    strbuf_add_text(&buf, "d");
    assert_ptr_equal(buf.data, data);
    assert_string_equal(buf.data, "d");
    strbuf_free(&buf);
}

static void taking_an_empty_one_gives_an_empty_text(void **state)
{
    struct strbuf buf = STRBUF_INIT;
    char *text = strbuf_detach(&buf);

    (void)state;
    assert_string_equal(text, "");
    assert_null(buf.data);
    free(text);
}

static void a_failure_stays(void **state)
{
    struct strbuf buf = STRBUF_INIT;

    (void)state;
    strbuf_add_text(&buf, "a");
    strbuf_add(&buf, "", SIZE_MAX - 1);
    assert_true(buf.failed);
    strbuf_add_text(&buf, "b");
    assert_string_equal(buf.data, "a");
    assert_null(strbuf_detach(&buf));
    assert_null(buf.data);
    assert_false(buf.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_are_joined),
        cmocka_unit_test(it_grows_and_stays_terminated),
        cmocka_unit_test(printf_needs_no_room_before),
        cmocka_unit_test(reset_keeps_the_memory),
        cmocka_unit_test(taking_an_empty_one_gives_an_empty_text),
        cmocka_unit_test(a_failure_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
