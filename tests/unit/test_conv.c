/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asking for fields: the form, defaults, checks, and people who give no answer. */
#include "config.h"

#include "world.h"

#include "core/session/conv.h"
#include "util/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char fields[] =
    "provider: told\n"
    "guide: ''\n"
    "fields:\n"
    "  - { name: region, title: Region, enum: [ eu, us ], default: eu }\n"
    "  - { name: id, title: Client ID, pattern: '[a-z]+', example: abc, description: From there }\n"
    "  - { name: note, optional: true }\n"
    "  - { name: token, title: Token, secret: true }\n"
    "link: [ { control: required, plugin: told } ]\n"
    "validate: [ { control: required, plugin: told } ]\n";

/* Link acme at a provider with all kinds of fields. */
static int link_fields(struct world *world, const char *const *answers)
{
    struct fob_handle *handle;
    int code;

    world_provider(world, "told", fields);
    world->person.answers = answers;
    handle = world_start(world, "acme");
    code = fob_link(handle, 0);
    fob_end(handle);
    return code;
}

struct form {
    struct fob_message messages[8];
    size_t count;
    size_t calls;
};

static int keep_form(const struct fob_message *const *messages, size_t count,
                     struct fob_secret **replies, void *data)
{
    struct form *form = data;

    (void)replies;
    assert_in_range(count, 1, 8);
    for (size_t i = 0; i < count; i++)
        form->messages[i] = *messages[i];
    form->count = count;
    form->calls++;
    return FOB_ABORT;
}

static void all_fields_are_one_form(void **state)
{
    struct world *world = world_of(state);
    struct form form = { .count = 0 };
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .converse = keep_form,
                                           .data = &form };
    struct fob_handle *handle = NULL;

    world_provider(world, "told", fields);
    expect(fob_start(world->context, "told", "acme", &conv, &handle), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_ABORT, "interrupted");
    assert_int_equal(form.calls, 1);
    assert_int_equal(form.count, 4);
    assert_int_equal(form.messages[0].kind, FOB_ASK_TEXT);
    assert_string_equal(form.messages[0].name, "region");
    assert_string_equal(form.messages[0].text, "Region");
    assert_string_equal(form.messages[0].value, "eu");
    assert_null(form.messages[0].description);
    assert_null(form.messages[0].example);
    assert_string_equal(form.messages[1].description, "From there");
    assert_string_equal(form.messages[1].example, "abc");
    assert_null(form.messages[1].value);
    assert_string_equal(form.messages[2].text, "note");
    assert_int_equal(form.messages[3].kind, FOB_ASK_SECRET);
    fob_end(handle);
}

static void an_empty_answer_is_the_default_or_nothing(void **state)
{
    static const char *const answers[] = {
        "region", "", "id", "abc", "note", "", "token", "t", NULL
    };
    struct world *world = world_of(state);
    struct fob_account *account = NULL;

    expect(link_fields(world, answers), FOB_SUCCESS, "");
    world_assert_field(world, "acme", "region", "eu");
    expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
    for (size_t i = 0; i < 3; i++)
        assert_string_not_equal(fob_account_field(account, i, NULL), "note");
    assert_null(fob_account_field(account, 3, NULL));
    fob_account_free(account);
}

static void a_wrong_answer_is_told_and_asked_again(void **state)
{
    static const char *const answers[] = { "region", "us",    "id", "ABC", "note",
                                           "n",      "token", "t",  NULL };
    struct world *world = world_of(state);

    expect(link_fields(world, answers), FOB_INVALID, "Client ID: does not look right");
    /* What was right is not asked for again. */
    assert_string_equal(world->person.said, "text Region\ntext Client ID\ntext note\nsecret Token\n"
                                            "warning Client ID: does not look right\n"
                                            "text Client ID\n"
                                            "warning Client ID: does not look right\n"
                                            "text Client ID\n");
    assert_false(world_has(world, "acme"));
}

static void answers_are_held_against_the_field(void **state)
{
    static const struct {
        const char *answers[9];
        const char *words;
        const char *hint;
    } cases[] = {
        { { "region", "de", "id", "a", "note", "", "token", "t", NULL },
          "Region: not one of the allowed values",
          "it must be one of eu, us" },
        { { "region", "", "id", "", "note", "", "token", "t", NULL },
          "Client ID: must not be empty",
          "\"fob guide told\" says how to get it" },
        { { "region", "", "id", "a1", "note", "", "token", "t", NULL },
          "Client ID: does not look right",
          "it should look like abc" },
        { { "region", "", "id", "a", "note", "", "token", "", NULL },
          "Token: must not be empty",
          "\"fob guide told\" says how to get it" },
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect(link_fields(world, cases[i].answers), FOB_INVALID, cases[i].words);
        assert_string_equal(fob_error_hint(), cases[i].hint);
    }
}

static void who_gives_up_stores_nothing(void **state)
{
    static const char *const answers[] = { "id", "abc", NULL };
    struct world *world = world_of(state);

    world->person.gives_up = FOB_CONVERSATION;
    expect(link_fields(world, answers), FOB_CONVERSATION, "acme: no value for the field id");
    world->person.gives_up = FOB_ABORT;
    expect(link_fields(world, answers), FOB_ABORT, "interrupted");
    world->person.gives_up = FOB_SUCCESS; /* an application that breaks its word */
    expect(link_fields(world, answers), FOB_CONVERSATION, "");
    assert_false(world_has(world, "acme"));
}

static void without_a_person_defaults_serve(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;

    world_provider(world, "told", fields);
    expect(fob_start(world->context, "told", "acme", NULL, &handle), FOB_SUCCESS, "");
    world_keys(handle, "abc", "token");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_field(world, "acme", "region", "eu");
}

static void the_contexts_conversation_serves_handles_without_one(void **state)
{
    static const char *const answers[] = { "id", "abc", "token", "t", NULL };
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;

    world->person.answers = answers;
    fob_set_conversation(world->context, &world->conv);
    expect(fob_start(world->context, "told", "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world->person.asked, 2);
    fob_set_conversation(world->context, NULL);
    expect(fob_start(world->context, "told", "other", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_CONVERSATION, "nobody to ask");
    fob_end(handle);
}

static int reply_then_fail(const struct fob_message *const *messages, size_t count,
                           struct fob_secret **replies, void *data)
{
    (void)messages;
    (void)data;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(fob_secret_new("x", 1, &replies[i]), FOB_SUCCESS);
    return FOB_CONVERSATION;
}

/* Under a sanitizer or valgrind: the replies already made are freed. */
static void replies_of_a_failed_exchange_are_taken_back(void **state)
{
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .converse = reply_then_fail,
                                           .data = NULL };
    const struct fob_message *const messages[] = {
        &CONV_MESSAGE(.kind = FOB_ASK_TEXT, .text = "a"),
        &CONV_MESSAGE(.kind = FOB_TELL_INFO, .text = "b"),
    };
    struct fob_secret *replies[2] = { NULL, NULL };

    (void)state;
    expect(conv_exchange(&conv, messages, 2, replies), FOB_CONVERSATION, "nobody answered");
    assert_null(replies[0]);
    assert_null(replies[1]);
    expect(conv_exchange(&(struct fob_conversation){ .size = sizeof(struct fob_conversation) },
                         messages, 2, replies),
           FOB_CONVERSATION, "there is nobody to ask");
    assert_null(replies[0]);
}

static int reply_to_all(const struct fob_message *const *messages, size_t count,
                        struct fob_secret **replies, void *data)
{
    reply_then_fail(messages, count, replies, data);
    return FOB_SUCCESS;
}

static void unwanted_replies_are_freed(void **state)
{
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .converse = reply_to_all,
                                           .data = NULL };

    (void)state;
    expect(conv_exchange_one(&conv, &CONV_MESSAGE(.kind = FOB_TELL_INFO, .text = "b"), NULL),
           FOB_SUCCESS, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_fields_are_one_form),
        TEST(an_empty_answer_is_the_default_or_nothing),
        TEST(a_wrong_answer_is_told_and_asked_again),
        TEST(answers_are_held_against_the_field),
        TEST(who_gives_up_stores_nothing),
        TEST(without_a_person_defaults_serve),
        TEST(the_contexts_conversation_serves_handles_without_one),
        cmocka_unit_test(replies_of_a_failed_exchange_are_taken_back),
        cmocka_unit_test(unwanted_replies_are_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
