/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which URLs are asked: the base, and what is put behind it. */
#include "config.h"

#include <fob/http.h>

#include "fake_handle.h"
#include "http/url.h"
#include "util/array.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *url;
    int code;
} base_urls[] = {
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

static void base_url_is_https_or_loopback(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(base_urls); i++) {
        struct fob_handle handle = { .base_url = base_urls[i].url, .timeout = 1 };
        struct fob_http *http = NULL;
        int code = fob_http_open(&handle, &http);

        if (code != base_urls[i].code)
            fail_msg("%s gave %d (%s)", base_urls[i].url, code, handle.error);
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

static const struct {
    const char *path;
    const char *url; /* NULL: refused */
} joined[] = {
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

static void path_stays_within_the_base(void **state)
{
    struct url_base base;
    const char *why;

    (void)state;
    assert_int_equal(url_base_set(&base, "https://charliehr.com/api/v1/", &why), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(joined); i++) {
        char *url = NULL;
        int code = url_join(&base, joined[i].path, &url, &why);

        if (code != (joined[i].url != NULL ? FOB_SUCCESS : FOB_INVALID))
            fail_msg("%s gave %d", joined[i].path, code);
        if (url != NULL)
            assert_string_equal(url, joined[i].url);
        free(url);
    }
    url_base_clear(&base);
}

/* Of these only the base is held against libcurl's parser when they are joined. */
static void a_path_does_not_leave_its_base(void **state)
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
        cmocka_unit_test(a_path_does_not_leave_its_base),
        cmocka_unit_test(loopback_addresses_are_known),
        cmocka_unit_test(freeing_nothing_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
