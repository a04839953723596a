/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Renewing tokens: when, how often, and what a failure does. */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define USUAL "identity: c1, name: Acme Ltd"
#define LIFETIME 1000

/* The providers' stacks of one test: the token lives LIFETIME seconds, and RENEW are the options of
 * the renew hook, which says "asked" each time. */
static void tell(struct world *world, const char *token, const char *validate, const char *renew)
{
    char link[256];
    char more[512];

    snprintf(link, sizeof link, USUAL ", tokens: [ access=%s ], token_ends: %lld", token,
             (long long)world_now() + LIFETIME);
    snprintf(more, sizeof more,
             "renew: [ { plugin: told, control: required, options: { renews: true, log: asked, %s "
             "} } ]\n",
             renew);
    world_tell(world,
               &(struct told){ .link = link,
                               .validate = validate,
                               .authorize = "headers: [ X-Key=$access ], query: [ key=$access ]",
                               .more = more });
}

/* Options of a renew hook that puts TOKEN, which lives as long. */
static const char *renewed_as(const char *token)
{
    static char options[256];

    snprintf(options, sizeof options, "tokens: [ access=%s ], token_ends: %lld", token,
             (long long)world_now() + 2 * LIFETIME);
    return options;
}

static unsigned renewals(const struct world *world)
{
    unsigned count = 0;

    for (const char *at = world->trace; (at = strstr(at, "/renew/told asked\n")) != NULL; at++)
        count++;
    return count;
}

static void assert_token(struct world *world, int code, const char *value)
{
    struct fob_handle *handle = NULL;
    struct fob_secret *token = NULL;

    expect(fob_start(world->context, NULL, "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_get_field(handle, "access", &token), code, "");
    if (code == FOB_SUCCESS)
        assert_string_equal(fob_secret_data(token), value);
    fob_secret_free(token);
    fob_end(handle);
}

static void assert_header(struct world *world, int code, const char *value)
{
    struct fob_handle *handle = world_start(world, "acme");
    const struct fob_secret *header = NULL;
    const char *name = NULL;

    expect(fob_authorize(handle, "get", 0), code, "");
    if (code == FOB_SUCCESS) {
        assert_int_equal(fob_header(handle, 0, &name, &header), FOB_SUCCESS);
        assert_string_equal(fob_secret_data(header), value);
    }
    fob_end(handle);
}

static int validate(struct world *world, unsigned flags)
{
    struct fob_handle *handle = world_start(world, "acme");
    int code = fob_validate(handle, flags);

    fob_end(handle);
    return code;
}

static void a_token_is_renewed_when_little_of_its_life_is_left(void **state)
{
    struct world *world = world_of(state);

    tell(world, "old", NULL, renewed_as("new"));
    world_link(world, "acme", "id");
    world_wait(LIFETIME - LIFETIME / 10 - LIFETIME / 50 - 5);
    assert_header(world, FOB_SUCCESS, "old");
    assert_token(world, FOB_SUCCESS, "old");
    assert_int_equal(renewals(world), 0);
    world_wait(LIFETIME / 50 + 5);
    assert_header(world, FOB_SUCCESS, "new");
    assert_token(world, FOB_SUCCESS, "new");
    assert_header(world, FOB_SUCCESS, "new");
    assert_int_equal(renewals(world), 1);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void what_an_application_was_lent_outlives_a_renewal(void **state)
{
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    struct fob_secret *token = NULL;
    const char *name = NULL;
    struct fob_handle *handle;

    tell(world, "old", NULL, renewed_as("new"));
    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_SUCCESS, "");
    world_wait(LIFETIME);
    expect(fob_get_field(handle, "access", &token), FOB_SUCCESS, "");
    assert_string_equal(fob_secret_data(token), "new");
    fob_secret_free(token);
    assert_int_equal(fob_header(handle, 0, &name, &value), FOB_SUCCESS);
    assert_string_equal(fob_secret_data(value), "old");
    assert_int_equal(fob_query_parameter(handle, 0, &name, &value), FOB_SUCCESS);
    assert_string_equal(fob_secret_data(value), "old");
    assert_int_equal(fob_query_parameter(handle, 1, &name, &value), FOB_NOT_FOUND);
    fob_end(handle);
}

static void another_handles_renewal_is_used(void **state)
{
    struct world *world = world_of(state);
    struct fob_secret *token = NULL;
    struct fob_handle *early;

    tell(world, "old", NULL, renewed_as("new"));
    world_link(world, "acme", "id");
    early = world_start(world, "acme");
    world_wait(LIFETIME);
    assert_header(world, FOB_SUCCESS, "new");
    expect(fob_get_field(early, "access", &token), FOB_SUCCESS, "");
    assert_string_equal(fob_secret_data(token), "new");
    fob_secret_free(token);
    expect(fob_validate(early, 0), FOB_SUCCESS, "");
    fob_end(early);
    assert_int_equal(renewals(world), 1);
}

static void while_the_old_token_is_good_a_failure_is_only_logged(void **state)
{
    struct world *world = world_of(state);

    tell(world, "old", NULL, "result: unavailable, message: no line");
    world_link(world, "acme", "id");
    world_wait(LIFETIME - 50);
    assert_header(world, FOB_SUCCESS, "old");
    assert_non_null(strstr(world->trace, "renew acme: its token is not renewed yet: no line\n"));
    assert_int_equal(renewals(world), 1);
    world_wait(50);
    assert_header(world, FOB_UNAVAILABLE, NULL);
    assert_token(world, FOB_UNAVAILABLE, NULL);
    expect(validate(world, 0), FOB_UNAVAILABLE, "");
    assert_int_equal(renewals(world), 2);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
}

static void a_failure_is_not_repeated_at_once(void **state)
{
    struct world *world = world_of(state);

    tell(world, "old", NULL, "result: rate_limited, message: slow down");
    world_link(world, "acme", "id");
    world_wait(LIFETIME);
    expect(validate(world, 0), FOB_RATE_LIMITED, "slow down");
    expect(validate(world, 0), FOB_RATE_LIMITED, "acme: its token could not be renewed");
    assert_int_equal(renewals(world), 1);
    expect(validate(world, FOB_NOW), FOB_RATE_LIMITED, "slow down");
    assert_int_equal(renewals(world), 2);
    tell(world, "old", NULL, renewed_as("new"));
    world_wait(30);
    expect(validate(world, 0), FOB_SUCCESS, "");
    assert_token(world, FOB_SUCCESS, "new");
    assert_int_equal(renewals(world), 3);
}

static void a_refused_token_is_renewed_once(void **state)
{
    struct world *world = world_of(state);

    tell(world, "rejected", "result: $access, identity: c1", renewed_as("success"));
    world_link(world, "acme", "id");
    expect(validate(world, FOB_NOW), FOB_SUCCESS, "");
    assert_token(world, FOB_SUCCESS, "success");
    assert_int_equal(renewals(world), 1);
    tell(world, "", "result: rejected", renewed_as("other"));
    expect(validate(world, FOB_NOW), FOB_REJECTED, "");
    assert_int_equal(renewals(world), 2);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
}

static void what_another_renewed_is_tried_before_it_is_renewed(void **state)
{
    struct world *world = world_of(state);
    struct fob_secret *token = NULL;
    struct fob_handle *early;

    tell(world, "old", "result: rejected", renewed_as("new"));
    world_link(world, "acme", "id");
    early = world_start(world, "acme");
    expect(fob_get_field(early, "access", &token), FOB_SUCCESS, "");
    assert_string_equal(fob_secret_data(token), "old");
    fob_secret_free(token);
    expect(validate(world, 0), FOB_REJECTED, "");
    assert_int_equal(renewals(world), 1);
    expect(fob_validate(early, 0), FOB_REJECTED, "");
    fob_end(early);
    assert_int_equal(renewals(world), 1);
}

static void a_renewal_that_fails_is_no_rejection(void **state)
{
    struct world *world = world_of(state);

    tell(world, "old", "result: rejected", "result: unavailable, message: no line");
    world_link(world, "acme", "id");
    expect(validate(world, FOB_NOW), FOB_UNAVAILABLE, "no line");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    tell(world, "old", "result: rejected, message: the first", "result: rejected, message: no");
    expect(validate(world, FOB_NOW), FOB_REJECTED, "no");
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_REJECTED);
}

static void who_renews_nothing_leaves_the_verdict(void **state)
{
    struct world *world = world_of(state);

    tell(world, "old", "result: rejected, message: the keys", "result: ignore");
    world_link(world, "acme", "id");
    expect(validate(world, 0), FOB_REJECTED, "the keys");
    tell(world, "old", "result: rejected, message: the keys", "result: success");
    expect(validate(world, 0), FOB_PLUGIN, "its renew stack put no token");
}

static void only_a_person_renews_what_is_not_lent(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    tell(world, "old", NULL, renewed_as("new"));
    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    fob_end(handle);
    world_wait(LIFETIME);
    expect(validate(world, 0), FOB_SUCCESS, "");
    assert_token(world, FOB_SUCCESS, "old");
    assert_int_equal(renewals(world), 0);
    expect(validate(world, FOB_NOW), FOB_SUCCESS, "");
    assert_token(world, FOB_SUCCESS, "new");
    assert_int_equal(renewals(world), 1);
}

/* The disk must have room before the old token is spent. */
static void without_room_nobody_is_asked(void **state)
{
    const struct rlimit small = { 4096, RLIM_INFINITY };
    const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
    struct world *world = world_of(state);

    tell(world, "old", NULL, renewed_as("new"));
    world_link(world, "acme", "id");
    world_wait(LIFETIME - 50);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_token(world, FOB_SUCCESS, "old");
    world_wait(50);
    assert_token(world, FOB_SYSTEM, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &all), 0);
    assert_int_equal(renewals(world), 0);
    assert_token(world, FOB_SUCCESS, "new");
}

#define ACCOUNTS 200

/* Use the token of account number INDEX; returns whether it is a new one. */
static bool gets_new_token(struct world *world, int index)
{
    char name[16];
    struct fob_handle *handle;
    struct fob_secret *token = NULL;
    bool new;

    snprintf(name, sizeof name, "a%d", index);
    handle = world_start(world, name);
    expect(fob_get_field(handle, "access", &token), FOB_SUCCESS, "");
    new = strcmp(fob_secret_data(token), "new") == 0;
    fob_secret_free(token);
    fob_end(handle);
    return new;
}

/* Tokens that end together are not renewed together. */
static void accounts_have_times_of_their_own(void **state)
{
    struct world *world = world_of(state);
    const int64_t began = world_now();
    bool renewed[ACCOUNTS] = { false };
    int64_t last;
    int all = 0;

    tell(world, "old", NULL, renewed_as("new"));
    for (int i = 0; i < ACCOUNTS; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%d", i);
        world_link(world, name, name);
    }
    world_wait(LIFETIME - LIFETIME / 10 - LIFETIME / 50 - 5 - (world_now() - began));
    last = world_now() - 1;
    for (int second = 0; all < ACCOUNTS && second < LIFETIME / 10; second++) {
        const int64_t now = world_now();
        int count = 0;

        for (int i = 0; i < ACCOUNTS; i++) {
            const bool before = renewed[i];

            renewed[i] = before || gets_new_token(world, i);
            count += renewed[i] && !before;
        }
        all += count;
        world_wait(1);
        /* A slow machine takes longer than a second for all. */
        assert_true(count <= ACCOUNTS / 8 * (world_now() - last));
        last = now;
    }
    assert_int_equal(all, ACCOUNTS);
}

static void count(const struct fob_sweep_result *result, void *data)
{
    unsigned *good = data;

    *good += result->code == FOB_SUCCESS;
}

static void a_sweep_renews(void **state)
{
    static const char *const names[] = { "acme", "bolt", "corp" };
    struct world *world = world_of(state);
    unsigned good = 0;
    const struct fob_sweep sweep = { .size = sizeof sweep, .tell = count, .data = &good };

    tell(world, "rejected", "result: $access, identity: c1", renewed_as("success"));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        world_link(world, names[i], "id");
    expect(fob_sweep(world->context, &sweep), FOB_SUCCESS, "");
    assert_int_equal(good, 3);
    assert_int_equal(renewals(world), 3);
    world_wait(2 * LIFETIME);
    good = 0;
    tell(world, "", "result: $access, identity: c1", renewed_as("success"));
    expect(fob_sweep(world->context, &sweep), FOB_SUCCESS, "");
    assert_int_equal(good, 3);
    assert_int_equal(renewals(world), 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_is_renewed_when_little_of_its_life_is_left),
        TEST(what_an_application_was_lent_outlives_a_renewal),
        TEST(another_handles_renewal_is_used),
        TEST(while_the_old_token_is_good_a_failure_is_only_logged),
        TEST(a_failure_is_not_repeated_at_once),
        TEST(a_refused_token_is_renewed_once),
        TEST(what_another_renewed_is_tried_before_it_is_renewed),
        TEST(a_renewal_that_fails_is_no_rejection),
        TEST(who_renews_nothing_leaves_the_verdict),
        TEST(only_a_person_renews_what_is_not_lent),
        TEST(without_room_nobody_is_asked),
        TEST(accounts_have_times_of_their_own),
        TEST(a_sweep_renews),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
