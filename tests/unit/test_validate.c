/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Validating: what each answer makes of an account; suspending and resuming. */
#include "config.h"

#include "world.h"

#include "core/account/change.h"
#include "core/session/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Validate acme, the hook being told OPTIONS. */
static int validate(struct world *world, const char *options, unsigned flags)
{
    struct fob_handle *handle;
    int code;

    world_tell(world, &(struct told){ .validate = options });
    handle = world_start(world, "acme");
    code = fob_validate(handle, flags);
    if (code != FOB_SUCCESS) { /* the handle shows what is stored */
        struct fob_account *account = NULL;
        const char *error = strdup(fob_error());

        expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
        assert_int_equal(fob_account_status(fob_handle_account(handle)),
                         fob_account_status(account));
        fob_account_free(account);
        assert_string_equal(fob_error(), error);
        free((char *)(uintptr_t)error);
    }
    fob_end(handle);
    return code;
}

static void a_success_is_kept(void **state)
{
    struct world *world = world_of(state);
    int64_t linked;

    world_link(world, "acme", "id");
    linked = world_time(world, "acme", FOB_TIME_LINKED);
    world_wait(1000);
    expect(validate(world, "identity: c1, name: 'Acme Limited'", 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    assert_true(world_time(world, "acme", FOB_TIME_VALIDATED) >= linked + 1000);
    assert_int_equal(world_time(world, "acme", FOB_TIME_LINKED), linked);
    /* The same company under a new name. */
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Acme Limited");
}

static uint64_t record_file(struct world *world)
{
    struct stat st;
    char *path = NULL;

    assert_true(asprintf(&path, "%s/store/accounts/acme", world->folder) > 0);
    assert_int_equal(stat(path, &st), 0);
    free(path);
    return st.st_ino;
}

/* As by a sweep: only the time is stored, which need not wait for the disk. */
static void a_confirmation_leaves_the_record(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;
    uint64_t file;

    world_link(world, "acme", "id");
    file = record_file(world);
    world_wait(1000);
    handle = world_start(world, "acme");
    assert_int_equal(fob_validate(handle, 0), FOB_SUCCESS);
    assert_true(fob_account_time(fob_handle_account(handle), FOB_TIME_VALIDATED) >=
                world_now() - 30);
    fob_end(handle);
    assert_true(world_time(world, "acme", FOB_TIME_VALIDATED) >= world_now() - 30);
    assert_int_equal(record_file(world), file);
    expect(validate(world, "identity: c1, name: 'Acme Limited'", 0), FOB_SUCCESS, "");
    assert_int_not_equal(record_file(world), file);
}

static void an_active_account_is_rejected_at_the_second_no_a_minute_later(void **state)
{
    static const char no[] = "result: rejected, message: 'Told says no', hint: 'get new keys'";
    struct world *world = world_of(state);
    int64_t first;

    world_link(world, "acme", "id");
    expect(validate(world, no, 0), FOB_REJECTED, "Told says no");
    assert_string_equal(fob_error_hint(), "get new keys");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "Told says no");
    first = world_time(world, "acme", FOB_TIME_REFUSED);
    assert_in_range(first, world_now() - 30, world_now());
    world_wait(first + STATUS_SECOND_NO_S - 20 - world_now());
    expect(validate(world, no, 0), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    assert_int_equal(world_time(world, "acme", FOB_TIME_REFUSED), first);
    world_wait(20);
    expect(validate(world, no, 0), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
    /* And a yes mends it. */
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "");
    assert_int_equal(world_time(world, "acme", FOB_TIME_REFUSED), 0);
}

static void a_success_between_makes_the_next_no_the_first(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "result: rejected", 0), FOB_REJECTED, "");
    world_wait(100);
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    world_wait(100);
    expect(validate(world, "result: rejected", 0), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void a_bad_day_between_is_no_success(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "result: rejected", 0), FOB_REJECTED, "");
    world_wait(100);
    expect(validate(world, "result: unavailable", 0), FOB_UNAVAILABLE, "");
    expect(validate(world, "result: rejected", 0), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
}

static void now_makes_one_no_enough(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "result: rejected", FOB_NOW), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
}

static void an_unchecked_account_needs_one_answer(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_link(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    fob_end(handle);
    expect(validate(world, "result: unavailable", 0), FOB_UNAVAILABLE, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_UNCHECKED);
    expect(validate(world, "result: rejected", 0), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    /* The first answer tells whose keys they are. */
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c1");
}

static void a_missing_right_degrades(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "result: denied, message: 'no right'", 0), FOB_DENIED, "no right");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_DEGRADED);
    world_assert_text(world, "acme", FOB_TEXT_LAST_ERROR, "no right");
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void an_expired_credential_is_expired_at_once(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "result: expired", 0), FOB_EXPIRED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_EXPIRED);
}

/* The account's whole face, to be compared. */
static void describe(const struct world *world, char text[static 1024])
{
    struct fob_account *account = NULL;
    size_t used = 0;

    expect(fob_read_account(world->context, "acme", &account), FOB_SUCCESS, "");
    for (int i = 0; i < FOB_TEXT_COUNT; i++)
        used += (size_t)snprintf(text + used, 1024 - used, "%s|",
                                 fob_account_text(account, (enum fob_text)i));
    for (int i = 0; i < FOB_TIME_COUNT; i++)
        used += (size_t)snprintf(text + used, 1024 - used, "%lld|",
                                 (long long)fob_account_time(account, (enum fob_time)i));
    snprintf(text + used, 1024 - used, "%d", (int)fob_account_status(account));
    fob_account_free(account);
}

static void every_other_code_changes_nothing(void **state)
{
    struct world *world = world_of(state);
    char before[1024];
    char after[1024];

    world_link(world, "acme", "id");
    describe(world, before);
    world_wait(3600);
    for (int code = 0; code < FOB_CODE_COUNT; code++) {
        char options[128];

        if (status_is_verdict(code))
            continue;
        snprintf(options, sizeof options, "identity: c1, name: New, result: %s, message: bad day",
                 fob_code_name(code));
        expect(validate(world, options, FOB_NOW), code == FOB_IGNORE ? FOB_PLUGIN : code, "");
        describe(world, after);
        assert_string_equal(after, before);
    }
}

static void keys_of_another_company_are_kept_as_a_mismatch(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "identity: c2, name: Other Ltd", 0), FOB_MISMATCHED,
           "acme: its keys now belong to the company \"Other Ltd\", not to \"Acme Ltd\"");
    assert_non_null(strstr(fob_error_hint(), "fob edit --new-identity acme"));
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_MISMATCHED);
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_ID, "c1");
    world_assert_text(world, "acme", FOB_TEXT_REMOTE_NAME, "Acme Ltd");
    world_assert_text(
        world, "acme", FOB_TEXT_LAST_ERROR,
        "acme: its keys now belong to the company \"Other Ltd\", not to \"Acme Ltd\"");
    /* A right that is missing says nothing about whose the keys are, a bad day nothing at all. */
    expect(validate(world, "result: denied", 0), FOB_DENIED, "");
    expect(validate(world, "result: unavailable", 0), FOB_UNAVAILABLE, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_MISMATCHED);
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

/* Also where a right is missing besides. */
static void another_company_is_noticed_with_whatever_acceptance(void **state)
{
    struct world *world = world_of(state);

    world_link(world, "acme", "id");
    expect(validate(world, "identity: c2, name: Other Ltd, result: denied", 0), FOB_MISMATCHED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_MISMATCHED);
}

/* Somebody gave it new keys while the old ones were asked about. */
static void a_verdict_on_old_keys_is_not_put_on_new_ones(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *early;
    struct fob_handle *editor;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .validate = "result: rejected, message: no to $token" });
    early = world_start(world, "acme");
    editor = world_start(world, "acme");
    world_keys(editor, "newid", "new-token");
    expect(fob_edit(editor, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    fob_end(editor);
    world->trace[0] = '\0';
    expect(fob_validate(early, FOB_NOW), FOB_REJECTED, "");
    assert_int_equal(fob_account_status(fob_handle_account(early)), FOB_STATUS_REJECTED);
    fob_end(early);
    /* The new keys were asked about, too. */
    assert_non_null(strstr(strstr(world->trace, "verdict rejected") + 1, "verdict rejected"));
    world_assert_field(world, "acme", "token", "new-token");
}

/* An account of the same name that was linked meanwhile is another one. */
static void a_verdict_is_not_put_on_an_account_that_was_linked_again(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *early;
    struct fob_handle *other;

    world_link(world, "acme", "id");
    world_tell(world, &(struct told){ .revoke = "result: success" });
    early = world_start(world, "acme");
    other = world_start(world, "acme");
    expect(fob_revoke(other, 0), FOB_SUCCESS, "");
    fob_end(other);
    other = world_start(world, "acme");
    world_keys(other, "id", "another-token");
    expect(fob_link(other, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    fob_end(other);
    expect(fob_revoke(early, 0), FOB_CHANGED, "acme: it was given new keys meanwhile");
    world_assert_field(world, "acme", "token", "another-token");
    fob_end(early);
}

/* All programs together have the time that is left; what they did not hear of stays to be told. */
static void on_change_has_its_time_once(void **state)
{
    static char sleep[] = "/bin/sleep";
    static char seconds[] = "600";
    char *program[] = { sleep, seconds, NULL };
    struct world *world = world_of(state);
    struct settings *settings = world->context->settings;
    struct record *record = NULL;
    struct store *store = NULL;
    int64_t left = 50;
    struct change change = { .account = "acme", .provider = "told", .left = &left };

    world_link(world, "acme", "id");
    assert_int_equal(context_store(world->context, &store), FOB_SUCCESS);
    assert_int_equal(store_read(store, "acme", &record), FOB_SUCCESS);
    record_set_status(record, FOB_STATUS_REJECTED);
    settings->on_change = program;
    assert_false(change_find(world->context, record, &change));
    change_record(world->context, record, FOB_STATUS_ACTIVE);
    assert_true(change_find(world->context, record, &change));
    assert_int_equal(change.from, FOB_STATUS_ACTIVE);
    assert_int_equal(change.to, FOB_STATUS_REJECTED);
    for (size_t i = 0; i < 50; i++) /* all but the first are not begun */
        change_report(world->context, store, &change);
    settings->on_change = NULL;
    assert_true(left <= 0);
    assert_non_null(
        strstr(world->trace, "the minute for all changes is over; the change of acme is reported"));
    record_free(record);
}

static void an_account_revoked_meanwhile_stays_gone(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *early;
    struct fob_handle *other;

    world_link(world, "acme", "id");
    early = world_start(world, "acme");
    other = world_start(world, "acme");
    expect(fob_revoke(other, 0), FOB_MANUAL, "");
    fob_end(other);
    expect(fob_validate(early, 0), FOB_NOT_FOUND, "acme");
    expect(fob_suspend(early), FOB_NOT_FOUND, "acme");
    fob_end(early);
    assert_false(world_has(world, "acme"));
}

static void a_mismatch_of_a_suspended_account_shows_when_it_is_resumed(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    expect(validate(world, "identity: c2, name: Other Ltd", 0), FOB_MISMATCHED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_MISMATCHED);
    fob_end(handle);
}

static void suspend_and_resume_come_back_to_what_was(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    (void)validate(world, "result: denied", 0);
    handle = world_start(world, "acme");
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_DEGRADED);
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    assert_int_equal(fob_account_status(fob_handle_account(handle)), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_DEGRADED);
    fob_end(handle);
}

static void a_suspended_account_learns_for_when_it_is_resumed(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    expect(validate(world, "result: rejected", FOB_NOW), FOB_REJECTED, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(validate(world, NULL, 0), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_SUSPENDED);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    fob_end(handle);
}

static void what_is_not_linked_is_not_validated(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_validate(handle, 0), FOB_NOT_FOUND, "acme: no such account");
    expect(fob_suspend(handle), FOB_NOT_FOUND, "acme");
    expect(fob_resume(handle), FOB_NOT_FOUND, "acme");
    expect(fob_edit(handle, 0), FOB_NOT_FOUND, "acme: no such account");
    expect(fob_revoke(handle, 0), FOB_NOT_FOUND, "acme: no such account");
    fob_end(handle);
    assert_string_equal(world->trace, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_success_is_kept),
        TEST(a_confirmation_leaves_the_record),
        TEST(an_active_account_is_rejected_at_the_second_no_a_minute_later),
        TEST(a_success_between_makes_the_next_no_the_first),
        TEST(a_bad_day_between_is_no_success),
        TEST(now_makes_one_no_enough),
        TEST(an_unchecked_account_needs_one_answer),
        TEST(a_missing_right_degrades),
        TEST(an_expired_credential_is_expired_at_once),
        TEST(every_other_code_changes_nothing),
        TEST(keys_of_another_company_are_kept_as_a_mismatch),
        TEST(another_company_is_noticed_with_whatever_acceptance),
        TEST(a_verdict_is_not_put_on_an_account_that_was_linked_again),
        TEST(a_verdict_on_old_keys_is_not_put_on_new_ones),
        TEST(on_change_has_its_time_once),
        TEST(an_account_revoked_meanwhile_stays_gone),
        TEST(a_mismatch_of_a_suspended_account_shows_when_it_is_resumed),
        TEST(suspend_and_resume_come_back_to_what_was),
        TEST(a_suspended_account_learns_for_when_it_is_resumed),
        TEST(what_is_not_linked_is_not_validated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
