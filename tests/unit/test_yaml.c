/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* YAML: every mistake of a file in one run, each with its place; bounds on hostile files. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "util/strbuf.h"
#include "util/yaml.h"

#include <string.h>

static struct yaml_file *read_text(const char *text)
{
    struct yaml_file *file = NULL;

    assert_int_equal(yaml_read_text("f", text, strlen(text), &file), FOB_SUCCESS);
    return file;
}

static void values_and_places_are_read(void **state)
{
    struct yaml_file *file = read_text("a: one\nb:\n  - x\n  - 'y'\n");
    const struct yaml_node *b = yaml_get(file->root, "b");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_string_equal(yaml_get(file->root, "a")->text, "one");
    assert_int_equal(b->count, 2);
    assert_int_equal(b->values[1]->line, 4);
    assert_int_equal(b->values[1]->column, 5);
    assert_false(b->values[1]->plain);
    yaml_free(file);
}

static void an_empty_file_has_no_root(void **state)
{
    struct yaml_file *file = read_text("# nothing\n");

    (void)state;
    assert_null(file->root);
    assert_int_equal(file->mistakes.count, 0);
    yaml_free(file);
}

static const struct {
    const char *text;
    const char *mistake; /* the first one begins so */
} wrong[] = {
    { "a: 1\nb: [\n", "f:3:1: " },
    { "a: 1\na: 2\n", "f:2:1: a: given twice, first in line 1" },
    { "? [x]\n: 1\n", "f:1:3: a key must be text" },
    { "a: 1\n---\nb: 2\n", "f:3:1: a file holds one document" },
    { "a: !!python/object x\n", "f:1:4: tags are not used here" },
    { "a: &x [*x]\n", "f:1:4: " },
    { "a: \"\\0\"\n", "f:1:4: a NUL" },
    { "a: \xff\n", "f:" },
    { "a: *nobody\n", "f:1:4: " },
};

static void mistakes_have_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct yaml_file *file = read_text(wrong[i].text);

        if (file->mistakes.count == 0 ||
            strncmp(file->mistakes.lines[0], wrong[i].mistake, strlen(wrong[i].mistake)) != 0)
            fail_msg("case %zu: %s", i,
                     file->mistakes.count > 0 ? file->mistakes.lines[0] : "no mistake");
        yaml_free(file);
    }
}

static void aliases_are_counted_at_each_use(void **state)
{
    struct yaml_file *file =
        read_text("a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                  "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                  "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n");

    (void)state;
    assert_int_equal(file->mistakes.count, 1);
    assert_non_null(strstr(file->mistakes.lines[0], "too many values"));
    yaml_free(file);
}

static void an_alias_is_as_good_as_its_value(void **state)
{
    struct yaml_file *file = read_text("a: &a one\nb: *a\n");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_string_equal(yaml_get(file->root, "b")->text, "one");
    yaml_free(file);
}

static void deep_files_are_refused(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct yaml_file *file;

    (void)state;
    for (int i = 0; i < 5000; i++)
        strbuf_text(&text, "[");
    file = read_text(text.data);
    assert_true(file->mistakes.count > 0);
    yaml_free(file);
    strbuf_free(&text);
}

static void all_unknown_keys_are_told_with_the_nearest(void **state)
{
    static const char *const known[] = { "title", "fields" };
    struct yaml_file *file = read_text("titel: x\nfields: []\nzzz: 1\n");

    (void)state;
    assert_true(yaml_map(file, file->root, known, 2));
    assert_int_equal(file->mistakes.count, 2);
    assert_string_equal(file->mistakes.lines[0],
                        "f:1:1: unknown key titel; did you mean title?");
    assert_string_equal(file->mistakes.lines[1], "f:3:1: unknown key zzz");
    yaml_free(file);
}

static void numbers_are_checked(void **state)
{
    static const char *const bad[] = { "a: x", "a: 1x", "a: 0", "a: 11", "a: 1.5", "a: +5",
                                       "a: ' 5'", "a: 99999999999999999999", "a: []" };
    int64_t value = 0;
    struct yaml_file *file = read_text("a: 7");

    (void)state;
    assert_true(yaml_integer(file, yaml_get(file->root, "a"), 1, 10, &value));
    assert_int_equal(value, 7);
    yaml_free(file);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        file = read_text(bad[i]);
        if (yaml_integer(file, yaml_get(file->root, "a"), 1, 10, &value))
            fail_msg("%s was taken for a number from 1 to 10", bad[i]);
        assert_int_equal(file->mistakes.count, 1);
        yaml_free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_places_are_read),
        cmocka_unit_test(an_empty_file_has_no_root),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(aliases_are_counted_at_each_use),
        cmocka_unit_test(an_alias_is_as_good_as_its_value),
        cmocka_unit_test(deep_files_are_refused),
        cmocka_unit_test(all_unknown_keys_are_told_with_the_nearest),
        cmocka_unit_test(numbers_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
