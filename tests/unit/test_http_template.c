/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The templates of the http plugin, and the encodings of libfob-http. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/http.h>

#include "fake_handle.h"
#include "../../plugins/http/template.h"
#include "util/array.h"

#include <string.h>

static struct fob_secret *new_secret(void)
{
    struct fob_secret *secret = NULL;

    assert_int_equal(fob_secret_new("", 0, &secret), FOB_SUCCESS);
    return secret;
}

static void bytes_are_encoded(void **state)
{
    static const struct {
        const char *data;
        const char *base64;
        const char *percent;
    } cases[] = {
        { "", "", "" },
        { "f", "Zg==", "f" },
        { "fo", "Zm8=", "fo" },
        { "foo", "Zm9v", "foo" },
        { "foobar", "Zm9vYmFy", "foobar" },
        { "\xff\xfe\xfd", "//79", "%FF%FE%FD" },
        { "-._~ +&=%/?#", "LS5ffiArJj0lLz8j", "-._~%20%2B%26%3D%25%2F%3F%23" },
        { "0123456789012345678901234567890123456789012345678",
          "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3OA==",
          "0123456789012345678901234567890123456789012345678" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (int encoding = FOB_HTTP_BASE64; encoding <= FOB_HTTP_PERCENT; encoding++) {
            struct fob_secret *secret = new_secret();

            assert_int_equal(fob_http_encode((enum fob_http_encoding)encoding, cases[i].data,
                                             strlen(cases[i].data), secret),
                             FOB_SUCCESS);
            assert_string_equal(fob_secret_data(secret),
                                encoding == FOB_HTTP_BASE64 ? cases[i].base64 : cases[i].percent);
            fob_secret_free(secret);
        }
    }
}

static void what_is_too_large_is_not_encoded(void **state)
{
    static char data[FOB_VALUE_MAX];
    struct fob_secret *secret = new_secret();

    (void)state;
    memset(data, 'x', sizeof data);
    assert_int_equal(fob_http_encode(FOB_HTTP_BASE64, data, sizeof data, secret), FOB_INVALID);
    fob_secret_free(secret);
}

static void braces_belong_to_placeholders(void **state)
{
    static const char *const good[] = { "", "x", "{a}", "x{a}{b-2}y" };
    static const char *const bad[] = {
        "{", "}", "{}", "{a", "a}", "{A}", "{a}{", "{a b}", "{{a}}"
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_null(template_fault(good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_non_null(template_fault(bad[i]));
}

static void the_place_says_the_encoding(void **state)
{
    static const struct {
        const char *template;
        enum template_place place;
        const char *value;
        int code;
        const char *filled;
    } cases[] = {
        { "Bearer {a}", TEMPLATE_HEADER, "t/+ k", FOB_SUCCESS, "Bearer t/+ k" },
        { "{a}", TEMPLATE_HEADER, "a\nb", FOB_INVALID, NULL },
        { "{a}", TEMPLATE_HEADER, "a\tb", FOB_INVALID, NULL },
        { "{a}", TEMPLATE_HEADER, "a\x7f", FOB_INVALID, NULL },
        { "{a}", TEMPLATE_TEXT, "a\tb", FOB_SUCCESS, "a\tb" },
        { "{a}.example", TEMPLATE_HOST, "Acme-1_x", FOB_SUCCESS, "Acme-1_x.example" },
        { "{a}.example", TEMPLATE_HOST, "evil/", FOB_INVALID, NULL },
        { "{a}.example", TEMPLATE_HOST, "a@b", FOB_INVALID, NULL },
        { "{a}.example", TEMPLATE_HOST, "a:1", FOB_INVALID, NULL },
        { "{a}.example", TEMPLATE_HOST, "\xc3\xbc", FOB_INVALID, NULL },
        { "/x/{a}/y?z", TEMPLATE_PATH, "a b%?#&", FOB_SUCCESS, "/x/a%20b%25%3F%23%26/y?z" },
        { "/{a}", TEMPLATE_PATH, ".", FOB_INVALID, NULL },
        { "/{a}", TEMPLATE_PATH, "..", FOB_INVALID, NULL },
        { "/x/{a}{a}/y", TEMPLATE_PATH, ".", FOB_INVALID, NULL },
        { "/.{a}?x", TEMPLATE_PATH, ".", FOB_INVALID, NULL },
        { "/{a}%2e", TEMPLATE_PATH, ".", FOB_INVALID, NULL },
        { "/x{a}/?{a}=..", TEMPLATE_PATH, "..", FOB_SUCCESS, "/x../?..=.." },
        { "/{a}", TEMPLATE_PATH, "...", FOB_SUCCESS, "/..." },
        { "/{a}", TEMPLATE_PATH, "a/b", FOB_INVALID, NULL },
        { "/{a}", TEMPLATE_PATH, "a\\b", FOB_INVALID, NULL },
        { "a b{a}", TEMPLATE_QUERY, "/..", FOB_SUCCESS, "a%20b%2F.." },
        { "{a}", TEMPLATE_QUERY, "a\rb", FOB_INVALID, NULL },
        { "{a}", TEMPLATE_HEADER, "", FOB_NOT_FOUND, NULL },
        { "{b}", TEMPLATE_HEADER, "x", FOB_NOT_FOUND, NULL },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fob_handle handle = { 0 };
        struct fob_secret *filled = new_secret();
        int code;

        fake_put_field(&handle, "a", cases[i].value, strlen(cases[i].value));
        code = template_fill(&handle, cases[i].template, cases[i].place, filled);
        if (code != cases[i].code ||
            (code == FOB_SUCCESS && strcmp(fob_secret_data(filled), cases[i].filled) != 0))
            fail_msg("%s with %s: %d, %s", cases[i].template, cases[i].value, code,
                     fob_secret_data(filled));
        if (code == FOB_INVALID && strcmp(cases[i].value, ".") != 0)
            assert_null(strstr(handle.error, cases[i].value));
        fob_secret_free(filled);
        fake_clear(&handle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_encoded),
        cmocka_unit_test(what_is_too_large_is_not_encoded),
        cmocka_unit_test(braces_belong_to_placeholders),
        cmocka_unit_test(the_place_says_the_encoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
