/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* libfob-http against a server that answers what it was told; TLS is tested with the sandbox. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http/client.h"
#include "http/json.h"
#include "http/url.h"
#include "told_server.h"
#include "util/array.h"

#include <json.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "Token token=id-1234567:s3cr3t-s3cr3t"
#define OK(body_size, body) "HTTP/1.1 200 OK\r\nContent-Length: " body_size "\r\n\r\n" body
#define EMPTY(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

/* One client, one server, one credential. */
struct fixture {
    struct fob_handle handle;
    struct told_server *server;
    struct fob_http *http;
    struct fob_http_response *response;
    char url[64];
};

static void start(struct fixture *fixture, const struct told_answer *answers, size_t count)
{
    *fixture = (struct fixture){ .server = told_start(answers, count) };
    snprintf(fixture->url, sizeof fixture->url, "http://127.0.0.1:%u/api",
             told_port(fixture->server));
    fixture->handle.base_url = fixture->url;
    fixture->handle.timeout = 10;
    assert_int_equal(fob_add_header(&fixture->handle, "Authorization", SECRET, strlen(SECRET)),
                     FOB_SUCCESS);
    assert_int_equal(fob_http_open(&fixture->handle, &fixture->http), FOB_SUCCESS);
}

static void set_retries(struct fixture *fixture, int64_t retries)
{
    fob_http_close(fixture->http);
    fixture->handle.retries = retries;
    assert_int_equal(fob_http_open(&fixture->handle, &fixture->http), FOB_SUCCESS);
}

static int request(struct fixture *fixture, const struct fob_http_request *request)
{
    fob_http_response_free(fixture->response);
    fixture->response = NULL;
    return fob_http_send(fixture->http, request, &fixture->response);
}

static int get(struct fixture *fixture, const char *path)
{
    return request(fixture, &(struct fob_http_request){ .path = path });
}

/* The number of requests that arrived. */
static size_t arrived(struct fixture *fixture)
{
    size_t count = 0;

    told_wait(fixture->server);
    while (told_request(fixture->server, count) != NULL)
        count++;
    return count;
}

/* No test may end with the credential in what people see. */
static void stop(struct fixture *fixture)
{
    assert_null(strstr(fixture->handle.error, "s3cr3t"));
    assert_null(strstr(fixture->handle.hint, "s3cr3t"));
    assert_null(strstr(fixture->handle.log, "s3cr3t"));
    fob_http_response_free(fixture->response);
    fob_http_close(fixture->http);
    fake_clear(&fixture->handle);
    told_free(fixture->server);
}

static int64_t seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void base_url_is_https_or_loopback(void **state)
{
    static const struct {
        const char *url;
        int code;
    } table[] = {
        { "https://charliehr.com/api/v1", FOB_SUCCESS },
        { "https://charliehr.com", FOB_SUCCESS },
        { "HTTPS://charliehr.com/", FOB_SUCCESS },
        { "https://10.0.0.1:8443/x", FOB_SUCCESS },
        { "http://localhost:8080/api", FOB_SUCCESS },
        { "http://127.0.0.1", FOB_SUCCESS },
        { "http://127.9.8.7/api/", FOB_SUCCESS },
        { "http://[::1]:80/api", FOB_SUCCESS },
        { "http://charliehr.com/api/v1", FOB_CONFIG },
        { "http://localhost.charliehr.com/", FOB_CONFIG },
        { "http://localhost./", FOB_CONFIG },
        { "http://127.0.0.1.charliehr.com/", FOB_CONFIG },
        { "http://128.0.0.1/", FOB_CONFIG },
        { "http://[::2]/", FOB_CONFIG },
        { "http://[::ffff:8.8.8.8]/", FOB_CONFIG },
        { "https://user@charliehr.com/", FOB_CONFIG },
        { "https://user:pass@charliehr.com/", FOB_CONFIG },
        { "https://@charliehr.com/", FOB_CONFIG },
        { "http://127.0.0.1@charliehr.com/", FOB_CONFIG },
        { "http://127.0.0.1\\@charliehr.com/", FOB_CONFIG },
        { "https://charliehr.com/\r\nX: y", FOB_CONFIG },
        { "https://charliehr.com/a b", FOB_CONFIG },
        { "https://charliehr.com/caf\xc3\xa9", FOB_CONFIG },
        { "https://charliehr.com/api?x=y", FOB_CONFIG },
        { "https://charliehr.com/api#x", FOB_CONFIG },
        { "https://charliehr.com/api?", FOB_CONFIG },
        { "https://charliehr.com/api#", FOB_CONFIG },
        { "https://charliehr.com?@evil.example/", FOB_CONFIG },
        { "https://charliehr.com#@evil.example/", FOB_CONFIG },
        { "https://charliehr.com/api/../x", FOB_CONFIG },
        { "ftp://charliehr.com/", FOB_CONFIG },
        { "file:///etc/passwd", FOB_CONFIG },
        { "charliehr.com", FOB_CONFIG },
        { "//charliehr.com", FOB_CONFIG },
        { "https://", FOB_CONFIG },
        { "https:///", FOB_CONFIG },
        { "https://charliehr.com:99999/", FOB_CONFIG },
        { "", FOB_CONFIG },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct fob_handle handle = { .base_url = table[i].url, .timeout = 1 };
        struct fob_http *http = NULL;
        int code = fob_http_open(&handle, &http);

        if (code != table[i].code)
            fail_msg("%s gave %d (%s)", table[i].url, code, handle.error);
        assert_int_equal(http != NULL, code == FOB_SUCCESS);
        fob_http_close(http);
    }
}

static void base_url_must_be_set(void **state)
{
    struct fob_handle handle = { .timeout = 1 };
    struct fob_http *http = NULL;

    (void)state;
    assert_int_equal(fob_http_open(&handle, &http), FOB_CONFIG);
    assert_string_equal(handle.error, "base_url: not set");
}

static void ca_file_must_be_readable(void **state)
{
    static const struct {
        const char *path;
        const char *error;
    } table[] = {
        { "/nonexistent/ca.pem", "ca_file /nonexistent/ca.pem: No such file or directory" },
        { "/dev/null", "ca_file /dev/null: not a regular file" },
        { "/", "ca_file /: not a regular file" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct fob_handle handle = { .base_url = "https://charliehr.com", .timeout = 1 };
        struct fob_http *http = NULL;

        handle.ca_file = table[i].path;
        assert_int_equal(fob_http_open(&handle, &http), FOB_CONFIG);
        assert_string_equal(handle.error, table[i].error);
    }
}

static void path_stays_within_the_base(void **state)
{
    static const struct {
        const char *path;
        const char *url; /* NULL: refused */
    } table[] = {
        { "/company", "https://charliehr.com/api/v1/company" },
        { "/a?page=2&x=../y", "https://charliehr.com/api/v1/a?page=2&x=../y" },
        { "?page=2", "https://charliehr.com/api/v1?page=2" },
        { "/a/..b/...", "https://charliehr.com/api/v1/a/..b/..." },
        { "//evil.example/x", "https://charliehr.com/api/v1//evil.example/x" },
        { "https://charliehr.com/api/v1/a?page=2", "https://charliehr.com/api/v1/a?page=2" },
        { "https://CharlieHR.com:443/api/v1", "https://CharlieHR.com:443/api/v1" },
        { "https://charliehr.com/api/v1?page=2", "https://charliehr.com/api/v1?page=2" },
        { "https://charliehr.com/api/v10/a", NULL },
        { "https://charliehr.com/api", NULL },
        { "https://charliehr.com/", NULL },
        { "https://charliehr.com:8443/api/v1/a", NULL },
        { "https://evil.example/api/v1/a", NULL },
        { "https://charliehr.com@evil.example/api/v1/a", NULL },
        { "https://x:y@charliehr.com/api/v1/a", NULL },
        { "http://charliehr.com/api/v1/a", NULL },
        { "/../../admin", NULL },
        { "/a/..", NULL },
        { "/./a", NULL },
        { "/%2e%2E/admin", NULL },
        { "/.%2e/admin", NULL },
        { "/a/..%2fadmin", NULL },
        { "/a%5C..%5cadmin", NULL },
        { "/..\\admin", NULL },
        { "https://charliehr.com/api/v1/../admin", NULL },
        { "/a b", NULL },
        { "/a\r\nHost: evil", NULL },
        { "/a\x7f", NULL },
        { "/caf\xc3\xa9", NULL },
        { "/a#b", NULL },
        { "/a#", NULL },
        { "?a#b", NULL },
        { "#/a", NULL },
        { "https://charliehr.com/api/v1/a#b", NULL },
        { "company", NULL },
        { ".evil.example/x", NULL },
        { "@evil.example/x", NULL },
        { ":8443/x", NULL },
        { "", NULL },
    };
    struct url_base base;
    const char *why;

    (void)state;
    assert_int_equal(url_base_set(&base, "https://charliehr.com/api/v1/", &why), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char *url = NULL;
        int code = url_join(&base, table[i].path, &url, &why);

        if (code != (table[i].url != NULL ? FOB_SUCCESS : FOB_INVALID))
            fail_msg("%s gave %d", table[i].path, code);
        if (url != NULL)
            assert_string_equal(url, table[i].url);
        free(url);
    }
    url_base_clear(&base);
}

/* Of these only the base is held against libcurl's parser when they are joined. */
static void what_is_put_behind_a_base_does_not_leave_it(void **state)
{
    static const char *const bases[] = {
        "https://charliehr.com",           "https://charliehr.com/",
        "https://charliehr.com:8443",      "https://CharlieHR.com/api/v1//",
        "https://charliehr.com/api%20",    "https://[2001:db8::1]/api",
        "http://127.0.0.1:8080/api/v1",    "https://localhost/charliehr.com",
        "https://charliehr.com/a;b=c,d@e",
    };
    static const char *const paths[] = {
        "/",      "?",          "//",          "/@evil.example", "?@evil.example/x",
        "/:80/x", "?:x@evil/",  "//evil/x",    "///evil/x",      "/\\evil.example/x",
        "/%40x",  "/https://x", "?https://x/", "/a?b?c/../d",    "/e/x%2f%5c%00",
        "/;x=y",  "/*",         "?/../..",     "/[::1]",         "/..;/x",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bases) * ARRAY_SIZE(paths); i++) {
        const char *text = bases[i / ARRAY_SIZE(paths)];
        const char *path = paths[i % ARRAY_SIZE(paths)];
        struct url_base base;
        CURLU *parsed = curl_url();
        char *origin = NULL;
        char *there = NULL;
        char *url = NULL;
        const char *why;

        assert_non_null(parsed);
        assert_int_equal(url_base_set(&base, text, &why), FOB_SUCCESS);
        if (url_join(&base, path, &url, &why) != FOB_SUCCESS)
            fail_msg("%s with %s: %s", text, path, why);
        assert_int_equal(url_origin(url, &origin), FOB_SUCCESS);
        assert_string_equal(origin, base.origin);
        assert_int_equal(curl_url_set(parsed, CURLUPART_URL, url, 0), CURLUE_OK);
        assert_int_equal(curl_url_get(parsed, CURLUPART_PATH, &there, 0), CURLUE_OK);
        assert_memory_equal(there, base.path, strlen(base.path));
        assert_true(strchr("/", there[strlen(base.path)]) != NULL);
        curl_free(there);
        curl_url_cleanup(parsed);
        free(origin);
        free(url);
        url_base_clear(&base);
    }
}

static void loopback_addresses_are_known(void **state)
{
    static const struct {
        int family;
        const char *text;
        bool loopback;
    } table[] = {
        { AF_INET, "127.0.0.1", true },  { AF_INET, "127.255.255.254", true },
        { AF_INET, "126.0.0.1", false }, { AF_INET, "128.0.0.1", false },
        { AF_INET, "0.0.0.0", false },   { AF_INET, "192.168.1.1", false },
        { AF_INET6, "::1", true },       { AF_INET6, "::", false },
        { AF_INET6, "fe80::1", false },  { AF_INET6, "::ffff:8.8.8.8", false },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct sockaddr_storage address = { .ss_family = (sa_family_t)table[i].family };
        void *to = table[i].family == AF_INET
                       ? (void *)&((struct sockaddr_in *)&address)->sin_addr
                       : (void *)&((struct sockaddr_in6 *)&address)->sin6_addr;

        assert_int_equal(inet_pton(table[i].family, table[i].text, to), 1);
        assert_int_equal(url_is_loopback_address((struct sockaddr *)&address), table[i].loopback);
    }
}

static void request_carries_the_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    struct fixture fixture;
    const char *asked;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(get(&fixture, "/company?x=1"), FOB_SUCCESS);
    assert_int_equal(arrived(&fixture), 1);
    asked = told_request(fixture.server, 0);
    assert_int_equal(strncmp(asked, "GET /api/company?x=1 HTTP/1.1\r\n", 31), 0);
    assert_non_null(strstr(asked, "\r\nAuthorization: " SECRET "\r\n"));
    assert_non_null(strstr(asked, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(asked, "\r\nUser-Agent: fob/" PACKAGE_VERSION "\r\n"));
    assert_null(strcasestr(asked, "\r\nContent-Type:"));
    assert_non_null(strstr(asked, "\r\nAccept-Encoding: identity\r\n"));
    stop(&fixture);
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
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 201);
    assert_string_equal(fob_http_header(fixture.response, "X-A"), "two");
    assert_string_equal(fob_http_header(fixture.response, "x-empty"), "");
    assert_null(fob_http_header(fixture.response, "X-B"));
    assert_string_equal(fob_http_body(fixture.response, &size), "abcde");
    assert_int_equal(size, 5);
    assert_string_equal(fob_http_head(fixture.response),
                        "HTTP/1.1 201 Created\r\nX-A: one\r\nx-a:  two \r\nX-Empty:\r\n"
                        "Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n");
    stop(&fixture);
}

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
    static const struct {
        size_t request;
        const char *text;
        bool present;
    } table[] = {
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
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
        assert_int_equal(request(&fixture, &requests[i]), FOB_SUCCESS);
    assert_int_equal(arrived(&fixture), ARRAY_SIZE(requests));
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *asked = told_request(fixture.server, table[i].request);

        if ((strstr(asked, table[i].text) != NULL) != table[i].present)
            fail_msg("%s: %s", table[i].text, asked);
    }
    stop(&fixture);
}

static void unsound_requests_are_refused_before_any_call(void **state)
{
    static const char *const split[] = { "X: a\r\nY: b", NULL };
    static const char *const nameless[] = { ": a", NULL };
    static const char *const spaced[] = { "X Y: a", NULL };
    static const char *const own[] = { "authorization: Basic eDp5", NULL };
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
        { .path = "/x", .headers = own },
        { .path = "/x", .headers = host },
        { .path = "/x", .headers = length },
    };
    struct fixture fixture;

    (void)state;
    start(&fixture, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
        fixture.handle.error[0] = '\0';
        assert_int_equal(request(&fixture, &requests[i]), FOB_INVALID);
        assert_string_not_equal(fixture.handle.error, "");
    }
    assert_int_equal(arrived(&fixture), 0);
    assert_int_equal(told_connections(fixture.server), 0);
    stop(&fixture);
}

static void credential_with_a_control_character_is_not_sent(void **state)
{
    static const struct {
        const char *value;
        size_t size;
    } table[] = { { "a\r\nX: y", 7 }, { "a\0b", 3 }, { "a\x7f", 2 } };
    struct fixture fixture;

    (void)state;
    start(&fixture, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        fob_add_header(&fixture.handle, "Authorization", table[i].value, table[i].size);
        assert_int_equal(get(&fixture, "/x"), FOB_INVALID);
    }
    assert_int_equal(told_connections(fixture.server), 0);
    stop(&fixture);
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
    start(&fixture, answers, ARRAY_SIZE(answers));
    fob_add_header(&fixture.handle, "Authorization", value, 64 * 1024);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(arrived(&fixture), 1);
    assert_non_null(strstr(told_request(fixture.server, 0), value));
    free(value);
    stop(&fixture);
}

static void connection_is_reused(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = EMPTY("401 Unauthorized") },
                                                  { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(arrived(&fixture), 3);
    assert_int_equal(told_connections(fixture.server), 1);
    stop(&fixture);
}

/* It would be taken for the answer to the next request, which may be another account's. */
static void what_nobody_asked_for_is_no_answer(void **state)
{
    static const struct told_answer late[] = { { .text = OK("2", "{}") },
                                               { .text = OK("3", "[1]") } };
    static const struct told_answer early[] = { { .text = OK("2", "{}") EMPTY("401 Unauthorized") },
                                                { .text = OK("3", "[1]") } };
    static const struct told_answer chunked[] = {
        { .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" EMPTY(
              "401 Unauthorized") },
        { .text = OK("3", "[1]") }
    };
    static const struct told_answer *const tables[] = { late, early, chunked };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
        start(&fixture, tables[i], 2);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
        if (i == 0)
            told_say(fixture.server, EMPTY("401 Unauthorized"));
        assert_int_equal(get(&fixture, "/y"), FOB_SUCCESS);
        assert_string_equal(fob_http_body(fixture.response, NULL), "[1]");
        assert_int_equal(arrived(&fixture), 2);
        if (i < 2)
            assert_int_equal(told_connections(fixture.server), 2);
        stop(&fixture);
    }
}

/* The next client gets the connection, and nothing else of the last one's. */
static void connection_is_kept_for_the_next_client_but_no_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") } };
    static const char *const own[] = { "X-Own: 1", NULL };
    const struct fob_http_request first = { .path = "/x", .headers = own };
    struct fob_handle other = { .timeout = 10 };
    struct fob_http *second = NULL;
    struct fob_http_response *response = NULL;
    char *address = NULL;
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    other.base_url = fixture.url;
    assert_int_equal(request(&fixture, &first), FOB_SUCCESS);
    fob_http_close(fixture.http);
    fixture.http = NULL;
    assert_int_equal(fob_http_open(&other, &second), FOB_SUCCESS);
    /* Some have a secret in their address. */
    curl_easy_getinfo(second->easy, CURLINFO_EFFECTIVE_URL, &address);
    assert_true(address == NULL || strstr(address, "/x") == NULL);
    assert_int_equal(fob_http_send(second, &(struct fob_http_request){ .path = "/y" }, &response),
                     FOB_SUCCESS);
    fob_http_response_free(response);
    fob_http_close(second);
    assert_int_equal(arrived(&fixture), 2);
    assert_int_equal(told_connections(fixture.server), 1);
    assert_non_null(strstr(told_request(fixture.server, 0), "Authorization"));
    assert_null(strstr(told_request(fixture.server, 1), "Authorization"));
    assert_null(strstr(told_request(fixture.server, 1), "X-Own"));
    fake_clear(&other);
    stop(&fixture);
}

/* Clients for other places that nobody comes back to take no room from it. */
static void the_last_that_was_kept_is_the_last_to_go(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") },
                                                  { .text = OK("2", "{}") } };
    struct fob_http *clients[200];
    struct fixture fixture;
    char url[96];

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
        struct fob_handle other = { .base_url = url, .timeout = 10 };

        snprintf(url, sizeof url, "%s/%zu", fixture.url, i);
        assert_int_equal(fob_http_open(&other, &clients[i]), FOB_SUCCESS);
    }
    for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
        fob_http_close(clients[i]);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    set_retries(&fixture, 0);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(arrived(&fixture), 2);
    assert_int_equal(told_connections(fixture.server), 1);
    stop(&fixture);
}

/* Whether the address of slow.invalid was found: nobody waits for that. */
static atomic_bool found;

/* In place of the C library's, for libcurl, too. */
FOB_API int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                        struct addrinfo **addresses)
{
    const struct timespec time = { .tv_sec = 4 };

    (void)service;
    (void)hints;
    *addresses = NULL;
    if (strcmp(name, "slow.invalid") == 0)
        (void)nanosleep(&time, NULL);
    atomic_store(&found, true);
    return EAI_NONAME;
}

static void a_name_that_is_looked_for_keeps_nobody_waiting(void **state)
{
    struct fob_handle handle = { .base_url = "https://slow.invalid/api", .timeout = 1 };
    const struct fob_http_request request = { .path = "/x" };
    struct fob_http_response *response = NULL;
    struct fob_http *http = NULL;

    (void)state;
    assert_int_equal(fob_http_open(&handle, &http), FOB_SUCCESS);
    assert_int_equal(fob_http_send(http, &request, &response), FOB_UNAVAILABLE);
    assert_false(atomic_load(&found));
    fob_http_close(http);
    fake_clear(&handle);
    while (!atomic_load(&found))
        usleep(10000);
}

static void each_request_waits_for_its_turn(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n" },
        { .text = "HTTP/1.1 302 Found\r\nLocation: /api/z\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    set_retries(&fixture, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fixture.handle.begun, 3);
    assert_int_equal(fixture.handle.ended, 3);
    assert_true(fixture.handle.answered);
    assert_int_equal(fixture.handle.retry_after, 0);
    assert_int_equal(arrived(&fixture), 3);
    stop(&fixture);
}

static void what_has_no_turn_is_not_sent(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, NULL, 0);
    fixture.handle.refuse_from = 1;
    fixture.handle.refusal = FOB_RATE_LIMITED;
    assert_int_equal(get(&fixture, "/x"), FOB_RATE_LIMITED);
    assert_string_equal(fixture.handle.error, "not its turn");
    assert_int_equal(fixture.handle.ended, 0);
    assert_int_equal(told_connections(fixture.server), 0);
    stop(&fixture);
}

/* A sweep wants the time of the pause for others: the answer that there is is the request's. */
static void a_retry_without_a_turn_leaves_the_answer(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 429 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n" },
    };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    set_retries(&fixture, 3);
    fixture.handle.refuse_from = 2;
    fixture.handle.refusal = FOB_RATE_LIMITED;
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 429);
    assert_int_equal(fixture.handle.retry_after, 1);
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);
}

static void a_request_ends_when_nobody_waits_for_it(void **state)
{
    static const struct told_answer answers[] = { { .text = NULL } };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    fixture.handle.over = true;
    assert_int_equal(get(&fixture, "/x"), FOB_ABORT);
    stop(&fixture);
}

static void status_becomes_a_code(void **state)
{
    static const struct {
        const char *answer;
        int code;
        const char *error; /* what follows the host */
    } table[] = {
        { EMPTY("200 OK"), FOB_SUCCESS, "" },
        { EMPTY("204 No Content"), FOB_SUCCESS, "" },
        { EMPTY("401 Unauthorized"), FOB_REJECTED, " does not accept the credential (HTTP 401)" },
        { EMPTY("403 Forbidden"), FOB_DENIED, " does not allow this (HTTP 403)" },
        { EMPTY("404 Not Found"), FOB_PROTOCOL, " has nothing at this address (HTTP 404)" },
        { EMPTY("418 Teapot"), FOB_PROTOCOL, " gave an unexpected answer (HTTP 418)" },
        { EMPTY("302 Found"), FOB_PROTOCOL, " gave an unexpected answer (HTTP 302)" },
        { EMPTY("429 Slow"), FOB_RATE_LIMITED, " asks for fewer calls (HTTP 429)" },
        { EMPTY("500 Oops"), FOB_UNAVAILABLE, " cannot answer now (HTTP 500)" },
        { EMPTY("503 Down"), FOB_UNAVAILABLE, " cannot answer now (HTTP 503)" },
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct told_answer answer = { .text = table[i].answer };

        start(&fixture, &answer, 1);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fob_http_code(fixture.http, fixture.response), table[i].code);
        if (table[i].code != FOB_SUCCESS)
            assert_string_equal(strchr(fixture.handle.error, ' '), table[i].error);
        stop(&fixture);
    }
}

/* A block page, a bot check or a rate limit, with whatever status, is not the provider's word. */
static void a_refusal_counts_only_when_it_is_the_providers(void **state)
{
    static const char *const statuses[] = { "401 Unauthorized", "403 Forbidden" };
    static const struct {
        const char *head;
        const char *body;
        int code; /* FOB_SUCCESS: the status' own */
    } table[] = {
        { "Content-Type: application/json\r\n", "{\"error\":\"no\"}", FOB_SUCCESS },
        { "Content-Type: text/plain\r\n", "HTTP Token: Access denied.", FOB_SUCCESS },
        { "X-RateLimit-Remaining: 10\r\n", "", FOB_SUCCESS },
        { "X-RateLimit-Remaining: 0x\r\n", "", FOB_SUCCESS },
        { "RateLimit: \"default\";r=50;t=30\r\n", "", FOB_SUCCESS },
        { "RateLimit: \"a\"; r=5, \"over=0\"; xr=0\r\n", "", FOB_SUCCESS },
        { "Content-Type: text/html; charset=utf-8\r\n", "Blocked", FOB_UNAVAILABLE },
        { "Content-Type: application/xhtml+xml\r\n", "<?xml?>", FOB_UNAVAILABLE },
        { "Content-Type: application/json\r\n", "\xef\xbb\xbf <!doctype html>", FOB_UNAVAILABLE },
        { "", "<HTML><body>Sorry</body></HTML>", FOB_UNAVAILABLE },
        { "cf-mitigated: challenge\r\n", "{}", FOB_UNAVAILABLE },
        { "X-Amzn-Waf-Action: captcha\r\n", "", FOB_UNAVAILABLE },
        { "Retry-After: 30\r\n", "{}", FOB_RATE_LIMITED },
        { "Retry-After: 30\r\nContent-Type: text/html\r\n", "<html>", FOB_RATE_LIMITED },
        { "X-RateLimit-Remaining: 0\r\n", "{}", FOB_RATE_LIMITED },
        { "x-rate-limit-remaining-minute: 0\r\n", "{}", FOB_RATE_LIMITED },
        { "RateLimit-Remaining: 0, 0;w=60\r\n", "{}", FOB_RATE_LIMITED },
        { "RateLimit: \"default\";r=0;t=30\r\n", "{}", FOB_RATE_LIMITED },
        { "RateLimit: \"default\"; r=0; t=30\r\n", "{}", FOB_RATE_LIMITED },
        { "RateLimit: \"minute\";r=5, \"day\";r=0;t=30\r\n", "{}", FOB_RATE_LIMITED },
        { "RateLimit: limit=10, remaining=0, reset=5\r\n", "{}", FOB_RATE_LIMITED },
    };

    (void)state;
    for (size_t i = 0; i < 2 * ARRAY_SIZE(table); i++) {
        const int own = i % 2 == 0 ? FOB_REJECTED : FOB_DENIED;
        const int code = table[i / 2].code != FOB_SUCCESS ? table[i / 2].code : own;
        const char *body = table[i / 2].body;
        char text[512];
        struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                 statuses[i % 2], table[i / 2].head, strlen(body), body);
        start(&fixture, &answer, 1);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        if (fob_http_code(fixture.http, fixture.response) != code)
            fail_msg("%s is %s", text, fob_code_name(fixture.handle.code));
        stop(&fixture);
    }
}

static void a_provider_file_names_what_its_answers_mean(void **state)
{
    static const char *answers[][4] = {
        { "403", "/error/code", "token_revoked", "rejected" },
        { "403", "/missing", NULL, "denied" },
        { "200", "/success", "false", "rejected" },
        { "503", NULL, NULL, "rate_limited" },
    };
    static const struct {
        const char *status;
        const char *body;
        int code;
    } table[] = {
        { "403 Forbidden", "{\"error\":{\"code\":\"token_revoked\"}}", FOB_REJECTED },
        { "403 Forbidden", "{\"missing\":[\"salaries\"]}", FOB_DENIED },
        { "403 Forbidden", "{\"error\":{\"code\":\"other\"}}", FOB_UNAVAILABLE },
        { "403 Forbidden", "", FOB_UNAVAILABLE },
        { "401 Unauthorized", "{}", FOB_REJECTED }, /* of these nothing is named */
        { "200 OK", "{\"success\":false}", FOB_REJECTED },
        { "200 OK", "{\"success\":true}", FOB_SUCCESS },
        { "503 Down", "", FOB_RATE_LIMITED },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char text[512];
        struct told_answer answer = { .text = text };
        struct fixture fixture;

        snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", table[i].status,
                 strlen(table[i].body), table[i].body);
        start(&fixture, &answer, 1);
        fixture.handle.answers = answers;
        fixture.handle.answer_count = ARRAY_SIZE(answers);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        if (fob_http_code(fixture.http, fixture.response) != table[i].code)
            fail_msg("%s is %s", text, fob_code_name(fixture.handle.code));
        stop(&fixture);
    }
}

static void an_answer_that_would_be_too_harsh_is_a_mistake(void **state)
{
    static const char *mistakes[][4] = {
        { "500", NULL, NULL, "rejected" },   { "429", NULL, NULL, "denied" },
        { "200", NULL, NULL, "rejected" },   { "200", "/success", NULL, "rejected" },
        { "403", NULL, NULL, "success" },    { "403", NULL, NULL, "nonsense" },
        { "4o3", NULL, NULL, "rejected" },   { "99", NULL, NULL, NULL },
        { "403", "error", "x", "rejected" }, { "403", NULL, "x", "rejected" },
    };
    struct fixture fixture;
    struct fob_http *http = NULL;

    (void)state;
    start(&fixture, NULL, 0);
    fixture.handle.answer_count = 1;
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        fixture.handle.answers = &mistakes[i];
        assert_int_equal(fob_http_open(&fixture.handle, &http), FOB_CONFIG);
        assert_non_null(strstr(fixture.handle.error, "answers: number 1: "));
        fixture.handle.log[0] = '\0';
        fob_http_check(&fixture.handle);
        assert_non_null(strstr(fixture.handle.log, "answers: number 1: "));
    }
    stop(&fixture);
}

static void words_are_the_providers_and_never_the_credential(void **state)
{
    static const struct {
        const char *type;
        const char *body;
        const char *words;
    } table[] = {
        { "application/json", "{\"success\":false,\"error\":\"no such key\"}", "no such key" },
        { "application/json", "{\"message\":\"Bad\\n  key.\"}", "Bad key" },
        { "application/json", "{\"error\":\"denied\",\"message\":\"Ask an admin\"}",
          "denied: Ask an admin" },
        { "application/json", "{\"error\":\"same\",\"message\":\"same\"}", "same" },
        { "application/json", "{\"error\":{\"message\":\"inner\"}}", "inner" },
        { "application/json", "{\"error\":{\"message\":7}}", "" },
        { "application/json", "{\"error\":[1]}", "" },
        { "application/problem+json",
          "{\"type\":\"about:blank\",\"title\":\"Not allowed\",\"status\":403,\"detail\":\"No "
          "\\u20ac.\"}",
          "Not allowed: No \xe2\x82\xac" },
        { "application/json", "{\"detail\":\"only this\"}", "only this" },
        { "application/json", "{\"title\":\"T\",\"detail\":{}}", "T" },
        { "application/json", "{\"error\":\"invalid_client\",\"error_description\":\"Gone\"}",
          "invalid_client: Gone" },
        { "application/json", "{\"error\":{\"message\":\"m\",\"detail\":\"d\"}}", "m: d" },
        { "application/json", "{\"errors\":[{\"title\":\"a\",\"detail\":\"b\"},{}]}", "a: b" },
        { "application/json", "{\"errors\":[\"a\",\"b\"]}", "a" },
        { "application/json", "{\"errors\":[],\"message\":\"m\"}", "m" },
        { "application/json", "{\"detail\":\"of s3cr3t-s3cr3t\"}", "of *************" },
        { "application/json", "[1]", "" },
        { "application/json", "null", "" },
        { "application/json", "{\"error\":", "" },
        { "application/json", "{\"error\":\"red \\u001b[31m\"}", "red ?[31m" },
        { "application/json", "{\"error\":\"bad key id-1234567:s3cr3t-s3cr3t here\"}",
          "bad key ************************ here" },
        { "application/json", "{\"error\":\"bad s3cr3t-s3cr3t\"}", "bad *************" },
        { "text/plain", "HTTP Token: Access denied.\n", "HTTP Token: Access denied" },
        { "text/html", "<html><p>s3cr3t-s3cr3t</p></html>", "an HTML page" },
        { "application/json", " <!DOCTYPE html><html>", "an HTML page" },
        { "application/octet-stream", "\x01\x02", "" },
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        char text[512];
        char words[FOB_HTTP_WORDS];
        struct told_answer answer = { .text = text };

        snprintf(text, sizeof text,
                 "HTTP/1.1 401 No\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
                 table[i].type, strlen(table[i].body), table[i].body);
        start(&fixture, &answer, 1);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        fob_http_words(fixture.http, fixture.response, words);
        assert_string_equal(words, table[i].words);
        assert_int_equal(fob_http_code(fixture.http, fixture.response),
                         strcmp(words, "an HTML page") == 0 ? FOB_UNAVAILABLE : FOB_REJECTED);
        stop(&fixture);
    }
}

static void words_are_cut_between_characters(void **state)
{
    char body[700] = "{\"error\":\"a";
    char text[1024];
    char words[FOB_HTTP_WORDS];
    struct told_answer answer = { .text = text };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < 300; i++)
        memcpy(body + 11 + 2 * i, "\xc3\xa9", 2);
    memcpy(body + 611, "\"}", 3);
    snprintf(text, sizeof text, "HTTP/1.1 401 No\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    start(&fixture, &answer, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    fob_http_words(fixture.http, fixture.response, words);
    assert_int_equal(strlen(words), 199);
    assert_string_equal(words + 197, "\xc3\xa9");
    stop(&fixture);
}

static void safe_requests_are_sent_again(void **state)
{
    static const struct told_answer answers[] = {
        { .text = EMPTY("503 Down") },
        { .text = "", .close = true },
        { .text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", .close = true },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    set_retries(&fixture, 3);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 200);
    assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
    assert_int_equal(arrived(&fixture), 4);
    stop(&fixture);
}

static void retries_are_bounded(void **state)
{
    static const struct told_answer answers[] = { { .text = EMPTY("502 Bad") },
                                                  { .text = EMPTY("504 Late") },
                                                  { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    set_retries(&fixture, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 504);
    assert_int_equal(arrived(&fixture), 2);
    stop(&fixture);
}

static void final_answers_are_not_asked_for_again(void **state)
{
    static const char *const finals[] = { EMPTY("401 No"), EMPTY("404 No"), EMPTY("500 Oops"),
                                          OK("2", "{}") };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(finals); i++) {
        const struct told_answer answers[] = { { .text = finals[i] }, { .text = OK("2", "{}") } };
        struct fixture fixture;

        start(&fixture, answers, ARRAY_SIZE(answers));
        set_retries(&fixture, 3);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(arrived(&fixture), 1);
        stop(&fixture);
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
            .method = "POST", .path = "/n", .body = "{}", .body_size = 2
        };
        struct fixture fixture;

        start(&fixture, answers, ARRAY_SIZE(answers));
        set_retries(&fixture, 3);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(request(&fixture, &post), table[i].code);
        assert_int_equal(arrived(&fixture), 2);
        stop(&fixture);
    }
}

static void retry_after_is_honoured(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    struct fixture fixture;
    int64_t began = seconds();

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    set_retries(&fixture, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 200);
    assert_true(seconds() - began >= 2);
    stop(&fixture);
}

static void long_retry_after_ends_the_tries(void **state)
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
    start(&fixture, seconds_form, 1);
    set_retries(&fixture, 3);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_code(fixture.http, fixture.response), FOB_RATE_LIMITED);
    assert_non_null(strstr(fixture.handle.hint, "try again in 61 seconds"));
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);

    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&later, &tm));
    snprintf(dated, sizeof dated,
             "HTTP/1.1 503 Down\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
    start(&fixture, date_form, 1);
    set_retries(&fixture, 3);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(fob_http_code(fixture.http, fixture.response), FOB_UNAVAILABLE);
    assert_non_null(strstr(fixture.handle.hint, "try again in 3"));
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);
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
        start(&fixture, answers, 1);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        if (fixture.handle.retry_after != table[i].pause)
            fail_msg("%s: %d", table[i].head, (int)fixture.handle.retry_after);
        stop(&fixture);
    }
}

/* However large it is: libcurl takes a number past its own for none. */
static void a_pause_past_all_numbers_is_a_long_one(void **state)
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
        start(&fixture, answers, 1);
        set_retries(&fixture, 3);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fixture.handle.retry_after, 31622400);
        assert_int_equal(arrived(&fixture), 1);
        stop(&fixture);
    }
}

static void refused_connection_is_unavailable(void **state)
{
    struct fixture fixture;
    char error[128];

    (void)state;
    start(&fixture, NULL, 0);
    snprintf(error, sizeof error, "could not connect to 127.0.0.1:%u: Connection refused",
             told_port(fixture.server));
    told_free(fixture.server);
    fixture.server = told_start(NULL, 0); /* on another port */
    assert_int_equal(get(&fixture, "/x"), FOB_UNAVAILABLE);
    assert_string_equal(fixture.handle.error, error);
    stop(&fixture);
}

static void silence_is_unavailable_and_not_tried_again(void **state)
{
    static const struct told_answer answers[] = { { .text = NULL }, { .text = OK("2", "{}") } };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    fixture.handle.timeout = 1;
    set_retries(&fixture, 3);
    assert_int_equal(get(&fixture, "/x"), FOB_UNAVAILABLE);
    assert_non_null(strstr(fixture.handle.error, "did not answer within 1 s"));
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);
}

static void broken_answers_are_told_apart(void **state)
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
    };
    struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct told_answer answer = { .text = table[i].text, .close = true };
        int code;

        start(&fixture, &answer, 1);
        code = get(&fixture, "/x");
        if (code != table[i].code)
            fail_msg("%s gave %d (%s)", table[i].text, code, fixture.handle.error);
        assert_null(fixture.response);
        stop(&fixture);
    }
}

static void interim_answers_end(void **state)
{
    static const struct told_answer answers[] = { { .text = "HTTP/1.1 102 Processing\r\n\r\n",
                                                    .times = 500 } };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, 1);
    set_retries(&fixture, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "interim answers without an end"));
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);
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
        start(&fixture, table[i], 1);
        assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
        if (strstr(fixture.handle.error, "is larger than") == NULL)
            fail_msg("answer %zu gave %s", i, fixture.handle.error);
        stop(&fixture);
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
    start(&fixture, answers, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(strlen(fob_http_body(fixture.response, &size)), FOB_HTTP_BODY_MAX - 19);
    assert_int_equal(size, FOB_HTTP_BODY_MAX - 19);
    stop(&fixture);
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
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_string_equal(fob_http_body(fixture.response, NULL), "{}");
    assert_int_equal(arrived(&fixture), 3);
    assert_non_null(strstr(told_request(fixture.server, 1), "GET /other?a=b HTTP/1.1\r\n"));
    assert_non_null(strstr(told_request(fixture.server, 1), SECRET));
    assert_non_null(strstr(told_request(fixture.server, 2), "GET /third HTTP/1.1\r\n"));
    stop(&fixture);
}

static void a_part_is_taken_only_by_who_asked_for_one(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\n"
                  "Content-Length: 2\r\n\r\n{}" },
        { .text = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\n"
                  "Content-Length: 2\r\n\r\n{}" },
    };
    static const char *const range[] = { "Accept: text/plain", "range: bytes=0-1", NULL };
    const struct fob_http_request request = { .path = "/x", .headers = range };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(
        strstr(fixture.handle.error, "answered with a part (206), which nobody asked for"));
    assert_null(fixture.response);
    assert_int_equal(fob_http_send(fixture.http, &request, &fixture.response), FOB_SUCCESS);
    assert_int_equal(fob_http_status(fixture.response), 206);
    stop(&fixture);
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
    start(&fixture, answers, 1);
    set_retries(&fixture, 2);
    assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
    snprintf(error, sizeof error,
             "127.0.0.1:%u redirects to http://127.0.0.1:%u: not followed, and the credential was "
             "not sent there",
             told_port(fixture.server), told_port(other));
    assert_string_equal(fixture.handle.error, error);
    assert_int_equal(arrived(&fixture), 1);
    told_wait(other);
    assert_int_equal(told_connections(other), 0);
    told_free(other);
    stop(&fixture);
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
        start(&fixture, answers, ARRAY_SIZE(answers));
        assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
        assert_int_equal(arrived(&fixture), 1);
        stop(&fixture);
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
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(get(&fixture, "/x"), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "redirects more than 5 times"));
    assert_int_equal(arrived(&fixture), 6);
    stop(&fixture);
}

static void unsafe_requests_are_not_redirected(void **state)
{
    static const struct told_answer answers[] = {
        { .text = "HTTP/1.1 303 Other\r\nLocation: /api/y\r\nContent-Length: 0\r\n\r\n" },
        { .text = OK("2", "{}") },
    };
    const struct fob_http_request post = { .method = "POST", .path = "/n" };
    struct fixture fixture;

    (void)state;
    start(&fixture, answers, ARRAY_SIZE(answers));
    assert_int_equal(request(&fixture, &post), FOB_PROTOCOL);
    assert_non_null(strstr(fixture.handle.error, "redirects a POST request"));
    assert_int_equal(arrived(&fixture), 1);
    stop(&fixture);
}

static void plain_http_uses_no_proxy(void **state)
{
    static const struct told_answer answers[] = { { .text = OK("2", "{}") } };
    struct told_server *proxy = told_start(NULL, 0);
    char url[64];
    struct fixture fixture;

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", told_port(proxy));
    assert_int_equal(setenv("http_proxy", url, 1), 0);
    start(&fixture, answers, 1);
    assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
    assert_int_equal(unsetenv("http_proxy"), 0);
    told_wait(proxy);
    assert_int_equal(told_connections(proxy), 0);
    told_free(proxy);
    stop(&fixture);
}

/* Secrets must not reach a proxy in the clear, even when it is asked to make a tunnel. */
static void proxy_does_not_see_the_credential(void **state)
{
    static const struct told_answer answers[] = { { .text = EMPTY("403 No tunnel") } };
    struct told_server *proxy = told_start(answers, 1);
    struct fob_handle handle = { .base_url = "https://provider.invalid/", .timeout = 5 };
    struct fob_http *http = NULL;
    struct fob_http_response *response = NULL;
    char url[64];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", told_port(proxy));
    assert_int_equal(setenv("https_proxy", url, 1), 0);
    fob_add_header(&handle, "Authorization", SECRET, strlen(SECRET));
    assert_int_equal(fob_http_open(&handle, &http), FOB_SUCCESS);
    assert_int_equal(fob_http_send(http, &(struct fob_http_request){ .path = "/x" }, &response),
                     FOB_UNAVAILABLE);
    assert_int_equal(unsetenv("https_proxy"), 0);
    told_wait(proxy);
    assert_int_equal(strncmp(told_request(proxy, 0), "CONNECT provider.invalid:443 ", 29), 0);
    assert_null(strstr(told_request(proxy, 0), "s3cr3t"));
    fob_http_close(http);
    fake_clear(&handle);
    told_free(proxy);
}

/* Ask a provider through the proxy URL; HANDLE has the error. */
static int get_by_proxy(const char *url, struct fob_handle *handle)
{
    struct fob_http *http = NULL;
    struct fob_http_response *response = NULL;
    int code;

    *handle = (struct fob_handle){ .base_url = "https://provider.invalid/", .timeout = 5 };
    assert_int_equal(setenv("https_proxy", url, 1), 0);
    assert_int_equal(fob_http_open(handle, &http), FOB_SUCCESS);
    code = fob_http_send(http, &(struct fob_http_request){ .path = "/x" }, &response);
    assert_int_equal(unsetenv("https_proxy"), 0);
    fob_http_close(http);
    return code;
}

static void what_fails_at_the_proxy_is_told_of_the_proxy(void **state)
{
    static const struct {
        const char *answer;
        int code;
        const char *error;
    } table[] = {
        { EMPTY("407 Who are you"), FOB_CONFIG, "wants a user name and a password (HTTP 407)" },
        { EMPTY("403 No tunnel"), FOB_UNAVAILABLE, "no connection to provider.invalid (HTTP 403)" },
        { EMPTY("502 Down"), FOB_UNAVAILABLE, "no connection to provider.invalid (HTTP 502)" },
    };
    struct fob_handle handle;
    char url[96];
    char name[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const struct told_answer answer = { .text = table[i].answer };
        struct told_server *proxy = told_start(&answer, 1);

        snprintf(name, sizeof name, "the proxy 127.0.0.1:%u ", told_port(proxy));
        snprintf(url, sizeof url, "http://me:s3cr3t@127.0.0.1:%u/", told_port(proxy));
        assert_int_equal(get_by_proxy(url, &handle), table[i].code);
        assert_non_null(strstr(handle.error, name));
        assert_non_null(strstr(handle.error, table[i].error));
        assert_null(strstr(handle.error, "s3cr3t"));
        told_free(proxy);
        fake_clear(&handle);
    }
    assert_int_equal(get_by_proxy(url, &handle), FOB_UNAVAILABLE); /* nobody listens any more */
    assert_non_null(strstr(handle.error, "could not connect to the proxy 127.0.0.1:"));
    fake_clear(&handle);
    assert_int_equal(get_by_proxy("gopher://me:s3cr3t@127.0.0.1:9", &handle), FOB_CONFIG);
    assert_string_equal(handle.error, "the proxy 127.0.0.1:9: its scheme cannot be used");
    fake_clear(&handle);
}

static void descriptors_that_are_used_up_are_no_fault_of_the_provider(void **state)
{
    struct rlimit before;
    struct rlimit none;
    struct fixture fixture;
    int code;

    (void)state;
    start(&fixture, NULL, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){ 0, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    code = get(&fixture, "/x");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(code, FOB_SYSTEM);
    assert_non_null(strstr(fixture.handle.error, "too many open files"));
    stop(&fixture);
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

        start(&fixture, &answer, 1);
        assert_int_equal(get(&fixture, "/x"), FOB_SUCCESS);
        assert_int_equal(fob_http_json(fixture.http, fixture.response, &json), FOB_PROTOCOL);
        assert_string_equal(strchr(fixture.handle.error, ' '), table[i].error);
        stop(&fixture);
    }
}

static void freeing_nothing_does_nothing(void **state)
{
    (void)state;
    fob_http_close(NULL);
    fob_http_response_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_url_is_https_or_loopback),
        cmocka_unit_test(base_url_must_be_set),
        cmocka_unit_test(ca_file_must_be_readable),
        cmocka_unit_test(path_stays_within_the_base),
        cmocka_unit_test(what_is_put_behind_a_base_does_not_leave_it),
        cmocka_unit_test(loopback_addresses_are_known),
        cmocka_unit_test(request_carries_the_credential),
        cmocka_unit_test(answer_is_readable),
        cmocka_unit_test(bodies_and_methods_are_sent),
        cmocka_unit_test(unsound_requests_are_refused_before_any_call),
        cmocka_unit_test(credential_with_a_control_character_is_not_sent),
        cmocka_unit_test(large_credential_is_sent_whole),
        cmocka_unit_test(connection_is_reused),
        cmocka_unit_test(what_nobody_asked_for_is_no_answer),
        cmocka_unit_test(connection_is_kept_for_the_next_client_but_no_credential),
        cmocka_unit_test(the_last_that_was_kept_is_the_last_to_go),
        cmocka_unit_test(a_name_that_is_looked_for_keeps_nobody_waiting),
        cmocka_unit_test(each_request_waits_for_its_turn),
        cmocka_unit_test(what_has_no_turn_is_not_sent),
        cmocka_unit_test(a_retry_without_a_turn_leaves_the_answer),
        cmocka_unit_test(a_request_ends_when_nobody_waits_for_it),
        cmocka_unit_test(status_becomes_a_code),
        cmocka_unit_test(a_refusal_counts_only_when_it_is_the_providers),
        cmocka_unit_test(a_provider_file_names_what_its_answers_mean),
        cmocka_unit_test(an_answer_that_would_be_too_harsh_is_a_mistake),
        cmocka_unit_test(words_are_the_providers_and_never_the_credential),
        cmocka_unit_test(words_are_cut_between_characters),
        cmocka_unit_test(safe_requests_are_sent_again),
        cmocka_unit_test(retries_are_bounded),
        cmocka_unit_test(final_answers_are_not_asked_for_again),
        cmocka_unit_test(unsafe_requests_are_sent_once),
        cmocka_unit_test(retry_after_is_honoured),
        cmocka_unit_test(long_retry_after_ends_the_tries),
        cmocka_unit_test(a_pause_is_rounded_up_and_the_final_answers),
        cmocka_unit_test(refused_connection_is_unavailable),
        cmocka_unit_test(silence_is_unavailable_and_not_tried_again),
        cmocka_unit_test(a_pause_past_all_numbers_is_a_long_one),
        cmocka_unit_test(broken_answers_are_told_apart),
        cmocka_unit_test(interim_answers_end),
        cmocka_unit_test(answer_is_bounded),
        cmocka_unit_test(largest_answer_is_taken),
        cmocka_unit_test(redirect_within_the_origin_is_followed),
        cmocka_unit_test(a_part_is_taken_only_by_who_asked_for_one),
        cmocka_unit_test(redirect_off_the_origin_is_refused),
        cmocka_unit_test(odd_redirects_are_refused),
        cmocka_unit_test(redirects_are_bounded),
        cmocka_unit_test(unsafe_requests_are_not_redirected),
        cmocka_unit_test(plain_http_uses_no_proxy),
        cmocka_unit_test(proxy_does_not_see_the_credential),
        cmocka_unit_test(what_fails_at_the_proxy_is_told_of_the_proxy),
        cmocka_unit_test(descriptors_that_are_used_up_are_no_fault_of_the_provider),
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(json_depth_is_bounded),
        cmocka_unit_test(json_bombs_are_refused_by_their_shape),
        cmocka_unit_test(json_answer_says_what_is_wrong),
        cmocka_unit_test(freeing_nothing_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
