/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* JSON strings: what is written can be read back by any reader. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/json_write.h"

#include <string.h>

static const struct {
    const char *text;
    size_t size;
    const char *json;
} cases[] = {
    { "", 0, "\"\"" },
    { "plain /", 7, "\"plain /\"" },
    { "\"\\", 2, "\"\\\"\\\\\"" },
    { "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"" },
    { "a\0b", 3, "\"a\\u0000b\"" },
    { "\x01\x1f\x7f", 3, "\"\\u0001\\u001f\\u007f\"" },
    { "\xc3\xa9\xf0\x9f\x98\x80", 6, "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
    { "\xc3\xa9\xff\xc3", 4, "\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\"" },
    { "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void texts_are_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct strbuf buf = STRBUF_INIT;

        json_write_string(&buf, cases[i].text, cases[i].size);
        assert_string_equal(buf.data, cases[i].json);
        strbuf_free(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
