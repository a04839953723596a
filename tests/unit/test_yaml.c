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

#include "folder.h"
#include "util/array.h"
#include "util/strbuf.h"
#include "util/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct yaml_file *read_bytes(const char *text, size_t size)
{
    struct yaml_file *file = NULL;

    assert_int_equal(yaml_read_text("f", text, size, &file), FOB_SUCCESS);
    return file;
}

static struct yaml_file *read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void values_and_places_are_read(void **state)
{
    struct yaml_file *file = read_text("a: one\nb:\n  - x\n  - 'y'\n");
    const struct yaml_node *b = yaml_get(file->root, "b");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_string_equal(yaml_get(file->root, "a")->text, "one");
    assert_int_equal(b->count, 2);
    assert_true(b->values[0]->plain);
    assert_int_equal(b->values[1]->line, 4);
    assert_int_equal(b->values[1]->column, 5);
    assert_false(b->values[1]->plain);
    yaml_file_free(file);
}

static void a_file_without_values_has_no_root(void **state)
{
    static const char *const empty[] = { "", "# nothing\n", "---\n", "---\n# nothing\n...\n" };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
        struct yaml_file *file = read_text(empty[i]);

        assert_null(file->root);
        assert_true(yaml_file_is_empty(file));
        yaml_file_free(file);
    }
}

static void lines_may_end_as_in_dos(void **state)
{
    struct yaml_file *file = read_text("a: |\r\n  one\r\n  two\r\n");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_string_equal(yaml_get(file->root, "a")->text, "one\ntwo\n");
    yaml_file_free(file);
}

static const struct {
    const char *text;
    const char *mistake;
} wrong[] = {
    { "a: 1\na: 2\n", "f:2:1: a: given twice, first in line 1" },
    { "? [x]\n: 1\n", "f:1:3: a key must be text" },
    { "? {x: y}\n: 1\n", "f:1:3: a key must be text" },
    { "'': 1\n", "f:1:1: a key must be text" },
    { "a: 1\n---\nb: 2\n", "f:2:1: a file holds one document" },
    { "a: !!python/object x\n", "f:1:4: tags are not used here" },
    { "a: !mine [x]\n", "f:1:4: tags are not used here" },
    { "a: !!set {x}\n", "f:1:4: tags are not used here" },
    { "a: &x [*x]\n", "f:1:8: an alias to what holds it" },
    { "a: &x { b: { c: *x } }\n", "f:1:17: an alias to what holds it" },
    { "a: *nobody\n", "f:1:4: an alias without an anchor before it" },
    { "a: \"\\0\"\n", "f:1:4: a control character cannot be used" },
    { "a: \"\\e[31m\"\n", "f:1:4: a control character cannot be used" },
    { "a: \"\\x9b31m\"\n", "f:1:4: a control character cannot be used" },
};

static void mistakes_have_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct yaml_file *file = read_text(wrong[i].text);

        if (file->mistakes.count != 1 || strcmp(file->mistakes.lines[0], wrong[i].mistake) != 0)
            fail_msg("case %zu: %zu mistakes, %s", i, file->mistakes.count,
                     file->mistakes.count > 0 ? file->mistakes.lines[0] : "none");
        yaml_file_free(file);
    }
}

static const struct {
    const char *text;
    const char *place;
} broken[] = {
    { "a: 1\nb: [\n", "f:3:1: " },
    { "a: 'x\n", "f:2:1: " },
    { "a: 1\n\tb: 2\n", "f:2:1: " },
    { "a: 1\nbb: \xff\n", "f:2:5: " },
    { "a: \xc3\xa9\xc0\xaf\n", "f:1:5: " },
    { "a: \x01\n", "f:1:4: " },
    { "\xff\xfe"
      "a:",
      "f:1:1: " },
};

static void bad_syntax_ends_the_file_and_is_the_only_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
        struct yaml_file *file = read_text(broken[i].text);

        if (file->mistakes.count != 1 ||
            strncmp(file->mistakes.lines[0], broken[i].place, strlen(broken[i].place)) != 0)
            fail_msg("case %zu: %zu mistakes, %s", i, file->mistakes.count,
                     file->mistakes.count > 0 ? file->mistakes.lines[0] : "none");
        assert_null(file->root);
        assert_false(yaml_file_is_empty(file));
        yaml_file_free(file);
    }
}

static void a_nul_byte_is_refused(void **state)
{
    struct yaml_file *file = read_bytes("a: b\0c\n", 7);

    (void)state;
    assert_int_equal(file->mistakes.count, 1);
    assert_memory_equal(file->mistakes.lines[0], "f:1:5: ", 7);
    yaml_file_free(file);
}

static void all_mistakes_are_found_in_one_run(void **state)
{
    struct yaml_file *file = read_text("a: 1\na: 2\nb: !x 3\nc: *d\na: 4\n");

    (void)state;
    assert_int_equal(file->mistakes.count, 4);
    yaml_file_free(file);
}

static void no_mistake_is_reported_twice(void **state)
{
    struct yaml_file *file = read_text("a: x\n");

    (void)state;
    yaml_mistake(file, file->root, "wrong");
    yaml_mistake(file, file->root, "wrong");
    yaml_mistake(file, NULL, "wrong too");
    assert_int_equal(file->mistakes.count, 2);
    assert_string_equal(file->mistakes.lines[1], "f:1:1: wrong too");
    yaml_file_free(file);
}

static void mistakes_are_printable(void **state)
{
    struct yaml_file *file = read_text("a: x\n");

    (void)state;
    yaml_mistake(file, file->root, "no \x1b[31m here");
    assert_string_equal(file->mistakes.lines[0], "f:1:1: no ?[31m here");
    yaml_file_free(file);
}

static void an_alias_is_as_good_as_its_value(void **state)
{
    struct yaml_file *file = read_text("a: &a { x: [1, 2] }\nb: *a\nc: &a two\nd: *a\n");
    const struct yaml_node *list = yaml_get(yaml_get(file->root, "b"), "x");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_string_equal(list->values[1]->text, "2");
    assert_int_equal(list->line, 1);
    assert_string_equal(yaml_get(file->root, "d")->text, "two");
    yaml_file_free(file);
}

/* A value that is not in the tree must not be freed while an alias may name it. */
static void a_refused_value_can_still_be_named(void **state)
{
    struct yaml_file *file = read_text("a: 1\na: &x [y]\nb: *x\n? &k [z]\n: 1\nc: *k\n");

    (void)state;
    assert_int_equal(file->mistakes.count, 2);
    assert_string_equal(yaml_get(file->root, "b")->values[0]->text, "y");
    assert_string_equal(yaml_get(file->root, "c")->values[0]->text, "z");
    yaml_file_free(file);
}

static void merge_keys_are_keys_like_any_other(void **state)
{
    static const char *const known[] = { "a", "b" };
    struct yaml_file *file = read_text("a: &a { x: y }\nb:\n  <<: *a\n");

    (void)state;
    assert_null(yaml_get(yaml_get(file->root, "b"), "x"));
    assert_true(yaml_map(file, yaml_get(file->root, "b"), known, 2));
    assert_int_equal(file->mistakes.count, 1);
    assert_string_equal(file->mistakes.lines[0], "f:3:3: unknown key <<");
    yaml_file_free(file);
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
    assert_null(file->root);
    yaml_file_free(file);
}

/* Read TEXT and TAIL with a number between, repeated up to the largest file, which must end with
 * the one mistake WHY.  A reader that looks at its bounds only afterwards takes minutes. */
static void read_many(const char *text, const char *tail, const char *why)
{
    struct strbuf many = STRBUF_INIT;
    struct yaml_file *file;

    for (size_t i = 0; many.size + 40 < YAML_FILE_MAX; i++) {
        strbuf_add_text(&many, text);
        if (tail != NULL)
            strbuf_printf(&many, "%zu%s", i, tail);
    }
    file = read_bytes(many.data, many.size);
    assert_int_equal(file->mistakes.count, 1);
    if (strstr(file->mistakes.lines[0], why) == NULL)
        fail_msg("%s", file->mistakes.lines[0]);
    yaml_file_free(file);
    strbuf_free(&many);
}

static void hostile_files_end_soon(void **state)
{
    (void)state;
    read_many("[", NULL, "nested too deeply");
    read_many("{a: ", NULL, "nested too deeply");
    read_many("? ", NULL, "nested too deeply");
    read_many("- &a", " x\n", "too many anchors");
    read_many("- x\n", NULL, "too many values");
}

static void thirty_two_levels_are_allowed(void **state)
{
    struct yaml_file *file =
        read_text("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");

    (void)state;
    assert_int_equal(file->mistakes.count, 0);
    assert_non_null(file->root);
    yaml_file_free(file);
}

static void unknown_keys_are_reported_with_the_nearest(void **state)
{
    static const char *const known[] = { "title", "fields" };
    struct yaml_file *file = read_text("tilte: x\nfields: []\nzzz: 1\n");

    (void)state;
    assert_true(yaml_map(file, file->root, known, 2));
    assert_int_equal(file->mistakes.count, 2);
    assert_string_equal(file->mistakes.lines[0], "f:1:1: unknown key tilte; did you mean title?");
    assert_string_equal(file->mistakes.lines[1], "f:3:1: unknown key zzz");
    assert_false(yaml_map(file, yaml_get(file->root, "fields"), known, 2));
    assert_string_equal(file->mistakes.lines[2], "f:2:9: must be a map of keys and values");
    yaml_file_free(file);
}

static void numbers_are_checked(void **state)
{
    static const char *const bad[] = { "a: x",    "a: 1x",       "a: -4",
                                       "a: 11",   "a: 1.5",      "a: +5",
                                       "a: ' 5'", "a: \"\\n5\"", "a: 99999999999999999999",
                                       "a: []",   "a:",          "a: '-'" };
    int64_t value = 0;
    struct yaml_file *file = read_text("a: -3");

    (void)state;
    assert_true(yaml_integer(file, yaml_get(file->root, "a"), -3, 10, &value));
    assert_int_equal(value, -3);
    yaml_file_free(file);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        file = read_text(bad[i]);
        if (yaml_integer(file, yaml_get(file->root, "a"), -3, 10, &value))
            fail_msg("%s was taken for a number from -3 to 10", bad[i]);
        assert_int_equal(file->mistakes.count, 1);
        assert_int_equal(value, -3);
        yaml_file_free(file);
    }
}

static void booleans_are_true_or_false(void **state)
{
    static const char *const bad[] = { "a: yes", "a: True", "a: 1", "a:", "a: [true]" };
    struct yaml_file *file = read_text("a: true\nb: false\n");
    bool value = false;

    (void)state;
    assert_true(yaml_boolean(file, yaml_get(file->root, "a"), &value));
    assert_true(value);
    assert_true(yaml_boolean(file, yaml_get(file->root, "b"), &value));
    assert_false(value);
    yaml_file_free(file);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        file = read_text(bad[i]);
        if (yaml_boolean(file, yaml_get(file->root, "a"), &value))
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(file->mistakes.count, 1);
        yaml_file_free(file);
    }
}

static void only_regular_files_are_read(void **state)
{
    char *folder = folder_make(NULL);
    const char *fifo = folder_path(folder, "fifo");
    struct yaml_file *file = NULL;

    (void)state;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(yaml_read_path(fifo, geteuid(), &file), FOB_NOT_ALLOWED);
    assert_int_equal(yaml_read_path(folder, geteuid(), &file), FOB_NOT_ALLOWED);
    assert_int_equal(yaml_read_path("/dev/null", geteuid(), &file), FOB_NOT_ALLOWED);
    assert_int_equal(yaml_read_path(folder_path(folder, "none"), geteuid(), &file), FOB_NOT_FOUND);
    assert_int_equal(yaml_read_path(folder_path(folder, "fifo/none"), geteuid(), &file),
                     FOB_NOT_FOUND);
    assert_null(file);
    folder_remove(folder);
}

static void files_that_others_may_write_are_refused(void **state)
{
    char *folder = folder_make(NULL);
    const char *path = folder_write(folder, "a.yaml", "a: 1\n");
    struct yaml_file *file = NULL;

    (void)state;
    assert_int_equal(chmod(path, 0664), 0);
    assert_int_equal(yaml_read_path(path, geteuid(), &file), FOB_NOT_ALLOWED);
    assert_int_equal(chmod(path, 0646), 0);
    assert_int_equal(yaml_read_path(path, geteuid(), &file), FOB_NOT_ALLOWED);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(yaml_read_path(path, geteuid(), &file), FOB_SUCCESS);
    assert_string_equal(file->name, path);
    yaml_file_free(file);
    folder_remove(folder);
}

static void a_file_over_the_limit_is_a_mistake(void **state)
{
    char *folder = folder_make(NULL);
    char *text = malloc(YAML_FILE_MAX + 1);
    struct yaml_file *file = NULL;

    (void)state;
    assert_non_null(text);
    memset(text, '#', YAML_FILE_MAX + 1);
    assert_int_equal(
        yaml_read_path(folder_write_bytes(folder, "a", text, YAML_FILE_MAX + 1), geteuid(), &file),
        FOB_SUCCESS);
    assert_int_equal(file->mistakes.count, 1);
    assert_non_null(strstr(file->mistakes.lines[0], "/a:1:1: larger than 1048576 bytes"));
    yaml_file_free(file);
    assert_int_equal(
        yaml_read_path(folder_write_bytes(folder, "a", text, YAML_FILE_MAX), geteuid(), &file),
        FOB_SUCCESS);
    assert_int_equal(file->mistakes.count, 0);
    yaml_file_free(file);
    free(text);
    folder_remove(folder);
}

/* The rest has its places, whatever is left out. */
static void a_key_can_be_left_out(void **state)
{
    static const char *const with[] = {
        "a: 1\nskip:\n  - x: [\n\n# margin\n- }\nb: 2\n",
        "---\na: 1\nskip: &s {\n  x: y }\n\n\nb: 2\n",
        "a: 1\r\nskip: x\r\n\r\n\r\n\r\n\r\nb: 2\r\n",
    };
    static const char *const as_it_is[] = {
        "{\nskip: 1,\nb: 2 }\n",
        "skipped: 1\nb: 2\n",
        "a: |\n  x\n  skip: 1\nb: 2\n",
        "a:\n  skip: 1\nb: 2\n",
    };
    char *folder = folder_make(NULL);
    struct yaml_file *file = NULL;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(with); i++) {
        assert_int_equal(
            yaml_read_path_without(folder_write(folder, "a", with[i]), geteuid(), "skip", &file),
            FOB_SUCCESS);
        assert_int_equal(file->mistakes.count, 0);
        assert_int_equal(file->root->count, 2);
        assert_int_equal(yaml_get(file->root, "b")->line, 7);
        yaml_file_free(file);
    }
    for (size_t i = 0; i < ARRAY_SIZE(as_it_is); i++) {
        assert_int_equal(yaml_read_path_without(folder_write(folder, "a", as_it_is[i]), geteuid(),
                                                "skip", &file),
                         FOB_SUCCESS);
        assert_int_equal(file->mistakes.count, 0);
        assert_int_equal(file->root->count, 2);
        yaml_file_free(file);
    }
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_places_are_read),
        cmocka_unit_test(a_file_without_values_has_no_root),
        cmocka_unit_test(lines_may_end_as_in_dos),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(bad_syntax_ends_the_file_and_is_the_only_mistake),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(all_mistakes_are_found_in_one_run),
        cmocka_unit_test(no_mistake_is_reported_twice),
        cmocka_unit_test(mistakes_are_printable),
        cmocka_unit_test(an_alias_is_as_good_as_its_value),
        cmocka_unit_test(a_refused_value_can_still_be_named),
        cmocka_unit_test(merge_keys_are_keys_like_any_other),
        cmocka_unit_test(aliases_are_counted_at_each_use),
        cmocka_unit_test(hostile_files_end_soon),
        cmocka_unit_test(thirty_two_levels_are_allowed),
        cmocka_unit_test(unknown_keys_are_reported_with_the_nearest),
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(booleans_are_true_or_false),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(files_that_others_may_write_are_refused),
        cmocka_unit_test(a_file_over_the_limit_is_a_mistake),
        cmocka_unit_test(a_key_can_be_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
