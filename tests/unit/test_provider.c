/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Provider files: everything that fob-provider(5) allows, and every mistake with its place. */
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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char every_key[] =
    "provider: p\n"
    "title: Provider P\n"
    "website: https://p.example\n"
    "identity: company\n"
    "shared_key: true\n"
    "guide: |\n  Line one\n  Line two\n"
    "fields:\n"
    "  - { name: key, title: Key, description: From there, example: abc, pattern: '[a-c]+',\n"
    "      enum: [ abc, cab ], default: cab }\n"
    "  - { name: secret-2, secret: true, optional: true }\n"
    "link:\n"
    "  - { control: required, plugin: x, options: { a: 1 }, sha256:\n"
    "      0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789 }\n"
    "  - { control: optional, plugin: /usr/lib/y.so, sandbox: exec }\n"
    "validate: [ { control: { success: ok, default: die }, plugin: x } ]\n"
    "revoke: [ { control: sufficient, plugin: x } ]\n"
    "authorize: [ { control: requisite, plugin: z } ]\n"
    "options: { base_url: https://p.example/api }\n"
    "budget: { per_minute: 30 }\n";

static void the_guide_says_that_a_file_is_untried(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;

    shelf_write(shelf, 0, "p",
                "provider: p\nplugin: x\nfields: [ { name: a } ]\nuntried: true\n"
                "guide: |\n  Ask.\n");
    provider = shelf_read_good(shelf, "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_GUIDE),
                        "Ask.\n\nThis provider's file was not tried with a live account.\n");
    provider_free(provider);
}

static void every_key_is_read(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    const struct fob_provider_field *field;
    const struct stack *link;

    shelf_write(shelf, 0, "p", every_key);
    provider = shelf_read_good(shelf, "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_NAME), "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_TITLE), "Provider P");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_WEBSITE), "https://p.example");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_IDENTITY), "company");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_GUIDE), "Line one\nLine two\n");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_FILE),
                        folder_path(shelf->items[0], "p.yaml"));
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_TEXT_COUNT), "");
    assert_true(fob_provider_shares_key(provider));
    assert_int_equal(provider->budget_per_minute, 30);
    assert_string_equal(yaml_get(provider->options, "base_url")->text, "https://p.example/api");
    field = fob_provider_field(provider, 0);
    assert_int_equal(field->size, sizeof *field);
    assert_non_null(field);
    assert_string_equal(field->name, "key");
    assert_string_equal(field->title, "Key");
    assert_string_equal(field->description, "From there");
    assert_string_equal(field->example, "abc");
    assert_string_equal(field->value, "cab");
    assert_false(field->secret || field->optional);
    field = fob_provider_field(provider, 1);
    assert_non_null(field);
    assert_string_equal(field->title, "secret-2");
    assert_true(field->secret && field->optional);
    assert_null(fob_provider_field(provider, 2));
    assert_string_equal(field->name, "secret-2");
    link = &provider->stacks[HOOK_LINK];
    assert_int_equal(link->count, 2);
    assert_string_equal(link->entries[0].plugin, "x");
    assert_string_equal(yaml_get(link->entries[0].options, "a")->text, "1");
    assert_non_null(link->entries[0].pins);
    assert_string_equal(link->entries[1].plugin, "/usr/lib/y.so");
    assert_null(link->entries[1].pins);
    assert_true(link->entries[1].sandbox.set);
    assert_int_equal(link->entries[1].sandbox.max, FOB_NEEDS_EXEC);
    assert_false(link->entries[0].sandbox.set);
    assert_int_equal(provider->stacks[HOOK_VALIDATE].entries[0].control.actions[FOB_DENIED],
                     ACTION_DIE);
    assert_string_equal(provider->stacks[HOOK_REVOKE].entries[0].control.keyword, "sufficient");
    assert_string_equal(provider->stacks[HOOK_AUTHORIZE].entries[0].plugin, "z");
    provider_free(provider);
}

static void what_is_not_said_has_a_default(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    const struct fob_provider_field *field;

    shelf_write(shelf, 0, "p", HEAD FIELDS LINK VALIDATE);
    provider = shelf_read_good(shelf, "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_TITLE), "p");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_IDENTITY), "account");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_GUIDE), "");
    assert_string_equal(fob_provider_text(provider, FOB_PROVIDER_WEBSITE), "");
    assert_false(fob_provider_shares_key(provider));
    field = fob_provider_field(provider, 0);
    assert_non_null(field);
    assert_string_equal(field->title, "a");
    assert_string_equal(field->value, "");
    assert_false(provider->stacks[HOOK_REVOKE].present);
    assert_int_equal(provider->stacks[HOOK_REVOKE].count, 0);
    /* Link's entries serve. */
    assert_false(provider->stacks[HOOK_AUTHORIZE].present);
    assert_int_equal(provider->stacks[HOOK_AUTHORIZE].count, 1);
    provider_free(provider);
}

static void base_url_may_have_the_files_fields(void **state)
{
    static const struct {
        const char *url;
        const char *fault;
    } cases[] = {
        { "https://{a}.example/{a}/x", NULL },
        { "https://{a}/", NULL },
        { "https://{b}.example", "its host has a character" },
        { "https://hr.example/{b}", "it has a character that no URL has" },
        { "https://hr.example/{a", "it has a character that no URL has" },
        { "https://hr.example/a}", "it has a character that no URL has" },
        { "{a}://hr.example", "it must begin with https://" },
        { "http://{a}.example", "plain http is allowed only" },
        { "https://{a}@hr.example", "it must not have a user name" },
        { "https://hr.example:{a}", "its port must be a number" },
        { "https://hr.example/{a}/..", "it must not have '.' or '..'" },
    };
    struct shelf *shelf = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fob_provider *provider;
        const char *mistake;
        char text[512];

        snprintf(text, sizeof text, HEAD FIELDS LINK VALIDATE "options: { base_url: '%s' }\n",
                 cases[i].url);
        shelf_write(shelf, 0, "p", text);
        provider = shelf_read(shelf, "p");
        mistake = fob_provider_mistake(provider, 0);
        if ((mistake == NULL) != (cases[i].fault == NULL) ||
            (mistake != NULL && (strstr(mistake, "p.yaml:5:22: base_url: ") == NULL ||
                                 strstr(mistake, cases[i].fault) == NULL)))
            fail_msg("%s: %s", cases[i].url, mistake);
        provider_free(provider);
    }
}

static void the_files_plugin_fills_the_stacks_that_are_missing(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;

    shelf_write(shelf, 0, "p", HEAD FIELDS VALIDATE "plugin: y\n");
    provider = shelf_read_good(shelf, "p");
    for (int hook = 0; hook < HOOK_COUNT; hook++) {
        const struct stack *stack = &provider->stacks[hook];

        assert_true(stack->present);
        assert_int_equal(stack->filled, hook != HOOK_VALIDATE);
        assert_int_equal(stack->count, 1);
        assert_string_equal(stack->entries[0].plugin, stack->filled ? "y" : "x");
        assert_string_equal(stack->entries[0].control.keyword, "required");
        assert_int_equal(stack->entries[0].node->line, stack->filled ? 4 : 3);
    }
    provider_free(provider);
}

struct mistake_case {
    const char *text;
    const char *mistake; /* after "FILE:" */
};

#define FIELD(text) HEAD LINK VALIDATE "fields:\n  - { " text " }\n"
#define ENTRY(text) HEAD FIELDS VALIDATE "link:\n  - { " text " }\n"

static const struct mistake_case mistakes[] = {
    /* The file. */
    { "[", "2:1: " },
    { "- a\n", "1:1: must be a map of keys and values" },
    { "text\n", "1:1: must be a map of keys and values" },
    { FIELDS LINK VALIDATE, "1:1: provider: missing" },
    { "provider: q\n" FIELDS LINK VALIDATE, "1:11: provider: must be p, as the file's name is" },
    { "provider: [ p ]\n" FIELDS LINK VALIDATE, "1:11: must be text" },
    { HEAD FIELDS LINK VALIDATE "tilte: P\n", "5:1: unknown key tilte; did you mean title?" },
    { HEAD FIELDS LINK VALIDATE "color: red\n", "5:1: unknown key color" },
    { HEAD FIELDS LINK VALIDATE "title: a\ntitle: b\n", "6:1: " },
    { HEAD FIELDS LINK VALIDATE "title: [ a ]\n", "5:8: must be text" },
    { HEAD FIELDS LINK VALIDATE "title: ''\n", "5:8: title: must not be empty" },
    { HEAD "fields: [ { name: a, title: '' } ]\n" LINK VALIDATE, "2:29: title: must not be" },
    { HEAD FIELDS LINK VALIDATE "identity: \"\"\n", "5:11: identity: must not be empty" },
    { HEAD FIELDS LINK VALIDATE "website: { a: b }\n", "5:10: must be text" },
    { HEAD FIELDS LINK VALIDATE "guide: [ a ]\n", "5:8: must be text" },
    { HEAD FIELDS LINK VALIDATE "identity: [ a ]\n", "5:11: must be text" },
    { HEAD FIELDS LINK VALIDATE "shared_key: yes\n", "5:13: must be true or false" },
    { HEAD FIELDS LINK VALIDATE "options: [ a ]\n", "5:10: options: must be a map" },
    { HEAD FIELDS LINK VALIDATE "budget: 30\n", "5:9: must be a map of keys and values" },
    { HEAD FIELDS LINK VALIDATE "budget: {}\n", "5:9: per_minute: missing" },
    { HEAD FIELDS LINK VALIDATE "budget: { per_minut: 3 }\n",
      "5:11: unknown key per_minut; did you mean per_minute?" },
    { HEAD FIELDS LINK VALIDATE "budget: { per_minute: 0 }\n",
      "5:23: must be a whole number from 1 to 1000000" },
    { HEAD FIELDS LINK VALIDATE "budget: { per_minute: 1000001 }\n", "5:23: must be a whole" },
    { HEAD FIELDS LINK VALIDATE "budget: { per_minute: often }\n", "5:23: must be a whole" },
    /* Fields. */
    { HEAD LINK VALIDATE, "1:1: fields: missing" },
    { HEAD LINK VALIDATE "fields: []\n", "4:9: fields: must be a list of 1 to 32 fields" },
    { HEAD LINK VALIDATE "fields: { name: a }\n", "4:9: fields: must be a list of 1 to 32" },
    { HEAD LINK VALIDATE "fields: [ a ]\n", "4:11: must be a map of keys and values" },
    { FIELD("title: A"), "5:5: name: missing" },
    { FIELD("name: [ a ]"), "5:13: must be text" },
    { FIELD("name: 'A'"), "5:13: name: must be of a-z 0-9 _ - and begin with a letter" },
    { FIELD("name: 1a"), "5:13: name: must be of a-z" },
    { FIELD("name: a.b"), "5:13: name: must be of a-z" },
    { FIELD("name: ''"), "5:13: name: must be of a-z" },
    { FIELD("name: a } \n  - { name: a"), "6:13: name: there is a field a already" },
    { FIELD("name: a, tilte: A"), "5:16: unknown key tilte; did you mean title?" },
    { FIELD("name: a, secret: 1"), "5:24: must be true or false" },
    { FIELD("name: a, optional: on"), "5:26: must be true or false" },
    { FIELD("name: a, pattern: '['"), "5:25: pattern: " },
    { FIELD("name: a, pattern: 'a++++++++++++++++++++++'"),
      "5:25: pattern: its repetitions multiply to over 512" },
    { FIELD("name: a, pattern: '((b|[)}]){64}){65}'"),
      "5:25: pattern: its repetitions multiply to over 512" },
    { "provider: p\nfields: [ { name: a-b }, { name: a_b } ]\n" LINK VALIDATE,
      "2:34: name: there is a field a-b already" },
    { FIELD("name: a, pattern: [ a ]"), "5:25: must be text" },
    { FIELD("name: a, enum: x"), "5:22: must be a list of texts" },
    { FIELD("name: a, enum: []"), "5:22: must be a list of texts" },
    { FIELD("name: a, enum: [ [ x ] ]"), "5:24: must be text" },
    { FIELD("name: a, secret: true, default: x"), "5:39: default: a secret field cannot have one" },
    { FIELD("name: a, enum: [ x ], default: y"), "5:38: default: not one of enum" },
    { FIELD("name: a, pattern: x, default: xy"), "5:37: default: does not match the pattern" },
    { FIELD("name: a, type: hots"), "5:22: type: must be label or host" },
    { FIELD("name: a, type: [ host ]"), "5:22: type: must be label or host" },
    { FIELD("name: a, type: host, secret: true"), "5:22: type: a secret field cannot have one" },
    { FIELD("name: a, type: label, default: a.b"), "5:38: default: must be one part of a host" },
    { FIELD("name: a, prefix: [ x ]"), "5:24: must be text" },
    { FIELD("name: a, sufix: x"), "5:16: unknown key sufix; did you mean suffix?" },
    /* Stacks. */
    { HEAD FIELDS "plugin: [ x ]\n", "3:9: must be text" },
    { HEAD FIELDS "plugin: ../x\n", "3:9: plugin: must be a name or an absolute path" },
    { HEAD FIELDS "plugin: x\nlink: []\n", "4:7: link: must be a list of at least one entry" },
    { HEAD FIELDS "plugni: x\n", "3:1: unknown key plugni; did you mean plugin?" },
    { HEAD FIELDS VALIDATE, "1:1: link: missing" },
    { HEAD FIELDS LINK, "1:1: validate: missing" },
    { HEAD FIELDS VALIDATE "link: []\n", "4:7: link: must be a list of at least one entry" },
    { HEAD FIELDS VALIDATE "link: x\n", "4:7: link: must be a list of at least one entry" },
    { HEAD FIELDS LINK VALIDATE "revoke: {}\n", "5:9: revoke: must be a list of at least one" },
    { HEAD FIELDS LINK VALIDATE "authorize: []\n", "5:12: authorize: must be a list of at least" },
    { HEAD FIELDS VALIDATE "link: [ x ]\n", "4:9: must be a map of keys and values" },
    { ENTRY("control: required"), "5:5: an entry needs a control and a plugin" },
    { ENTRY("plugin: x"), "5:5: an entry needs a control and a plugin" },
    { ENTRY("control: require, plugin: x"),
      "5:16: control: must be required, requisite, sufficient or optional; did you mean" },
    { ENTRY("control: [ required ], plugin: x"), "5:16: control: must be required, requisite" },
    { ENTRY("control: required, plugin: ../x"),
      "5:34: plugin: must be a name or an absolute path" },
    { ENTRY("control: required, plugin: [ x ]"), "5:34: must be text" },
    { ENTRY("control: required, plugin: x, option: {}"),
      "5:37: unknown key option; did you mean options?" },
    { ENTRY("control: required, plugin: x, options: [ a ]"), "5:46: options: must be a map" },
    { ENTRY("control: required, plugin: x, sandbox: none"),
      "5:46: sandbox: must be network, pure or exec" },
    { ENTRY("control: required, plugin: x, sha256: abc"),
      "5:45: sha256: must be 64 hexadecimal digits" },
    { ENTRY("control: required, plugin: x, sha256: "
            "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
      "5:45: sha256: must be 64 hexadecimal digits" },
    { ENTRY("include: [ q ]"), "5:16: must be text" },
    { ENTRY("include: ../q"), "5:16: include: must be a provider's name" },
    { ENTRY("include: absent"), "5:16: no such provider as absent" },
    { ENTRY("include: p"), "5:16: p: its stack leads back here" },
    { ENTRY("include: p, control: required"), "5:5: include: must be alone in its entry" },
    { ENTRY("substack: absent"), "5:17: no such provider as absent" },
    { ENTRY("substack: p"), "5:17: p: its stack leads back here" },
};

static void each_mistake_has_its_place(void **state)
{
    struct shelf *shelf = *state;

    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        const char *file = shelf_write(shelf, 0, "p", mistakes[i].text);
        struct fob_provider *provider = shelf_read(shelf, "p");
        const char *mistake = fob_provider_mistake(provider, 0);
        char expected[1024];

        snprintf(expected, sizeof expected, "%s:%s", file, mistakes[i].mistake);
        if (mistake == NULL || strncmp(mistake, expected, strlen(expected)) != 0)
            fail_msg("%s\n%s, expected %s", mistakes[i].text, mistake, expected);
        assert_int_equal(provider_usable(provider), FOB_CONFIG);
        assert_string_equal(fob_error_hint(), "see fob-provider(5)");
        provider_free(provider);
    }
}

static void all_mistakes_are_told_in_one_run(void **state)
{
    static const char text[] = "provider: q\n"
                               "tilte: P\n"
                               "shared_key: 1\n"
                               "fields: [ { name: A }, { name: b, secrt: true } ]\n"
                               "link: [ { control: maybe, plugin: x } ]\n"
                               "validate: [ { plugin: /x, sha256: 0 } ]\n"
                               "budget: { per_minute: x }\n";
    static const char *const expected[] = {
        "2:1: unknown key tilte", "1:11: provider: must be p", "3:13: must be true or false",
        "7:23: must be a whole",  "4:19: name: must be of",    "4:35: unknown key secrt",
        "5:20: control: must be", "6:13: an entry needs",      "6:35: sha256: must be",
    };
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    size_t count = 0;

    shelf_write(shelf, 0, "p", text);
    provider = shelf_read(shelf, "p");
    assert_int_equal(provider_usable(provider), FOB_CONFIG);
    for (const char *line; (line = fob_provider_mistake(provider, count)) != NULL; count++)
        assert_non_null(strstr(fob_error(), line));
    assert_int_equal(count, ARRAY_SIZE(expected));
    for (size_t i = 0; i < count; i++)
        assert_non_null(strstr(fob_error(), expected[i]));
    provider_free(provider);
}

static void entries_and_fields_are_bounded(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    char text[32768] = HEAD FIELDS VALIDATE "link:\n";
    size_t used = strlen(text);

    for (int i = 0; i < STACK_ENTRIES_MAX + 1; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "  - { control: optional, plugin: x }\n");
    shelf_write(shelf, 0, "p", text);
    provider = shelf_read(shelf, "p");
    assert_non_null(strstr(fob_provider_mistake(provider, 0), "p.yaml:261:5: more than 256"));
    assert_int_equal(provider->stacks[HOOK_LINK].count, STACK_ENTRIES_MAX);
    provider_free(provider);
    used = (size_t)snprintf(text, sizeof text, HEAD LINK VALIDATE "fields:\n");
    for (int i = 0; i < 33; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "  - { name: f%d }\n", i);
    shelf_write(shelf, 0, "p", text);
    provider = shelf_read(shelf, "p");
    assert_non_null(strstr(fob_provider_mistake(provider, 0), "must be a list of 1 to 32 fields"));
    provider_free(provider);
}

static void aliases_serve_and_are_bounded(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    char text[4096];
    size_t used;

    shelf_write(shelf, 0, "p",
                HEAD FIELDS "link: &stack [ { control: required, plugin: x } ]\n"
                            "validate: *stack\n");
    provider = shelf_read_good(shelf, "p");
    assert_string_equal(provider->stacks[HOOK_VALIDATE].entries[0].plugin, "x");
    provider_free(provider);
    /* Ten to the tenth values. */
    used = (size_t)snprintf(text, sizeof text, HEAD FIELDS LINK VALIDATE "options:\n  a0: x\n");
    used += (size_t)snprintf(text + used, sizeof text - used, "  b0: &b0 [ x ]\n");
    for (int i = 1; i <= 10; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "  b%d: &b%d [ *b%d, *b%d, *b%d, *b%d, *b%d, *b%d, *b%d, *b%d ]\n",
                                 i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    shelf_write(shelf, 0, "p", text);
    provider = shelf_read(shelf, "p");
    assert_int_equal(provider_usable(provider), FOB_CONFIG);
    provider_free(provider);
}

static void a_file_over_a_mebibyte_is_not_read(void **state)
{
    struct shelf *shelf = *state;
    struct fob_provider *provider;
    char *text = malloc(YAML_FILE_MAX + 2);
    size_t head = strlen(HEAD FIELDS LINK VALIDATE);

    assert_non_null(text);
    memcpy(text, HEAD FIELDS LINK VALIDATE, head);
    memset(text + head, '#', YAML_FILE_MAX + 1 - head);
    folder_write_bytes(shelf->items[0], "p.yaml", text, YAML_FILE_MAX);
    provider_free(shelf_read_good(shelf, "p"));
    folder_write_bytes(shelf->items[0], "p.yaml", text, YAML_FILE_MAX + 1);
    provider = shelf_read(shelf, "p");
    assert_non_null(strstr(fob_provider_mistake(provider, 0), "p.yaml:1:1: larger than 1048576"));
    assert_null(fob_provider_mistake(provider, 1));
    provider_free(provider);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_set_up, shelf_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_guide_says_that_a_file_is_untried),
        TEST(every_key_is_read),
        TEST(what_is_not_said_has_a_default),
        TEST(the_files_plugin_fills_the_stacks_that_are_missing),
        TEST(base_url_may_have_the_files_fields),
        TEST(each_mistake_has_its_place),
        TEST(all_mistakes_are_told_in_one_run),
        TEST(entries_and_fields_are_bounded),
        TEST(aliases_serve_and_are_bounded),
        TEST(a_file_over_a_mebibyte_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
