/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Patterns: what they match, what is refused, and that none is too much. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/config/pattern.h"
#include "util/array.h"

#include <fob/fob.h>

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *pattern;
    const char *value;
    bool matches;
} matches[] = {
    { "", "", true },
    { "", "a", false },
    { "abc", "abc", true },
    { "abc", "abcd", false },
    { "a|ab|abc", "ab", true },
    { "a|ab|abc", "b", false },
    { "(a|)(b|c)*", "cbcb", true },
    { "(|a)b", "b", true },
    { "a{2}b{1,}c{0,2}d{0}", "aabbbcc", true },
    { "a{2}b{1,}c{0,2}", "aabccc", false },
    { "a{2}b{1,}c{0,2}", "aac", false },
    { "(ab?){3}", "aaba", true },
    { "(a{2}){3}", "aaaaaa", true },
    { "(a{2}){3}", "aaaaa", false },
    { "(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", true },
    { "(a*)+()*(^)*b", "b", true },
    { "^(a|b$)*", "aab", true },
    { "(a|b$)*", "aba", false },
    { "a^b", "ab", false },
    { "[^a-c]+", "dx\n", true },
    { "[^a-c]+", "dxb", false },
    { "[]a-]+", "-]a", true },
    { "[a\\]+", "\\a", true },
    { "[[:alpha:][:digit:]_]+", "aZ_9", true },
    { "[[:alpha:]]", "\xe4", false },
    { "[^[:space:]]+", "a b", false },
    { "\\.\\[\\(\\\\", ".[(\\", true },
    { ".{3}", "\xff\n\x01", true },
    { "a}]", "a}]", true },
    { "[0-9a-f]{8}(-[0-9a-f]{4}){3}", "01234567-89ab-cdef-0123", true },
    { "[0-9a-f]{8}(-[0-9a-f]{4}){3}", "01234567-89ab-cdef-012", false },
};

static void patterns_match_whole_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(matches); i++) {
        struct pattern *pattern = NULL;
        char why[PATTERN_WHY] = "";
        int code = pattern_compile(matches[i].pattern, &pattern, why);

        if (code == FOB_SUCCESS)
            code = pattern_match(pattern, matches[i].value, strlen(matches[i].value));
        if (why[0] != '\0' || (code == FOB_SUCCESS) != matches[i].matches)
            fail_msg("%s with %s: %d %s", matches[i].pattern, matches[i].value, code, why);
        pattern_free(pattern);
    }
}

static void invalid_patterns_are_refused(void **state)
{
    static const char *const cases[] = {
        "(",
        "(a",
        "((a)",
        "[",
        "[a",
        "[]",
        "[^]",
        "[[:x:]]",
        "[b-a]",
        "a{2,1}",
        "\\",
        "a\\",
        /* back references, and escapes that mean another thing to each library */
        "\\1",
        "(a)\\1",
        "[]a]\\d",
        "\\w+",
        /* too much */
        "a{513}",
        "a{2,513}",
        "(a{20}){30}",
        "a{99999999999999999999}",
        "((a*)*)*{1,255}{1,255}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct pattern *pattern = NULL;
        char why[PATTERN_WHY] = "";

        if (pattern_compile(cases[i], &pattern, why) != FOB_INVALID || why[0] == '\0')
            fail_msg("%s", cases[i]);
        assert_null(pattern);
    }
}

/* COUNT times TEXT, between BEGIN and END. */
static char *make(const char *begin, const char *text, size_t count, const char *end)
{
    char *made = calloc(1, strlen(begin) + count * strlen(text) + strlen(end) + 1);
    char *at;

    assert_non_null(made);
    at = stpcpy(made, begin);
    while (count-- > 0)
        at = stpcpy(at, text);
    strcpy(at, end);
    return made;
}

static int compile(char *text, struct pattern **pattern)
{
    char why[PATTERN_WHY];
    int code = pattern_compile(text, pattern, why);

    free(text);
    return code;
}

static void no_pattern_matches_too_slowly(void **state)
{
    struct pattern *pattern = NULL;
    char *value = make("", "ab", PATTERN_VALUE_MAX / 2, "ab");

    (void)state;
    assert_int_equal(compile(make("a", "+", 22, ""), &pattern), FOB_INVALID);
    assert_int_equal(compile(make("a", "{9}", 300, ""), &pattern), FOB_INVALID);
    assert_int_equal(compile(make("((((((((((((((((((((((((a", "+)", 24, ""), &pattern),
                     FOB_INVALID);
    assert_int_equal(compile(make("", "a", 1001, ""), &pattern), FOB_INVALID);
    assert_int_equal(compile(make("", "a", 513, ""), &pattern), FOB_INVALID);
    assert_int_equal(compile(make("", "a|", 250, ""), &pattern), FOB_SUCCESS);
    pattern_free(pattern);
    /* An automaton of which each byte of the value makes another state. */
    assert_int_equal(compile(make("(a|b)*a(a|b){100}", "", 0, ""), &pattern), FOB_SUCCESS);
    assert_int_equal(pattern_match(pattern, value, PATTERN_VALUE_MAX), FOB_INVALID);
    assert_int_equal(pattern_match(pattern, value, PATTERN_VALUE_MAX - 1), FOB_SUCCESS);
    assert_int_equal(pattern_match(pattern, value, PATTERN_VALUE_MAX + 1), FOB_INVALID);
    pattern_free(pattern);
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_whole_values),
        cmocka_unit_test(invalid_patterns_are_refused),
        cmocka_unit_test(no_pattern_matches_too_slowly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
