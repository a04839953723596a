/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Accounts as an application reads them. */
#include "config.h"

#include "world.h"

#include <unistd.h>

static void accounts_are_iterated_in_the_order_of_their_names(void **state)
{
    static const char *const names[] = { "b", "a.2", "10", "a", "z" };
    static const char *const sorted[] = { "10", "a", "a.2", "b", "z" };
    struct world *world = world_of(state);
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;

    for (size_t i = 0; i < 5; i++)
        world_link(world, names[i], "id");
    expect(fob_accounts_open(world->context, &accounts), FOB_SUCCESS, "");
    for (size_t i = 0; i < 5; i++) {
        expect(fob_accounts_next(accounts, &account), FOB_SUCCESS, "");
        assert_string_equal(fob_account_text(account, FOB_TEXT_NAME), sorted[i]);
        fob_account_free(account);
    }
    account = NULL;
    assert_int_equal(fob_accounts_next(accounts, &account), FOB_NOT_FOUND);
    assert_int_equal(fob_accounts_next(accounts, &account), FOB_NOT_FOUND);
    assert_null(account);
    fob_accounts_close(accounts);
}

static void a_name_that_is_not_there_has_the_nearest_for_a_hint(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;
    struct fob_account *account = NULL;

    world_link(world, "acme-payroll", "id");
    expect(fob_start(world->context, NULL, "acme-payrol", NULL, &handle), FOB_NOT_FOUND,
           "acme-payrol: no such account");
    assert_string_equal(fob_error_hint(), "did you mean acme-payroll?");
    expect(fob_read_account(world->context, "amce-payroll", &account), FOB_NOT_FOUND,
           "amce-payroll: no such account");
    assert_string_equal(fob_error_hint(), "did you mean acme-payroll?");
    expect(fob_read_account(world->context, "other", &account), FOB_NOT_FOUND, "other");
    assert_string_equal(fob_error_hint(), "\"fob list\" shows the accounts");
}

static void a_damaged_account_does_not_end_the_iteration(void **state)
{
    struct world *world = world_of(state);
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;

    world_link(world, "a", "id");
    world_link(world, "b", "id");
    world_link(world, "c", "id");
    assert_int_equal(truncate(folder_path(world->folder, "store/accounts/b"), 100), 0);
    expect(fob_accounts_open(world->context, &accounts), FOB_SUCCESS, "");
    expect(fob_accounts_next(accounts, &account), FOB_SUCCESS, "");
    fob_account_free(account);
    account = NULL;
    expect(fob_accounts_next(accounts, &account), FOB_CORRUPT, "accounts/b");
    assert_null(account);
    expect(fob_accounts_next(accounts, &account), FOB_SUCCESS, "");
    assert_string_equal(fob_account_text(account, FOB_TEXT_NAME), "c");
    fob_account_free(account);
    assert_int_equal(fob_accounts_next(accounts, &account), FOB_NOT_FOUND);
    fob_accounts_close(accounts);
    /* Nor is anything else kept from being linked by it. */
    world_link(world, "d", "id");
}

static void an_account_revoked_meanwhile_is_not_in_the_iteration(void **state)
{
    struct world *world = world_of(state);
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    struct fob_handle *handle;

    world_link(world, "a", "id");
    world_link(world, "b", "id");
    expect(fob_accounts_open(world->context, &accounts), FOB_SUCCESS, "");
    handle = world_start(world, "a");
    expect(fob_revoke(handle, 0), FOB_MANUAL, "");
    fob_end(handle);
    expect(fob_accounts_next(accounts, &account), FOB_SUCCESS, "");
    assert_string_equal(fob_account_text(account, FOB_TEXT_NAME), "b");
    fob_account_free(account);
    fob_accounts_close(accounts);
}

static void fields_are_named_without_their_values(void **state)
{
    struct world *world = world_of(state);
    struct fob_account *account = NULL;
    bool secret = true;

    world_link(world, "acme", "id");
    expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
    assert_string_equal(fob_account_field(account, 0, &secret), "id");
    assert_false(secret);
    assert_string_equal(fob_account_field(account, 1, &secret), "token");
    assert_true(secret);
    assert_null(fob_account_field(account, 2, &secret));
    assert_string_equal(fob_account_field(account, 1, NULL), "token");
    assert_string_equal(fob_account_text(account, FOB_TEXT_COUNT), "");
    assert_string_equal(fob_account_text(account, (enum fob_text) - 1), "");
    assert_int_equal(fob_account_time(account, FOB_TIME_COUNT), 0);
    assert_int_equal(fob_account_time(account, (enum fob_time) - 1), 0);
    fob_account_free(account);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accounts_are_iterated_in_the_order_of_their_names),
        TEST(a_name_that_is_not_there_has_the_nearest_for_a_hint),
        TEST(a_damaged_account_does_not_end_the_iteration),
        TEST(an_account_revoked_meanwhile_is_not_in_the_iteration),
        TEST(fields_are_named_without_their_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
