/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Editing: an account stays the same account. */
#include "config.h"

#include "world.h"

#include <string.h>

static const char *const keys[] = { "id", "typed-id", "token", "typed-token", NULL };

static void new_keys_replace_the_old_ones_and_nothing_else(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");
    int64_t linked;

    world_keys(handle, "id", "token");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_NAME, "Jo"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_EXPIRES, "2100-01-01"), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    linked = world_time(world, "acme", FOB_TIME_LINKED);
    world_wait(500);
    handle = world_start(world, "acme");
    world_field(handle, "token", "new-token");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    assert_int_equal(world->person.asked, 0);
    fob_end(handle);
    world_assert_field(world, "acme", "token", "new-token");
    world_assert_field(world, "acme", "id", "id");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_NAME, "Jo");
    assert_int_equal(world_time(world, "acme", FOB_TIME_LINKED), linked);
    assert_true(world_time(world, "acme", FOB_TIME_CHANGED) >= linked + 500);
    assert_int_equal(world_time(world, "acme", FOB_TIME_EXPIRES), 4102444800);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void with_nothing_given_all_keys_are_asked_for(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    world->person.said[0] = '\0';
    world->person.answers = keys;
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_string_equal(world->person.said, "guide Look in the drawer\ntext Id\nsecret Token\n");
    world_assert_field(world, "acme", "token", "typed-token");
}

static void labels_alone_call_nobody(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world->trace[0] = '\0';
    world->person.said[0] = '\0';
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_TYPE, "test"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_EMAIL, "a@b"), FOB_SUCCESS, "");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_string_equal(world->trace, "");
    assert_string_equal(world->person.said, "");
    world_assert_text(world, "acme", FOB_TEXT_TYPE, "test");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_EMAIL, "a@b");
    world_assert_field(world, "acme", "token", "t0ken-of-acme");
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_OWNER_EMAIL, ""), FOB_SUCCESS, "");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_text(world, "acme", FOB_TEXT_OWNER_EMAIL, "");
}

static void who_asks_is_no_label(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world->person.answers = keys;
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_PROGRAM, "payroll"), FOB_SUCCESS, "");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world->person.asked, 2);
}

#define FIRST "0123456789abcdef0123456789abcdef"
#define SECOND "fedcba9876543210fedcba9876543210"

/* Neither is a label, so new keys are asked for. */
static void an_expected_identity_is_the_only_one_that_is_taken(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world->person.answers = keys;
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_EXPECT, "c2"), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_MISMATCHED,
           "acme: the keys belong to the company \"Acme Ltd\", expected was \"c2\"");
    assert_false(world_has(world, "acme"));
    expect(fob_set_item(handle, FOB_ITEM_EXPECT, "c1"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_INVITATION, "acme"), FOB_INVALID, "acme: not an");
    expect(fob_set_item(handle, FOB_ITEM_INVITATION, FIRST), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_text(world, "acme", FOB_TEXT_INVITATION, FIRST);
    handle = world_start(world, "acme");
    expect(fob_set_item(handle, FOB_ITEM_EXPECT, "Acme Ltd"), FOB_SUCCESS, "");
    expect(fob_set_item(handle, FOB_ITEM_INVITATION, SECOND), FOB_SUCCESS, "");
    world->person.asked = 0;
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world->person.asked, 2);
    world_assert_text(world, "acme", FOB_TEXT_INVITATION, SECOND);
}

static void keys_can_be_held_until_the_account_is_resumed(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_link(handle, FOB_HOLD), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_keys(handle, "id", "other-token");
    expect(fob_edit(handle, FOB_HOLD), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void keys_that_fail_change_nothing(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    for (int code = FOB_SUCCESS + 1; code < FOB_CODE_COUNT; code++) {
        struct fob_handle *handle;
        char options[64] = "identity: c1, result: ";

        strncat(options, fob_code_name(code), 32);
        world_tell(world, &(struct told){ .link = options });
        handle = world_start(world, "acme");
        world_keys(handle, "new-id", "new-token");
        expect(fob_set_item(handle, FOB_ITEM_OWNER_NAME, "Jo"), FOB_SUCCESS, "");
        expect(fob_edit(handle, 0), code == FOB_IGNORE ? FOB_PLUGIN : code, "");
        fob_end(handle);
        world_assert_field(world, "acme", "token", "t0ken-of-acme");
        world_assert_text(world, "acme", FOB_TEXT_OWNER_NAME, "");
        assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    }
}

static void keys_of_another_company_are_refused_unless_meant(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other Ltd" });
    handle = world_start(world, "acme");
    world_keys(handle, "id", "new-token");
    expect(fob_edit(handle, 0), FOB_MISMATCHED,
           "acme: the new keys belong to the company \"Other Ltd\", the old ones to \"Acme Ltd\"");
    world_assert_field(world, "acme", "token", "t0ken-of-acme");
    expect(fob_edit(handle, FOB_NEW_IDENTITY), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_field(world, "acme", "token", "new-token");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c2");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Other Ltd");
}

static void keys_that_were_not_tried_are_unchecked_and_keep_the_company(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .link = "result: unavailable",
                                      .validate = "identity: c2, name: Other Ltd" });
    handle = world_start(world, "acme");
    world_keys(handle, "id", "new-token");
    expect(fob_edit(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_UNCHECKED);
    assert_int_equal(world_time(world, "acme", FOB_TIME_VALIDATED), 0);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c1");
    expect(fob_validate(handle, 0), FOB_MISMATCHED, "its keys now belong to");
    fob_end(handle);
}

static void a_mismatched_account_becomes_what_its_keys_open_without_asking(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other Ltd",
                                      .validate = "identity: c2, name: Other Ltd" });
    world->person.answers = NULL; /* nobody to ask */
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_MISMATCHED, "its keys now belong to");
    expect(fob_edit(handle, FOB_NEW_IDENTITY), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme", "token", "t0ken-of-acme");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c2");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Other Ltd");
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "");
}

static void keys_of_the_right_company_end_a_mismatch(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "identity: c2, name: Other Ltd" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_MISMATCHED, "");
    world_keys(handle, "id", "right-token");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c1");
}

/* Else no validate could ever accept them. */
static void keys_that_were_not_tried_may_belong_to_anybody_when_meant(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "identity: c2, name: Other Ltd" });
    handle = world_start(world, "acme");
    world_keys(handle, "id", "new-token");
    expect(fob_edit(handle, FOB_NO_VALIDATE | FOB_NEW_IDENTITY), FOB_SUCCESS, "");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "");
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c2");
}

static void a_rejected_account_is_good_again_with_good_keys(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "result: rejected, message: no" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, FOB_NOW), FOB_REJECTED, "");
    world_field(handle, "token", "new-token");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "");
    assert_int_equal(world_time(world, "acme", FOB_TIME_REFUSED), 0);
}

static void a_suspended_account_stays_suspended_with_new_keys(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "result: rejected" });
    handle = world_start(world, "acme");
    expect(fob_validate(handle, FOB_NOW), FOB_REJECTED, "");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    world_field(handle, "token", "new-token");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    fob_end(handle);
}

static void two_editors_do_not_undo_each_other(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *keys_first;
    struct fob_handle *keys_second;
    struct fob_handle *label;

    world_link(world, "acme", "id");
    keys_first = world_start(world, "acme");
    keys_second = world_start(world, "acme");
    label = world_start(world, "acme");
    world_field(keys_first, "token", "first");
    expect(fob_edit(keys_first, 0), FOB_SUCCESS, "");
    world_field(keys_second, "token", "second");
    expect(fob_edit(keys_second, 0), FOB_CHANGED, "somebody else gave it new keys meanwhile");
    expect(fob_set_item(label, FOB_ITEM_OWNER_NAME, "Jo"), FOB_SUCCESS, "");
    expect(fob_edit(label, 0), FOB_SUCCESS, "");
    fob_end(keys_first);
    fob_end(keys_second);
    fob_end(label);
    world_assert_field(world, "acme", "token", "first");
    world_assert_text(world, "acme", FOB_TEXT_OWNER_NAME, "Jo");
}

static void a_verdict_reached_meanwhile_is_not_undone_by_a_label(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *label;
    struct fob_handle *other;

    world_link(world, "acme", "id");
    label = world_start(world, "acme");
    other = world_start(world, "acme");
    expect(fob_suspend(other), FOB_SUCCESS, "");
    fob_end(other);
    expect(fob_set_item(label, FOB_ITEM_OWNER_NAME, "Jo"), FOB_SUCCESS, "");
    expect(fob_edit(label, 0), FOB_SUCCESS, "");
    assert_int_equal(fob_account_status(fob_handle_account(label)), FOB_STATUS_SUSPENDED);
    fob_end(label);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
}

/* The administrator's "off" is not undone by keys that were being typed at the time. */
static void a_suspension_meanwhile_is_not_undone_by_new_keys(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *editor;
    struct fob_handle *other;

    world_link(world, "acme", "id");
    editor = world_start(world, "acme");
    other = world_start(world, "acme");
    expect(fob_suspend(other), FOB_SUCCESS, "");
    world_field(editor, "token", "new-token");
    expect(fob_edit(editor, 0), FOB_SUCCESS, "");
    fob_end(editor);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(other), FOB_SUCCESS, "");
    fob_end(other);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme", "token", "new-token");
}

static void shared_keys_are_reported(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "first", "id");
    world_tell(world, &(struct told){ .link = "identity: c2, name: Other Ltd" });
    world_link(world, "second", "id");
    world->person.said[0] = '\0';
    handle = world_start(world, "second");
    world_field(handle, "token", "t0ken-of-first");
    expect(fob_edit(handle, 0), FOB_SUCCESS, "");
    fob_end(handle);
    assert_string_equal(world->person.said, "warning the account first has the same credential\n");
}

static void another_name_is_all_that_a_rename_changes(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    int64_t linked;
    int64_t validated;

    world_link(world, "acme", "id");
    world_link(world, "other", "id");
    linked = world_time(world, "acme", FOB_TIME_LINKED);
    world_wait(100);
    handle = world_start(world, "acme");
    expect(fob_validate(handle, 0), FOB_SUCCESS, "");
    validated = world_time(world, "acme", FOB_TIME_VALIDATED);
    expect(fob_rename(handle, "acme"), FOB_EXISTS, "acme: it has this name already");
    expect(fob_rename(handle, "other"), FOB_EXISTS, "other: there is an account of this name");
    expect(fob_rename(handle, "../a"), FOB_INVALID, "../a: not an account's name");
    assert_true(world_has(world, "acme"));
    expect(fob_rename(handle, "acme-uk"), FOB_SUCCESS, "");
    assert_false(world_has(world, "acme"));
    assert_int_equal(world_time(world, "acme-uk", FOB_TIME_LINKED), linked);
    assert_int_equal(world_time(world, "acme-uk", FOB_TIME_VALIDATED), validated);
    assert_int_equal(world_status(world, "acme-uk"), FOB_STATUS_ACTIVE);
    world_assert_field(world, "acme-uk", "token", "t0ken-of-acme");
    /* The handle goes on under the new name. */
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme-uk"), FOB_STATUS_SUSPENDED);
    fob_end(handle);
    handle = world_start(world, "nothing");
    expect(fob_rename(handle, "something"), FOB_NOT_FOUND, "nothing: no such account");
    fob_end(handle);
}

static void both_names_have_a_line_of_the_rename(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_rename(handle, "acme-uk"), FOB_SUCCESS, "");
    fob_end(handle);
    assert_non_null(strstr(world_last_log(world), "rename account=acme-uk"));
    assert_non_null(strstr(world_last_log(world), "detail=\"from acme\""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(new_keys_replace_the_old_ones_and_nothing_else),
        TEST(with_nothing_given_all_keys_are_asked_for),
        TEST(labels_alone_call_nobody),
        TEST(who_asks_is_no_label),
        TEST(an_expected_identity_is_the_only_one_that_is_taken),
        TEST(keys_can_be_held_until_the_account_is_resumed),
        TEST(keys_that_fail_change_nothing),
        TEST(keys_of_another_company_are_refused_unless_meant),
        TEST(keys_that_were_not_tried_are_unchecked_and_keep_the_company),
        TEST(keys_that_were_not_tried_may_belong_to_anybody_when_meant),
        TEST(a_rejected_account_is_good_again_with_good_keys),
        TEST(a_suspended_account_stays_suspended_with_new_keys),
        TEST(two_editors_do_not_undo_each_other),
        TEST(a_mismatched_account_becomes_what_its_keys_open_without_asking),
        TEST(keys_of_the_right_company_end_a_mismatch),
        TEST(a_verdict_reached_meanwhile_is_not_undone_by_a_label),
        TEST(a_suspension_meanwhile_is_not_undone_by_new_keys),
        TEST(shared_keys_are_reported),
        TEST(another_name_is_all_that_a_rename_changes),
        TEST(both_names_have_a_line_of_the_rename),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
