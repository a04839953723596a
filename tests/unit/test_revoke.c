/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Taking an account back: what is erased, what is kept, and what is said of it. */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

/* Revoke acme, which is linked, the hooks being told so; CODE is expected, with WORDS. */
static void revoke(struct world *world, const struct told *told, unsigned flags, int code,
                   const char *words)
{
    struct fob_handle *handle;

    world_tell(world, told);
    handle = world_start(world, "acme");
    world->person.said[0] = '\0';
    expect(fob_revoke(handle, flags), code, words);
    /* The handle tells the truth. */
    assert_int_equal(fob_handle_account(handle) != NULL, world_has(world, "acme"));
    fob_end(handle);
}

static void each_answer_erases_or_keeps(void **state)
{
    struct world *world = world_of(state);

    for (int code = 0; code < FOB_CODE_COUNT; code++) {
        bool erased = code == FOB_SUCCESS || code == FOB_MANUAL || code == FOB_REJECTED ||
                      code == FOB_DENIED || code == FOB_EXPIRED || code == FOB_UNAVAILABLE ||
                      code == FOB_RATE_LIMITED || code == FOB_UNTRUSTED || code == FOB_PROTOCOL;
        char options[64];

        world_tell(world, &(struct told){ 0 });
        if (!world_has(world, "acme"))
            world_link(world, "acme", "id");
        snprintf(options, sizeof options, "result: %s, message: so it is", fob_code_name(code));
        revoke(world, &(struct told){ .revoke = options }, 0,
               code == FOB_IGNORE ? FOB_PLUGIN : code, code == FOB_IGNORE ? "" : "so it is");
        if (world_has(world, "acme") == erased)
            fail_msg("%s", fob_code_name(code));
    }
}

static void without_a_revoke_stack_a_person_must_do_the_rest(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    revoke(world, &(struct told){ 0 }, 0, FOB_MANUAL,
           "acme: fob cannot revoke there: delete the credential at Told");
    assert_string_equal(world->person.said,
                        "warning acme: fob cannot revoke there: delete the credential at Told\n");
    assert_false(world_has(world, "acme"));
}

static void a_files_plugin_without_the_hook_is_no_revoke_stack(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    revoke(world, &(struct told){ .more = "plugin: hookless" }, 0, FOB_MANUAL,
           "acme: fob cannot revoke there: delete the credential at Told");
    assert_false(world_has(world, "acme"));
    world_link(world, "acme", "id");
    revoke(world, &(struct told){ .more = "plugin: absent" }, 0, FOB_PLUGIN, "plugin absent");
    assert_true(world_has(world, "acme"));
}

static void a_stack_that_can_not_run_erases_nothing(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    revoke(world, &(struct told){ .more = "revoke: [ { control: required, plugin: absent } ]" }, 0,
           FOB_PLUGIN, "plugin absent");
    revoke(world, &(struct told){ .revoke = "resalt: x" }, 0, FOB_CONFIG, "unknown key resalt");
    assert_true(world_has(world, "acme"));
}

static void the_accounts_that_share_the_credential_are_named(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_link(world, "same-company", "id");
    handle = world_start(world, "same-keys");
    world_keys(handle, "id", "t0ken-of-acme");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    revoke(world, &(struct told){ .revoke = "result: success" }, 0, FOB_SUCCESS, "");
    assert_string_equal(world->person.said,
                        "warning the account same-keys has the same credential\n");
    assert_true(world_has(world, "same-keys"));
    assert_true(world_has(world, "same-company"));
}

static void confirm_erases_once_the_provider_rejects_the_keys(void **state)
{
    static const char *const dead[] = { "rejected", "expired" };
    struct world *world = world_of(state);

    for (size_t i = 0; i < 2; i++) {
        char options[64];

        world_tell(world, &(struct told){ 0 });
        world_link(world, "acme", "id");
        snprintf(options, sizeof options, "result: %s", dead[i]);
        revoke(world, &(struct told){ .revoke = "result: manual", .validate = options },
               FOB_CONFIRM, FOB_SUCCESS, "");
        assert_false(world_has(world, "acme"));
    }
    assert_int_equal(world_slept(), 0);
}

static void confirm_waits_with_growing_pauses_and_no_longer_than_patience(void **state)
{
    static const struct {
        const char *validate;
        const char *words;
    } cases[] = {
        { "result: success", "the provider still accepts the old keys; nothing was erased" },
        { "result: denied", "the provider still accepts the old keys; nothing was erased" },
        { "result: unavailable", "the provider could not be asked; nothing was erased" },
        { "result: rate_limited", "the provider could not be asked; nothing was erased" },
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fob_handle *handle;
        size_t asked = 0;

        world = world_of(state);
        if (!world_has(world, "acme"))
            world_link(world, "acme", "id");
        world_tell(world,
                   &(struct told){ .revoke = "result: manual", .validate = cases[i].validate });
        handle = world_start(world, "acme");
        world->trace[0] = '\0';
        fob_set_patience(handle, 100);
        expect(fob_revoke(handle, FOB_CONFIRM), FOB_UNAVAILABLE, cases[i].words);
        assert_non_null(fob_handle_account(handle));
        fob_end(handle);
        assert_true(world_has(world, "acme"));
        assert_int_equal(world_slept(), 100);
        /* At 0, 2, 6, 14, 30, 60, 90 and 100 seconds. */
        for (const char *at = world->trace; (at = strstr(at, "validate: verdict")) != NULL; at++)
            asked++;
        assert_int_equal(asked, 8);
        world_tell(world, &(struct told){ 0 });
    }
}

/* An answer that is not understood is no confirmation. */
static void confirm_erases_nothing_when_asking_fails(void **state)
{
    static const int codes[] = { FOB_UNTRUSTED, FOB_PROTOCOL, FOB_MANUAL, FOB_PLUGIN };
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        char options[64];

        snprintf(options, sizeof options, "result: %s, message: bad day", fob_code_name(codes[i]));
        revoke(world, &(struct told){ .revoke = "result: manual", .validate = options },
               FOB_CONFIRM, codes[i], "bad day");
        if (!world_has(world, "acme"))
            fail_msg("%s erased it", fob_code_name(codes[i]));
    }
}

static void an_interrupted_confirm_erases_nothing(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    world_interrupt();
    revoke(world, &(struct told){ .revoke = "result: manual", .validate = "result: success" },
           FOB_CONFIRM, FOB_ABORT, "acme: interrupted; nothing was erased");
    assert_true(world_has(world, "acme"));
}

/* Nor does a revoke stack that could not do it, when the person wants to be sure. */
static void confirm_erases_nothing_on_a_bad_day(void **state)
{
    static const int codes[] = { FOB_DENIED, FOB_UNAVAILABLE, FOB_RATE_LIMITED, FOB_UNTRUSTED,
                                 FOB_PROTOCOL };
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        char options[64];

        snprintf(options, sizeof options, "result: %s, message: bad day", fob_code_name(codes[i]));
        revoke(world, &(struct told){ .revoke = options }, FOB_CONFIRM, codes[i], "bad day");
        if (!world_has(world, "acme"))
            fail_msg("%s erased it", fob_code_name(codes[i]));
    }
    revoke(world, &(struct told){ .revoke = "result: rejected" }, FOB_CONFIRM, FOB_REJECTED, "");
    assert_false(world_has(world, "acme"));
}

/* That it was done is believed when it is seen. */
static void confirm_asks_also_when_the_provider_revoked_it(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    revoke(world, &(struct told){ .revoke = "result: success", .validate = "result: success" },
           FOB_CONFIRM, FOB_UNAVAILABLE, "the provider still accepts the old keys");
    assert_true(world_has(world, "acme"));
    revoke(world, &(struct told){ .revoke = "result: success", .validate = "result: rejected" },
           FOB_CONFIRM, FOB_SUCCESS, "");
    assert_false(world_has(world, "acme"));
}

/* An account that the provider rejects needs nobody to end it. */
static void what_is_rejected_already_is_erased_as_that(void **state)
{
    static const struct told answers[] = {
        { .revoke = "result: manual, message: reset it", .validate = "result: rejected" },
        { .revoke = "result: manual, message: reset it", .validate = "result: unavailable" },
        { .revoke = "result: unavailable, message: bad day", .validate = "result: unavailable" },
        { .validate = "result: rejected" }, /* no revoke stack */
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < 2 * ARRAY_SIZE(answers); i++) {
        struct fob_handle *handle;

        world_tell(world, &(struct told){ .validate = "result: rejected" });
        world_link(world, "acme", "id");
        handle = world_start(world, "acme");
        expect(fob_validate(handle, FOB_NOW), FOB_REJECTED, "");
        if (i == 0)
            expect(fob_suspend(handle), FOB_SUCCESS, "");
        fob_end(handle);
        revoke(world, &answers[i / 2], i % 2 == 1 ? FOB_CONFIRM : 0, FOB_REJECTED,
               "acme: it was rejected when the provider was asked last");
        assert_false(world_has(world, "acme"));
        assert_int_equal(world_slept(), 0);
        assert_string_equal(world->person.said, "");
    }
}

static void what_is_accepted_again_is_not_called_rejected(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "result: rejected" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, FOB_NOW), FOB_REJECTED, "");
    fob_end(handle);
    revoke(world, &(struct told){ .revoke = "result: manual, message: reset it" }, 0, FOB_MANUAL,
           "reset it");
    assert_false(world_has(world, "acme"));
}

static void new_keys_given_meanwhile_are_not_erased(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *early;
    struct fob_handle *editor;

    world_tell(world, &(struct told){ .revoke = "result: success" });
    world_link(world, "acme", "id");
    early = world_start(world, "acme");
    editor = world_start(world, "acme");
    world_field(editor, "token", "new-token");
    expect(fob_edit(editor, 0), FOB_SUCCESS, "");
    fob_end(editor);
    expect(fob_revoke(early, 0), FOB_CHANGED, "acme");
    fob_end(early);
    world_assert_field(world, "acme", "token", "new-token");
}

static void a_revoked_name_may_be_linked_again(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    revoke(world, &(struct told){ .revoke = "result: success" }, 0, FOB_SUCCESS, "");
    world_link(world, "acme", "other-id");
    world_assert_field(world, "acme", "id", "other-id");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_answer_erases_or_keeps),
        TEST(without_a_revoke_stack_a_person_must_do_the_rest),
        TEST(a_files_plugin_without_the_hook_is_no_revoke_stack),
        TEST(a_stack_that_can_not_run_erases_nothing),
        TEST(the_accounts_that_share_the_credential_are_named),
        TEST(confirm_erases_once_the_provider_rejects_the_keys),
        TEST(confirm_waits_with_growing_pauses_and_no_longer_than_patience),
        TEST(confirm_erases_nothing_when_asking_fails),
        TEST(confirm_erases_nothing_on_a_bad_day),
        TEST(an_interrupted_confirm_erases_nothing),
        TEST(confirm_asks_also_when_the_provider_revoked_it),
        TEST(what_is_rejected_already_is_erased_as_that),
        TEST(what_is_accepted_again_is_not_called_rejected),
        TEST(new_keys_given_meanwhile_are_not_erased),
        TEST(a_revoked_name_may_be_linked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
