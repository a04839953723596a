/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Which file a provider is read from, and the stacks that it includes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/provider/provider_parts.h"

#include "folder.h"
#include "shelf.h"
#include "util/array.h"
#include "util/names.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_USER 65534

static void an_included_stack_stands_in_the_entrys_place(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    const struct stack *link;

    shelf_write(shelf, 1, "base",
                "provider: base\n" FIELDS VALIDATE "link: [ { control: required, plugin: b1 },"
                " { control: required, plugin: b2 } ]\n");
    shelf_write(shelf, 0, "p",
                HEAD FIELDS VALIDATE "link: [ { control: required, plugin: a }, { include: base },"
                                     " { control: optional, plugin: c } ]\n");
    provider = shelf_read_good(shelf, "p");
    link = &provider->stacks[HOOK_LINK];
    assert_int_equal(link->count, 4);
    assert_string_equal(link->entries[1].plugin, "b1");
    assert_string_equal(link->entries[2].plugin, "b2");
    assert_string_equal(link->entries[3].plugin, "c");
    assert_string_equal(link->entries[2].file->name, folder_path(shelf->items[1], "base.yaml"));
    provider_free(provider);
}

static void an_included_file_may_have_a_plugin_for_its_stacks(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    const struct stack *link;

    shelf_write(shelf, 1, "base", "provider: base\n" FIELDS "plugin: b\n");
    shelf_write(shelf, 0, "p",
                HEAD FIELDS VALIDATE
                "link: [ { control: required, plugin: a }, { include: base } ]\n");
    provider = shelf_read_good(shelf, "p");
    link = &provider->stacks[HOOK_LINK];
    assert_int_equal(link->count, 2);
    assert_string_equal(link->entries[1].plugin, "b");
    assert_string_equal(link->entries[1].file->name, folder_path(shelf->items[1], "base.yaml"));
    assert_false(link->filled);
    provider_free(provider);
}

static void a_mistake_in_an_included_file_is_its_own(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    char expected[1024];

    snprintf(expected, sizeof expected, "%s:1:20: control: must be",
             shelf_write(shelf, 0, "base", "link: [ { control: maybe, plugin: x } ]\n"));
    shelf_write(shelf, 0, "p",
                HEAD FIELDS VALIDATE "link: [ { include: base }, { include: base } ]\n");
    provider = shelf_read(shelf, "p");
    assert_int_equal(strncmp(fob_provider_mistake(provider, 0), expected, strlen(expected)), 0);
    /* Read twice, told once. */
    assert_null(fob_provider_mistake(provider, 1));
    assert_int_equal(provider_usable(provider), FOB_CONFIG);
    provider_free(provider);
    shelf_write(shelf, 0, "base", "revoke: [ { control: required, plugin: x } ]\n");
    provider = shelf_read(shelf, "p");
    assert_non_null(strstr(fob_provider_mistake(provider, 0), "p.yaml:4:20: base has no link"));
    provider_free(provider);
    if (geteuid() == 0) {
        assert_int_equal(chown(shelf_write(shelf, 0, "base", LINK), OTHER_USER, 0), 0);
        provider = shelf_read(shelf, "p");
        assert_non_null(strstr(fob_provider_mistake(provider, 0), "p.yaml:4:20: base: "));
        assert_non_null(strstr(fob_provider_mistake(provider, 0), "belongs to user 65534"));
        provider_free(provider);
    }
}

/* Every file includes the next one. */
static void write_chain(struct shelf *shelf, unsigned files)
{
    for (unsigned i = 0; i < files; i++) {
        char name[16];
        char text[256];

        snprintf(name, sizeof name, "c%u", i);
        snprintf(text, sizeof text,
                 "provider: c%u\n" FIELDS VALIDATE "link: [ { include: c%u } ]\n", i, i + 1);
        shelf_write(shelf, 0, name, text);
    }
}

static void includes_are_bounded(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;

    write_chain(shelf, STACK_LEVELS);
    shelf_write(shelf, 0, "c16", "provider: c16\n" FIELDS LINK VALIDATE);
    assert_int_equal(STACK_LEVELS, 16);
    provider = shelf_read_good(shelf, "c0");
    assert_int_equal(provider->stacks[HOOK_LINK].count, 1);
    provider_free(provider);
    write_chain(shelf, STACK_LEVELS + 1);
    shelf_write(shelf, 0, "c17", "provider: c17\n" FIELDS LINK VALIDATE);
    provider = shelf_read(shelf, "c0");
    assert_non_null(
        strstr(fob_provider_mistake(provider, 0), "c16.yaml:4:20: c17: nested more than 16 deep"));
    provider_free(provider);
    /* Files that include the next one twice are 2^16 entries. */
    for (unsigned i = 0; i < STACK_LEVELS; i++) {
        char name[16];
        char text[256];

        snprintf(name, sizeof name, "c%u", i);
        snprintf(text, sizeof text,
                 "provider: c%u\n" FIELDS VALIDATE "link: [ { include: c%u }, { include: c%u } ]\n",
                 i, i + 1, i + 1);
        shelf_write(shelf, 0, name, text);
    }
    shelf_write(shelf, 0, "c16", "provider: c16\n" FIELDS LINK VALIDATE);
    provider = shelf_read(shelf, "c0");
    assert_int_equal(provider_usable(provider), FOB_CONFIG);
    assert_non_null(strstr(fob_error(), "more than 256 includes and substacks"));
    provider_free(provider);
}

static void the_first_folder_wins_and_an_empty_file_masks(void **state)
{
    static const char *const empty[] = { "", "# nothing here\n", "---\n" };
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    char **names = NULL;
    size_t count = 0;

    shelf_write(shelf, 0, "p", HEAD FIELDS LINK VALIDATE "title: first\n");
    shelf_write(shelf, 1, "p", HEAD FIELDS LINK VALIDATE "title: second\n");
    shelf_write(shelf, 1, "q", "provider: q\n" FIELDS LINK VALIDATE);
    provider = shelf_read_good(shelf, "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_TITLE), "first");
    provider_free(provider);
    provider = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
        shelf_write(shelf, 0, "p", empty[i]);
        assert_int_equal(provider_read(&shelf->settings, "p", &provider), FOB_NOT_FOUND);
        assert_non_null(strstr(fob_error(), "p: masked by the empty file "));
        assert_null(provider);
        assert_int_equal(provider_names(&shelf->settings, &names, &count), FOB_SUCCESS);
        assert_int_equal(count, 1);
        assert_string_equal(names[0], "q");
        names_free(names, count);
    }
}

/* The title of the p that counts, when the user's file has MINE and the machine's has THEIRS. */
static void title_is(struct shelf *shelf, const char *mine, const char *theirs, const char *title)
{
    struct fob_provider *provider;

    shelf_write(shelf, 0, "p", mine);
    shelf_write(shelf, 1, "p", theirs);
    provider = shelf_read_good(shelf, "p");
    if (strcmp(fob_provider_text(provider, FOB_PROVIDER_TITLE), title) != 0)
        fail_msg("%s, not %s", fob_provider_text(provider, FOB_PROVIDER_FILE), title);
    provider_free(provider);
}

static void what_the_machine_calls_final_is_not_replaced(void **state)
{
    static const char mine[] = HEAD FIELDS LINK VALIDATE "title: mine\n";
    static const char mine_too[] = HEAD FIELDS LINK VALIDATE "title: mine\nfinal: true\n";
    static const char theirs[] = HEAD FIELDS LINK VALIDATE "title: theirs\n";
    static const char open[] = HEAD FIELDS LINK VALIDATE "title: theirs\nfinal: false\n";
    static const char final[] = HEAD FIELDS LINK VALIDATE "title: theirs\nfinal: true\n";
    static const char spelt[] = HEAD FIELDS LINK VALIDATE "title: theirs\n\"fin\\x61l\": true\n";
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    struct strbuf hidden = STRBUF_INIT;

    shelf->settings.machine_providers = (struct path_list){ &shelf->items[1], 1 };
    title_is(shelf, mine, theirs, "mine");
    title_is(shelf, mine, open, "mine");
    title_is(shelf, mine, "", "mine");
    title_is(shelf, mine_too, theirs, "mine");
    title_is(shelf, mine, final, "theirs");
    title_is(shelf, mine, spelt, "theirs");
    title_is(shelf, mine, "no: [ yaml", "mine");
    title_is(shelf, "", final, "theirs");
    title_is(shelf, "no: [ yaml", final, "theirs");
    assert_int_equal(provider_hidden_files(&shelf->settings, "p", "none", &hidden), FOB_SUCCESS);
    assert_non_null(strstr(hidden.data, "first/p.yaml, "));
    strbuf_free(&hidden);
    /* Whatever the configuration names. */
    shelf->settings.providers.count = 1;
    title_is(shelf, mine, final, "theirs");
    /* What cannot be understood may say anything. */
    shelf_write(shelf, 1, "p", "final: [ true\n");
    provider = shelf_read(shelf, "p");
    assert_non_null(strstr(fob_provider_text(provider, FOB_PROVIDER_FILE), "second/p.yaml"));
    provider_free(provider);
    shelf->settings.machine_providers.count = 0;
    shelf->settings.providers.count = 2;
}

static void names_are_sorted_and_what_is_no_provider_is_left_out(void **state)
{
    struct shelf *shelf = *state;
    char **names = NULL;
    size_t count = 0;

    shelf_write(shelf, 1, "b", "x");
    shelf_write(shelf, 0, "c", "x");
    shelf_write(shelf, 1, "c", "x");
    shelf_write(shelf, 0, "a.2", "x");
    shelf_write(shelf, 0, "Upper", "x");
    shelf_write(shelf, 0, ".hidden", "x");
    folder_write(shelf->items[0], "d.yml", "x");
    folder_write(shelf->items[0], "e.yaml.bak", "x");
    folder_write(shelf->items[0], ".yaml", "x");
    assert_int_equal(provider_names(&shelf->settings, &names, &count), FOB_SUCCESS);
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "a.2");
    assert_string_equal(names[1], "b");
    assert_string_equal(names[2], "c");
    names_free(names, count);
}

static void a_name_that_is_none_or_near_is_told(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider = NULL;

    shelf_write(shelf, 0, "charliehr", "provider: charliehr\n" FIELDS LINK VALIDATE);
    assert_int_equal(provider_read(&shelf->settings, "../p", &provider), FOB_INVALID);
    assert_int_equal(provider_read(&shelf->settings, "charliehy", &provider), FOB_NOT_FOUND);
    assert_string_equal(fob_error(), "charliehy: no such provider");
    assert_string_equal(fob_error_hint(), "did you mean charliehr?");
    assert_int_equal(provider_read(&shelf->settings, "zzz", &provider), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "\"fob providers\" lists the providers");
    assert_null(provider);
}

static void a_file_that_is_not_trusted_hides_the_one_behind_it(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider = NULL;

    assert_int_equal(chmod(shelf_write(shelf, 0, "p", HEAD FIELDS LINK VALIDATE), 0646), 0);
    shelf_write(shelf, 1, "p", HEAD FIELDS LINK VALIDATE);
    assert_int_equal(provider_read(&shelf->settings, "p", &provider), FOB_NOT_ALLOWED);
    assert_non_null(strstr(fob_error(), "p.yaml: everybody may write to it (mode 0646)"));
    if (geteuid() == 0) {
        assert_int_equal(chown(shelf_write(shelf, 0, "p", HEAD), OTHER_USER, 0), 0);
        assert_int_equal(provider_read(&shelf->settings, "p", &provider), FOB_NOT_ALLOWED);
        assert_non_null(strstr(fob_error(), "belongs to user 65534"));
    }
    folder_add(shelf->items[0], "dir.yaml");
    assert_int_equal(provider_read(&shelf->settings, "dir", &provider), FOB_NOT_ALLOWED);
    assert_non_null(strstr(fob_error(), "not a regular file"));
    assert_null(provider);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_set_up, shelf_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_included_stack_stands_in_the_entrys_place),
        TEST(an_included_file_may_have_a_plugin_for_its_stacks),
        TEST(a_mistake_in_an_included_file_is_its_own),
        TEST(includes_are_bounded),
        TEST(the_first_folder_wins_and_an_empty_file_masks),
        TEST(what_the_machine_calls_final_is_not_replaced),
        TEST(names_are_sorted_and_what_is_no_provider_is_left_out),
        TEST(a_name_that_is_none_or_near_is_told),
        TEST(a_file_that_is_not_trusted_hides_the_one_behind_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
