/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Dispatch: stacks of real plugins, that it fails closed, and what it says of itself. */
#include "config.h"

#include "core/hook/dispatch.h"
#include "world.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Write the provider told with ENTRIES as its validate stack. */
static void write_stack(const struct world *world, const char *entries)
{
    char text[8192];

    snprintf(text, sizeof text,
             "provider: told\n"
             "fields: [ { name: id }, { name: token, secret: true } ]\n"
             "link: [ { control: required, plugin: told } ]\n"
             "validate:\n%s",
             entries);
    world_provider(world, "told", text);
}

#define ENTRY(control, plugin, options) \
    "  - { control: " control ", plugin: " plugin ", options: { " options " } }\n"
#define TOLD(control, result) \
    ENTRY(control, "told", "result: " result ", message: '" result " it is'")

/* Link acme, then run its validate stack of ENTRIES. */
static int run_stack(struct world *world, const char *entries)
{
    struct fob_handle *handle;
    int code;

    if (!world_has(world, "acme"))
        world_link(world, "acme", "id");
    write_stack(world, entries);
    world->trace[0] = '\0';
    handle = world_start(world, "acme");
    code = fob_validate(handle, 0);
    fob_end(handle);
    return code;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; (text = strchr(text, '\n')) != NULL; text++)
        count++;
    return count;
}

struct stack_case {
    const char *entries;
    int verdict;
    const char *words;
    size_t run;          /* how many entries are reached */
    const char *decides; /* in the line of the entry that decided, or NULL */
};

static const struct stack_case cases[] = {
    { TOLD("required", "success"), FOB_SUCCESS, "", 1, "required: success -> ok" },
    { TOLD("required", "unavailable"), FOB_UNAVAILABLE, "unavailable it is", 1,
      "required: unavailable -> bad" },
    { TOLD("required", "denied") TOLD("required", "unavailable"), FOB_DENIED, "denied it is", 2,
      "required: denied -> bad" },
    { TOLD("required", "success") TOLD("required", "denied"), FOB_DENIED, "denied it is", 2,
      "required: denied -> bad" },
    { TOLD("requisite", "protocol") TOLD("required", "success"), FOB_PROTOCOL, "protocol it is", 1,
      "requisite: protocol -> die" },
    { TOLD("sufficient", "success") TOLD("required", "rejected"), FOB_SUCCESS, "", 1,
      "sufficient: success -> done" },
    { TOLD("sufficient", "rejected") TOLD("required", "success"), FOB_SUCCESS, "", 2,
      "required: success -> ok" },
    { TOLD("required", "unavailable") TOLD("sufficient", "success"), FOB_UNAVAILABLE,
      "unavailable it is", 2, "required: unavailable -> bad" },
    { TOLD("optional", "rejected") TOLD("required", "success"), FOB_SUCCESS, "", 2,
      "required: success -> ok" },
    { TOLD("optional", "success"), FOB_SUCCESS, "", 1, "optional: success -> ok" },
    { TOLD("required", "ignore") TOLD("required", "success"), FOB_SUCCESS, "", 2,
      "required: success -> ok" },
    /* It fails closed. */
    { TOLD("optional", "rejected"), FOB_PLUGIN, "no plugin of its validate stack succeeded", 1,
      NULL },
    { TOLD("sufficient", "rejected"), FOB_PLUGIN, "no plugin of its validate stack succeeded", 1,
      NULL },
    { TOLD("required", "ignore"), FOB_PLUGIN, "no plugin of its validate stack succeeded", 1,
      NULL },
    { ENTRY("required", "told", "result: 99"), FOB_PLUGIN,
      "plugin told: its validate hook returned 99, which is not a code", 1,
      "required: plugin -> bad" },
    { ENTRY("sufficient", "told", "result: -1") TOLD("required", "success"), FOB_PLUGIN,
      "returned -1, which is not a code", 2, "sufficient: plugin -> bad" },
    { ENTRY("optional", "told", "result: 2000000000") TOLD("required", "success"), FOB_PLUGIN,
      "returned 2000000000, which is not a code", 2, "optional: plugin -> bad" },
    { ENTRY("required", "hookless", ""), FOB_PLUGIN, "plugin broken: has no validate hook", 1,
      "required: plugin -> bad" },
    { ENTRY("required", "absent", ""), FOB_PLUGIN, "plugin absent: no absent.so in ", 1,
      "required: plugin -> bad" },
    { ENTRY("requisite", "wrong_abi", "") TOLD("required", "success"), FOB_PLUGIN,
      "made for plugin ABI 2", 1, "requisite: plugin -> die" },
    { TOLD("required", "success") ENTRY("required", "no_symbol", ""), FOB_PLUGIN,
      "it has no symbol fob_plugin", 2, "required: plugin -> bad" },
    { ENTRY("optional", "absent", "") TOLD("required", "success"), FOB_SUCCESS, "", 2,
      "required: success -> ok" },
    { ENTRY("required", "/absent.so", ""), FOB_PLUGIN, "/absent.so: No such file", 1,
      "required: plugin -> bad" },
};

static void a_stack_gives_its_verdict_and_tells_which_entry_decided(void **state)
{
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct stack_case *test = &cases[i];
        char *last = NULL;

        expect(run_stack(world, test->entries), test->verdict, test->words);
        /* One line an entry, and the verdict's. */
        if (count_lines(world->trace) != test->run + 1)
            fail_msg("case %zu: %zu entries expected:\n%s", i, test->run, world->trace);
        for (char *line = strtok(world->trace, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            if (strstr(line, "(decides so far)") != NULL)
                last = line;
        }
        if ((last == NULL) != (test->decides == NULL) ||
            (last != NULL && strstr(last, test->decides) == NULL))
            fail_msg("case %zu: %s decided", i, last != NULL ? last : "nothing");
    }
}

#define PINNED(control)                                  \
    "  - { control: " control ", plugin: told, sha256: " \
    "0000000000000000000000000000000000000000000000000000000000000000 }\n"

/* A plugin that somebody may have tampered with fails its stack, whatever the control, and wherever
 * it stands; one that is merely not there is ignored as PAM does. */
static void a_wrong_pin_fails_the_stack_whatever_the_control(void **state)
{
    static const char *const stacks[] = {
        PINNED("required"),
        TOLD("required", "success") PINNED("optional"),
        TOLD("sufficient", "success") PINNED("sufficient"),
        PINNED("{ default: ignore }") TOLD("required", "success"),
        TOLD("requisite", "rejected") PINNED("{ plugin: ignore, config: ignore, default: ok }"),
        "  - { control: { success: 1, default: ignore }, plugin: told }\n" PINNED("optional")
            TOLD("required", "success"),
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(stacks); i++) {
        expect(run_stack(world, stacks[i]), FOB_CONFIG, "not the one pinned");
        assert_non_null(strstr(fob_error(), "told.yaml:"));
        assert_non_null(strstr(fob_error_hint(), "change sha256"));
        if (strstr(world->trace, "->") != NULL)
            fail_msg("a hook was run: %s", world->trace);
    }
    expect(run_stack(world, ENTRY("optional", "absent", "") TOLD("required", "success")),
           FOB_SUCCESS, "");
}

static void a_trace_line_has_everything_in_it(void **state)
{
    struct world *world = world_of(state);
    char plugin[16], control[16], action[16], unit[16], code[16];
    double time;
    int end = 0;

    run_stack(world, TOLD("required", "denied"));
    assert_int_equal(sscanf(world->trace,
                            "dispatch told validate %15s %15[a-z]: %15s -> %15[a-z], %lf %15[a-z]"
                            " (decides so far)\ndispatch told validate: verdict denied\n%n",
                            plugin, control, code, action, &time, unit, &end),
                     6);
    assert_string_equal(plugin, "told");
    assert_string_equal(control, "required");
    assert_string_equal(code, "denied");
    assert_string_equal(action, "bad");
    assert_string_equal(unit, "ms");
    assert_true(time >= 0 && time < 10000);
    assert_int_equal(end, strlen(world->trace));
}

static void what_is_beyond_the_level_is_not_made(void **state)
{
    struct world *world = world_of(state);

    fob_set_log_level(world->context, FOB_LOG_WARNING);
    run_stack(world, TOLD("required", "rejected"));
    assert_string_equal(world->trace, "");
    fob_set_log_level(world->context, FOB_LOG_TRACE);
    run_stack(world, TOLD("required", "rejected"));
    assert_non_null(strstr(world->trace, "verdict rejected"));
}

static void the_words_are_those_of_the_entry_that_decided(void **state)
{
    struct world *world = world_of(state);

    expect(run_stack(world,
                     ENTRY("required", "told", "result: denied, message: first, hint: do this")
                         ENTRY("required", "told", "result: denied, message: second, hint: do that")
                             ENTRY("optional", "told", "message: third")),
           FOB_DENIED, "first");
    assert_string_equal(fob_error(), "first");
    assert_string_equal(fob_error_hint(), "do this");
    /* A hook that says nothing gets the code's sentence. */
    expect(run_stack(world, ENTRY("required", "told", "result: protocol")), FOB_PROTOCOL,
           "provider told: The provider's answer is not understood");
    assert_string_equal(fob_error_hint(), "");
}

static void a_mistake_in_an_option_runs_nothing(void **state)
{
    static const struct {
        const char *entries;
        const char *words;
    } mistakes[] = {
        { TOLD("required", "success") ENTRY("required", "told", "resalt: rejected"),
          "told.yaml:6:51: unknown key resalt; did you mean result?" },
        { TOLD("required", "success") ENTRY("optional", "told", "timeout: 61"),
          "told.yaml:6:60: timeout: must be from 1 to 60 seconds" },
        { TOLD("required", "success") ENTRY("required", "told", "ask: [ [ a ] ]"),
          "told.yaml:6:58: ask: must be a list of texts" },
        { ENTRY("required", "hookless", "any: thing"), "told.yaml:5:55: unknown key any" },
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        expect(run_stack(world, mistakes[i].entries), FOB_CONFIG, mistakes[i].words);
        assert_string_equal(world->trace, "");
    }
}

/* What only the plugin can judge: the entry fails in its turn, with every mistake and its place. */
static void a_mistake_that_the_plugin_finds_fails_its_entry(void **state)
{
    struct world *world = world_of(state);

    expect(
        run_stack(world, ENTRY("required", "told", "mistakes: [ message, hint, entry ], hint: x")),
        FOB_CONFIG, "told.yaml:5:5: message: is not right\n");
    assert_non_null(strstr(fob_error(), "told.yaml:5:93: hint: is not right\n"));
    assert_non_null(strstr(fob_error(), "told.yaml:5:5: is not right"));
    assert_non_null(strstr(world->trace, "required: config -> bad"));
    expect(run_stack(world,
                     TOLD("required", "success") ENTRY("optional", "told", "mistakes: [ entry ]")),
           FOB_SUCCESS, "");
    assert_non_null(strstr(world->trace, "optional: config -> ignore"));
}

static void a_mistake_in_an_option_stays_one_at_the_next_try(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    write_stack(world, ENTRY("required", "told", "resalt: x") TOLD("required", "success"));
    handle = world_start(world, "acme");
    for (int i = 0; i < 3; i++)
        expect(fob_validate(handle, 0), FOB_CONFIG, "unknown key resalt");
    fob_end(handle);
}

static void a_mistake_in_the_providers_options_is_one_too(void **state)
{
    struct world *world = world_of(state);

    expect(run_stack(world, TOLD("required", "success") "options: { timeout: 2m, other: x }\n"),
           FOB_CONFIG, "told.yaml:6:21: timeout: must be from 1 to 60 seconds");
    /* One that none of the provider's plugins knows; a plugin that is not there might. */
    expect(run_stack(world, TOLD("required", "success") "options: { messige: x }\n"), FOB_CONFIG,
           "told.yaml:6:12: unknown key messige; did you mean message?");
    expect(run_stack(world, TOLD("required",
                                 "success") "options: { other: x }\n"
                                            "revoke: [ { control: optional, plugin: absent } ]\n"),
           FOB_SUCCESS, "");
}

/* fob.yaml's http is checked when it is read, but a plugin may allow less. */
static void a_value_of_fob_yaml_that_the_plugin_refuses_is_a_mistake(void **state)
{
    struct world *world = world_of(state);
    char text[4096];
    struct fob_handle *handle = NULL;
    struct fob_context *other = NULL;

    world_link(world, "acme", "id");
    snprintf(text, sizeof text,
             "store: { path: %1$s/store }\n"
             "key_file: %1$s/key\n"
             "plugins: [ %2$s ]\n"
             "providers: [ %1$s/providers.d ]\n"
             "http: { timeout: 100 }\n"
             "%3$s",
             world->folder, TEST_PLUGIN_FOLDER, world_permission());
    expect(fob_open(folder_write(world->folder, "other.yaml", text), &other), FOB_SUCCESS, "");
    expect(fob_start(other, NULL, "acme", NULL, &handle), FOB_SUCCESS, "");
    for (int i = 0; i < 2; i++)
        expect(fob_validate(handle, 0), FOB_CONFIG,
               "other.yaml:5:18: timeout: must be from 1 to 60 seconds");
    fob_end(handle);
    fob_close(other);
}

static void an_entrys_option_wins_over_the_providers(void **state)
{
    struct world *world = world_of(state);

    expect(run_stack(world, ENTRY("required", "told",
                                  "result: expired") "options: { result: rejected }\n"),
           FOB_EXPIRED, "");
    expect(run_stack(world, "  - { control: required, plugin: told }\n"
                            "options: { result: denied }\n"),
           FOB_DENIED, "");
}

static void without_an_authorize_stack_links_plugins_that_have_the_hook_serve(void **state)
{
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    struct fob_handle *handle;
    const char *name = NULL;
    static const char head[] = "provider: told\n"
                               "fields: [ { name: id }, { name: token, secret: true } ]\n"
                               "validate: [ { control: required, plugin: told } ]\n";
    char text[2048];

    world_link(world, "acme", "id");
    snprintf(text, sizeof text,
             "%slink: [ { control: required, plugin: hookless },"
             " { control: required, plugin: told, options: { headers: [ A=b ] } } ]\n",
             head);
    world_provider(world, "told", text);
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_SUCCESS, "");
    expect(fob_header(handle, 0, &name, &value), FOB_SUCCESS, "");
    assert_string_equal(name, "A");
    fob_end(handle);
    /* As a stack of its own the same must fail. */
    snprintf(text, sizeof text,
             "%slink: [ { control: required, plugin: told } ]\n"
             "authorize: [ { control: required, plugin: hookless },"
             " { control: required, plugin: told, options: { headers: [ A=b ] } } ]\n",
             head);
    world_provider(world, "told", text);
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_PLUGIN, "plugin broken: has no authorize hook");
    fob_end(handle);
}

static const struct {
    const char *first, *second, *why; /* why: NULL where each must have accepted */
} overlooked[] = {
    { "sufficient", "required", "told.yaml:5:5: link can end here, before the last plugin" },
    { "optional", "required", "told.yaml:5:5: link can succeed although this plugin rejects" },
    { "required", "optional", "told.yaml:6:5: link can succeed although this plugin rejects" },
    { "required", "sufficient", "told.yaml:6:5: link can succeed although this plugin rejects" },
    { "{ success: 1, default: bad }", "required", "told.yaml:5:5: link can end here" },
    { "required", "required", NULL },
    { "requisite", "{ success: done, default: die }", NULL },
};

/* Else the header could be that of the plugin that rejected the credential. */
static void where_a_rejection_may_be_overlooked_an_authorize_stack_must_be_written(void **state)
{
    static const char head[] = "provider: told\n"
                               "fields: [ { name: id }, { name: token, secret: true } ]\n"
                               "validate: [ { control: required, plugin: told } ]\n"
                               "link:\n"
                               "  - { control: %s, plugin: told,"
                               " options: { result: rejected, headers: [ A=wrong ] } }\n"
                               "  - { control: %s, plugin: told, options: {} }\n%s";
    static const char written[] =
        "authorize: [ { control: required, plugin: told, options: { headers: [ B=right ] } } ]\n";
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    const char *name = NULL;
    char text[1024];

    world_link(world, "acme", "id");
    for (size_t i = 0; i < 2 * ARRAY_SIZE(overlooked); i++) {
        const bool is_written = i % 2 == 1;
        const char *why = is_written ? NULL : overlooked[i / 2].why;
        struct fob_handle *handle;

        snprintf(text, sizeof text, head, overlooked[i / 2].first, overlooked[i / 2].second,
                 is_written ? written : "");
        world_provider(world, "told", text);
        handle = world_start(world, "acme");
        if (why != NULL)
            expect(fob_authorize(handle, "get", 0), FOB_CONFIG, why);
        else
            expect(fob_authorize(handle, "get", 0), is_written ? FOB_SUCCESS : FOB_REJECTED, "");
        if (is_written) {
            expect(fob_header(handle, 0, &name, &value), FOB_SUCCESS, "");
            assert_string_equal(name, "B");
        } else if (why != NULL) {
            assert_int_equal(fob_header(handle, 0, &name, &value), FOB_NOT_FOUND);
        }
        fob_end(handle);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

/* A path in a map is one of the provider's API. */
static void a_hook_may_read_the_files_that_its_options_name_outside_of_maps(void **state)
{
    static const char *const wanted[] = { "/a", "/b", "https://c.example:8443/c" };
    struct world *world = world_of(state);
    struct fob_handle *handle;
    char **found;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "name: /a, open: [ /b ], tree: { get: /d,"
                                                  " post: https://c.example:8443/c, x: [ /e ] }" });
    handle = world_start(world, "acme");
    expect(handle_provider(handle), FOB_SUCCESS, "");
    expect(dispatch_bind(handle, HOOK_VALIDATE), FOB_SUCCESS, "");
    found = handle->bound[HOOK_VALIDATE].entries[0].reachable;
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        assert_string_equal(found[i], wanted[i]);
    assert_null(found[ARRAY_SIZE(wanted)]);
    fob_end(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stack_gives_its_verdict_and_tells_which_entry_decided),
        TEST(a_wrong_pin_fails_the_stack_whatever_the_control),
        TEST(a_trace_line_has_everything_in_it),
        TEST(what_is_beyond_the_level_is_not_made),
        TEST(the_words_are_those_of_the_entry_that_decided),
        TEST(a_mistake_in_an_option_runs_nothing),
        TEST(a_mistake_that_the_plugin_finds_fails_its_entry),
        TEST(a_mistake_in_an_option_stays_one_at_the_next_try),
        TEST(a_mistake_in_the_providers_options_is_one_too),
        TEST(a_value_of_fob_yaml_that_the_plugin_refuses_is_a_mistake),
        TEST(an_entrys_option_wins_over_the_providers),
        TEST(without_an_authorize_stack_links_plugins_that_have_the_hook_serve),
        TEST(where_a_rejection_may_be_overlooked_an_authorize_stack_must_be_written),
        TEST(a_hook_may_read_the_files_that_its_options_name_outside_of_maps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
