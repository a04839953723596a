/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Workers are killed at random while a sweep goes on: each account is told once. */
#include "config.h"

#include "world.h"

#include "core/plugin/worker_process.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCOUNTS 100
#define ACCOUNTS_LONG 5000
#define KILLS 40
#define KILLS_LONG 1000
#define WORKERS_MAX 64
/* The pause between two kills, in milliseconds: a minimum, and the most that chance adds. */
#define PAUSE_MIN 2
#define PAUSE_MORE 10

/* Those that there are. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct worker_process *workers[WORKERS_MAX];
static atomic_size_t kills;
static atomic_bool answered; /* an account, since the last kill */
static atomic_bool over;

int __real_worker_process_start(const struct worker_start *start, struct worker_process **process);
int __wrap_worker_process_start(const struct worker_start *start, struct worker_process **process);
void __real_worker_process_end(struct worker_process *process);
void __wrap_worker_process_end(struct worker_process *process);

static void replace(const struct worker_process *old, struct worker_process *new)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        if (workers[i] == old) {
            workers[i] = new;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

int __wrap_worker_process_start(const struct worker_start *start, struct worker_process **process)
{
    int code = __real_worker_process_start(start, process);

    if (code == FOB_SUCCESS)
        replace(NULL, *process);
    return code;
}

void __wrap_worker_process_end(struct worker_process *process)
{
    if (process != NULL)
        replace(process, NULL);
    __real_worker_process_end(process);
}

static void kill_one(size_t first)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        struct worker_process *worker = workers[(first + i) % WORKERS_MAX];

        if (worker != NULL) {
            worker_process_kill(worker);
            atomic_store(&answered, false);
            kills++;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

/* Each second kill may hit a worker that has not answered yet; on a slow machine all would. */
static void *kill_all(void *data)
{
    unsigned seed = 17;

    while (!atomic_load(&over)) {
        poll(NULL, 0, PAUSE_MIN + rand_r(&seed) % PAUSE_MORE);
        if (kills % 2 == 0 || atomic_load(&answered))
            kill_one((size_t)rand_r(&seed));
    }
    return data;
}

struct told_each {
    size_t count;
    unsigned char told[ACCOUNTS_LONG]; /* how often */
    size_t good;
};

static void tell(const struct fob_sweep_result *result, void *data)
{
    struct told_each *each = data;
    const unsigned long number = strtoul(result->account + 1, NULL, 10);

    assert_true(number < each->count);
    each->told[number]++;
    if (result->code == FOB_SUCCESS) {
        each->good++;
        atomic_store(&answered, true);
    } else if (result->code != FOB_PLUGIN)
        fail_msg("%s: %d, %s", result->account, result->code, result->reason);
}

static void link_all(struct world *world, size_t count)
{
    /* The world's log is for one thread. */
    fob_set_log(world->context, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%zu", i);
        world_link(world, name, "id");
    }
}

static void sweep(struct world *world, struct told_each *each)
{
    const struct fob_sweep plan = { .size = sizeof plan, .tell = tell, .data = each };

    memset(each->told, 0, sizeof each->told);
    expect(fob_sweep(world->context, &plan), FOB_SUCCESS, "");
    for (size_t i = 0; i < each->count; i++)
        assert_int_equal(each->told[i], 1);
}

static void each_account_is_told_once(void **state)
{
    static struct told_each each;
    const char *text = getenv("FOB_TEST_LONG");
    const bool lengthy = text != NULL && text[0] != '\0';
    struct world *world = world_of(state);
    pthread_t killer;

    each.count = lengthy ? ACCOUNTS_LONG : ACCOUNTS;
    link_all(world, each.count);
    world_tell(world, &(struct told){ .validate = "identity: c1, name: Acme Ltd, pause: 5" });
    assert_int_equal(pthread_create(&killer, NULL, kill_all, NULL), 0);
    while (kills < (lengthy ? KILLS_LONG : KILLS)) {
        const size_t kills_before = kills;

        each.good = 0;
        sweep(world, &each);
        assert_true(each.good > 0 || kills > kills_before);
    }
    atomic_store(&over, true);
    assert_int_equal(pthread_join(killer, NULL), 0);
    each.good = 0;
    sweep(world, &each);
    assert_int_equal(each.good, each.count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_account_is_told_once, world_set_up, world_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
