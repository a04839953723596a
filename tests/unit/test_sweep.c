/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Sweeps: what is told of each account, what is kept, and what ends them. */
#include "config.h"

#include "world.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MANY 12

/* What was told. */
struct told_all {
    struct world *world;
    size_t count;
    size_t ends_at; /* tick() ends the sweep after so many; 0 for never */
    struct {
        char account[65];
        int code, was, status;
        char reason[256];
    } results[2 * MANY];
};

static void tell(const struct fob_sweep_result *result, void *data)
{
    struct told_all *told = data;

    assert_true(told->count < 2 * MANY);
    snprintf(told->results[told->count].account, 65, "%s", result->account);
    told->results[told->count].code = result->code;
    told->results[told->count].was = result->was;
    assert_int_equal(result->size, sizeof *result);
    told->results[told->count].status = result->status;
    snprintf(told->results[told->count].reason, 256, "%s", result->reason);
    /* It is durable already. */
    if (result->status >= 0)
        assert_int_equal((int)world_status(told->world, result->account), result->status);
    told->count++;
}

static bool tick(const struct fob_sweep_state *state, void *data)
{
    const struct told_all *told = data;

    assert_int_equal(state->size, sizeof *state);
    assert_true(state->done <= state->all);
    return told->ends_at == 0 || told->count < told->ends_at;
}

static void link_many(struct world *world)
{
    /* The world's log is for one thread. */
    fob_set_log(world->context, NULL, NULL);
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%02u", i);
        world_link(world, name, "id");
    }
}

static int sweep(struct told_all *told, const char *const *names, unsigned jobs, unsigned flags)
{
    const struct fob_sweep plan = { .size = sizeof plan,
                                    .accounts = names,
                                    .tell = tell,
                                    .tick = tick,
                                    .data = told,
                                    .jobs = jobs,
                                    .flags = flags };

    told->count = 0;
    return fob_sweep(told->world->context, &plan);
}

static void each_account_is_told_once_and_logged(void **state)
{
    struct told_all told = { .world = world_of(state) };
    size_t lines;

    link_many(told.world);
    lines = world_log_lines(told.world);
    for (unsigned jobs = 0; jobs < 6; jobs++) {
        expect(sweep(&told, NULL, jobs, 0), FOB_SUCCESS, "");
        assert_int_equal(told.count, MANY);
        for (size_t i = 0; i < MANY; i++) {
            assert_int_equal(told.results[i].code, FOB_SUCCESS);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(told.results[i].account, told.results[j].account);
        }
    }
    assert_int_equal(world_log_lines(told.world), lines + 6 * (MANY + 1));
}

static void a_no_is_kept_by_the_rule_of_the_second_no(void **state)
{
    struct told_all told = { .world = world_of(state) };

    link_many(told.world);
    world_tell(told.world, &(struct told){ .validate = "result: rejected, message: 'Told: no'" });
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    assert_int_equal(told.count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(told.results[i].code, FOB_REJECTED);
        assert_int_equal(told.results[i].status, FOB_STATUS_ACTIVE);
        assert_string_equal(told.results[i].reason, "Told: no");
    }
    expect(sweep(&told, NULL, 3, FOB_NOW), FOB_SUCCESS, "");
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(told.results[i].was, FOB_STATUS_ACTIVE);
        assert_int_equal(told.results[i].status, FOB_STATUS_REJECTED);
    }
    world_tell(told.world, &(struct told){ 0 });
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(told.results[i].status, FOB_STATUS_ACTIVE);
}

static void when_all_is_as_before_only_the_time_is_kept(void **state)
{
    struct told_all told = { .world = world_of(state) };
    struct fob_handle *handle;
    int64_t first;

    link_many(told.world);
    first = world_time(told.world, "a03", FOB_TIME_VALIDATED);
    world_wait(5000);
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    assert_true(world_time(told.world, "a03", FOB_TIME_VALIDATED) >= first + 5000);
    handle = world_start(told.world, "a03");
    assert_int_equal(fob_account_time(fob_handle_account(handle), FOB_TIME_VALIDATED),
                     world_time(told.world, "a03", FOB_TIME_VALIDATED));
    /* New keys were not accepted by anybody yet. */
    world_wait(5000);
    world_keys(handle, "id", "an0ther-t0ken");
    expect(fob_edit(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    fob_end(handle);
    assert_true(world_time(told.world, "a03", FOB_TIME_VALIDATED) < first + 5000);
}

/* Give ACCOUNT a date on which it expires, in so many days. */
static void expire_in(struct world *world, const char *account, int days)
{
    struct fob_handle *handle = world_start(world, account);
    time_t when = time(NULL) + (time_t)days * 86400;
    struct tm tm;
    char date[11];

    strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&when, &tm));
    expect(fob_set_item(handle, FOB_ITEM_EXPIRES, date), FOB_SUCCESS, "");
    expect(fob_edit(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
    fob_end(handle);
}

static size_t count_changed(const struct told_all *told, int was, int status)
{
    size_t count = 0;

    for (size_t i = 0; i < told->count; i++)
        count += told->results[i].was == was && told->results[i].status == status;
    return count;
}

static void a_date_that_has_passed_is_told_once_as_a_change(void **state)
{
    struct told_all told = { .world = world_of(state) };
    static const char *const few[] = { "a00", NULL };

    link_many(told.world);
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%02u", i);
        expire_in(told.world, name, 2);
    }
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    assert_int_equal(count_changed(&told, FOB_STATUS_ACTIVE, FOB_STATUS_ACTIVE), MANY);
    world_wait(3 * 86400);
    expect(sweep(&told, few, 1, 0), FOB_SUCCESS, "");
    assert_int_equal(count_changed(&told, FOB_STATUS_ACTIVE, FOB_STATUS_EXPIRED), 1);
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    assert_int_equal(count_changed(&told, FOB_STATUS_ACTIVE, FOB_STATUS_EXPIRED), 2);
    assert_int_equal(count_changed(&told, FOB_STATUS_EXPIRED, FOB_STATUS_EXPIRED), 1);
    assert_int_equal(count_changed(&told, FOB_STATUS_ACTIVE, FOB_STATUS_ACTIVE), MANY - 3);
    expect(sweep(&told, NULL, 3, 0), FOB_SUCCESS, "");
    assert_int_equal(count_changed(&told, FOB_STATUS_EXPIRED, FOB_STATUS_EXPIRED), 3);
}

static void a_provider_that_does_not_answer_is_asked_once(void **state)
{
    struct told_all told = { .world = world_of(state) };
    size_t unasked = 0;

    link_many(told.world);
    world_tell(told.world,
               &(struct told){ .validate = "result: unavailable, message: 'Told: gone'" });
    expect(sweep(&told, NULL, 4, 0), FOB_SUCCESS, "");
    assert_int_equal(told.count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(told.results[i].code, FOB_UNAVAILABLE);
        assert_int_equal(told.results[i].status, FOB_STATUS_ACTIVE);
        unasked += strcmp(told.results[i].reason, "not asked, since of a00: Told: gone") == 0;
    }
    assert_int_equal(unasked, MANY - 1);
    assert_string_equal(told.results[0].reason, "Told: gone");
}

static void what_can_not_be_read_is_told_too(void **state)
{
    static const char *const names[] = { "a01", "nope", "Not a name", "a02", NULL };
    struct told_all told = { .world = world_of(state) };
    size_t failed = 0;

    link_many(told.world);
    expect(sweep(&told, names, 0, 0), FOB_SUCCESS, "");
    assert_int_equal(told.count, 4);
    for (size_t i = 0; i < told.count; i++)
        failed += told.results[i].status == -1 && told.results[i].was == -1 &&
                  (told.results[i].code == FOB_NOT_FOUND || told.results[i].code == FOB_INVALID);
    assert_int_equal(failed, 2);
}

static void it_ends_when_it_is_told_to(void **state)
{
    struct told_all told = { .world = world_of(state), .ends_at = 3 };
    size_t lines;

    link_many(told.world);
    world_tell(told.world,
               &(struct told){ .validate = "identity: c1, name: Acme Ltd, pause: 250" });
    lines = world_log_lines(told.world);
    expect(sweep(&told, NULL, 1, 0), FOB_ABORT, "interrupted");
    assert_in_range(told.count, 3, MANY - 1);
    assert_int_equal(world_log_lines(told.world), lines + told.count + 1);
    assert_int_equal(sweep(&told, NULL, 65, 0), FOB_INVALID);
}

static unsigned count_threads(void)
{
    struct stat st;

    /* A folder's links are ".", its name, and one a folder in it: here one a thread. */
    assert_int_equal(stat("/proc/self/task", &st), 0);
    return (unsigned)st.st_nlink - 2;
}

static unsigned threads; /* before the sweep */

#define JOBS 3
static unsigned most_threads; /* during the sweep */

static bool tick_and_count_threads(const struct fob_sweep_state *state, void *data)
{
    const unsigned now = count_threads() - threads;

    most_threads = now > most_threads ? now : most_threads;
    return tick(state, data);
}

static void jobs_is_the_number_of_threads(void **state)
{
    struct told_all told = { .world = world_of(state) };
    const struct fob_sweep plan = { .size = sizeof plan,
                                    .tell = tell,
                                    .tick = tick_and_count_threads,
                                    .data = &told,
                                    .jobs = JOBS };

    link_many(told.world);
    world_tell(told.world,
               &(struct told){ .validate = "result: denied, message: 'Told: $id', "
                                           "identity: c1, name: Acme Ltd, pause: 250" });
    threads = count_threads();
    most_threads = 0;
    expect(fob_sweep(told.world->context, &plan), FOB_SUCCESS, "");
    assert_in_range(most_threads, 2, JOBS);
    assert_int_equal(told.count, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(told.results[i].code, FOB_DENIED);
        assert_int_equal(told.results[i].status, FOB_STATUS_DEGRADED);
        assert_string_equal(told.results[i].reason, "Told: id");
    }
}

static unsigned threads_left = UINT_MAX; /* so many can be made */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *data), void *data);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *data), void *data);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *data), void *data)
{
    if (threads_left == 0)
        return EAGAIN;
    threads_left--;
    return __real_pthread_create(thread, attributes, start, data);
}

static void link_at_another(struct world *world)
{
    struct fob_handle *handle = NULL;

    world_provider(world, "other",
                   "provider: other\ntitle: Other\n"
                   "fields:\n  - { name: id, title: Id }\n"
                   "link: [ { control: required, plugin: told } ]\n"
                   "validate:\n  - { control: required, plugin: told,"
                   " options: { result: denied, message: other, pause: 5 } }\n");
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];

        snprintf(name, sizeof name, "b%02u", i);
        expect(fob_start(world->context, "other", name, NULL, &handle), FOB_SUCCESS, "");
        world_field(handle, "id", "id");
        expect(fob_link(handle, FOB_NO_VALIDATE), FOB_SUCCESS, "");
        fob_end(handle);
    }
}

/* There may be none, for a while or for good. */
static void all_is_asked_with_whatever_threads_there_are(void **state)
{
    struct told_all told = { .world = world_of(state) };

    link_many(told.world);
    link_at_another(told.world);
    for (unsigned left = 0; left < 4; left++) {
        threads_left = left;
        expect(sweep(&told, NULL, 8, 0), FOB_SUCCESS, "");
        assert_int_equal(told.count, 2 * MANY);
    }
    threads_left = UINT_MAX;
}

/* Suspends the account that is the last to be asked about, when others were. */
static bool tick_that_suspends(const struct fob_sweep_state *state, void *data)
{
    const struct told_all *told = data;
    struct fob_handle *handle;

    if (told->count > 0 && world_status(told->world, "a11") != FOB_STATUS_SUSPENDED) {
        handle = world_start(told->world, "a11");
        expect(fob_suspend(handle), FOB_SUCCESS, "");
        fob_end(handle);
    }
    return tick(state, data);
}

static void what_was_suspended_meanwhile_is_not_asked_about(void **state)
{
    static const char *const names[] = { "a00", "a01", "a02", "a03", "a11", NULL };
    struct told_all told = { .world = world_of(state) };
    struct fob_sweep plan = {
        .size = sizeof plan, .tell = tell, .tick = tick_that_suspends, .data = &told, .jobs = 1
    };

    link_many(told.world);
    /* Until its turn comes, what was read before is not taken for new any more. */
    world_tell(told.world,
               &(struct told){ .validate = "identity: c1, name: Acme Ltd, pause: 150" });
    expect(fob_sweep(told.world->context, &plan), FOB_SUCCESS, "");
    assert_int_equal(told.count, MANY - 1);
    expect(sweep(&told, names, 1, 0), FOB_SUCCESS, "");
    assert_int_equal(told.count, 5);
}

/* False after a second. */
static bool tick_ten_times(const struct fob_sweep_state *state, void *data)
{
    static unsigned times;

    return tick(state, data) && ++times % 10 != 0;
}

static void a_hook_that_does_not_end_is_left_and_told_of(void **state)
{
    struct told_all told = { .world = world_of(state) };
    const struct fob_sweep plan = {
        .size = sizeof plan, .tell = tell, .tick = tick_ten_times, .data = &told
    };
    size_t lines;

    link_many(told.world);
    lines = world_log_lines(told.world);
    world_tell(told.world, &(struct told){ .validate = "identity: c1, pause: 8000" });
    threads = count_threads();
    expect(fob_sweep(told.world->context, &plan), FOB_ABORT, "interrupted");
    assert_int_equal(told.count, 1);
    assert_string_equal(told.results[0].account, "a00");
    assert_int_equal(told.results[0].code, FOB_PLUGIN);
    assert_non_null(strstr(told.results[0].reason, "did not end"));
    assert_int_equal(told.results[0].was, told.results[0].status);
    assert_int_equal(world_log_lines(told.world), lines + 2);
    /* It is still at work, and the last that frees what is the sweep's. */
    assert_int_equal(count_threads(), threads + 1);
    fob_close(told.world->context);
    told.world->context = NULL;
    while (count_threads() > threads)
        usleep(10000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_account_is_told_once_and_logged),
        TEST(a_no_is_kept_by_the_rule_of_the_second_no),
        TEST(when_all_is_as_before_only_the_time_is_kept),
        TEST(a_date_that_has_passed_is_told_once_as_a_change),
        TEST(a_provider_that_does_not_answer_is_asked_once),
        TEST(what_can_not_be_read_is_told_too),
        TEST(it_ends_when_it_is_told_to),
        TEST(jobs_is_the_number_of_threads),
        TEST(all_is_asked_with_whatever_threads_there_are),
        TEST(what_was_suspended_meanwhile_is_not_asked_about),
        TEST(a_hook_that_does_not_end_is_left_and_told_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
