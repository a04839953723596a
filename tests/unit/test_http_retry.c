/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which requests are sent again, how often and when. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http_fixture.h"
#include "told_server.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int64_t seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void safe_requests_are_retried(void **state)
{
    static const struct told_answer answers[] = {
        { .text = EMPTY("503 Down") },
        { .text = "", .close = true },
        { .text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", .close = true },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture_set_retries(&fixture, 3);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 200);
    assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
    assert_int_equal(fixture_arrived(&fixture), 4);
    fixture_stop(&fixture);
}

static void retries_are_bounded(void **state)
{
    static const struct told_answer answers[] = { { .text = EMPTY("502 Bad") },
                                                  { .text = EMPTY("504 Late") },
                                                  { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture_set_retries(&fixture, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 504);
    assert_int_equal(fixture_arrived(&fixture), 2);
    fixture_stop(&fixture);
}

static void final_answers_are_not_retried(void **state)
{
    static const char *const finals[] = { EMPTY("401 No"), EMPTY("404 No"), EMPTY("500 Oops"),
                                          OK("2", "{}") };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(finals); i++) {
        const struct told_answer answers[] = { { .text = finals[i] }, { .text = OK("2", "{}") } };
        struct fixture fixture;

        fixture_start(&fixture, answers, ARRAY_SIZE(answers));
        fixture_set_retries(&fixture, 3);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fixture_arrived(&fixture), 1);
        fixture_stop(&fixture);
    }
}

static void unsafe_requests_are_sent_once(void **state)
{
    static const struct {
        struct told_answer answer;
        int code;
    } table[] = {
        { { .text = EMPTY("503 Down") }, FOB_SUCCESS },
        { { .text = "", .close = true }, FOB_UNAVAILABLE },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        /* The first answer leaves a connection that could be reused. */
        const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                               table[i].answer,
                                               { .text = OK("2", "{}") } };
        const struct fob_http_request post = {
            .size = sizeof post, .method = "POST", .path = "/n", .body = "{}", .body_size = 2
        };
        struct fixture fixture;

        fixture_start(&fixture, answers, ARRAY_SIZE(answers));
        fixture_set_retries(&fixture, 3);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fixture_request(&fixture, &post), table[i].code);
        assert_int_equal(fixture_arrived(&fixture), 2);
        fixture_stop(&fixture);
    }
}

static void retry_after_is_honored(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;
    int64_t began = seconds();

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture_set_retries(&fixture, 1);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 200);
    assert_true(seconds() - began >= 2);
    fixture_stop(&fixture);
}

static void long_retry_after_ends_the_retries(void **state)
{
    char date[64];
    char dated[256];
    time_t later = time(NULL) + 3600;
    struct tm tm;
    const struct told_answer seconds_form[] = {
        { .text = "HTTP/1.1 429 Slow\r\nRetry-After: 61\r\nContent-Length: 0\r\n\r\n" }
    };
    const struct told_answer date_form[] = { { .text = dated } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, seconds_form, 1);
    fixture_set_retries(&fixture, 3);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_code(fixture.http, fixture.response), FOB_RATE_LIMITED);
    assert_non_null(strstr(fixture.handle.hint, "try again in 61 seconds"));
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);

    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&later, &tm));
    snprintf(dated, sizeof dated,
             "HTTP/1.1 503 Down\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
    fixture_start(&fixture, date_form, 1);
    fixture_set_retries(&fixture, 3);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_code(fixture.http, fixture.response), FOB_UNAVAILABLE);
    assert_non_null(strstr(fixture.handle.hint, "try again in 3"));
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);
}

/* Never less than is asked for, and only by the final answer. */
static void a_pause_is_rounded_up_and_the_final_answers(void **state)
{
    static const struct {
        const char *head;
        int64_t pause;
    } table[] = {
        { "Retry-After: 1.5", 2 },
        { "Retry-After: 1.000", 1 },
        { "Retry-After: 0.01", 1 },
        { "Retry-After: 007", 7 },
        { "Retry-After: 60 s", 60 },
        { "Retry-After: -5", 0 },
        { "Retry-After: soon", 0 },
        { "Retry-After:", 0 },
        { "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", 0 },
        { "Retry-After: 31622400.5", 31622400 },
        { "X: y", 0 },
    };
    char text[256];
    const struct told_answer answers[] = { { .text = text } };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        snprintf(text, sizeof text,
                 "HTTP/1.1 103 Early Hints\r\nRetry-After: 50\r\n\r\n"
                 "HTTP/1.1 429 Slow\r\n%s\r\nContent-Length: 0\r\n\r\n",
                 table[i].head);
        fixture_start(&fixture, answers, 1);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        if (fixture.handle.retry_after != table[i].pause)
            fail_msg("%s: %d", table[i].head, (int)fixture.handle.retry_after);
        fixture_stop(&fixture);
    }
}

/* However large it is: libcurl takes a number past its own for none. */
static void a_header_of_the_providers_may_name_the_time(void **state)
{
    static const struct {
        const char *status;
        const char *header;
        int64_t least, most;
    } cases[] = {
        { "429 Slow", "X-Reset: 90", 90, 90 },
        { "503 Down", "X-Reset: 90", 90, 90 },
        { "503 Down", "X-Reset: 1.5", 2, 2 },
        { "429 Slow", "X-Reset: 90\r\nRetry-After: 70", 90, 90 },
        { "429 Slow", "X-Reset: 70\r\nRetry-After: 90", 90, 90 },
        { "429 Slow", "X-Reset: 4102444800", 31622400, 31622400 },
        { "429 Slow", "X-Reset: 1000000001", 0, 0 },
        { "429 Slow", "X-Reset: 99999999999999999999", 31622400, 31622400 },
        { "429 Slow", "X-Reset: soon", 0, 0 },
        { "429 Slow", "X-Reset: -1", 0, 0 },
        { "500 Down", "X-Reset: 90", 0, 0 },
        { "200 OK", "X-Reset: 90", 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[256];
        const struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 %s\r\n%s\r\nContent-Length: 0\r\n\r\n",
                 cases[i].status, cases[i].header);
        fixture_start(&fixture, &answer, 1);
        fixture.handle.retry_at = "x-reset";
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_in_range(fixture.handle.retry_after, cases[i].least, cases[i].most);
        fixture_stop(&fixture);
    }
}

static void a_pause_beyond_all_numbers_is_long(void **state)
{
    static const char *const pauses[] = { "31622400", "99999999999", "9223372036854775807",
                                          "99999999999999999999999", "0000099999999999999999999" };
    char text[256];
    const struct told_answer answers[] = { { .text = text } };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(pauses); i++) {
        snprintf(text, sizeof text,
                 "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", pauses[i]);
        fixture_start(&fixture, answers, 1);
        fixture_set_retries(&fixture, 3);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fixture.handle.retry_after, 31622400);
        assert_int_equal(fixture_arrived(&fixture), 1);
        fixture_stop(&fixture);
    }
}

static void refused_connection_is_unavailable(void **state)
{
    struct fixture fixture;
    char error[128];

    (void)state;
    fixture_start(&fixture, NULL, 0);
    snprintf(error, sizeof error, "could not connect to 127.0.0.1:%u: Connection refused",
             told_port(fixture.server));
    told_free(fixture.server);
    fixture.server = told_start(NULL, 0); /* on another port */
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_UNAVAILABLE);
    assert_string_equal(fixture.handle.error, error);
    fixture_stop(&fixture);
}

static void silence_is_unavailable_and_not_retried(void **state)
{
    static const struct told_answer answers[] = { { .text = NULL }, { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fixture.handle.timeout = 1;
    fixture_set_retries(&fixture, 3);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_UNAVAILABLE);
    assert_non_null(strstr(fixture.handle.error, "did not answer within 1 s"));
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(safe_requests_are_retried),
        cmocka_unit_test(retries_are_bounded),
        cmocka_unit_test(final_answers_are_not_retried),
        cmocka_unit_test(unsafe_requests_are_sent_once),
        cmocka_unit_test(retry_after_is_honored),
        cmocka_unit_test(long_retry_after_ends_the_retries),
        cmocka_unit_test(a_pause_is_rounded_up_and_the_final_answers),
        cmocka_unit_test(refused_connection_is_unavailable),
        cmocka_unit_test(silence_is_unavailable_and_not_retried),
        cmocka_unit_test(a_header_of_the_providers_may_name_the_time),
        cmocka_unit_test(a_pause_beyond_all_numbers_is_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
