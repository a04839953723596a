/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* When a sweep asks a provider next, by a clock of the test's own. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "core/lane.h"

#define JOBS 200

static struct lane_job jobs[JOBS];

static const struct lane_outcome yes = { FOB_SUCCESS, true, 0 };
static const struct lane_outcome no = { FOB_REJECTED, true, 0 };
static const struct lane_outcome silent = { FOB_UNAVAILABLE, false, 0 };
static const struct lane_outcome broken = { FOB_UNAVAILABLE, true, 0 };

static void fill(struct lane *lane, unsigned most)
{
    lane_init(lane, most);
    for (size_t i = 0; i < JOBS; i++)
        lane_add(lane, &jobs[i]);
}

/* Begin as many as may run at NOW, into BEGUN; returns how many. */
static size_t begin_all(struct lane *lane, int64_t now, struct lane_job **begun)
{
    size_t count = 0;
    int64_t wait;

    while (lane_ready(lane, now, &wait) && wait == 0)
        begun[count++] = lane_begin(lane);
    return count;
}

static void it_begins_with_one_and_gets_more_as_it_answers(void **state)
{
    struct lane lane;
    struct lane_job *begun[JOBS];

    (void)state;
    fill(&lane, 5);
    assert_int_equal(begin_all(&lane, 0, begun), 1);
    assert_ptr_equal(begun[0], &jobs[0]);
    assert_false(lane_end(&lane, begun[0], &yes, 1));
    assert_int_equal(begin_all(&lane, 1, begun), 2);
    assert_false(lane_end(&lane, begun[0], &yes, 2));
    assert_false(lane_end(&lane, begun[1], &no, 2));
    assert_int_equal(begin_all(&lane, 2, begun), 4);
    for (size_t i = 0; i < 4; i++)
        assert_false(lane_end(&lane, begun[i], &yes, 3));
    assert_int_equal(begin_all(&lane, 3, begun), 5);
    assert_int_equal(lane.given_up, FOB_SUCCESS);
}

static void one_that_never_answered_is_given_up_at_once(void **state)
{
    struct lane lane;

    (void)state;
    fill(&lane, 5);
    assert_false(lane_end(&lane, lane_begin(&lane), &silent, 1));
    assert_int_equal(lane.given_up, FOB_UNAVAILABLE);
}

static void one_that_answered_before_may_fail_a_few_times(void **state)
{
    struct lane lane;

    (void)state;
    fill(&lane, 5);
    assert_false(lane_end(&lane, lane_begin(&lane), &yes, 1));
    for (int i = 1; i < LANE_FAILURES; i++)
        assert_false(lane_end(&lane, lane_begin(&lane), &silent, 1));
    assert_int_equal(lane.given_up, FOB_SUCCESS);
    assert_int_equal(lane.limit, 1);
    assert_false(lane_end(&lane, lane_begin(&lane), &yes, 1));
    for (int i = 0; i < LANE_FAILURES; i++) {
        assert_int_equal(lane.given_up, FOB_SUCCESS);
        assert_false(lane_end(&lane, lane_begin(&lane), &broken, 1));
    }
    assert_int_equal(lane.given_up, FOB_UNAVAILABLE);
}

static void a_fault_here_says_nothing_of_the_provider(void **state)
{
    struct lane lane;

    (void)state;
    fill(&lane, 5);
    for (int i = 0; i < 3 * LANE_FAILURES; i++)
        assert_false(
            lane_end(&lane, lane_begin(&lane), &(struct lane_outcome){ FOB_CORRUPT, false, 0 }, 1));
    assert_int_equal(lane.given_up, FOB_SUCCESS);
}

static void a_pause_that_is_asked_for_is_made_and_the_account_asked_again(void **state)
{
    const struct lane_outcome busy = { FOB_RATE_LIMITED, true, 7 };
    struct lane lane;
    struct lane_job *begun[JOBS];
    int64_t wait;

    (void)state;
    fill(&lane, 5);
    assert_false(lane_end(&lane, lane_begin(&lane), &yes, 1000));
    assert_int_equal(begin_all(&lane, 1000, begun), 2);
    assert_true(lane_end(&lane, begun[0], &busy, 2000));
    /* Both have heard of the same pause. */
    assert_true(lane_end(&lane, begun[1], &busy, 2000));
    assert_true(lane_ready(&lane, 2000, &wait));
    assert_int_equal(wait, 7000);
    assert_int_equal(begin_all(&lane, 9000, begun), 1);
    assert_ptr_equal(begun[0], &jobs[2]);
    /* Not for ever. */
    for (int64_t now = 9000; now < 9000 + 8000 * (LANE_PAUSES - 1); now += 8000) {
        assert_true(lane_end(&lane, begun[0], &busy, now));
        assert_int_equal(lane.given_up, FOB_SUCCESS);
        assert_int_equal(begin_all(&lane, now + 8000, begun), 1);
    }
    assert_false(lane_end(&lane, begun[0], &busy, 90000));
    assert_int_equal(lane.given_up, FOB_RATE_LIMITED);
}

static void a_pause_that_is_too_long_is_not_waited_for(void **state)
{
    struct lane lane;

    (void)state;
    fill(&lane, 5);
    assert_false(lane_end(&lane, lane_begin(&lane),
                          &(struct lane_outcome){ FOB_UNAVAILABLE, true, LANE_PAUSE_MAX + 1 }, 1));
    assert_int_equal(lane.given_up, FOB_UNAVAILABLE);
}

/* However many run, and whatever else is answered in between. */
static void never_so_many_noes_in_ten_seconds_that_the_address_is_blocked(void **state)
{
    int64_t told[JOBS];
    size_t count = 0;
    struct lane lane;
    struct lane_job *begun[JOBS];

    (void)state;
    fill(&lane, 16);
    for (int64_t now = 0; lane.first != NULL; now += 10) {
        size_t running = begin_all(&lane, now, begun);

        for (size_t i = 0; i < running; i++) {
            assert_false(lane_end(&lane, begun[i], &no, now));
            told[count++] = now;
        }
    }
    assert_int_equal(count, JOBS);
    for (size_t i = LANE_NOS; i < count; i++)
        assert_true(told[i] - told[i - LANE_NOS] >= LANE_NOS_TIME);
}

static void what_is_put_back_is_the_next(void **state)
{
    struct lane lane;
    struct lane_job *job;
    int64_t wait;

    (void)state;
    fill(&lane, 5);
    job = lane_begin(&lane);
    lane_put_back(&lane, job, 100, 50);
    assert_int_equal(lane.waiting, JOBS);
    assert_true(lane_ready(&lane, 120, &wait));
    assert_int_equal(wait, 30);
    assert_ptr_equal(lane_begin(&lane), job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_one_and_gets_more_as_it_answers),
        cmocka_unit_test(one_that_never_answered_is_given_up_at_once),
        cmocka_unit_test(one_that_answered_before_may_fail_a_few_times),
        cmocka_unit_test(a_fault_here_says_nothing_of_the_provider),
        cmocka_unit_test(a_pause_that_is_asked_for_is_made_and_the_account_asked_again),
        cmocka_unit_test(a_pause_that_is_too_long_is_not_waited_for),
        cmocka_unit_test(never_so_many_noes_in_ten_seconds_that_the_address_is_blocked),
        cmocka_unit_test(what_is_put_back_is_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
