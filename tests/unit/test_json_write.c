/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* JSON strings: what is written can be read back by any reader. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "util/json_write.h"
#include "util/secret.h"

#include <string.h>

static const struct {
    const char *text;
    size_t size;
    const char *json;
    bool utf8;
} cases[] = {
    { "", 0, "\"\"", true },
    { "plain /", 7, "\"plain /\"", true },
    { "\"\\", 2, "\"\\\"\\\\\"", true },
    { "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"", true },
    { "a\0b", 3, "\"a\\u0000b\"", true },
    { "\x01\x1f\x7f", 3, "\"\\u0001\\u001f\\u007f\"", true },
    { "\xc3\xa9\xf0\x9f\x98\x80", 6, "\"\xc3\xa9\xf0\x9f\x98\x80\"", true },
    { "\xc3\xa9\xff\xc3", 4, "\"\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\"", false },
    { "\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false },
};

static void texts_are_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strbuf buf = STRBUF_INIT;

        json_write_string(&buf, cases[i].text, cases[i].size);
        assert_string_equal(buf.data, cases[i].json);
        strbuf_free(&buf);
    }
}

static void secrets_are_written_as_texts_are_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fob_secret *secret = NULL;

        assert_int_equal(fob_secret_new("", 0, &secret), FOB_SUCCESS);
        assert_int_equal(json_write_secret(secret, cases[i].text, cases[i].size), cases[i].utf8);
        assert_string_equal(fob_secret_data(secret), cases[i].utf8 ? cases[i].json : "");
        fob_secret_free(secret);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(secrets_are_written_as_texts_are_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
