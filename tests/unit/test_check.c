/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob_check(): every mistake in one run, and the gravest code. */
#include "config.h"

#include "util/array.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct findings {
    char good[8192];
    char bad[8192];
};

static void keep(bool good, const char *text, void *data)
{
    struct findings *findings = data;
    char *lines = good ? findings->good : findings->bad;
    size_t used = strlen(lines);

    assert_null(strchr(text, '\n'));
    snprintf(lines + used, sizeof findings->good - used, "%s\n", text);
}

static int check(struct fob_context *context, struct findings *findings)
{
    *findings = (struct findings){ "", "" };
    return fob_check(context, keep, findings);
}

static void assert_found(const char *lines, const char *words)
{
    if (strstr(lines, words) == NULL)
        fail_msg("%s is not in:\n%s", words, lines);
}

static void what_is_in_order_is_good(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    world_link(world, "acme", "id");
    expect(check(world->context, &findings), FOB_SUCCESS, "");
    assert_string_equal(findings.bad, "");
    assert_found(findings.good, "configuration ");
    assert_found(findings.good, "fob.yaml\n");
    assert_found(findings.good, "provider told: ");
    assert_found(findings.good, "store /");
    assert_found(findings.good, "key file /");
    assert_found(findings.good, "log /");
    assert_found(findings.good, "the store is opened by the key file, slot 1\n");
    assert_found(findings.good, "store: 1 of 1 record can be read\n");
}

static void every_provider_is_checked_with_its_plugins_and_options(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    world_provider(world, "b-broken", "provider: b-broken\ntilte: B\nfields: []\n");
    world_provider(world, "c-plugin",
                   "provider: c-plugin\nfields: [ { name: a } ]\n"
                   "link: [ { control: required, plugin: absent } ]\n"
                   "validate: [ { control: required, plugin: wrong_abi } ]\n");
    world_provider(world, "d-option",
                   "provider: d-option\nfields: [ { name: a } ]\n"
                   "link: [ { control: required, plugin: told, options: { resalt: x } } ]\n"
                   "validate: [ { control: required, plugin: told, options: { timeout: 99 } } ]\n");
    world_provider(world, "e-syntax", "provider: [\n");
    world_provider(world, "f-judged",
                   "provider: f-judged\nfields: [ { name: a } ]\n"
                   "link: [ { control: optional, plugin: told } ]\n"
                   "validate: [ { control: optional, plugin: told } ]\n"
                   "options: { mistakes: [ entry, name ], name: x }\n");
    world_provider(world, "masked", "");
    expect(check(world->context, &findings), FOB_CONFIG, "something is wrong");
    assert_found(findings.bad, "b-broken.yaml:2:1: unknown key tilte; did you mean title?\n");
    assert_found(findings.bad, "b-broken.yaml:3:9: fields: must be a list of 1 to 32 fields\n");
    assert_found(findings.bad,
                 "b-broken.yaml:1:1: link: missing; \"plugin: NAME\" would fill it\n");
    assert_found(findings.bad, "c-plugin.yaml:3:9: plugin absent: no absent.so in ");
    assert_found(findings.bad, "c-plugin.yaml:4:13: ");
    assert_found(findings.bad, "made for plugin ABI 2");
    assert_found(findings.bad, "d-option.yaml:3:55: unknown key resalt; did you mean result?\n");
    assert_found(findings.bad, "d-option.yaml:4:68: timeout: must be from 1 to 60 seconds\n");
    assert_found(findings.bad, "e-syntax.yaml:2:1: ");
    assert_found(findings.bad, "f-judged.yaml:3:9: is not right\n");
    assert_found(findings.bad, "f-judged.yaml:4:13: is not right\n");
    assert_found(findings.bad, "f-judged.yaml:5:45: name: is not right\n");
    assert_null(strstr(findings.bad, "masked"));
    /* The good one beside them is good. */
    assert_found(findings.good, "provider told: ");
    assert_null(strstr(findings.good, "provider b-broken"));
    assert_null(strstr(findings.good, "provider d-option"));
}

static void each_mistake_in_a_tree_has_its_place(void **state)
{
    static const char text[] = "provider: tree\nfields: [ { name: a } ]\nplugin: told\n"
                               "options:\n"
                               "  tree:\n"
                               "    name: bad\n"
                               "    liste: [ 1 ]\n"
                               "    map: { name: bad, color: x }\n"
                               "    list:\n"
                               "      - good\n"
                               "      - { map: { list: [ true, bad ] } }\n";
    static const char *const wanted[] = {
        "tree.yaml:6:11: tree: is not right\n",
        "tree.yaml:7:5: tree: unknown key liste; did you mean list?\n",
        "tree.yaml:8:18: tree: is not right\n",
        "tree.yaml:8:23: tree: unknown key color\n",
        "tree.yaml:11:32: tree: is not right\n",
    };
    struct world *world = world_of(state);
    struct findings findings;

    world_provider(world, "tree", text);
    expect(check(world->context, &findings), FOB_CONFIG, "something is wrong");
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        assert_found(findings.bad, wanted[i]);
    /* Each once, although there are four stacks. */
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        assert_null(strstr(strstr(findings.bad, wanted[i]) + 1, wanted[i]));
}

static void a_plugin_alone_is_a_plugins_fault(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    world_provider(world, "c",
                   "provider: c\nfields: [ { name: a } ]\n"
                   "link: [ { control: required, plugin: told } ]\n"
                   "validate: [ { control: required, plugin: no_symbol } ]\n");
    expect(check(world->context, &findings), FOB_PLUGIN, "something is wrong");
    assert_found(findings.bad, "c.yaml:4:13: ");
    assert_found(findings.bad, "not a fob plugin: it has no symbol fob_plugin\n");
}

/* fob.yaml's http is good by itself, but not to this plugin. */
static void a_value_of_fob_yaml_that_a_plugin_refuses_is_found(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;
    struct fob_context *context = NULL;
    char config[8192];

    snprintf(config, sizeof config,
             "store: { path: %1$s/store }\nkey_file: %1$s/key\nplugins: [ %2$s ]\n"
             "providers: [ %1$s/providers.d ]\nhttp: { timeout: 61 }\n%3$s",
             world->folder, TEST_PLUGIN_FOLDER, world_permission());
    expect(fob_open(folder_write(world->folder, "other.yaml", config), &context), FOB_SUCCESS, "");
    expect(check(context, &findings), FOB_CONFIG, "");
    assert_found(findings.bad, "other.yaml:5:18: timeout: must be from 1 to 60 seconds\n");
    fob_close(context);
}

static void a_provider_file_that_others_may_write_is_found(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    assert_int_equal(chmod(folder_path(world->folder, "providers.d/told.yaml"), 0666), 0);
    expect(check(world->context, &findings), FOB_NOT_ALLOWED, "");
    assert_found(findings.bad, "told.yaml: everybody may write to it (mode 0666)");
}

static void mistakes_of_every_kind_are_told_in_one_run(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    world_provider(world, "broken",
                   "provider: broken\ntitle: B\nfoo: 1\nfields: [ { name: a, title: A } ]\n"
                   "link:\n  - { control: required, plugin: nosuch }\n"
                   "  - { control: required, plugin: told, options: { bar: 1 } }\n"
                   "validate: [ { control: required, plugin: told, options: { baz: 1 } } ]\n");
    expect(check(world->context, &findings), FOB_PLUGIN, "");
    assert_found(findings.bad, "broken.yaml:3:1: unknown key foo");
    assert_found(findings.bad, "broken.yaml:6:5: plugin nosuch: no nosuch.so in");
    assert_found(findings.bad, "broken.yaml:7:");
    assert_found(findings.bad, "broken.yaml:8:");
}

static void damaged_data_comes_before_everything_else(void **state)
{
    struct world *world = world_of(state);
    struct findings findings;

    world_link(world, "acme", "id");
    world_link(world, "good", "id");
    world_provider(world, "broken", "provider: broken\n");
    assert_int_equal(truncate(folder_path(world->folder, "store/accounts/acme"), 50), 0);
    expect(check(world->context, &findings), FOB_CORRUPT, "");
    assert_found(findings.bad, "accounts/acme");
    assert_found(findings.bad, "broken.yaml:1:1: link: missing");
    assert_null(strstr(findings.bad, "accounts/good"));
}

static void no_store_and_no_key_are_told_apart(void **state)
{
    struct world *world = world_of(state);
    struct fob_context *context = NULL;
    struct findings findings;
    char config[8192];

    world_link(world, "acme", "id");
    snprintf(config, sizeof config,
             "store: { path: %1$s/none }\nkey_file: %1$s/key\nproviders: [ %1$s/providers.d ]\n"
             "plugins: [ %2$s ]\n%3$s",
             world->folder, TEST_PLUGIN_FOLDER, world_permission());
    expect(fob_open(folder_write(world->folder, "none.yaml", config), &context), FOB_SUCCESS, "");
    expect(check(context, &findings), FOB_NOT_FOUND, "");
    fob_close(context);
    assert_int_equal(unlink(folder_path(world->folder, "key")), 0);
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &context), FOB_SUCCESS, "");
    expect(check(context, &findings), FOB_LOCKED, "");
    assert_found(findings.bad, "/key: ");
    fob_close(context);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_in_order_is_good),
        TEST(every_provider_is_checked_with_its_plugins_and_options),
        TEST(each_mistake_in_a_tree_has_its_place),
        TEST(a_plugin_alone_is_a_plugins_fault),
        TEST(a_value_of_fob_yaml_that_a_plugin_refuses_is_found),
        TEST(a_provider_file_that_others_may_write_is_found),
        TEST(mistakes_of_every_kind_are_told_in_one_run),
        TEST(damaged_data_comes_before_everything_else),
        TEST(no_store_and_no_key_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
