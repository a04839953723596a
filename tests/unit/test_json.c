/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What of RFC 8259 is JSON and what is not, and that all of it comes out as it went in. */
#include "config.h"

#include "http/json.h"
#include "util/array.h"

#include <fob/http.h>

#include <json.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
#define TEXT(literal)               \
    {                               \
        literal, sizeof literal - 1 \
    }

struct json_object *__real_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size);
struct json_object *__wrap_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size);

static bool is_0_18;

/* json-c 0.18, when it is strict, takes no byte over 0x7f. */
struct json_object *__wrap_json_tokener_parse_ex(struct json_tokener *tokener, const char *text,
                                                 int size)
{
    for (int i = 0; is_0_18 && i < size; i++) {
        if ((unsigned char)text[i] > 0x7f)
            text = "\x01";
    }
    return __real_json_tokener_parse_ex(tokener, text, size);
}

static int read_text(const char *text, size_t size, struct json_object **json)
{
    const char *why = NULL;
    int code = json_read(text, size, json, &why);

    assert_int_equal(why != NULL, code == FOB_PROTOCOL);
    return code;
}

struct text {
    const char *bytes;
    size_t size;
};

static void refuse_all(const struct text *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct json_object *json = NULL;

        if (read_text(table[i].bytes, table[i].size, &json) != FOB_PROTOCOL)
            fail_msg("%s was taken", table[i].bytes);
    }
}

static const struct text bad_numbers[] = {
    TEXT("2."),
    TEXT("[2.]"),
    TEXT("-.5"),
    TEXT("[-.123]"),
    TEXT("[.123]"),
    TEXT("[.-1]"),
    TEXT("[.2e-3]"),
    TEXT("2.e3"),
    TEXT("[2.e+3]"),
    TEXT("[2.e-3]"),
    TEXT("[0.e1]"),
    TEXT("[1.]"),
    TEXT("[-2.]"),
    TEXT("-01"),
    TEXT("[-01]"),
    TEXT("[012]"),
    TEXT("[-012]"),
    TEXT("[00]"),
    TEXT("[-00.5]"),
    TEXT("[0e]"),
    TEXT("[0E]"),
    TEXT("[0e+]"),
    TEXT("[0E+]"),
    TEXT("[0.3e]"),
    TEXT("[0.3e+]"),
    TEXT("[1.0e]"),
    TEXT("[1.0e-]"),
    TEXT("[1.0e+]"),
    TEXT("[1eE2]"),
    TEXT("[9.e+]"),
    TEXT("[0.1.2]"),
    TEXT("[1e1.5]"),
    TEXT("[+1]"),
    TEXT("[++1234]"),
    TEXT("[- 1]"),
    TEXT("[-]"),
    TEXT("-"),
    TEXT("[--1]"),
    TEXT("[1 000.0]"),
    TEXT("[1+2]"),
    TEXT("[1-]"),
    TEXT("[1a]"),
    TEXT("[-1x]"),
    TEXT("[-foo]"),
    TEXT("[1.8011670033376514H-308]"),
    TEXT("[1.2a-3]"),
    TEXT("[0x1]"),
    TEXT("[0x42]"),
    TEXT("[Inf]"),
    TEXT("[Infinity]"),
    TEXT("[-Infinity]"),
    TEXT("[NaN]"),
    TEXT("[-NaN]"),
    TEXT("[nan]"),
    TEXT("[\xef\xbc\x91]"),
    TEXT("[1\xe5]"),
    TEXT("[1e1\xe5]"),
    TEXT("[0\xe5]"),
    TEXT("[-123.123foo]"),
};

static void numbers_are_refused(void **state)
{
    (void)state;
    refuse_all(bad_numbers, ARRAY_SIZE(bad_numbers));
}

static const struct text bad_structures[] = {
    TEXT(""),
    TEXT(" "),
    TEXT("["),
    TEXT("]"),
    TEXT("{"),
    TEXT("}"),
    TEXT("[1 true]"),
    TEXT("[a\xe5]"),
    TEXT("[\"\": 1]"),
    TEXT("[\"\"],"),
    TEXT("[,1]"),
    TEXT("[1,,2]"),
    TEXT("[\"x\",,]"),
    TEXT("[\"x\"]]"),
    TEXT("[\"\",]"),
    TEXT("[\"x\""),
    TEXT("[x"),
    TEXT("[3[4]]"),
    TEXT("[\xff]"),
    TEXT("[1:2]"),
    TEXT("[,]"),
    TEXT("[   , \"\"]"),
    TEXT("[\"a\",\n4\n,1,"),
    TEXT("[1,]"),
    TEXT("[1,\n1\n,1"),
    TEXT("[*]"),
    TEXT("[\"\v\"a\"\\f]"),
    TEXT("[\f]"),
    TEXT("[\v]"),
    TEXT("[{}"),
    TEXT("[fals]"),
    TEXT("[nul]"),
    TEXT("[tru]"),
    TEXT("[True]"),
    TEXT("[nullx]"),
    TEXT("123\0"),
    TEXT("[\"asd]"),
    TEXT("[True"),
    TEXT("1]"),
    TEXT("{\"x\": true,"),
    TEXT("[][]"),
    TEXT("[1]x"),
    TEXT("[1]]"),
    TEXT("]"),
    TEXT("\xef\xbb\xbf{}"),
    TEXT("\xef\xbb\xbf"),
    TEXT("\xe5"),
    TEXT("2@"),
    TEXT("<.>"),
    TEXT("[<null>]"),
    TEXT("\xc3\xa5"),
    TEXT("[\xe2\x81\xa0]"),
    TEXT("\xe2\x81\xa0"),
    TEXT("*"),
    TEXT("{}}"),
    TEXT("[\"a\""),
    TEXT("{\"\":"),
    TEXT("{,"),
    TEXT("{["),
    TEXT("{\"a"),
    TEXT("{'a'"),
    TEXT("[\"\\{[\"\\{[\"\\{[\"\\{"),
    TEXT("#{}"),
    TEXT("[\\u000A\"\"]"),
    TEXT("[1"),
    TEXT("[ false, nul"),
    TEXT("[ true, fals"),
    TEXT("[ false, tru"),
    TEXT("{\"asd\":\"asd\""),
    TEXT("[,"),
    TEXT("[{"),
    TEXT("[\"a"),
    TEXT("{}/"),
    TEXT("{\"a\":/*comment*/\"b\"}"),
    TEXT("{\"a\":\"b\"}/**/"),
    TEXT("{\"a\":\"b\"}/**//"),
    TEXT("{\"a\":\"b\"}//"),
    TEXT("{\"a\":\"b\"}#"),
    TEXT("{\"a\": true} \"x\""),
    TEXT("a\xe5"),
    TEXT("[\0]"),
};

static void structures_are_refused(void **state)
{
    (void)state;
    refuse_all(bad_structures, ARRAY_SIZE(bad_structures));
}

static void objects_are_refused(void **state)
{
    static const struct text table[] = {
        TEXT("[\"x\", truth]"),
        TEXT("{[: \"x\"}\n"),
        TEXT("{\"x\", null}"),
        TEXT("{\"x\"::\"b\"}"),
        TEXT("{\xf0\x9f\x87\xa8\xf0\x9f\x87\xad}"),
        TEXT("{\"a\":\"a\" 123}"),
        TEXT("{key: 'value'}"),
        TEXT("{\"\xb9\":\"0\",}"),
        TEXT("{\"a\" b}"),
        TEXT("{:\"b\"}"),
        TEXT("{\"a\" \"b\"}"),
        TEXT("{\"a\":"),
        TEXT("{\"a\""),
        TEXT("{1:1}"),
        TEXT("{9999E9999:1}"),
        TEXT("{null:null,null:null}"),
        TEXT("{\"id\":0,,,,,}"),
        TEXT("{'a':0}"),
        TEXT("{\"id\":0,}"),
        TEXT("{\"a\":\"b\"}/**/"),
        TEXT("{\"a\":\"b\",,\"c\":\"d\"}"),
        TEXT("{a: \"b\"}"),
        TEXT("{\"a\":\"a"),
        TEXT("{ \"foo\" : \"bar\", \"a\" }"),
        TEXT("{\"a\":\"b\"}#"),
        TEXT("{\"a\":1 \"b\":2}"),
        TEXT("{\"a\"}"),
    };

    (void)state;
    refuse_all(table, ARRAY_SIZE(table));
}

static void strings_are_refused(void **state)
{
    static const struct text table[] = {
        TEXT("\""),
        TEXT("[\"\\"),
        TEXT("[\"\\\"]"),
        TEXT("[\"\\uD800\\\"]"),
        TEXT("[\"\\uD800\\u\"]"),
        TEXT("[\"\\uD800\\u1\"]"),
        TEXT("[\"\\uD800\\u1x\"]"),
        TEXT("[\xc3\xa9]"),
        TEXT("[\"\\\0\"]"),
        TEXT("[\"\\\\\\\"]"),
        TEXT("[\"\\\t\"]"),
        TEXT("[\"\\\xf0\x9f\x8c\x80\"]"),
        TEXT("[\"\\x00\"]"),
        TEXT("[\"\\a\"]"),
        TEXT("[\"\\'\"]"),
        TEXT("[\"\\U0041\"]"),
        TEXT("[\"\\u00A\"]"),
        TEXT("[\"\\uqqqq\"]"),
        TEXT("[\"\\u00g0\"]"),
        TEXT("[\"\\u 041\"]"),
        TEXT("[\"\\u\x10\x10\x10\x10\"]"),
        TEXT("[\"\\uD834\\uDd\"]"),
        TEXT("[\"\\uD800\\uD800\\x\"]"),
        TEXT("[\"\\u\xe5\"]"),
        TEXT("[\"\\\xe5\"]"),
        TEXT("[\"\xff\"]"),
        TEXT("[\"\xc0\xaf\"]"),
        TEXT("[\"\xed\xa0\x80\"]"),
        TEXT("[\"\xf4\xbf\xbf\xbf\"]"),
        TEXT("[\"\x80\"]"),
        TEXT("[\"\xe0\xff\"]"),
        TEXT("[\"new\nline\"]"),
        TEXT("[\"\t\"]"),
        TEXT("[\"\x1f\"]"),
        TEXT("[\"a\0a\"]"),
        TEXT("['single quote']"),
        TEXT("abc"),
        TEXT("\"\"x"),
        TEXT("[\"a\" \"b\"]"),
    };

    (void)state;
    refuse_all(table, ARRAY_SIZE(table));
}

static const struct {
    const char *text;
    const char *written;
} kept[] = {
    { "[]", NULL },
    { "{}", NULL },
    { " \t\r\n[ ] ", "[]" },
    { "null", NULL },
    { "true", NULL },
    { "\"\"", NULL },
    { "{\"\":\"\"}", NULL },
    { "{\"a\":[1,{\"b\":null},false,\"x\"],\"c\":{}}", NULL },
    { "{\"a\":1,\"b\":2,\"\\u0061\":3}", "{\"a\":3,\"b\":2}" },
    { "[0,-0,-1,10,-0.0,0e+1,1.50,1E22,1e-7,1e400,-1e400,123.456e-789]", NULL },
    { "[9223372036854775807,9223372036854775808,18446744073709551614]", NULL },
    { "[18446744073709551615,18446744073709551616,-9223372036854775807]", NULL },
    { "[-9223372036854775808,-9223372036854775809]", NULL },
    { "[123456789012345678901234567890,-123456789012345678901234567890]", NULL },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
    { "\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\"", "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
    { "\"Caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"", NULL },
    { "{\"\xc3\xa9\":\"\xc3\xbf\"}", NULL },
    { "\"\\u0000x\\u001f\\u007f\"", "\"\\u0000x\\u001f\x7f\"" },
    /* Half a surrogate pair, and what marks it. */
    { "\"\\ud800\"", NULL },
    { "\"\\udc00\\uD800x\"", NULL },
    { "\"\\ud800\\ud83d\\ude00\\ud800\\u0041\"", "\"\\ud800\xf0\x9f\x98\x80\\ud800\x41\"" },
    { "\"\\ud800\\n\"", NULL },
    { "[\"\\u0000\\ud800\"]", NULL },
    { "{\"\\ud800\xef\xb7\x90\" :\"\\\"\\ud800\"}", "{\"\\ud800\xef\xb7\x90\":\"\\\"\\ud800\"}" },
    { "{\"\\ud800\":1,\"\\uDFFF\":{\"b\":[{\"\\udc00/"
      "\\\"\":[null,{},[],1.50]}]},\"\\ud801\":\"\\n\"}",
      NULL },
    { "[\"\xef\xb7\x90 \\uFDD0 \\ufdd0ud800\\udfff\"]",
      "[\"\xef\xb7\x90 \xef\xb7\x90 \xef\xb7\x90ud800\\udfff\"]" },
};

/* What is taken is written as it came, or as WRITTEN. */
static void json_keeps_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        const char *wanted = kept[i].written != NULL ? kept[i].written : kept[i].text;
        struct json_object *json = NULL;

        if (read_text(kept[i].text, strlen(kept[i].text), &json) != FOB_SUCCESS)
            fail_msg("%s was refused", kept[i].text);
        assert_string_equal(json_object_to_json_string_ext(json, STYLE), wanted);
        json_object_put(json);
    }
}

static void json_c_0_18_reads_the_same(void **state)
{
    is_0_18 = true;
    json_keeps_what_it_is(state);
    is_0_18 = false;
}

static void small_integers_are_integers(void **state)
{
    struct json_object *json = NULL;

    (void)state;
    assert_int_equal(read_text("[-9223372036854775808,18446744073709551615,5]", 45, &json),
                     FOB_SUCCESS);
    assert_true(json_object_get_int64(json_object_array_get_idx(json, 0)) == INT64_MIN);
    assert_true(json_object_get_uint64(json_object_array_get_idx(json, 1)) == UINT64_MAX);
    assert_true(json_object_is_type(json_object_array_get_idx(json, 2), json_type_int));
    json_object_put(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_refused),         cmocka_unit_test(structures_are_refused),
        cmocka_unit_test(objects_are_refused),         cmocka_unit_test(strings_are_refused),
        cmocka_unit_test(json_keeps_what_it_is),       cmocka_unit_test(json_c_0_18_reads_the_same),
        cmocka_unit_test(small_integers_are_integers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
