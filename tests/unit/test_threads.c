/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* One context, used by many threads at once. */
#include "config.h"

#include "world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define THREADS 8
#define ROUNDS 20

struct worker {
    struct world *world;
    pthread_barrier_t *start;
    unsigned number;
    char failure[256]; /* what went wrong first, or "" */
};

static void complain(struct worker *worker, const char *what)
{
    if (worker->failure[0] == '\0')
        snprintf(worker->failure, sizeof worker->failure, "thread %u, %s: %s", worker->number, what,
                 fob_error());
}

/* WHAT must end with CODE. */
static void want(struct worker *worker, int code, int wanted, const char *what)
{
    if (code != wanted)
        complain(worker, what);
}

static void account_name(unsigned number, char name[static 16])
{
    snprintf(name, 16, "account-%u", number);
}

/* Read the field and the header of an account. */
static void get(struct worker *worker, unsigned number)
{
    struct fob_context *context = worker->world->context;
    const struct fob_secret *header = NULL;
    struct fob_secret *value = NULL;
    struct fob_handle *handle = NULL;
    const char *header_name;
    char expected[64];
    char name[16];

    account_name(number, name);
    snprintf(expected, sizeof expected, "t0ken-of-%s", name);
    want(worker, fob_start(context, NULL, name, NULL, &handle), FOB_SUCCESS, "start");
    if (handle == NULL)
        return;
    want(worker, fob_get_field(handle, "token", &value), FOB_SUCCESS, "get");
    if (value == NULL || strcmp(fob_secret_data(value), expected) != 0)
        complain(worker, "another's secret");
    want(worker, fob_authorize(handle, "test", 0), FOB_SUCCESS, "authorize");
    if (fob_header(handle, 0, &header_name, &header) != FOB_SUCCESS ||
        strcmp(fob_secret_data(header), expected) != 0)
        complain(worker, "another's header");
    fob_secret_free(value);
    fob_end(handle);
}

static void validate(struct worker *worker, unsigned number)
{
    struct fob_handle *handle = NULL;
    char name[16];

    account_name(number, name);
    want(worker, fob_start(worker->world->context, NULL, name, NULL, &handle), FOB_SUCCESS,
         "start");
    if (handle != NULL)
        want(worker, fob_validate(handle, 0), FOB_SUCCESS, "validate");
    fob_end(handle);
}

static void list(struct worker *worker)
{
    struct fob_accounts *accounts = NULL;
    struct fob_providers *providers = NULL;
    struct fob_account *account = NULL;
    size_t count = 0;

    want(worker, fob_accounts_open(worker->world->context, &accounts), FOB_SUCCESS, "accounts");
    while (accounts != NULL && fob_accounts_next(accounts, &account) == FOB_SUCCESS) {
        count++;
        fob_account_free(account);
    }
    fob_accounts_close(accounts);
    if (count < THREADS)
        complain(worker, "too few accounts");
    want(worker, fob_providers_open(worker->world->context, &providers), FOB_SUCCESS, "providers");
    fob_providers_close(providers);
}

/* Link, edit, revoke an account of the thread's own. */
static void live(struct worker *worker)
{
    struct fob_handle *handle = NULL;
    char name[32];

    snprintf(name, sizeof name, "own-%u", worker->number);
    want(worker, fob_start(worker->world->context, "told", name, NULL, &handle), FOB_SUCCESS,
         "start");
    if (handle == NULL)
        return;
    want(worker, fob_set_field(handle, "id", "i", 1), FOB_SUCCESS, "field");
    want(worker, fob_set_field(handle, "token", "t", 1), FOB_SUCCESS, "field");
    want(worker, fob_link(handle, 0), FOB_SUCCESS, "link");
    want(worker, fob_set_item(handle, FOB_ITEM_OWNER_ID, "e"), FOB_SUCCESS, "item");
    want(worker, fob_edit(handle, 0), FOB_SUCCESS, "edit");
    want(worker, fob_revoke(handle, 0), FOB_MANUAL, "revoke");
    fob_end(handle);
}

/* A thread's error is its own. */
static void fail_alone(struct worker *worker)
{
    struct fob_handle *handle = NULL;
    char name[32];

    snprintf(name, sizeof name, "absent-%u", worker->number);
    want(worker, fob_start(worker->world->context, NULL, name, NULL, &handle), FOB_NOT_FOUND,
         "absent");
    if (strstr(fob_error(), name) == NULL)
        complain(worker, "another's error");
}

static void *work(void *data)
{
    struct worker *worker = data;

    pthread_barrier_wait(worker->start);
    for (unsigned round = 0; round < ROUNDS; round++) {
        get(worker, (worker->number + round) % THREADS);
        validate(worker, (worker->number + round) % THREADS);
        fail_alone(worker);
        if (round % 5 == worker->number % 5) {
            list(worker);
            live(worker);
        }
    }
    return NULL;
}

static void run_all(struct worker *workers, void *(*function)(void *))
{
    pthread_t threads[THREADS];

    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, function, &workers[i]), 0);
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        if (workers[i].failure[0] != '\0')
            fail_msg("%s", workers[i].failure);
    }
}

/* An account for each worker. */
static void link_all(struct world *world, struct worker *workers, pthread_barrier_t *start)
{
    for (unsigned i = 0; i < THREADS; i++) {
        char name[16];

        account_name(i, name);
        world_link(world, name, "id");
        workers[i] = (struct worker){ world, start, i, "" };
    }
}

static void a_context_serves_many_threads_at_once(void **state)
{
    struct world *world = world_of(state);
    struct worker workers[THREADS];
    pthread_barrier_t start;

    fob_set_log(world->context, NULL, NULL);
    link_all(world, workers, &start);
    /* The threads open store and plugin. */
    fob_close(world->context);
    world->context = NULL;
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &world->context), FOB_SUCCESS, "");
    pthread_barrier_init(&start, NULL, THREADS);
    run_all(workers, work);
    pthread_barrier_destroy(&start);
}

static void *link_the_same(void *data)
{
    struct worker *worker = data;
    struct fob_handle *handle = NULL;
    int code;

    pthread_barrier_wait(worker->start);
    code = fob_start(worker->world->context, "told", "acme", NULL, &handle);
    if (code == FOB_SUCCESS) {
        want(worker, fob_set_field(handle, "id", "i", 1), FOB_SUCCESS, "field");
        want(worker, fob_set_field(handle, "token", "t", 1), FOB_SUCCESS, "field");
        code = fob_link(handle, 0);
    }
    fob_end(handle);
    if (code != FOB_SUCCESS)
        want(worker, code, FOB_EXISTS, "link");
    worker->number = code == FOB_SUCCESS;
    return NULL;
}

static void of_many_links_of_one_name_one_wins(void **state)
{
    struct world *world = world_of(state);
    struct worker workers[THREADS];
    pthread_barrier_t start;
    unsigned won = 0;

    fob_set_log(world->context, NULL, NULL);
    pthread_barrier_init(&start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++)
        workers[i] = (struct worker){ world, &start, i, "" };
    run_all(workers, link_the_same);
    pthread_barrier_destroy(&start);
    for (unsigned i = 0; i < THREADS; i++)
        won += workers[i].number;
    assert_int_equal(won, 1);
    assert_true(world_has(world, "acme"));
}

/* The mistake is added to fob.yaml's, which all threads have. */
static void *meet_a_mistake(void *data)
{
    struct worker *worker = data;
    struct fob_handle *handle = NULL;
    char name[16];

    account_name(worker->number, name);
    want(worker, fob_start(worker->world->context, NULL, name, NULL, &handle), FOB_SUCCESS,
         "start");
    pthread_barrier_wait(worker->start);
    if (handle != NULL)
        want(worker, fob_validate(handle, 0), FOB_CONFIG, "validate");
    if (strstr(fob_error(), "timeout: must be from 1 to 60 seconds") == NULL)
        complain(worker, "another mistake");
    fob_end(handle);
    return NULL;
}

static void a_mistake_in_fob_yaml_is_told_to_every_thread(void **state)
{
    struct world *world = world_of(state);
    struct worker workers[THREADS];
    pthread_barrier_t start;
    char config[8192];

    link_all(world, workers, &start);
    fob_close(world->context);
    world->context = NULL;
    snprintf(config, sizeof config,
             "store: { path: %1$s/store }\nkey_file: %1$s/key\nplugins: [ %2$s ]\n"
             "providers: [ %1$s/providers.d ]\nhttp: { timeout: 61 }\n",
             world->folder, TEST_PLUGIN_FOLDER);
    expect(fob_open(folder_write(world->folder, "other.yaml", config), &world->context),
           FOB_SUCCESS, "");
    pthread_barrier_init(&start, NULL, THREADS);
    run_all(workers, meet_a_mistake);
    pthread_barrier_destroy(&start);
}

/* Eight threads that do everything to the same accounts. */
#define CROWD 20
#define ROUNDS_MIN 20 /* of each thread, on a slow machine */

struct crowd {
    struct worker worker;
    time_t end;
    atomic_uint *changes; /* of each account */
};

static void change_one(struct crowd *one, struct fob_handle *handle, unsigned number, unsigned what)
{
    char token[64];
    int code;

    switch (what) {
    case 0:
        code = fob_suspend(handle);
        break;
    case 1:
        code = fob_resume(handle);
        break;
    default:
        snprintf(token, sizeof token, "t0ken-of-thread-%u", one->worker.number);
        want(&one->worker, fob_set_field(handle, "token", token, strlen(token)), FOB_SUCCESS,
             "field");
        code = fob_edit(handle, FOB_NO_VALIDATE);
        /* Another thread gave it new keys meanwhile. */
        if (code == FOB_CHANGED)
            return;
    }
    want(&one->worker, code, FOB_SUCCESS, "change");
    if (code == FOB_SUCCESS)
        atomic_fetch_add(&one->changes[number], 1);
}

static void read_one(struct crowd *one, struct fob_handle *handle)
{
    struct fob_secret *value = NULL;

    want(&one->worker, fob_get_field(handle, "token", &value), FOB_SUCCESS, "get");
    if (value == NULL || strncmp(fob_secret_data(value), "t0ken-of-", 9) != 0)
        complain(&one->worker, "half a secret");
    fob_secret_free(value);
}

static void *crowd(void *data)
{
    struct crowd *one = data;
    unsigned seed = one->worker.number;

    pthread_barrier_wait(one->worker.start);
    for (unsigned round = 0; round < ROUNDS_MIN || time(NULL) < one->end; round++) {
        unsigned number = (unsigned)rand_r(&seed) % CROWD;
        unsigned what = (unsigned)rand_r(&seed) % 6;
        struct fob_handle *handle = NULL;
        char name[16];

        account_name(number, name);
        want(&one->worker, fob_start(one->worker.world->context, NULL, name, NULL, &handle),
             FOB_SUCCESS, "start");
        if (handle == NULL)
            break;
        if (what < 3)
            change_one(one, handle, number, what);
        else if (what < 5)
            read_one(one, handle);
        else
            live(&one->worker);
        fob_end(handle);
    }
    return NULL;
}

/* The number of times that the account NUMBER was written: fob-store(5). */
static unsigned version_of(const struct world *world, unsigned number)
{
    unsigned char version[8];
    char name[64];
    FILE *file;

    snprintf(name, sizeof name, "store/accounts/account-%u", number);
    file = fopen(folder_path(world->folder, name), "r");
    assert_non_null(file);
    assert_int_equal(fseek(file, 16, SEEK_SET), 0);
    assert_int_equal(fread(version, 1, sizeof version, file), sizeof version);
    fclose(file);
    return (unsigned)version[6] << 8 | version[7];
}

static void many_threads_lose_no_change(void **state)
{
    struct world *world = world_of(state);
    const char *is_long = getenv("FOB_TEST_LONG");
    time_t end = time(NULL) + (is_long != NULL && is_long[0] != '\0' ? 60 : 2);
    atomic_uint changes[CROWD] = { 0 };
    struct crowd all[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    unsigned done = 0;

    fob_set_log(world->context, NULL, NULL);
    for (unsigned i = 0; i < CROWD; i++) {
        char name[16];

        account_name(i, name);
        world_link(world, name, "id");
    }
    pthread_barrier_init(&start, NULL, THREADS);
    for (unsigned i = 0; i < THREADS; i++) {
        all[i] = (struct crowd){ { world, &start, i, "" }, end, changes };
        assert_int_equal(pthread_create(&threads[i], NULL, crowd, &all[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
    for (unsigned i = 0; i < THREADS; i++) {
        if (all[i].worker.failure[0] != '\0')
            fail_msg("%s", all[i].worker.failure);
    }
    for (unsigned i = 0; i < CROWD; i++) {
        done += changes[i];
        assert_int_equal(version_of(world, i), changes[i] + 1);
    }
    assert_true(done > CROWD);
}

/* Two sweeps over the same accounts, while others change them. */
struct swept {
    struct worker worker;
    unsigned told;
};

static void count_told(const struct fob_sweep_result *result, void *data)
{
    struct swept *swept = data;

    swept->told++;
    if (result->code != FOB_SUCCESS && result->code != FOB_CHANGED)
        complain(&swept->worker, result->reason);
}

static void *sweep(void *data)
{
    struct swept *swept = data;
    const struct fob_sweep plan = {
        .size = sizeof plan, .tell = count_told, .data = swept, .jobs = 4
    };

    pthread_barrier_wait(swept->worker.start);
    for (unsigned round = 0; round < 5; round++)
        want(&swept->worker, fob_sweep(swept->worker.world->context, &plan), FOB_SUCCESS, "sweep");
    return NULL;
}

static void sweeps_run_beside_each_other_and_beside_changes(void **state)
{
    struct world *world = world_of(state);
    atomic_uint changes[CROWD] = { 0 };
    struct swept swept[2];
    struct crowd other;
    pthread_t threads[3];
    pthread_barrier_t start;

    fob_set_log(world->context, NULL, NULL);
    for (unsigned i = 0; i < CROWD; i++) {
        char name[16];

        account_name(i, name);
        world_link(world, name, "id");
    }
    pthread_barrier_init(&start, NULL, 3);
    other = (struct crowd){ { world, &start, 2, "" }, time(NULL) + 1, changes };
    for (unsigned i = 0; i < 2; i++) {
        swept[i] = (struct swept){ { world, &start, i, "" }, 0 };
        assert_int_equal(pthread_create(&threads[i], NULL, sweep, &swept[i]), 0);
    }
    assert_int_equal(pthread_create(&threads[2], NULL, crowd, &other), 0);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
    for (unsigned i = 0; i < 2; i++) {
        if (swept[i].worker.failure[0] != '\0')
            fail_msg("%s", swept[i].worker.failure);
        assert_true(swept[i].told >= 5 * CROWD);
    }
    if (other.worker.failure[0] != '\0')
        fail_msg("%s", other.worker.failure);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_context_serves_many_threads_at_once),
        TEST(of_many_links_of_one_name_one_wins),
        TEST(many_threads_lose_no_change),
        TEST(sweeps_run_beside_each_other_and_beside_changes),
        TEST(a_mistake_in_fob_yaml_is_told_to_every_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
