/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What is sent, and where a redirect leads. */
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
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void request_carries_the_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    struct fixture fixture;
    const char *asked;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_get(&fixture, "/company?x=1"), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 1);
    asked = told_request(fixture.server, 0);
    assert_int_equal(strncmp(asked, "GET /api/company?x=1 HTTP/1.1\r\n", 31), 0);
    assert_non_null(strstr(asked, "\r\nAuthorization: " SECRET "\r\n"));
    assert_non_null(strstr(asked, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(asked, "\r\nUser-Agent: fob/" PACKAGE_VERSION "\r\n"));
    assert_null(strcasestr(asked, "\r\nContent-Type:"));
    assert_non_null(strstr(asked, "\r\nAccept-Encoding: identity\r\n"));
    fixture_stop(&fixture);
}

static void the_query_has_the_handles_parameters(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    static const struct {
        const char *path;
        const char *asked;
    } table[] = {
        { "/x", "GET /api/x?api_key=a%26%20b&v=2 HTTP" },
        { "/x?q=1", "GET /api/x?q=1&api_key=a%26%20b&v=2 HTTP" },
        { "/x?api_key=z&vv=v=1", "GET /api/x?api_key=z&vv=v=1&v=2 HTTP" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct fixture fixture;

        fixture_start(&fixture, answers, ARRAY_SIZE(answers));
        fob_add_query(&fixture.handle, "api_key", "a& b", 4);
        fob_add_query(&fixture.handle, "v", "2", 1);
        assert_int_equal(fixture_get(&fixture, table[i].path), FOB_SUCCESS);
        assert_int_equal(fixture_arrived(&fixture), 1);
        if (strncmp(told_request(fixture.server, 0), table[i].asked, strlen(table[i].asked)) != 0)
            fail_msg("%s: %s", table[i].path, told_request(fixture.server, 0));
        fixture_stop(&fixture);
    }
}

static void headers_of_a_request_win(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    static const char *const own[] = { "authorization: Basic eDp5", NULL };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(
        fixture_request(&fixture, &(struct fob_http_request){ .path = "/x", .headers = own }),
        FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 1);
    assert_non_null(strstr(told_request(fixture.server, 0), "\r\nauthorization: Basic eDp5\r\n"));
    assert_null(strstr(told_request(fixture.server, 0), "Authorization"));
    fixture_stop(&fixture);
}

/* Nor does the next client from the pool lack the credential. */
static void another_origin_gets_no_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") } };
    struct fixture fixture;
    char origin[64];
    char url[128];

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fob_http_close(fixture.http);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", told_port(fixture.server));
    snprintf(url, sizeof url, "%s/oauth/token?a=b", origin);
    assert_int_equal(fob_http_open_at(&fixture.handle, url, &fixture.http), FOB_SUCCESS);
    assert_int_equal(fixture_get(&fixture, url), FOB_SUCCESS);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture_get(&fixture, "https://example.com/x"), FOB_INVALID);
    assert_int_equal(fixture_get(&fixture, "/a/../x"), FOB_INVALID);
    fob_http_close(fixture.http);
    fixture.handle.base_url = origin;
    assert_int_equal(fob_http_open(&fixture.handle, &fixture.http), FOB_SUCCESS);
    assert_int_equal(fixture_get(&fixture, "/y"), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 3);
    assert_int_equal(strncmp(told_request(fixture.server, 0), "GET /oauth/token?a=b HTTP", 25), 0);
    assert_null(strcasestr(told_request(fixture.server, 0), "Authorization"));
    assert_int_equal(strncmp(told_request(fixture.server, 1), "GET /x HTTP", 11), 0);
    assert_null(strcasestr(told_request(fixture.server, 1), "Authorization"));
    assert_non_null(strcasestr(told_request(fixture.server, 2), "Authorization"));
    fixture_stop(&fixture);
}

static void another_origin_is_https_or_loopback(void **state)
{
    static const char *const urls[] = { "http://example.com/x",    "https://a@example.com/",
                                        "https://example.com/a b", "/oauth/token",
                                        "ftp://example.com/",      "" };
    struct fob_handle handle = { .timeout = 1 };
    struct fob_http *http = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        assert_int_equal(fob_http_open_at(&handle, urls[i], &http), FOB_CONFIG);
        assert_non_null(strstr(handle.error, "the URL of a request: "));
    }
    assert_int_equal(fob_http_open_at(&handle, NULL, &http), FOB_INVALID);
    assert_int_equal(fob_http_open_at(NULL, urls[0], &http), FOB_INVALID);
    assert_int_equal(fob_http_open_at(&handle, urls[0], NULL), FOB_INVALID);
    assert_null(http);
}

static void answer_is_readable(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 103 Early Hints\r\nX-A: interim\r\n\r\n"
                  "HTTP/1.1 201 Created\r\nX-A: one\r\nx-a:  two \r\nX-Empty:\r\n"
                  "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n"
                  "3\r\nabc\r\n2\r\nde\r\n0\r\nX-A: trailer\r\n\r\n" },
    };
    struct fixture fixture;
    size_t size = 0;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 201);
    assert_string_equal(fob_http_header(fixture.response, "X-A"), "two");
    assert_string_equal(fob_http_header(fixture.response, "x-empty"), "");
    assert_null(fob_http_header(fixture.response, "X-B"));
    assert_string_equal(fob_http_body(fixture.response, &size), "abcde");
    assert_int_equal(size, 5);
    assert_string_equal(fob_http_head(fixture.response),
                        "HTTP/1.1 201 Created\r\nX-A: one\r\nx-a:  two \r\nX-Empty:\r\n"
                        "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n");
    fixture_stop(&fixture);
}

static const struct {
    size_t request;
    const char *text;
    bool present;
} parts_sent[] = {
    { 0, "POST /api/n HTTP/1.1\r\n", true },
    { 0, "\r\nContent-Type: application/json\r\n", true },
    { 0, "\r\nX-One: 1\r\n", true },
    { 0, "\r\nX-None:\r\n", true },
    { 0, "\r\naccept: text/csv\r\n", true },
    { 0, "application/json\r\nAccept", false },
    { 0, "\r\n\r\n{\"a\":1}", true },
    { 1, "PUT /api/n HTTP/1.1\r\n", true },
    { 1, "\r\nContent-Type: text/plain\r\n", true },
    { 1, "\r\nContent-Length: 2097152\r\n", true },
    { 1, "Expect:", false },
    { 2, "DELETE /api/n HTTP/1.1\r\n", true },
    { 2, "Content-Type:", false },
    { 3, "HEAD /api/n HTTP/1.1\r\n", true },
    { 3, "Content-Length:", false },
};

static void bodies_and_methods_are_sent(void **state)
{
    static const struct told_answer answers[] = {
        { .text = EMPTY("204 No Content") },
        { .text = EMPTY("204 No Content") },
        { .text = EMPTY("204 No Content") },
        { .text = EMPTY("204 No Content") },
    };
    static const char *const headers[] = { "X-One: 1", "X-None:", "accept: text/csv", NULL };
    static const char large[2 * 1024 * 1024]; /* libcurl alone would ask first whether it may */
    static const struct fob_http_request requests[] = {
        { .method = "POST", .path = "/n", .body = "{\"a\":1}", .body_size = 7, .headers = headers },
        { .method = "PUT",
          .path = "/n",
          .body = large,
          .body_size = sizeof large,
          .content_type = "text/plain" },
        { .method = "DELETE", .path = "/n" },
        { .method = "HEAD", .path = "/n" },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
        assert_int_equal(fixture_request(&fixture, &requests[i]), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), ARRAY_SIZE(requests));
    for (size_t i = 0; i < ARRAY_SIZE(parts_sent); i++) {
        const char *asked = told_request(fixture.server, parts_sent[i].request);

        if ((strstr(asked, parts_sent[i].text) != NULL) != parts_sent[i].present)
            fail_msg("%s: %s", parts_sent[i].text, asked);
    }
    fixture_stop(&fixture);
}

static void unsound_requests_are_refused_before_any_call(void **state)
{
    static const char *const split[] = { "X: a\r\nY: b", NULL };
    static const char *const nameless[] = { ": a", NULL };
    static const char *const spaced[] = { "X Y: a", NULL };
    static const char *const twice[] = { "X: a", "x: b", NULL };
    static const char *const host[] = { "Host: evil.example", NULL };
    static const char *const length[] = { "Content-Length: 5", NULL };
    static const struct fob_http_request requests[] = {
        { .path = "/a\r\nX: y" },
        { .path = "https://evil.example/" },
        { .path = "/x", .method = "GET / HTTP/1.1\r\nX:" },
        { .path = "/x", .method = "get" },
        { .path = "/x", .method = "" },
        { .path = "/x", .method = "TRACE" },
        { .path = "/x", .method = "CONNECT" },
        { .path = "/x", .body = "x", .body_size = 1 },
        { .path = "/x", .method = "POST", .body = "x", .body_size = 1, .content_type = "a\nb" },
        { .path = "/x", .headers = split },
        { .path = "/x", .headers = nameless },
        { .path = "/x", .headers = spaced },
        { .path = "/x", .headers = twice },
        { .path = "/x", .headers = host },
        { .path = "/x", .headers = length },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
        fixture.handle.error[0] = '\0';
        assert_int_equal(fixture_request(&fixture, &requests[i]), FOB_INVALID);
        assert_string_not_equal(fixture.handle.error, "");
    }
    assert_int_equal(fixture_arrived(&fixture), 0);
    assert_int_equal(told_connections(fixture.server), 0);
    fixture_stop(&fixture);
}

static void credential_with_a_control_character_is_not_sent(void **state)
{
    static const struct {
        const char *value;
        size_t size;
    } table[] = { { "a\r\nX: y", 7 }, { "a\0b", 3 }, { "a\x7f", 2 } };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        fob_add_header(&fixture.handle, "Authorization", table[i].value, table[i].size);
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_INVALID);
    }
    assert_int_equal(told_connections(fixture.server), 0);
    fixture_stop(&fixture);
}

static void large_credential_is_sent_whole(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    struct fixture fixture;
    char *value = malloc(64 * 1024 + 1);

    (void)state;
    assert_non_null(value);
    memset(value, 'k', 64 * 1024);
    value[64 * 1024] = '\0';
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    fob_add_header(&fixture.handle, "Authorization", value, 64 * 1024);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture_arrived(&fixture), 1);
    assert_non_null(strstr(told_request(fixture.server, 0), value));
    free(value);
    fixture_stop(&fixture);
}

static void redirect_within_the_origin_is_followed(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 302 Found\r\nLocation: /other?a=b\r\nContent-Length: 3\r\n\r\nold" },
        { .text = "HTTP/1.1 308 Found\r\nLocation: third\r\nContent-Length: 3\r\n\r\nold" },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_SUCCESS);
    assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
    assert_int_equal(fixture_arrived(&fixture), 3);
    assert_non_null(strstr(told_request(fixture.server, 1), "GET /other?a=b HTTP/1.1\r\n"));
    assert_non_null(strstr(told_request(fixture.server, 1), SECRET));
    assert_non_null(strstr(told_request(fixture.server, 2), "GET /third HTTP/1.1\r\n"));
    fixture_stop(&fixture);
}

static void a_partial_answer_needs_a_range_request(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\n"
                  "Content-Length: 2\r\n\r\n{}" },
        { .text = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\n"
                  "Content-Length: 2\r\n\r\n{}" },
    };
    static const char *const range[] = { "Accept: text/plain", "range: bytes=0-1", NULL };
    const struct fob_http_request request = { .size = sizeof request,
                                              .path = "/x",
                                              .headers = range };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(
        strstr(fixture.handle.error, "answered with a part (206), which nobody asked for"));
    assert_null(fixture.response);
    assert_int_equal(fob_http_send(fixture.http, &request, &fixture.response), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 206);
    fixture_stop(&fixture);
}

static void redirect_off_the_origin_is_refused(void **state)
{
    struct told_server *other = told_start(NULL, 0);
    char text[256];
    char error[256];
    const struct told_answer answers[] = { { .text = text } };
    struct fixture fixture;

    (void)state;
    snprintf(text, sizeof text,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/api?k=s3cr3t\r\n"
             "Content-Length: 0\r\n\r\n",
             told_port(other));
    fixture_start(&fixture, answers, 1);
    fixture_set_retries(&fixture, 2);
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
    snprintf(error, sizeof error,
             "127.0.0.1:%u redirects to http://127.0.0.1:%u: not followed, and the credential was "
             "not sent there",
             told_port(fixture.server), told_port(other));
    assert_string_equal(fixture.handle.error, error);
    assert_int_equal(fixture_arrived(&fixture), 1);
    told_wait(other);
    assert_int_equal(told_connections(other), 0);
    told_free(other);
    fixture_stop(&fixture);
}

static void odd_redirects_are_refused(void **state)
{
    static const char *const targets[] = { "https://127.0.0.1/", "//evil.example/",
                                           "file:///etc/passwd", "http://user:pass@127.0.0.1/",
                                           "ftp://127.0.0.1/",   "http://127.0.0.1:99999/",
                                           "javascript:alert(1)" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
        char text[256];
        const struct told_answer answers[] = { { .text = text }, { .text = OK("2", "{}") } };
        struct fixture fixture;

        snprintf(text, sizeof text,
                 "HTTP/1.1 301 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", targets[i]);
        fixture_start(&fixture, answers, ARRAY_SIZE(answers));
        assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
        assert_int_equal(fixture_arrived(&fixture), 1);
        fixture_stop(&fixture);
    }
}

static void redirects_are_bounded(void **state)
{
    struct told_answer answers[10];
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
        answers[i] = (struct told_answer){
            .text = "HTTP/1.1 307 Again\r\nLocation: /api/x\r\nContent-Length: 0\r\n\r\n"
        };
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "redirects more than 5 times"));
    assert_int_equal(fixture_arrived(&fixture), 6);
    fixture_stop(&fixture);
}

static void unsafe_requests_are_not_redirected(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 303 Other\r\nLocation: /api/y\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    const struct fob_http_request post = { .size = sizeof post, .method = "POST", .path = "/n" };
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(fixture_request(&fixture, &post), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "redirects a POST request"));
    assert_int_equal(fixture_arrived(&fixture), 1);
    fixture_stop(&fixture);
}

static void arguments_must_be_there(void **state)
{
    const struct fob_http_request request = { .size = sizeof request, .path = "/n" };
    const struct fob_http_request unsized = { .path = "/n" };
    struct fob_http_response *response = NULL;
    struct json_object *json = NULL;
    struct fixture fixture;

    (void)state;
    fixture_start(&fixture, NULL, 0);
    assert_int_equal(fob_http_open(&fixture.handle, NULL), FOB_INVALID);
    assert_int_equal(fob_http_send(fixture.http, NULL, &response), FOB_INVALID);
    assert_int_equal(fob_http_send(fixture.http, &request, NULL), FOB_INVALID);
    assert_int_equal(fob_http_send(fixture.http, &unsized, &response), FOB_INVALID);
    assert_int_equal(fob_http_code(fixture.http, NULL), FOB_INVALID);
    assert_int_equal(fob_http_json(fixture.http, NULL, &json), FOB_INVALID);
    assert_null(response);
    assert_int_equal(fixture_arrived(&fixture), 0);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_carries_the_credential),
        cmocka_unit_test(the_query_has_the_handles_parameters),
        cmocka_unit_test(headers_of_a_request_win),
        cmocka_unit_test(another_origin_gets_no_credential),
        cmocka_unit_test(another_origin_is_https_or_loopback),
        cmocka_unit_test(arguments_must_be_there),
        cmocka_unit_test(answer_is_readable),
        cmocka_unit_test(bodies_and_methods_are_sent),
        cmocka_unit_test(unsound_requests_are_refused_before_any_call),
        cmocka_unit_test(credential_with_a_control_character_is_not_sent),
        cmocka_unit_test(large_credential_is_sent_whole),
        cmocka_unit_test(redirect_within_the_origin_is_followed),
        cmocka_unit_test(a_partial_answer_needs_a_range_request),
        cmocka_unit_test(redirect_off_the_origin_is_refused),
        cmocka_unit_test(odd_redirects_are_refused),
        cmocka_unit_test(redirects_are_bounded),
        cmocka_unit_test(unsafe_requests_are_not_redirected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
