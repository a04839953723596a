/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which URLs a credential may be sent to. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/address.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

#define LABEL "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static void https_and_loopback_are_right(void **state)
{
    static const char *const good[] = {
        "https://example.com",
        "https://example.com/",
        "HTTPS://Example.COM:8443/api/v1/",
        "https://a-b_c.example.com:1/x%20y/~z/(1)",
        "https://xn--mnchen-3ya.example",
        "https://XN--Mnchen-3YA.example",
        "https://api.xn--ihqwcrb4cv8a8dqg056pqjye.xn--p1ai",
        "https://xn--n3h.example",
        "https://xn--4ca0bs.xn--vermgensberatung-pwb",
        "https://r3---sn-25ge.example",
        "https://10.0.0.1:65535/x",
        "https://[2001:db8::1]:8443/api",
        "https://[::ffff:8.8.8.8]",
        "https://3com.example",
        "https://x/api//v1",
        "http://localhost:80/x",
        "HTTP://LOCALHOST",
        "http://127.0.0.1",
        "http://127.1.2.3:8/x",
        "http://[::1]:1/",
        "http://[0:0:0:0:0:0:0:1]",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        const char *fault = address_fault(good[i], ADDRESS_BASE);

        if (fault != NULL)
            fail_msg("%s: %s", good[i], fault);
    }
    assert_null(address_fault("https://example.com?x", 0));
    assert_null(address_fault("https://example.com/../a?b=/c&d#e", 0));
}

static const struct {
    const char *url;
    const char *why;
} wrong[] = {
    { "", "must begin with https://" },
    { "HTTPS", "must begin with https://" },
    { "example.com", "must begin with https://" },
    { "//example.com", "must begin with https://" },
    { "https:/example.com", "must begin with https://" },
    { " https://example.com", "must begin with https://" },
    { "ftp://example.com", "must begin with https://" },
    { "file:///etc/passwd", "must begin with https://" },
    { "https://", "no host" },
    { "https:///x", "no host" },
    { "https://:443", "no host" },
    { "https://user@example.com", "user name" },
    { "https://user:pass@example.com/", "user name" },
    { "https://@example.com", "user name" },
    { "http://127.0.0.1@example.com", "user name" },
    { "http://127.0.0.1\\@example.com", "user name" },
    { "https://a b", "no host name has" },
    { "https://a\n", "no host name has" },
    { "https://a\\b", "no host name has" },
    { "https://m\xc3\xbcnchen.example", "xn--" },
    { "https://%65xample.com", "no host name has" },
    { "https://example%2ecom", "no host name has" },
    { "https://{tenant}.example.com", "no host name has" },
    { "https://*.example.com", "no host name has" },
    { "https://example.com.", "ends with a dot" },
    { "http://localhost.", "ends with a dot" },
    { "https://example..com", "empty part" },
    { "https://.example.com", "empty part" },
    { "https://" LABEL "l.example", "more than 63" },
    { "https://" LABEL "." LABEL "." LABEL "." LABEL, "more than 253" },
    { "https://xn--", "no international name" },
    { "https://xn--/v1", "no international name" },
    { "https://XN--.example", "no international name" },
    { "https://xn--a.example", "no international name" },
    { "https://xn--abc-.example", "no international name" },
    { "https://xn---abc.example", "no international name" },
    { "https://xn--abc_d.example", "no international name" },
    { "https://api.xn--99999999.example", "no international name" },
    { "https://xn--0000000000000000000000000000000000000.example", "no international name" },
    { "https://-hr.example", "begins or ends with '-'" },
    { "https://hr-.example", "begins or ends with '-'" },
    { "https://hr.-", "begins or ends with '-'" },
    { "https://1.2.3", "no IPv4 address" },
    { "https://2130706433", "no IPv4 address" },
    { "https://0x7f000001", "no IPv4 address" },
    { "https://0x7f.0.0.1", "no IPv4 address" },
    { "http://127.1", "no IPv4 address" },
    { "http://127.1.2.3.4", "no IPv4 address" },
    { "http://127.999.1.1", "no IPv4 address" },
    { "http://127.0.0.01", "no IPv4 address" },
    { "http://127.000000000000000000000000.0.1", "no IPv4 address" },
    { "https://[::1", "brackets" },
    { "https://[]", "brackets" },
    { "https://[::1%25lo]", "brackets" },
    { "https://[::1].example.com", "brackets" },
    { "https://[::1]443", "brackets" },
    { "https://[v1.x]", "brackets" },
    { "https://::1", "port" },
    { "https://example.com:", "port" },
    { "https://example.com:0", "port" },
    { "https://example.com:65536", "port" },
    { "https://example.com:99999", "port" },
    { "https://example.com:4294967739", "port" },
    { "https://example.com:+443", "port" },
    { "https://example.com:44a", "port" },
    { "https://example.com:443:443", "port" },
    { "https://example.com/?", "query or a fragment" },
    { "https://example.com/api?q", "query or a fragment" },
    { "https://example.com#f", "query or a fragment" },
    { "https://example.com?@evil.example", "query or a fragment" },
    { "https://example.com/api/../x", "'.' or '..'" },
    { "https://example.com/api/.", "'.' or '..'" },
    { "https://example.com/%2e%2E/x", "'.' or '..'" },
    { "https://example.com/a%5c..%5cb", "'.' or '..'" },
    { "https://example.com/{x}", "no URL has" },
    { "https://example.com/a b", "no URL has" },
    { "https://example.com/caf\xc3\xa9", "no URL has" },
    { "https://example.com/a\r\nX: y", "no URL has" },
    { "https://example.com/a\x7f", "no URL has" },
    { "https://example.com/[x]", "no URL has" },
    { "https://example.com/%zz", "hexadecimal digits" },
    { "https://example.com/%4", "hexadecimal digits" },
    { "https://example.com/%", "hexadecimal digits" },
    { "http://example.com", "plain http" },
    { "http://localhost.example.com", "plain http" },
    { "http://127.0.0.1.example.com", "plain http" },
    { "http://128.0.0.1", "plain http" },
    { "http://0.0.0.0", "plain http" },
    { "http://[::2]", "plain http" },
    { "http://[::ffff:127.0.0.1]", "plain http" },
};

static void other_urls_are_refused_with_the_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        const char *fault = address_fault(wrong[i].url, ADDRESS_BASE);

        if (fault == NULL || strstr(fault, wrong[i].why) == NULL)
            fail_msg("%s: %s", wrong[i].url, fault != NULL ? fault : "was taken");
    }
}

static void no_host_is_too_long_for_the_check(void **state)
{
    char url[4096];

    (void)state;
    for (size_t size = 200; size < sizeof url - 1; size++) {
        memcpy(url, "https://", 8);
        memset(url + 8, 'a', size - 8);
        url[size] = '\0';
        assert_non_null(address_fault(url, ADDRESS_BASE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(https_and_loopback_are_right),
        cmocka_unit_test(other_urls_are_refused_with_the_reason),
        cmocka_unit_test(no_host_is_too_long_for_the_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
