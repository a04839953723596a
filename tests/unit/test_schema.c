/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Options: a plugin's schema against what the files say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/schema.h"

#include <string.h>

static const char *const colours[] = { "red", "green", NULL };
static const struct fob_option options[] = {
    { "url", FOB_OPTION_URL, false, "https://example.com", 0, 0, NULL, "" },
    { "wait", FOB_OPTION_DURATION, false, "10", 1, 600, NULL, "" },
    { "size", FOB_OPTION_SIZE, false, "64K", 0, 0, NULL, "" },
    { "tries", FOB_OPTION_INTEGER, false, NULL, 0, 10, NULL, "" },
    { "on", FOB_OPTION_BOOLEAN, false, "false", 0, 0, NULL, "" },
    { "colour", FOB_OPTION_ENUM, false, "red", 0, 0, colours, "" },
    { "file", FOB_OPTION_PATH, false, NULL, 0, 0, NULL, "" },
    { "list", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "" },
    { 0 },
};

/* Resolve one layer of TEXT; the code, and the first mistake. */
static int resolve(const char *text, struct option_values *values, char mistake[static 256])
{
    struct yaml_file *file = NULL;
    struct option_layer layer;
    int code;

    assert_int_equal(yaml_read_text("f", text, strlen(text), &file), FOB_SUCCESS);
    layer = (struct option_layer){ file, file->root, false };
    code = schema_resolve(options, &layer, 1, file->root, values);
    mistake[0] = '\0';
    if (file->mistakes.count > 0)
        strncat(mistake, file->mistakes.lines[0], 255);
    yaml_free(file);
    return code;
}

static void defaults_serve_where_nothing_is_written(void **state)
{
    struct option_values values;
    char mistake[256];

    (void)state;
    assert_int_equal(resolve("tries: 3", &values, mistake), FOB_SUCCESS);
    assert_int_equal(schema_find(&values, "wait")->number, 10);
    assert_int_equal(schema_find(&values, "size")->number, 65536);
    assert_int_equal(schema_find(&values, "tries")->number, 3);
    assert_false(schema_find(&values, "file")->set);
    assert_null(schema_find(&values, "other"));
    schema_free(&values);
}

static const struct {
    const char *text;
    const char *mistake;
} wrong[] = {
    { "tries: 11", "f:1:8: tries: must be from 0 to 10" },
    { "wait: 11m", "f:1:7: wait: must be from 1 to 600" },
    { "wait: soon", "f:1:7: wait: must be a duration" },
    { "size: 1T", "f:1:7: size: must be a size" },
    { "size: 9999999999G", "f:1:7: size: must be a size" },
    { "on: yes", "f:1:5: on: must be true or false" },
    { "colour: blue", "f:1:9: colour: must be one of the choices" },
    { "file: x", "f:1:7: file: must be an absolute path" },
    { "url: http://example.com", "f:1:6: url: must be an https URL" },
    { "list: x", "f:1:7: list: must be a list" },
    { "tires: 3", "f:1:1: unknown key tires; did you mean tries?" },
    { "tries: [1]", "f:1:8: tries: must be one value" },
};

static void mistakes_name_option_and_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct option_values values;
        char mistake[256];

        assert_int_equal(resolve(wrong[i].text, &values, mistake), FOB_CONFIG);
        if (strncmp(mistake, wrong[i].mistake, strlen(wrong[i].mistake)) != 0)
            fail_msg("%s: %s", wrong[i].text, mistake);
    }
}

static void the_first_layer_wins(void **state)
{
    struct yaml_file *first = NULL;
    struct yaml_file *second = NULL;
    struct option_values values;

    (void)state;
    assert_int_equal(yaml_read_text("f", "tries: 1", 8, &first), FOB_SUCCESS);
    assert_int_equal(yaml_read_text("g", "{tries: 2, wait: 5, others: 1}", 30, &second),
                     FOB_SUCCESS);
    {
        const struct option_layer layers[] = { { first, first->root, false },
                                               { second, second->root, true } };

        assert_int_equal(schema_resolve(options, layers, 2, first->root, &values), FOB_SUCCESS);
    }
    assert_int_equal(schema_find(&values, "tries")->number, 1);
    assert_int_equal(schema_find(&values, "wait")->number, 5);
    schema_free(&values);
    yaml_free(first);
    yaml_free(second);
}

static void urls_are_https_or_loopback(void **state)
{
    static const char *const good[] = { "https://example.com", "https://example.com:8443/api",
                                        "http://localhost:80/x", "http://127.0.0.1", "http://[::1]:1/" };
    static const char *const bad[] = { "", "example.com", "ftp://example.com", "http://example.com",
                                       "http://localhost.example.com", "http://127.0.0.1.example.com",
                                       "https://user@example.com", "https://", "https:///x",
                                       "https://a b", "https://a\n", "http://127.0.0.1@example.com",
                                       "http://[::1].example.com", "https://a\\b" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!schema_url_is_safe(good[i]))
            fail_msg("%s was refused", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (schema_url_is_safe(bad[i]))
            fail_msg("%s was taken", bad[i]);
    }
}

static void unsound_schemas_are_refused(void **state)
{
    static const struct fob_option bad[][3] = {
        { { "Bad", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, "x", 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, "11", 0, 10, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, NULL, 10, 0, NULL, "" } },
        { { "a", FOB_OPTION_ENUM, false, NULL, 0, 0, NULL, "" } },
        { { "a", (enum fob_option_type)99, false, NULL, 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" },
          { "a", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" } },
    };

    (void)state;
    assert_int_equal(schema_check(options), FOB_SUCCESS);
    assert_int_equal(schema_check(NULL), FOB_SUCCESS);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (schema_check(bad[i]) != FOB_PLUGIN)
            fail_msg("schema %zu was taken", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_serve_where_nothing_is_written),
        cmocka_unit_test(mistakes_name_option_and_place),
        cmocka_unit_test(the_first_layer_wins),
        cmocka_unit_test(urls_are_https_or_loopback),
        cmocka_unit_test(unsound_schemas_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
