/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a provider's file says of a field, and which values that permits. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/provider/provider_parts.h"

#include "shelf.h"
#include "util/array.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *field;
    const char *value;
    bool good;
    const char *hint;
} values[] = {
    { "name: a", "x", true, "" },
    { "name: a", "", false, "\"fob guide p\" says how to get it" },
    { "name: a, optional: true", "", true, "" },
    { "name: a, pattern: '[0-9]+'", "123", true, "" },
    /* The whole value. */
    { "name: a, pattern: '[0-9]+'", "123a", false, "it must match [0-9]+" },
    { "name: a, pattern: '[0-9]+'", "a123", false, "it must match [0-9]+" },
    { "name: a, pattern: '[0-9]+'", "12\n3", false, "it must match [0-9]+" },
    { "name: a, pattern: '[0-9a-f]{8}(-[0-9a-f]{4}){3}'", "01234567-89ab-cdef-0123", true, "" },
    { "name: a, pattern: '[^]{9}]{3}'", "abc", true, "" },
    { "name: a, pattern: 'a|ab'", "ab", true, "" },
    { "name: a, pattern: '^a$'", "a", true, "" },
    { "name: a, pattern: '^a$'", "a\n", false, "it must match ^a$" },
    { "name: a, pattern: '.', example: x", "xy", false, "it should look like x" },
    /* Bytes, whatever the locale. */
    { "name: a, pattern: '[a-z]'", "B", false, "it must match [a-z]" },
    { "name: a, pattern: '..'", "\xc3\xa4", true, "" },
    { "name: a, pattern: '[0-9]*', optional: true", "", true, "" },
    { "name: a, enum: [ x, yz ]", "yz", true, "" },
    { "name: a, enum: [ x, yz ]", "y", false, "it must be one of x, yz" },
    { "name: a, enum: [ x, yz ]", "x ", false, "it must be one of x, yz" },
    { "name: a, enum: [ xa, yb ], pattern: 'x.'", "yb", false, "it must match x." },
    { "name: a, type: label", "acme-1_x", true, "" },
    { "name: a, type: label", "acme.example", false, "" },
    { "name: a, type: label, example: acme", "acme/", false, "it should look like acme" },
    { "name: a, type: label", "a@b", false, "" },
    { "name: a, type: label", "a:443", false, "" },
    { "name: a, type: label", "\xc3\xbc", false, "" },
    { "name: a, type: label", "a b", false, "" },
    { "name: a, type: label", "0123456789012345678901234567890123456789012345678901234567890123",
      false, "" },
    { "name: a, type: label, optional: true", "", true, "" },
    { "name: a, type: label, pattern: 'x.*'", "acme", false, "it must match x.*" },
    { "name: a, type: host", "acme.example.com", true, "" },
    { "name: a, type: host", "acme", false, "" },
    { "name: a, type: host", "localhost", false, "" },
    { "name: a, type: host", "acme.localhost", false, "" },
    { "name: a, type: host", "127.0.0.1", false, "" },
    { "name: a, type: host", "acme.0x7f", false, "" },
    { "name: a, type: host", "[::1]", false, "" },
    { "name: a, type: host", "acme.example.", false, "" },
    { "name: a, type: host", "acme..example", false, "" },
    { "name: a, type: host", "acme.example:443", false, "" },
    { "name: a, type: host", "acme.example/x", false, "" },
};

static void values_are_held_against_the_field(void **state)
{
    struct shelf *shelf = *state;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        struct fob_provider *provider;
        char text[512];
        int code;

        snprintf(text, sizeof text, HEAD LINK VALIDATE "fields: [ { %s } ]\n", values[i].field);
        shelf_write(shelf, 0, "p", text);
        provider = shelf_read_good(shelf, "p");
        error_clear();
        code = provider_check_value(provider, provider_find_field(provider, "a"), values[i].value,
                                    strlen(values[i].value));
        if ((code == FOB_SUCCESS) != values[i].good ||
            strcmp(fob_error_hint(), values[i].hint) != 0)
            fail_msg("%s: %s: %s", values[i].field, fob_error(), fob_error_hint());
        provider_free(provider);
    }
}

static void the_rest_of_a_pasted_address_is_removed(void **state)
{
    static const struct {
        const char *field;
        const char *typed;
        const char *value;
    } cases[] = {
        { "type: label, prefix: 'https://', suffix: .acme.example", "x", "x" },
        { "type: label, prefix: 'https://', suffix: .acme.example", "https://x.acme.example", "x" },
        { "type: label, prefix: 'https://', suffix: .acme.example", "HTTPS://X.Acme.Example/",
          "x" },
        { "type: label, prefix: 'https://', suffix: .acme.example", "x.acme.example", "x" },
        { "type: label, prefix: 'https://', suffix: .acme.example", "https://evil.example/",
          "evil.example" },
        { "type: label, prefix: 'https://', suffix: .acme.example", "https://", "" },
        { "type: host, prefix: 'https://'", "https://WD2.Acme.Example", "wd2.acme.example" },
        { "type: host", "https://acme.example", "https://acme.example" },
        { "prefix: 'Bearer '", "Bearer Tok/", "Tok/" },
        { "prefix: 'Bearer '", "Bear", "Bear" },
        { "suffix: x", "x", "" },
        { "title: A", "X/", "X/" },
    };
    struct shelf *shelf = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fob_provider *provider;
        struct fob_secret *value = NULL;
        char text[512];

        snprintf(text, sizeof text, HEAD LINK VALIDATE "fields: [ { name: a, %s } ]\n",
                 cases[i].field);
        shelf_write(shelf, 0, "p", text);
        provider = shelf_read_good(shelf, "p");
        assert_int_equal(provider_clean_value(&provider->fields[0], cases[i].typed,
                                              strlen(cases[i].typed), &value),
                         FOB_SUCCESS);
        assert_string_equal(fob_secret_data(value), cases[i].value);
        fob_secret_free(value);
        provider_free(provider);
    }
}

/* What was typed into the wrong field may be a secret. */
static void a_refused_value_is_not_repeated(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;

    shelf_write(shelf, 0, "p",
                HEAD LINK VALIDATE "fields: [ { name: a, pattern: x }, { name: b, enum: [ x ] },"
                                   " { name: d, type: host } ]\n");
    provider = shelf_read_good(shelf, "p");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(provider_check_value(provider, &provider->fields[i], "s3cret", 6),
                         FOB_INVALID);
        assert_null(strstr(fob_error(), "s3cret"));
        assert_null(strstr(fob_error_hint(), "s3cret"));
    }
    assert_null(provider_find_field(provider, "c"));
    provider_free(provider);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_set_up, shelf_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_are_held_against_the_field),
        TEST(the_rest_of_a_pasted_address_is_removed),
        TEST(a_refused_value_is_not_repeated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
