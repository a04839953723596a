/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Tokens: who may put them, who sees them, and what ends them. */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <stdio.h>
#include <string.h>

#define USUAL "identity: c1, name: Acme Ltd"

static void assert_token(const struct world *world, const char *value)
{
    struct fob_handle *handle = NULL;
    struct fob_secret *token = NULL;

    expect(fob_start(world->context, NULL, "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_get_field(handle, "access", &token), value != NULL ? FOB_SUCCESS : FOB_NOT_FOUND,
           value != NULL ? "" : "no field access");
    if (value != NULL)
        assert_string_equal(fob_secret_data(token), value);
    fob_secret_free(token);
    fob_end(handle);
}

static void link_with_token(struct world *world, const char *link)
{
    world_tell(world, &(struct told){ .link = link });
    world_link(world, "acme", "id");
}

static void a_token_is_no_field(void **state)
{
    struct world *world = world_of(state);
    struct fob_account *account = NULL;
    const char *name;

    link_with_token(world, USUAL ", tokens: [ access=a-$id ]");
    assert_token(world, "a-id");
    expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
    for (size_t i = 0; (name = fob_account_field(account, i, NULL)) != NULL; i++)
        assert_string_not_equal(name, "access");
    assert_string_equal(fob_account_token(account, 0), "access");
    assert_null(fob_account_token(account, 1));
    assert_null(fob_account_token(account, 99));
    fob_account_free(account);
}

static void a_tokens_end_is_not_the_accounts(void **state)
{
    struct world *world = world_of(state);

    link_with_token(world, USUAL ", tokens: [ access=a ], token_ends: 1");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 0);
}

static void only_some_hooks_put_tokens(void **state)
{
    static const char *const bad[] = { "tokens: [ token=a ]", "tokens: [ Access=a ]",
                                       "tokens: [ access= ]",
                                       "tokens: [ access=a ], token_ends: -1" };
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .authorize = "tokens: [ access=a ]" });
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_INVALID, "only by link, validate and renew");
    fob_end(handle);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        world_tell(world, &(struct told){ .validate = bad[i] });
        handle = world_start(world, "acme");
        expect(fob_validate(handle, 0), FOB_INVALID, "token");
        fob_end(handle);
    }
    assert_token(world, NULL);
}

static void edit(struct world *world, const char *token, unsigned flags, int code)
{
    struct fob_handle *handle = world_start(world, "acme");

    world_field(handle, "token", token);
    expect(fob_edit(handle, flags), code, "");
    fob_end(handle);
}

static void an_edit_of_the_keys_drops_their_tokens(void **state)
{
    struct world *world = world_of(state);

    link_with_token(world, USUAL ", tokens: [ access=old ]");
    world_tell(world, &(struct told){ .link = "result: rejected" });
    edit(world, "wrong", 0, FOB_REJECTED);
    assert_token(world, "old");
    world_tell(world, &(struct told){ 0 });
    edit(world, "t0ken-of-acme", 0, FOB_SUCCESS);
    assert_token(world, "old");
    edit(world, "another", FOB_NO_VALIDATE, FOB_SUCCESS);
    assert_token(world, NULL);
    world_tell(world, &(struct told){ .link = USUAL ", tokens: [ access=x$access ]" });
    edit(world, "another", 0, FOB_SUCCESS);
    assert_token(world, "x");
    edit(world, "another", 0, FOB_SUCCESS);
    assert_token(world, "xx");
    edit(world, "a third", 0, FOB_SUCCESS);
    assert_token(world, "x");
}

static void a_token_is_masked(void **state)
{
    struct world *world = world_of(state);

    link_with_token(world, USUAL ", tokens: [ access=swordfish ], tell: got $access");
    assert_non_null(strstr(world->person.said, "got *********\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_is_no_field),        TEST(a_tokens_end_is_not_the_accounts),
        TEST(only_some_hooks_put_tokens), TEST(an_edit_of_the_keys_drops_their_tokens),
        TEST(a_token_is_masked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
