/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The rules by which a verdict changes an account's status. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/session/status.h"
#include "util/array.h"

#define NOW 1700000000

static struct record *make_record(enum fob_status status)
{
    struct record *record = NULL;

    assert_int_equal(record_new("acme", &record), FOB_SUCCESS);
    record_set_status(record, status);
    return record;
}

static void one_rejection_leaves_an_active_account_active(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    assert_int_equal(status_apply(record, FOB_REJECTED, NOW, false, "no"), FOB_SUCCESS);
    assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
    assert_int_equal(record_time(record, FOB_TIME_REFUSED), NOW);
    assert_string_equal(record_text(record, FOB_TEXT_LAST_ERROR), "no");
    record_free(record);
}

static void a_second_rejection_counts_only_a_minute_later(void **state)
{
    struct record *record = make_record(FOB_STATUS_DEGRADED);

    (void)state;
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    status_apply(record, FOB_REJECTED, NOW + STATUS_SECOND_NO_S - 1, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_DEGRADED);
    status_apply(record, FOB_REJECTED, NOW + STATUS_SECOND_NO_S, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void a_success_between_starts_the_count_again(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    status_apply(record, FOB_SUCCESS, NOW + 30, false, "");
    assert_int_equal(record_time(record, FOB_TIME_REFUSED), 0);
    assert_string_equal(record_text(record, FOB_TEXT_LAST_ERROR), "");
    status_apply(record, FOB_REJECTED, NOW + 90, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
    record_free(record);
}

static void a_clock_set_back_starts_the_count_again(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    status_apply(record, FOB_REJECTED, NOW - 5000, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
    status_apply(record, FOB_REJECTED, NOW - 5000 + STATUS_SECOND_NO_S, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void one_rejection_is_enough_with_now(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    status_apply(record, FOB_REJECTED, NOW, true, "no");
    assert_int_equal(record_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void one_rejection_is_enough_for_an_unchecked_account(void **state)
{
    struct record *record = make_record(FOB_STATUS_UNCHECKED);

    (void)state;
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void a_missing_permission_degrades_until_a_success(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    status_apply(record, FOB_DENIED, NOW, false, "right missing");
    assert_int_equal(record_status(record), FOB_STATUS_DEGRADED);
    status_apply(record, FOB_SUCCESS, NOW, false, "");
    assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
    assert_int_equal(record_time(record, FOB_TIME_VALIDATED), NOW);
    record_free(record);
}

static void a_mismatch_ends_only_with_the_right_identity(void **state)
{
    struct record *record = make_record(FOB_STATUS_ACTIVE);

    (void)state;
    record_set_time(record, FOB_TIME_VALIDATED, NOW - 1);
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    status_apply(record, FOB_MISMATCHED, NOW, false, "another company");
    assert_int_equal(record_status(record), FOB_STATUS_MISMATCHED);
    assert_int_equal(record_time(record, FOB_TIME_REFUSED), 0);
    assert_int_equal(record_time(record, FOB_TIME_VALIDATED), NOW - 1);
    assert_string_equal(record_text(record, FOB_TEXT_LAST_ERROR), "another company");
    status_apply(record, FOB_DENIED, NOW + 1, false, "right missing");
    assert_int_equal(record_status(record), FOB_STATUS_MISMATCHED);
    assert_int_equal(status_now(FOB_STATUS_MISMATCHED, NOW, NOW), FOB_STATUS_MISMATCHED);
    status_apply(record, FOB_SUCCESS, NOW + 2, false, "");
    assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
    status_apply(record, FOB_MISMATCHED, NOW, false, "another company");
    status_apply(record, FOB_REJECTED, NOW, false, "no");
    assert_int_equal(record_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void a_suspended_account_stays_suspended(void **state)
{
    struct record *record = make_record(FOB_STATUS_SUSPENDED);

    (void)state;
    record_set_resume_status(record, FOB_STATUS_ACTIVE);
    status_apply(record, FOB_REJECTED, NOW, true, "no");
    assert_int_equal(record_status(record), FOB_STATUS_SUSPENDED);
    assert_int_equal(record_resume_status(record), FOB_STATUS_REJECTED);
    record_free(record);
}

static void a_bad_day_changes_nothing(void **state)
{
    static const int codes[] = { FOB_UNAVAILABLE, FOB_RATE_LIMITED, FOB_UNTRUSTED, FOB_PROTOCOL,
                                 FOB_PLUGIN,      FOB_CONFIG,       FOB_ABORT,     FOB_IGNORE };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        struct record *record = make_record(FOB_STATUS_ACTIVE);

        assert_false(status_is_verdict(codes[i]));
        assert_int_equal(status_apply(record, codes[i], NOW, true, "bad day"), FOB_INVALID);
        assert_int_equal(record_status(record), FOB_STATUS_ACTIVE);
        assert_int_equal(record_time(record, FOB_TIME_REFUSED), 0);
        record_free(record);
    }
}

static void expiry_shows_at_its_second(void **state)
{
    (void)state;
    assert_int_equal(status_now(FOB_STATUS_ACTIVE, NOW, NOW - 1), FOB_STATUS_ACTIVE);
    assert_int_equal(status_now(FOB_STATUS_ACTIVE, NOW, NOW), FOB_STATUS_EXPIRED);
    assert_int_equal(status_now(FOB_STATUS_ACTIVE, 0, NOW), FOB_STATUS_ACTIVE);
    assert_int_equal(status_now(FOB_STATUS_SUSPENDED, NOW, NOW), FOB_STATUS_SUSPENDED);
    assert_int_equal(status_now(FOB_STATUS_REJECTED, NOW, NOW), FOB_STATUS_REJECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rejection_leaves_an_active_account_active),
        cmocka_unit_test(a_second_rejection_counts_only_a_minute_later),
        cmocka_unit_test(a_success_between_starts_the_count_again),
        cmocka_unit_test(a_clock_set_back_starts_the_count_again),
        cmocka_unit_test(one_rejection_is_enough_with_now),
        cmocka_unit_test(one_rejection_is_enough_for_an_unchecked_account),
        cmocka_unit_test(a_missing_permission_degrades_until_a_success),
        cmocka_unit_test(a_mismatch_ends_only_with_the_right_identity),
        cmocka_unit_test(a_suspended_account_stays_suspended),
        cmocka_unit_test(a_bad_day_changes_nothing),
        cmocka_unit_test(expiry_shows_at_its_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
