/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Options: a plugin's schema against what the files say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/config/schema.h"
#include "util/array.h"

#include <string.h>

static const char *const colors[] = { "red", "green", NULL };
static const struct fob_option options[] = {
    { "url", FOB_OPTION_URL, false, "https://example.com/?x", 0, 0, NULL, "" },
    { "base_url", FOB_OPTION_URL, false, "https://example.com", 0, 0, NULL, "" },
    { "wait", FOB_OPTION_DURATION, false, "10", 1, 600, NULL, "" },
    { "size", FOB_OPTION_SIZE, false, "64K", 0, 0, NULL, "" },
    { "tries", FOB_OPTION_INTEGER, false, NULL, 0, 10, NULL, "" },
    { "on", FOB_OPTION_BOOLEAN, false, "false", 0, 0, NULL, "" },
    { "color", FOB_OPTION_ENUM, false, "red", 0, 0, colors, "" },
    { "file", FOB_OPTION_PATH, false, NULL, 0, 0, NULL, "" },
    { "list", FOB_OPTION_LIST, false, NULL, 0, 0, NULL, "" },
    { "some", FOB_OPTION_LIST, false, NULL, 0, 0, colors, "" },
    { "long", FOB_OPTION_DURATION, false, NULL, 0, 0, NULL, "" },
    { "tree", FOB_OPTION_TREE, false, NULL, 0, 0, NULL, "" },
    { "free", FOB_OPTION_INTEGER, false, NULL, 0, 0, NULL, "" },
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
    yaml_file_free(file);
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

static void a_tree_may_be_any_value(void **state)
{
    static const char *const trees[] = { "x", "''", "true", "[]", "{}", "[ a, { b: [ c ] } ]" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
        struct option_values values;
        char mistake[256];
        char text[64] = "tree: ";

        strncat(text, trees[i], sizeof text - strlen(text) - 1);
        assert_int_equal(resolve(text, &values, mistake), FOB_SUCCESS);
        assert_true(schema_find(&values, "tree")->set);
        assert_int_equal(schema_find(&values, "tree")->tree.size > 0, 1);
        schema_free(&values);
    }
}

static void a_tree_has_a_limit(void **state)
{
    static char text[OPTION_TREE_MAX + 64] = "tree: [ ";
    struct option_values values;
    char mistake[256];

    (void)state;
    memset(text + strlen(text), 'x', OPTION_TREE_MAX);
    strncat(text, " ]", 3);
    assert_int_equal(resolve(text, &values, mistake), FOB_CONFIG);
    assert_string_equal(mistake, "f:1:7: tree: must have at most 262144 bytes");
}

static void numbers_may_have_units(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        int64_t number;
    } cases[] = {
        { "wait: 90", "wait", 90 },
        { "wait: 90s", "wait", 90 },
        { "wait: 10m", "wait", 600 },
        { "long: 8h", "long", 28800 },
        { "long: 2d", "long", 172800 },
        { "size: 0", "size", 0 },
        { "size: 64K", "size", 65536 },
        { "size: 3M", "size", 3145728 },
        { "size: 2G", "size", 2147483648 },
        { "free: -7", "free", -7 },
        { "on: true", "on", 1 },
        { "on: false", "on", 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct option_values values;
        char mistake[256];

        if (resolve(cases[i].text, &values, mistake) != FOB_SUCCESS)
            fail_msg("%s", mistake);
        assert_int_equal(schema_find(&values, cases[i].name)->number, cases[i].number);
        assert_true(schema_find(&values, cases[i].name)->set);
        schema_free(&values);
    }
}

static const struct {
    const char *text;
    const char *mistake;
} wrong[] = {
    { "tries: 11", "f:1:8: tries: must be from 0 to 10" },
    { "tries: -1", "f:1:8: tries: must be from 0 to 10" },
    { "tries: 3x", "f:1:8: tries: must be a whole number" },
    { "tries: ''", "f:1:8: tries: must be a whole number" },
    { "tries: 99999999999999999999", "f:1:8: tries: must be a whole number" },
    { "wait: 11m", "f:1:7: wait: must be from 1 to 600 seconds" },
    { "wait: -5s", "f:1:7: wait: must be a duration" },
    { "wait: 106751991167301d", "f:1:7: wait: must be a duration" },
    { "size: -1K", "f:1:7: size: must be a size" },
    { "wait: soon", "f:1:7: wait: must be a duration" },
    { "size: 1T", "f:1:7: size: must be a size" },
    { "size: 9999999999G", "f:1:7: size: must be a size" },
    { "on: yes", "f:1:5: on: must be true or false" },
    { "color: blue", "f:1:8: color: must be one of red, green" },
    { "file: x", "f:1:7: file: must be an absolute path" },
    { "url: http://example.com", "f:1:6: url: plain http is allowed only to " },
    { "base_url: https://example.com/?x", "f:1:11: base_url: it must not have a query" },
    { "list: x", "f:1:7: list: must be a list" },
    { "list: [x, [y]]", "f:1:11: list: must be a list of texts" },
    { "list: []", "f:1:7: list: must be a list of at least one text" },
    { "some: blue", "f:1:7: some: must be a list of texts, or red, green" },
    { "tires: 3", "f:1:1: unknown key tires; did you mean tries?" },
    { "tries: [1]", "f:1:8: tries: must be one value" },
};

static void mistakes_name_option_and_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
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
    yaml_file_free(first);
    yaml_file_free(second);
}

static void all_mistakes_are_reported(void **state)
{
    struct option_values values;
    char mistake[256];

    (void)state;
    assert_int_equal(resolve("{tries: 11, on: 3, tires: 1}", &values, mistake), FOB_CONFIG);
    assert_string_equal(fob_error(), "f:1:20: unknown key tires; did you mean tries?\n"
                                     "f:1:9: tries: must be from 0 to 10\n"
                                     "f:1:17: on: must be true or false");
}

/* As the stacks of a provider do, of which each has the plugin. */
static void a_shared_mistake_is_reported_once_and_refused_each_time(void **state)
{
    struct yaml_file *file = NULL;
    struct option_values values;
    struct option_layer layer;

    (void)state;
    assert_int_equal(yaml_read_text("f", "tires: 1", 8, &file), FOB_SUCCESS);
    layer = (struct option_layer){ file, file->root, false };
    for (int i = 0; i < 2; i++)
        assert_int_equal(schema_resolve(options, &layer, 1, file->root, &values), FOB_CONFIG);
    assert_int_equal(file->mistakes.count, 1);
    yaml_file_free(file);
}

static void a_mistake_in_a_weaker_layer_is_refused(void **state)
{
    struct yaml_file *first = NULL;
    struct yaml_file *second = NULL;
    struct option_values values;

    (void)state;
    assert_int_equal(yaml_read_text("f", "on: true", 8, &first), FOB_SUCCESS);
    assert_int_equal(yaml_read_text("g", "wait: x", 7, &second), FOB_SUCCESS);
    {
        const struct option_layer layers[] = { { first, first->root, false },
                                               { NULL, NULL, true },
                                               { second, second->root, true } };

        assert_int_equal(schema_resolve(options, layers, 3, first->root, &values), FOB_CONFIG);
    }
    assert_int_equal(first->mistakes.count, 0);
    assert_int_equal(second->mistakes.count, 1);
    assert_string_equal(fob_error(), second->mistakes.lines[0]);
    yaml_file_free(first);
    yaml_file_free(second);
}

static void a_required_option_must_be_there(void **state)
{
    static const struct fob_option required[] = {
        { "key", FOB_OPTION_STRING, true, NULL, 0, 0, NULL, "" },
        { 0 },
    };
    struct yaml_file *file = NULL;
    struct option_values values;
    struct option_layer layer;

    (void)state;
    assert_int_equal(yaml_read_text("f", "\n  a: 1", 7, &file), FOB_SUCCESS);
    layer = (struct option_layer){ file, NULL, false };
    assert_int_equal(schema_resolve(required, &layer, 1, file->root, &values), FOB_CONFIG);
    assert_string_equal(fob_error(), "f:2:3: the option key is missing");
    yaml_file_free(file);
}

static void lists_and_texts_are_borrowed_from_the_file(void **state)
{
    struct yaml_file *file = NULL;
    struct option_values values;
    struct option_layer layer;

    (void)state;
    assert_int_equal(yaml_read_text("f", "{list: [a, b], file: /x}", 24, &file), FOB_SUCCESS);
    layer = (struct option_layer){ file, file->root, false };
    assert_int_equal(schema_resolve(options, &layer, 1, file->root, &values), FOB_SUCCESS);
    assert_string_equal(schema_find(&values, "list")->list->values[1]->text, "b");
    assert_ptr_equal(schema_find(&values, "file")->text, yaml_get(file->root, "file")->text);
    schema_free(&values);
    assert_null(values.values);
    yaml_file_free(file);
}

static void a_word_may_replace_a_list(void **state)
{
    struct yaml_file *file = NULL;
    struct option_values values;
    struct option_layer layer;

    (void)state;
    assert_int_equal(yaml_read_text("f", "some: green", 11, &file), FOB_SUCCESS);
    layer = (struct option_layer){ file, file->root, false };
    assert_int_equal(schema_resolve(options, &layer, 1, file->root, &values), FOB_SUCCESS);
    assert_true(schema_find(&values, "some")->set);
    assert_string_equal(schema_find(&values, "some")->text, "green");
    assert_null(schema_find(&values, "some")->list);
    schema_free(&values);
    yaml_file_free(file);
}

static void unsound_schemas_are_refused(void **state)
{
    static const struct fob_option bad[][3] = {
        { { "Bad", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, "x", 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, "11", 0, 10, NULL, "" } },
        { { "a", FOB_OPTION_INTEGER, false, NULL, 10, 0, NULL, "" } },
        { { "a", FOB_OPTION_ENUM, false, NULL, 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_ENUM, false, NULL, 0, 0, colors + 2, "" } },
        { { "a", FOB_OPTION_ENUM, false, "blue", 0, 0, colors, "" } },
        { { "a", FOB_OPTION_LIST, false, "x", 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_PATH, false, "x", 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_URL, false, "http://x", 0, 0, NULL, "" } },
        { { "a", (enum fob_option_type)99, false, NULL, 0, 0, NULL, "" } },
        { { "a", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" },
          { "a", FOB_OPTION_STRING, false, NULL, 0, 0, NULL, "" } },
    };

    (void)state;
    assert_int_equal(schema_check(options), FOB_SUCCESS);
    assert_int_equal(schema_check(NULL), FOB_SUCCESS);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (schema_check(bad[i]) != FOB_PLUGIN)
            fail_msg("schema %zu was taken", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_serve_where_nothing_is_written),
        cmocka_unit_test(a_tree_may_be_any_value),
        cmocka_unit_test(a_tree_has_a_limit),
        cmocka_unit_test(numbers_may_have_units),
        cmocka_unit_test(mistakes_name_option_and_place),
        cmocka_unit_test(the_first_layer_wins),
        cmocka_unit_test(all_mistakes_are_reported),
        cmocka_unit_test(a_shared_mistake_is_reported_once_and_refused_each_time),
        cmocka_unit_test(a_mistake_in_a_weaker_layer_is_refused),
        cmocka_unit_test(a_required_option_must_be_there),
        cmocka_unit_test(lists_and_texts_are_borrowed_from_the_file),
        cmocka_unit_test(a_word_may_replace_a_list),
        cmocka_unit_test(unsound_schemas_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
