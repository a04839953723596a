/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* When a sweep asks a provider next, by a clock of the test's own. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "core/sweep/queue.h"
#include "core/sweep/sweep_queue.h"

#define ENTRIES 200

static struct queue_entry entries[ENTRIES];

static const struct outcome yes = { FOB_SUCCESS, true, 0, QUEUE_SLOW_NS };
static const struct outcome quick = { FOB_SUCCESS, true, 0, QUEUE_SLOW_NS - 1 };
static const struct outcome no = { FOB_REJECTED, true, 0, 0 };
static const struct outcome silent = { FOB_UNAVAILABLE, false, 0, 0 };
static const struct outcome broken = { FOB_UNAVAILABLE, true, 0, 0 };

/* Settle the only entry of an attempt, and end the attempt. */
static bool end(struct queue *queue, struct queue_entry *entry, const struct outcome *outcome,
                int64_t now)
{
    const bool again = queue_settle(queue, entry, outcome, now);

    queue_end(queue);
    return again;
}

static void fill(struct queue *queue, unsigned window_max)
{
    queue_init(queue, window_max);
    for (size_t i = 0; i < ENTRIES; i++)
        queue_push(queue, &entries[i]);
}

/* Begin as many as may run at NOW, into BEGUN; returns how many. */
static size_t begin_all(struct queue *queue, int64_t now, struct queue_entry **begun)
{
    size_t count = 0;
    int64_t wait;

    while (queue_is_ready(queue, now, &wait) && wait == 0)
        begun[count++] = queue_take(queue);
    return count;
}

static void the_window_begins_with_one_and_grows_with_answers(void **state)
{
    struct queue queue;
    struct queue_entry *begun[ENTRIES];

    (void)state;
    fill(&queue, 5);
    assert_int_equal(begin_all(&queue, 0, begun), 1);
    assert_ptr_equal(begun[0], &entries[0]);
    assert_false(end(&queue, begun[0], &yes, 1));
    assert_int_equal(begin_all(&queue, 1, begun), 2);
    assert_false(end(&queue, begun[0], &yes, 2));
    assert_false(end(&queue, begun[1], &no, 2));
    assert_int_equal(begin_all(&queue, 2, begun), 4);
    for (size_t i = 0; i < 4; i++)
        assert_false(end(&queue, begun[i], &yes, 3));
    assert_int_equal(begin_all(&queue, 3, begun), 5);
    assert_int_equal(queue.circuit, FOB_SUCCESS);
}

/* Settle COUNT attempts, one after the other. */
static void settle(struct queue *queue, const struct outcome *outcome, unsigned count)
{
    while (count-- > 0)
        assert_false(end(queue, queue_take(queue), outcome, 1));
}

static void the_window_is_large_only_for_slow_answers(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, 2 * QUEUE_WINDOW);
    settle(&queue, &quick, 2 * QUEUE_WINDOW);
    assert_int_equal(queue.window, QUEUE_WINDOW);
    settle(&queue, &yes, QUEUE_SLOW_RUN);
    settle(&queue, &quick, 1);
    settle(&queue, &yes, QUEUE_SLOW_RUN);
    assert_int_equal(queue.window, QUEUE_WINDOW);
    settle(&queue, &yes, 2);
    assert_int_equal(queue.window, QUEUE_WINDOW + 2);
    settle(&queue, &quick, 1);
    settle(&queue, &yes, 1);
    assert_int_equal(queue.window, QUEUE_WINDOW + 2);
}

static void a_provider_that_never_answered_opens_the_circuit_at_once(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, 5);
    assert_false(end(&queue, queue_take(&queue), &silent, 1));
    assert_int_equal(queue.circuit, FOB_UNAVAILABLE);
}

static void a_provider_that_answered_before_may_fail_a_few_times(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, 5);
    assert_false(end(&queue, queue_take(&queue), &yes, 1));
    for (int i = 1; i < QUEUE_FAILURES; i++)
        assert_false(end(&queue, queue_take(&queue), &silent, 1));
    assert_int_equal(queue.circuit, FOB_SUCCESS);
    assert_int_equal(queue.window, 1);
    assert_false(end(&queue, queue_take(&queue), &yes, 1));
    for (int i = 0; i < QUEUE_FAILURES; i++) {
        assert_int_equal(queue.circuit, FOB_SUCCESS);
        assert_false(end(&queue, queue_take(&queue), &broken, 1));
    }
    assert_int_equal(queue.circuit, FOB_UNAVAILABLE);
}

static void a_fault_here_says_nothing_of_the_provider(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, 5);
    for (int i = 0; i < 3 * QUEUE_FAILURES; i++)
        assert_false(
            end(&queue, queue_take(&queue), &(struct outcome){ FOB_CORRUPT, false, 0, 0 }, 1));
    assert_int_equal(queue.circuit, FOB_SUCCESS);
}

static void a_pause_that_is_asked_for_is_made_and_the_account_asked_again(void **state)
{
    const struct outcome busy = { FOB_RATE_LIMITED, true, 7, 0 };
    struct queue queue;
    struct queue_entry *begun[ENTRIES];
    int64_t wait;

    (void)state;
    fill(&queue, 5);
    assert_false(end(&queue, queue_take(&queue), &yes, 1000));
    assert_int_equal(begin_all(&queue, 1000, begun), 2);
    assert_true(end(&queue, begun[0], &busy, 2000));
    /* Both have heard of the same pause. */
    assert_true(end(&queue, begun[1], &busy, 2000));
    assert_true(queue_is_ready(&queue, 2000, &wait));
    assert_int_equal(wait, 7000);
    assert_int_equal(begin_all(&queue, 9000, begun), 1);
    assert_ptr_equal(begun[0], &entries[2]);
    /* Not for ever. */
    for (int64_t now = 9000; now < 9000 + 8000 * (QUEUE_PAUSES - 1); now += 8000) {
        assert_true(end(&queue, begun[0], &busy, now));
        assert_int_equal(queue.circuit, FOB_SUCCESS);
        assert_int_equal(begin_all(&queue, now + 8000, begun), 1);
    }
    assert_false(end(&queue, begun[0], &busy, 90000));
    assert_int_equal(queue.circuit, FOB_RATE_LIMITED);
}

static void a_pause_that_is_too_long_is_not_waited_for(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, 5);
    assert_false(end(&queue, queue_take(&queue),
                     &(struct outcome){ FOB_UNAVAILABLE, true, QUEUE_PAUSE_MAX_S + 1, 0 }, 1));
    assert_int_equal(queue.circuit, FOB_UNAVAILABLE);
}

/* However many run, and whatever else is answered in between. */
static void rejections_are_too_few_to_block_the_address(void **state)
{
    int64_t told[ENTRIES] = { 0 };
    size_t count = 0;
    struct queue queue;
    struct queue_entry *begun[ENTRIES];

    (void)state;
    fill(&queue, 16);
    for (int64_t now = 0; queue.first != NULL; now += 10) {
        size_t running = begin_all(&queue, now, begun);

        for (size_t i = 0; i < running; i++) {
            assert_false(end(&queue, begun[i], &no, now));
            told[count++] = now;
        }
    }
    assert_int_equal(count, ENTRIES);
    for (size_t i = QUEUE_REJECTIONS; i < count; i++)
        assert_true(told[i] - told[i - QUEUE_REJECTIONS] >= QUEUE_REJECTIONS_MS);
}

static void an_entry_that_is_put_back_is_the_next(void **state)
{
    struct queue queue;
    struct queue_entry *entry;
    int64_t wait;

    (void)state;
    fill(&queue, 5);
    entry = queue_take(&queue);
    queue_put_back(&queue, entry, 100, 50);
    queue_end(&queue);
    assert_int_equal(queue.length, ENTRIES);
    assert_true(queue_is_ready(&queue, 120, &wait));
    assert_int_equal(wait, 30);
    assert_ptr_equal(queue_take(&queue), entry);
}

/* How many entries an attempt takes along with its first. */
static size_t take_along(struct queue *queue, size_t most)
{
    const struct queue_entry *first = queue_take(queue);
    size_t count = 1;

    while (count < most && queue_take_along(queue, first, count) != NULL)
        count++;
    return count - 1;
}

static void only_a_quick_provider_is_asked_about_several_accounts_at_once(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, QUEUE_WINDOW);
    assert_int_equal(take_along(&queue, 8), 0);
    settle(&queue, &quick, 1);
    assert_int_equal(take_along(&queue, 8), 7);
    assert_int_equal(queue.in_flight, 2);
    /* One slow answer may be chance. */
    settle(&queue, &yes, 1);
    assert_int_equal(take_along(&queue, 8), 7);
    settle(&queue, &yes, QUEUE_WINDOW - 1);
    assert_int_equal(take_along(&queue, 8), 0);
    settle(&queue, &quick, 1);
    settle(&queue, &broken, 1);
    assert_int_equal(take_along(&queue, 8), 0);
}

static void the_last_entries_are_for_several_attempts(void **state)
{
    struct queue queue;

    (void)state;
    queue_init(&queue, QUEUE_WINDOW);
    for (size_t i = 0; i < 12; i++)
        queue_push(&queue, &entries[i]);
    queue.window = 4;
    queue.heard = true;
    assert_int_equal(take_along(&queue, 8), 2);
}

static void an_entry_that_is_to_be_alone_is_alone(void **state)
{
    struct queue queue;

    (void)state;
    fill(&queue, QUEUE_WINDOW);
    queue.heard = true;
    entries[2].alone = true;
    assert_int_equal(take_along(&queue, 8), 1);
    assert_int_equal(take_along(&queue, 8), 0);
    assert_int_equal(take_along(&queue, 8), 7);
    entries[2].alone = false;
}

/* Each has an entry, and a window for more attempts than it has in flight. */
static void fill_all(struct sweep_provider *providers, size_t count, struct sweep_queue *shared)
{
    static struct sweep_provider *pointers[4];

    *shared = (struct sweep_queue){ .providers = pointers, .provider_count = count };
    for (size_t i = 0; i < count; i++) {
        pointers[i] = &providers[i];
        queue_init(&providers[i].queue, 9);
        providers[i].queue.window = 9;
        queue_push(&providers[i].queue, &entries[i]);
    }
}

static void the_provider_with_the_fewest_attempts_is_next(void **state)
{
    struct sweep_provider providers[3] = { 0 };
    struct sweep_provider *nearest;
    struct sweep_queue shared;
    int64_t wait;

    (void)state;
    fill_all(providers, 3, &shared);
    assert_ptr_equal(sweep_queue_pick_locked(&shared, NULL, &nearest, &wait), &providers[0]);
    /* As many everywhere: each in turn, but for a worker that has a connection to one. */
    shared.turn = 4;
    assert_ptr_equal(sweep_queue_pick_locked(&shared, NULL, &nearest, &wait), &providers[1]);
    assert_ptr_equal(sweep_queue_pick_locked(&shared, &providers[0], &nearest, &wait),
                     &providers[0]);
    /* A slow one gets no more than its share, whoever was there last. */
    providers[0].queue.in_flight = 3;
    providers[1].queue.in_flight = 2;
    providers[2].queue.in_flight = 1;
    assert_ptr_equal(sweep_queue_pick_locked(&shared, &providers[0], &nearest, &wait),
                     &providers[2]);
    providers[2].queue.in_flight = 9;
    assert_ptr_equal(sweep_queue_pick_locked(&shared, &providers[0], &nearest, &wait),
                     &providers[1]);
    for (size_t i = 0; i < 3; i++)
        providers[i].queue.not_before = INT64_MAX - (int64_t)i;
    assert_null(sweep_queue_pick_locked(&shared, NULL, &nearest, &wait));
    assert_ptr_equal(nearest, &providers[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_begins_with_one_and_grows_with_answers),
        cmocka_unit_test(the_window_is_large_only_for_slow_answers),
        cmocka_unit_test(a_provider_that_never_answered_opens_the_circuit_at_once),
        cmocka_unit_test(a_provider_that_answered_before_may_fail_a_few_times),
        cmocka_unit_test(a_fault_here_says_nothing_of_the_provider),
        cmocka_unit_test(a_pause_that_is_asked_for_is_made_and_the_account_asked_again),
        cmocka_unit_test(a_pause_that_is_too_long_is_not_waited_for),
        cmocka_unit_test(rejections_are_too_few_to_block_the_address),
        cmocka_unit_test(an_entry_that_is_put_back_is_the_next),
        cmocka_unit_test(only_a_quick_provider_is_asked_about_several_accounts_at_once),
        cmocka_unit_test(the_last_entries_are_for_several_attempts),
        cmocka_unit_test(an_entry_that_is_to_be_alone_is_alone),
        cmocka_unit_test(the_provider_with_the_fewest_attempts_is_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
