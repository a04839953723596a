/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The thread's last error: one printable message, cut cleanly, kept apart from other threads'. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "util/array.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void a_message_replaces_the_last_and_its_hint(void **state)
{
    (void)state;
    assert_int_equal(error_set(FOB_NOT_ALLOWED, "%s: no", "a"), FOB_NOT_ALLOWED);
    error_hint("try %d", 2);
    assert_string_equal(fob_error(), "a: no");
    assert_string_equal(fob_error_hint(), "try 2");
    assert_int_equal(error_nomem(), FOB_NOMEM);
    assert_string_equal(fob_error(), "out of memory");
    assert_string_equal(fob_error_hint(), "");
    error_clear();
    assert_string_equal(fob_error(), "");
}

static void a_message_may_be_made_of_the_last(void **state)
{
    (void)state;
    error_set(FOB_PLUGIN, "why");
    error_set(FOB_PLUGIN, "what: %s", fob_error());
    assert_string_equal(fob_error(), "what: why");
}

static void system_errors_have_errnos_words_and_a_code(void **state)
{
    static const struct {
        int number;
        int code;
    } cases[] = { { ENOENT, FOB_SYSTEM },
                  { EACCES, FOB_NOT_ALLOWED },
                  { EPERM, FOB_NOT_ALLOWED },
                  { ENOMEM, FOB_NOMEM },
                  { EIO, FOB_SYSTEM } };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char expected[256];

        snprintf(expected, sizeof expected, "/x: %s", strerror(cases[i].number));
        errno = cases[i].number;
        assert_int_equal(error_system("/%s", "x"), cases[i].code);
        assert_int_equal(errno, cases[i].number);
        assert_string_equal(fob_error(), expected);
    }
}

static void messages_are_printable(void **state)
{
    (void)state;
    error_set(FOB_INVALID, "a\nb\x1b[m");
    error_hint("c\rd");
    assert_string_equal(fob_error(), "a?b?[m");
    assert_string_equal(fob_error_hint(), "c?d");
}

/* 2047 and 1023 bytes, less a character that does not fit whole. */
static void long_messages_are_cut_between_characters(void **state)
{
    char text[4096];

    (void)state;
    for (size_t start = 0; start < 3; start++) {
        memset(text, 'x', start);
        for (size_t i = start; i < 3000; i += 3)
            memcpy(text + i, "\xe2\x82\xac", 4);
        error_set(FOB_INVALID, "%s", text);
        error_hint("%s", text);
        assert_true(text_is_utf8(fob_error(), strlen(fob_error())));
        assert_null(strchr(fob_error(), '?'));
        assert_in_range(strlen(fob_error()), 2045, 2047);
        assert_null(strchr(fob_error_hint(), '?'));
        assert_in_range(strlen(fob_error_hint()), 1021, 1023);
    }
}

static void lines_are_kept_apart(void **state)
{
    char *lines[] = { (char[]){ "one" }, (char[]){ "tw\no" }, (char[]){ "three" } };

    (void)state;
    assert_int_equal(error_set_lines(FOB_CONFIG, lines, 3), FOB_CONFIG);
    assert_string_equal(fob_error(), "one\ntw?o\nthree");
    error_set_lines(FOB_CONFIG, lines, 1);
    assert_string_equal(fob_error(), "one");
    error_set_lines(FOB_CONFIG, lines, 0);
    assert_string_equal(fob_error(), "");
}

static void lines_without_room_are_counted(void **state)
{
    char line[501];
    char *lines[10];

    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    for (size_t i = 0; i < 10; i++)
        lines[i] = line;
    error_set_lines(FOB_CONFIG, lines, 10);
    assert_true(strlen(fob_error()) < 2048);
    assert_string_equal(strrchr(fob_error(), '\n'), "\nand 6 more");
}

static void *other_thread(void *data)
{
    (void)data;
    error_set(FOB_INVALID, "theirs");
    return NULL;
}

static void threads_have_their_own(void **state)
{
    pthread_t thread;

    (void)state;
    error_set(FOB_INVALID, "ours");
    assert_int_equal(pthread_create(&thread, NULL, other_thread, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_string_equal(fob_error(), "ours");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_replaces_the_last_and_its_hint),
        cmocka_unit_test(a_message_may_be_made_of_the_last),
        cmocka_unit_test(system_errors_have_errnos_words_and_a_code),
        cmocka_unit_test(messages_are_printable),
        cmocka_unit_test(long_messages_are_cut_between_characters),
        cmocka_unit_test(lines_are_kept_apart),
        cmocka_unit_test(lines_without_room_are_counted),
        cmocka_unit_test(threads_have_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
