/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a plugin must declare, and declarations of older and newer plugins. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene.h"

#include "folder.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void what_is_no_plugin_is_not_loaded(void **state)
{
    static const struct {
        const char *plugin;
        const char *why;
    } cases[] = {
        { "no_symbol", "no_symbol.so: not a fob plugin: it has no symbol fob_plugin" },
        { "wrong_abi", "wrong_abi.so: made for plugin ABI 2, this fob has 1" },
        { "too_small", "too_small.so: its declaration has " },
        { "no_name", "no_name.so: its declaration lacks a name, version or summary" },
        { "bad_option", "bad_option.so: option color: an enum without choices" },
        { "missing_function", "undefined symbol: fob_no_such_function" },
        { "host_function", "undefined symbol: fob_suspend" },
        { "missing_call", "undefined symbol: fob_no_such_function" },
    };
    const struct scene *scene = scene_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char file[64];

        snprintf(file, sizeof file, "%s.so", cases[i].plugin);
        scene_copy_plugin(cases[i].plugin, scene->plugins, file);
        /* Twice: a refusal is not remembered as a success. */
        broken(scene, cases[i].plugin, cases[i].why);
        broken(scene, cases[i].plugin, cases[i].why);
        assert_null(strstr(fob_error(), "/proc/"));
    }
}

static void a_damaged_file_is_not_loaded(void **state)
{
    const struct scene *scene = scene_of(state);
    size_t size;
    char *data = scene_read_plugin("told", &size);

    folder_write(scene->plugins, "text.so", "#!/bin/sh\necho no\n");
    broken(scene, "text", "text.so: cannot be loaded: ");
    assert_null(strstr(fob_error(), "/proc/"));
    folder_write(scene->plugins, "empty.so", "");
    broken(scene, "empty", "empty.so: cannot be loaded: ");
    folder_write_bytes(scene->plugins, "short.so", data, 100);
    broken(scene, "short", "short.so: cannot be loaded: ");
    free(data);
}

static void a_larger_declaration_is_a_newer_one_and_good(void **state)
{
    const struct scene *scene = scene_of(state);

    scene_copy_plugin("larger", scene->plugins, "larger.so");
    load(scene, "larger", "broken");
}

static void an_older_declaration_is_good_and_not_read_past_its_end(void **state)
{
    const struct scene *scene = scene_of(state);

    scene_copy_plugin("older", scene->plugins, "older.so");
    assert_false(declared_has_hook(&load(scene, "older", "broken")->declared, FRAME_HOOK_CHECK));
}

static void options_of_another_size_are_read_by_it(void **state)
{
    static const char *const names[] = { "options_smaller", "options_larger" };
    const struct scene *scene = scene_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct declaration *declared;
        char file[64];

        snprintf(file, sizeof file, "%s.so", names[i]);
        scene_copy_plugin(names[i], scene->plugins, file);
        declared = &load(scene, names[i], "options")->declared;
        assert_int_equal(declared->option_count, 2);
        assert_string_equal(declared->options[0].name, "first");
        assert_string_equal(declared->options[1].name, "second");
        assert_string_equal(declared->options[1].value, "8");
        assert_int_equal(declared->options[1].max, 9);
    }
    assert_null(load(scene, "options_smaller", "options")->declared.options[0].summary);
    assert_string_equal(load(scene, "options_larger", "options")->declared.options[0].summary,
                        "The first");
}

static void options_that_use_what_is_newer_or_have_no_size_are_refused(void **state)
{
    const struct scene *scene = scene_of(state);

    scene_copy_plugin("options_newer", scene->plugins, "newer.so");
    broken(scene, "newer", "newer.so: option number 2 asks for something that only a newer");
    scene_copy_plugin("options_unsized", scene->plugins, "unsized.so");
    broken(scene, "unsized", "unsized.so: its options cannot have 0 bytes each");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_plugin_is_not_loaded),
        TEST(a_damaged_file_is_not_loaded),
        TEST(a_larger_declaration_is_a_newer_one_and_good),
        TEST(an_older_declaration_is_good_and_not_read_past_its_end),
        TEST(options_of_another_size_are_read_by_it),
        TEST(options_that_use_what_is_newer_or_have_no_size_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
