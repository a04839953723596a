/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Answers that are broken, endless or large, and the JSON in them. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http_fixture.h"
#include "http/json.h"
#include "told_server.h"
#include "util/array.h"

#include <json.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void each_kind_of_broken_answer_has_its_message(void **state)
{
    static const struct {
        const char *text;
        int code;
    } table[] = {
        { "", FOB_UNAVAILABLE },
        { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", FOB_UNAVAILABLE },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FOB_UNAVAILABLE },
        { "HTTP/1.1 401 Unauthorized\r\n", FOB_UNAVAILABLE },
        { "HTTP/1.1 401 Unauthorized\r\nContent-Ty", FOB_UNAVAILABLE },
        { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n", FOB_UNAVAILABLE },
        { "SSH-2.0-OpenSSH_9.2\r\n", FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
          FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabXX0\r\n\r\n", FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff1\r\nab",
          FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n", FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}", FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nX: y\r\nContent-Length: 2\r\n\r\n{}{}",
          FOB_PROTOCOL },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2, 4\r\n\r\n{}{}", FOB_PROTOCOL },
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct told_answer answer = { .text = table[i].text, .close = true };
        int code;

        fixture_start(&fixture, &answer, 1);
        code = fixture_get(&fixture, "/x");
        if (code != table[i].code)
            fail_msg("%s gave %d (%s)", table[i].text, code, fixture.handle.error);
        assert_null(fixture.response);
        fixture_stop(&fixture);
    }
}

static void a_repeated_equal_length_counts_once(void **state)
{
    static const struct told_answer answer = {
        .text = "HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length:2\r\n\r\n{}"
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, &answer, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    fixture_stop(&fixture);
}

static void interim_answers_end(void **state)
{
    static const struct told_answer answers[] = { { .text = "HTTP/1.1 102 Processing\r\n\r\n",
                                                    .times = 500 } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, 1);
    fixture_set_retries(&fixture, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "interim answers without an end"));
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);
}

static void answer_is_bounded(void **state)
{
    static char chunk[1024 * 1024 + 16];
    static char filler[8192];
    const struct told_answer announced[] = {
        { .text = "HTTP/1.1 200 OK\r\nContent-Length: 16777217\r\n\r\n" }
    };
    const struct told_answer endless[] = { { .text = chunk, .times = 17 } };
    const struct told_answer head[] = { { .text = filler, .times = 40 } };
    const struct told_answer *const table[] = { announced, endless, head };
    struct fixture fixture;

    (void)state;
    /* A body without a length; each repetition only makes it longer. */
    memset(chunk, 'x', sizeof chunk - 1);
    memcpy(chunk, "HTTP/1.1 200 OK\r\n\r\n", 19);
    /* A status line and a header that may be repeated: with its colon the line is both. */
    memset(filler, 'y', sizeof filler - 3);
    memcpy(filler, "HTTP/1.1 200 O:K\r\nX: ", 21);
    memcpy(filler + sizeof filler - 3, "\r\n", 3);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        fixture_start(&fixture, table[i], 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
        if (strstr(fixture.handle.error, "is larger than") == NULL)
            fail_msg("answer %zu gave %s", i, fixture.handle.error);
        fixture_stop(&fixture);
    }
}

static void largest_answer_is_taken(void **state)
{
    static char megabyte[1024 * 1024 + 1];
    const struct told_answer answers[] = { { .text = megabyte, .times = 16, .close = true } };
    struct fixture fixture;
    size_t size = 0;

    (void)state;
    memset(megabyte, 'x', sizeof megabyte - 1);
    memcpy(megabyte, "HTTP/1.1 200 OK\r\n\r\n", 19);
    fixture_start(&fixture, answers, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(strlen(fob_http_body(fixture.response, &size)), FOB_HTTP_BODY_MAX - 19);
    assert_int_equal(size, FOB_HTTP_BODY_MAX - 19);
    fixture_stop(&fixture);
}

static int read_text(const char *text, size_t size)
{
    struct json_object *json = NULL;
    const char *why = NULL;
    int code = json_read(text, size, &json, &why);

    assert_int_equal(why != NULL, code == FOB_PROTOCOL);
    json_object_put(json);
    return code;
}

static void json_is_strict(void **state)
{
    static const struct {
        const char *text;
        int code;
    } table[] = {
        { "{\"a\":[1,2.5,\"x\",true,null]}", FOB_SUCCESS },
        { " [1] \r\n", FOB_SUCCESS },
        { "12", FOB_SUCCESS },
        { "null", FOB_SUCCESS },
        { "\"\xc3\xa9\"", FOB_SUCCESS },
        { "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"\"", FOB_SUCCESS },
        { "", FOB_PROTOCOL },
        { "  \n", FOB_PROTOCOL },
        { "{", FOB_PROTOCOL },
        { "{\"a\":1", FOB_PROTOCOL },
        { "{\"a\":1}}", FOB_PROTOCOL },
        { "[1] x", FOB_PROTOCOL },
        { "[1,]", FOB_PROTOCOL },
        { "{'a':1}", FOB_PROTOCOL },
        { "[NaN]", FOB_PROTOCOL },
        { "[-Infinity]", FOB_PROTOCOL },
        { "[TRUE]", FOB_PROTOCOL },
        { "[nul]", FOB_PROTOCOL },
        { "\"a\tb\"", FOB_PROTOCOL },
        { "/* x */ 1", FOB_PROTOCOL },
        { "<html>", FOB_PROTOCOL },
        { "\"", FOB_PROTOCOL },
        { "\"\\", FOB_PROTOCOL },
        { "\"\xff\"", FOB_PROTOCOL },
        { "\"\xc0\x80\"", FOB_PROTOCOL },
        { "\"\xed\xa0\x80\"", FOB_PROTOCOL },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        int code = read_text(table[i].text, strlen(table[i].text));

        if (code != table[i].code)
            fail_msg("%s gave %d", table[i].text, code);
    }
    assert_int_equal(read_text("[1]\0[2]", 7), FOB_PROTOCOL);
    assert_int_equal(read_text("[1]\0", 4), FOB_PROTOCOL);
}

static void json_depth_is_bounded(void **state)
{
    char text[2 * FOB_HTTP_JSON_DEPTH + 3] = "";

    (void)state;
    memset(text, '[', FOB_HTTP_JSON_DEPTH);
    memset(text + FOB_HTTP_JSON_DEPTH, ']', FOB_HTTP_JSON_DEPTH);
    assert_int_equal(read_text(text, strlen(text)), FOB_SUCCESS);
    memset(text, '[', FOB_HTTP_JSON_DEPTH + 1);
    memset(text + FOB_HTTP_JSON_DEPTH + 1, ']', FOB_HTTP_JSON_DEPTH + 1);
    assert_int_equal(read_text(text, strlen(text)), FOB_PROTOCOL);
    for (size_t depth = 0; depth <= FOB_HTTP_JSON_DEPTH; depth++) {
        memset(text, '[', depth);
        text[depth] = '1';
        memset(text + depth + 1, ']', depth);
        text[2 * depth + 1] = '\0';
        assert_int_equal(read_text(text, strlen(text)), FOB_SUCCESS);
    }
    assert_int_equal(read_text("[[],{\"a\":{\"b\":[1,{}]}},[[[2]]]]", 31), FOB_SUCCESS);
}

/* The largest body that is allowed, filled with what costs a parser most, does not even get to
 * one. */
static void json_bombs_are_refused_by_their_shape(void **state)
{
    static const struct {
        const char *piece;
        const char *why;
    } table[] = {
        { "[],", "it has too many values" },   { "{},", "it has too many values" },
        { "[", "it is nested too deeply" },    { "1,", "it has too many values" },
        { "\"\",", "it has too many values" }, { "{\"a\":", "it is nested too deeply" },
    };
    char *text = malloc(FOB_HTTP_BODY_MAX + 1);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        size_t size = strlen(table[i].piece);
        struct json_object *json = NULL;
        const char *why = NULL;

        text[0] = '[';
        for (size_t at = 1; at < FOB_HTTP_BODY_MAX; at++)
            text[at] = table[i].piece[(at - 1) % size];
        text[FOB_HTTP_BODY_MAX] = '\0';
        assert_int_equal(json_read(text, FOB_HTTP_BODY_MAX, &json, &why), FOB_PROTOCOL);
        assert_string_equal(why, table[i].why);
    }
    free(text);
}

static void json_answer_says_what_is_wrong(void **state)
{
    static const struct {
        const char *answer;
        const char *error; /* what follows the host */
    } table[] = {
        { "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
          " answered with an HTML page instead of JSON" },
        { EMPTY("200 OK"), " answered with JSON that cannot be used: it is empty" },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc",
          " answered with a body coded as br, not asked for" },
        { OK("4", "\x1f\x8b\x08z"), " answered with a body coded as gzip, not asked for" },
        { OK("5", "{\"a\":"), " answered with JSON that cannot be used: unexpected end of data" },
        { OK("6", "[1][2]"), " answered with JSON that cannot be used: unexpected character" },
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct told_answer answer = { .text = table[i].answer };
        struct json_object *json = NULL;

        fixture_start(&fixture, &answer, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fob_http_json(fixture.http, fixture.response, &json), FOB_PROTOCOL);
        assert_string_equal(strchr(fixture.handle.error, ' '), table[i].error);
        fixture_stop(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_broken_answer_has_its_message),
        cmocka_unit_test(a_repeated_equal_length_counts_once),
        cmocka_unit_test(interim_answers_end),
        cmocka_unit_test(answer_is_bounded),
        cmocka_unit_test(largest_answer_is_taken),
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(json_depth_is_bounded),
        cmocka_unit_test(json_bombs_are_refused_by_their_shape),
        cmocka_unit_test(json_answer_says_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
