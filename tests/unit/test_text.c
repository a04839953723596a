/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks and conversions of text from outside. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/array.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static void names_are_checked(void **state)
{
    static const char *const good[] = {
        "a", "9", "acme.co-1_x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    static const char *const bad[] = {
        "",
        ".a",
        "-a",
        "_a",
        "..",
        "a/b",
        "A",
        "a b",
        "a\n",
        "\xc3\xa9",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(text_is_name(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (text_is_name(bad[i]))
            fail_msg("\"%s\" was taken for a name", bad[i]);
    }
}

static void identifiers_are_checked(void **state)
{
    static const char *const good[] = {
        "a", "client_id", "list-team-members", "a9",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
    static const char *const bad[] = {
        "",    "9a",  "_a",
        "-a",  "a.b", "A",
        "a b", "a\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(text_is_identifier(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (text_is_identifier(bad[i]))
            fail_msg("\"%s\" was taken for an identifier", bad[i]);
    }
}

static void controls_are_c0_and_del(void **state)
{
    (void)state;
    assert_false(text_has_control("caf\xc3\xa9 ~", 7));
    assert_false(text_has_control("", 0));
    assert_true(text_has_control("a\0b", 3));
    assert_true(text_has_control("a\n", 2));
    assert_true(text_has_control("\x1f", 1));
    assert_true(text_has_control("\x7f", 1));
}

static void utf8_is_checked(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        { "abc", true },
        { "\xc3\xa9", true },
        { "\xe2\x82\xac", true },
        { "\xf0\x9f\x98\x80", true },
        { "\x80", false },
        { "\xc3", false },
        { "\xc0\xaf", false },
        { "\xe0\x80\xaf", false },
        { "\xed\xa0\x80", false },
        { "\xf4\x90\x80\x80", false },
        { "\xff", false },
        { "\xf4\x8f\xbf\xbf", true },
        { "\xf0\x82\x82\xac", false },
        { "\xc3(", false },
        { "", true },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (text_is_utf8(cases[i].text, strlen(cases[i].text)) != cases[i].good)
            fail_msg("case %zu", i);
    }
}

static void a_count_of_one_is_singular(void **state)
{
    (void)state;
    assert_string_equal(text_plural(0), "s");
    assert_string_equal(text_plural(1), "");
    assert_string_equal(text_plural(2), "s");
}

static void what_moves_the_cursor_is_replaced(void **state)
{
    static const struct {
        const char *before;
        const char *after;
    } cases[] = {
        { "plain \xc3\xa9", "plain \xc3\xa9" },
        { "a\x1b[31mb\n", "a?[31mb?" },
        { "a\x7f"
          "b",
          "a?b" },
        { "a\xc2\x9b"
          "b",
          "a?b" },
        { "a\xe2\x80\xae"
          "b",
          "a?b" },
        { "a\xe2\x81\xa6"
          "b",
          "a?b" },
        { "a\xe2\x80\xa8"
          "b",
          "a?b" },
        { "a\xff"
          "b",
          "a?b" },
        { "a\xe2\x82", "a??" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[64];

        strncpy(text, cases[i].before, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        text_make_printable(text);
        assert_string_equal(text, cases[i].after);
    }
}

static void the_nearest_word_is_found(void **state)
{
    static const char *const known[] = { "link", "validate", "revoke", "list" };

    (void)state;
    assert_string_equal(text_nearest("valdiate", known, 4), "validate");
    assert_string_equal(text_nearest("revok", known, 4), "revoke");
    assert_null(text_nearest("frobnicate", known, 4));
    assert_string_equal(text_nearest("validate", known, 4), "validate");
    assert_string_equal(text_nearest("rveoke", known, 4), "revoke");
    assert_string_equal(text_nearest("vaidatte", known, 4), "validate");
    assert_null(text_nearest("vadatte2", known, 4)); /* three changes */
    assert_null(text_nearest("lunt", known, 4));     /* two, but the word is short */
    assert_null(text_nearest("x", known, 4));
    assert_null(text_nearest("", known, 4));
    assert_null(text_nearest("link", known, 0));
    assert_null(text_nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                             known, 4));
}

static void dates_are_checked(void **state)
{
    static const char *const bad[] = { "",           "2026-1-1",    "2026-02-30",
                                       "2026-13-01", "2026-01-01x", "20260101",
                                       "2026-01-0a", "2026- 1- 1",  "+026-01-01",
                                       "2026-00-01", "2026-01-00",  "2025-02-29",
                                       "2026-1-011" };
    int64_t when = -1;

    (void)state;
    assert_true(text_parse_date("1970-01-02", &when));
    assert_int_equal(when, 86400);
    assert_true(text_parse_date("2024-02-29", &when));
    assert_int_equal(when, 1709164800);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (text_parse_date(bad[i], &when))
            fail_msg("\"%s\" was taken for a date", bad[i]);
    }
}

static void times_are_written_in_utc(void **state)
{
    char text[21];

    (void)state;
    text_time(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    text_time(1709164799, text);
    assert_string_equal(text, "2024-02-28T23:59:59Z");
    text_time(253402300799, text);
    assert_string_equal(text, "9999-12-31T23:59:59Z");
    text_time(253402300800, text);
    assert_string_equal(text, "unknown");
    text_time(INT64_MAX, text);
    assert_string_equal(text, "unknown");
}

static void lines_come_one_by_one_and_printable(void **state)
{
    const char *text = "one\n\ntw\033o";
    static const char *const lines[] = { "one", "", "tw?o" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        char *line = text_next_line(&text);

        assert_non_null(line);
        assert_string_equal(line, lines[i]);
        free(line);
    }
    assert_null(text_next_line(&text));
}

static void entries_of_an_environment_are_told_apart(void **state)
{
    char *made = text_make_entry("PATH", "/bin=/x");

    (void)state;
    assert_string_equal(made, "PATH=/bin=/x");
    assert_true(text_same_entry(made, "PATH"));
    assert_true(text_same_entry("PATH=", made));
    assert_false(text_same_entry(made, "PATHS=/bin"));
    assert_false(text_same_entry("PAT=H", made));
    assert_false(text_same_entry("", made));
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(identifiers_are_checked),
        cmocka_unit_test(controls_are_c0_and_del),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(a_count_of_one_is_singular),
        cmocka_unit_test(what_moves_the_cursor_is_replaced),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(dates_are_checked),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(lines_come_one_by_one_and_printable),
        cmocka_unit_test(entries_of_an_environment_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
