/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Budgets, by a clock of the test's own. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "core/hook/budget.h"
#include "util/wire.h"

#include "folder.h"
#include "wrapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct settings settings;
/* Of the test's clock; negative for the machine's. */
static int64_t clock_ms = -1;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    if (clock_ms < 0)
        return timespec_get(now, TIME_UTC) == TIME_UTC ? 0 : -1;
    *now = (struct timespec){ clock_ms / 1000, (long)(clock_ms % 1000) * 1000000 };
    return 0;
}
WRAPPED_TOO(int, __clock_gettime64, (clockid_t clock, struct timespec *now),
            clock_gettime(clock, now))

static char *folder;

static int set_up(void **state)
{
    char here[4096];

    (void)state;
    clock_ms = -1;
    folder = getcwd(here, sizeof here) != NULL ? folder_make(here) : NULL;
    settings = (struct settings){ .user = geteuid(), .store_path = folder };
    return folder != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

/* How long a call must wait; 0 when it was made. */
static int64_t take(int64_t per_minute, int64_t now, uint64_t planned)
{
    const struct budget_request ask = { "acme", per_minute, planned };
    int64_t wait = -1;

    clock_ms = now;
    if (budget_acquire(&settings, &ask, &wait) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return wait;
}

static void no_minute_has_more_calls_than_the_budget(void **state)
{
    int64_t made[200];
    size_t count = 0;

    (void)state;
    for (int64_t now = 1000; count < 200; now += 37) {
        if (take(30, now, 0) == 0)
            made[count++] = now;
    }
    assert_int_equal(made[29], 1000 + 29 * 37);
    for (size_t i = 30; i < count; i++) {
        assert_true(made[i] - made[i - 30] >= BUDGET_MINUTE_MS);
        assert_true(made[i] - made[i - 30] < BUDGET_MINUTE_MS + 37);
    }
}

static void the_wait_that_is_told_is_right(void **state)
{
    (void)state;
    assert_int_equal(take(2, 1000, 0), 0);
    assert_int_equal(take(2, 3000, 0), 0);
    assert_int_equal(take(2, 5000, 0), 56000);
    assert_int_equal(take(2, 60999, 0), 1);
    assert_int_equal(take(2, 61000, 0), 0);
    assert_int_equal(take(2, 61000, 0), 2000);
}

static void a_sweep_goes_evenly_and_leaves_a_part_to_others(void **state)
{
    int64_t made[60];
    size_t count = 0;

    (void)state;
    for (int64_t now = 1000; count < 60; now += 10) {
        if (take(60, now, 1000) == 0)
            made[count++] = now;
    }
    for (size_t i = 1; i < count; i++) {
        assert_true(made[i] - made[i - 1] >= 1200);
        assert_true(made[i] - made[i - 1] <= 1360);
    }
    /* Others need not wait, ten of them. */
    for (int i = 0; i < 10; i++)
        assert_int_equal(take(60, made[count - 1] + 1, 0), 0);
    assert_true(take(60, made[count - 1] + 1, 1) > 0);
}

static void a_sweep_that_fits_need_not_wait(void **state)
{
    (void)state;
    for (uint64_t left = 25; left > 0; left--)
        assert_int_equal(take(30, 1000, left), 0);
    assert_true(take(30, 1000, 1) > 0);
    assert_int_equal(take(30, 1000, 0), 0);
}

static void another_budget_keeps_what_was_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(take(5, 1000 + i, 0), 0);
    assert_int_equal(take(8, 2000, 0), 0);
    assert_int_equal(take(8, 2000, 0), 0);
    assert_int_equal(take(8, 2000, 0), 0);
    assert_int_equal(take(8, 2000, 0), 59000);
    assert_int_equal(take(3, 2000, 0), 60000);
    assert_int_equal(take(3, 61999, 0), 1);
}

/* The clock begins anew: what is to come is taken to be now. */
static void a_machine_that_was_started_again_waits_a_minute_at_most(void **state)
{
    (void)state;
    assert_int_equal(take(1, 900000, 0), 0);
    assert_int_equal(take(1, 5000, 0), 60000);
    assert_int_equal(take(1, 64999, 0), 1);
    assert_int_equal(take(1, 65000, 0), 0);
}

/* A file of fob's with nothing but TIME in it. */
static void write_ring(size_t room, int64_t time)
{
    unsigned char data[24 + 8 * 30] = "FOBCALLS";

    wire_put(data + 8, room, 8);
    for (size_t i = 0; i < room; i++)
        wire_put(data + 24 + 8 * i, (uint64_t)time, 8);
    /* The last call, so that the clock seems not to have begun anew. */
    wire_put(data + 24 + 8 * (room - 1), 5000, 8);
    assert_int_equal(chmod(folder_write_bytes(folder, "calls.acme", data, 24 + 8 * room), 0600), 0);
}

static void no_damaged_time_makes_anybody_wait_for_more_than_a_minute(void **state)
{
    (void)state;
    write_ring(30, INT64_MAX);
    assert_int_equal(take(30, 5000, 0), 60000);
    write_ring(30, INT64_MAX);
    assert_int_equal(take(30, 5000, 1), 60000);
    write_ring(30, INT64_MIN);
    assert_int_equal(take(30, 5000, 0), 0);
    write_ring(30, INT64_MIN);
    assert_int_equal(take(7, 4000, 0), 0);
}

static void a_file_that_is_not_fobs_is_made_anew(void **state)
{
    (void)state;
    folder_write(folder, "calls.acme", "nonsense");
    assert_int_equal(chmod(folder_path(folder, "calls.acme"), 0600), 0);
    assert_int_equal(take(1, 1000, 0), 0);
    assert_int_equal(take(1, 1000, 0), 60000);
}

static void more_room_than_any_budget_has_is_made_anew(void **state)
{
    static const unsigned char huge[8] = { 0x10, 0, 0, 0, 0, 0, 0, 0x10 };
    int fd;

    (void)state;
    assert_int_equal(take(2, 1000, 0), 0);
    fd = open(folder_path(folder, "calls.acme"), O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, huge, sizeof huge, 8), sizeof huge);
    close(fd);
    assert_int_equal(take(2, 1000, 0), 0);
    assert_int_equal(take(2, 1000, 0), 0);
    assert_int_equal(take(2, 1000, 0), 60000);
}

static void who_may_write_to_it_is_checked(void **state)
{
    const struct budget_request ask = { "acme", 1, 0 };
    int64_t wait = -1;

    (void)state;
    assert_int_equal(take(1, 1000, 0), 0);
    assert_int_equal(chmod(folder_path(folder, "calls.acme"), 0666), 0);
    assert_int_equal(budget_acquire(&settings, &ask, &wait), FOB_NOT_ALLOWED);
    assert_int_equal(wait, -1);
}

/* Processes that are killed at any moment lose no count of a call that was made. */
static void many_processes_hold_it_together(void **state)
{
    int pipes[2];
    char byte;
    size_t made = 0;

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0) {
            const struct budget_request ask = { "acme", 100, 0 };

            for (int j = 0; j < 50; j++) {
                int64_t wait = -1;

                if (budget_acquire(&settings, &ask, &wait) == FOB_SUCCESS && wait == 0 &&
                    write(pipes[1], "", 1) != 1)
                    abort();
            }
            _exit(0);
        }
    }
    close(pipes[1]);
    while (read(pipes[0], &byte, 1) == 1)
        made++;
    close(pipes[0]);
    while (wait(NULL) > 0)
        continue;
    assert_int_equal(made, 100);
}

/* Processes that wait for each other bring no times that look like those of a machine that was
 * started again. */
static void a_busy_budget_is_written_once(void **state)
{
    const char *path = folder_path(folder, "calls.acme");
    const struct budget_request ask = { "acme", 6000, 0 };
    struct stat st;
    int64_t wait = -1;
    int fd;

    (void)state;
    assert_int_equal(budget_acquire(&settings, &ask, &wait), FOB_SUCCESS);
    fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 400; j++)
                (void)budget_acquire(&settings, &ask, &wait);
            _exit(0);
        }
    }
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_nlink, 1);
    close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_minute_has_more_calls_than_the_budget),
        TEST(the_wait_that_is_told_is_right),
        TEST(a_sweep_goes_evenly_and_leaves_a_part_to_others),
        TEST(a_sweep_that_fits_need_not_wait),
        TEST(another_budget_keeps_what_was_counted),
        TEST(a_machine_that_was_started_again_waits_a_minute_at_most),
        TEST(no_damaged_time_makes_anybody_wait_for_more_than_a_minute),
        TEST(a_file_that_is_not_fobs_is_made_anew),
        TEST(more_room_than_any_budget_has_is_made_anew),
        TEST(who_may_write_to_it_is_checked),
        TEST(many_processes_hold_it_together),
        TEST(a_busy_budget_is_written_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
