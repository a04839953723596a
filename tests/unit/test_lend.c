/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lending: which accounts are lent, and as which headers. */
#include "config.h"

#include "world.h"
#include "util/array.h"

#include <unistd.h>

/* Make a stored account of STATUS. */
static void make_status(struct world *world, const char *name, enum fob_status status)
{
    struct fob_handle *handle;
    const char *verdict = status == FOB_STATUS_REJECTED     ? "result: rejected"
                          : status == FOB_STATUS_EXPIRED    ? "result: expired"
                          : status == FOB_STATUS_DEGRADED   ? "result: denied"
                          : status == FOB_STATUS_MISMATCHED ? "identity: c2, name: Other Ltd"
                                                            : NULL;

    world_tell(world, &(struct told){ .validate = verdict });
    handle = world_start(world, name);
    world_keys(handle, "id", "token");
    expect(fob_link(handle, status == FOB_STATUS_UNCHECKED ? FOB_NO_VALIDATE : 0), FOB_SUCCESS, "");
    if (verdict != NULL)
        (void)fob_validate(handle, FOB_NOW);
    if (status == FOB_STATUS_SUSPENDED)
        expect(fob_suspend(handle), FOB_SUCCESS, "");
    fob_end(handle);
    assert_int_equal(world_status(world, name), status);
    world_tell(world, &(struct told){ 0 });
}

static void only_an_account_in_order_is_lent(void **state)
{
    static const struct {
        enum fob_status status;
        int code;
        const char *words;
    } cases[] = {
        { FOB_STATUS_ACTIVE, FOB_SUCCESS, "" },
        { FOB_STATUS_UNCHECKED, FOB_SUCCESS, "" },
        { FOB_STATUS_DEGRADED, FOB_SUCCESS, "" },
        { FOB_STATUS_REJECTED, FOB_NOT_ALLOWED, "not lent: it is rejected" },
        { FOB_STATUS_EXPIRED, FOB_NOT_ALLOWED, "not lent: it is expired" },
        { FOB_STATUS_MISMATCHED, FOB_NOT_ALLOWED, "not lent: it is mismatched" },
        { FOB_STATUS_SUSPENDED, FOB_SUSPENDED, "not lent: it is suspended" },
    };
    struct world *world = world_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *name = fob_status_name((int)cases[i].status);
        struct fob_handle *handle;

        make_status(world, name, cases[i].status);
        handle = world_start(world, name);
        expect(fob_lend(handle, "exec", 0), cases[i].code, cases[i].words);
        expect(fob_authorize(handle, "get", 0), cases[i].code, cases[i].words);
        expect(fob_lend(handle, "exec", FOB_FORCE), FOB_SUCCESS, "");
        expect(fob_authorize(handle, "get", FOB_FORCE), FOB_SUCCESS, "");
        fob_end(handle);
        /* Once: the status is what it was. */
        assert_int_equal(world_status(world, name), cases[i].status);
    }
}

static void an_account_past_its_day_is_not_lent(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_set_item(handle, FOB_ITEM_EXPIRES, "2099-01-01"), FOB_SUCCESS, "");
    expect(fob_link(handle, 0), FOB_SUCCESS, "");
    expect(fob_lend(handle, "exec", 0), FOB_SUCCESS, "");
    world_wait(world_time(world, "acme", FOB_TIME_EXPIRES) - world_now() - 1);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_ACTIVE);
    world_wait(86400);
    assert_int_equal(world_status(world, "acme"), FOB_STATUS_EXPIRED);
    expect(fob_lend(handle, "exec", 0), FOB_NOT_ALLOWED, "not lent: it is expired");
    fob_end(handle);
}

static void what_is_not_linked_is_not_lent(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = world_start(world, "acme");

    world_keys(handle, "id", "token");
    expect(fob_lend(handle, "exec", FOB_FORCE), FOB_NOT_FOUND, "acme: no such account");
    expect(fob_authorize(handle, "exec", FOB_FORCE), FOB_NOT_FOUND, "acme: no such account");
    fob_end(handle);
}

static void lending_needs_no_provider_file(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle = NULL;

    world_link(world, "acme", "id");
    assert_int_equal(unlink(folder_path(world->folder, "providers.d/told.yaml")), 0);
    expect(fob_start(world->context, NULL, "acme", NULL, &handle), FOB_SUCCESS, "");
    expect(fob_lend(handle, "get", 0), FOB_SUCCESS, "");
    assert_null(fob_handle_provider(handle));
    expect(fob_authorize(handle, "get", 0), FOB_NOT_FOUND, "told: no such provider");
    fob_end(handle);
}

/* A script must not use half of what an authorize stack would have put. */
static void a_failed_authorize_leaves_no_header(void **state)
{
    struct world *world = world_of(state);
    const struct fob_secret *value = NULL;
    const char *name = NULL;
    struct fob_handle *handle;

    world_link(world, "acme", "id");
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_SUCCESS, "");
    assert_int_equal(fob_header(handle, 0, &name, &value), FOB_SUCCESS);
    expect(fob_suspend(handle), FOB_SUCCESS, "");
    expect(fob_authorize(handle, "get", 0), FOB_SUSPENDED, "");
    assert_int_equal(fob_header(handle, 0, &name, &value), FOB_NOT_FOUND);
    expect(fob_resume(handle), FOB_SUCCESS, "");
    fob_end(handle);
    world_tell(world, &(struct told){ .authorize = "headers: [ X=y ], result: denied" });
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_DENIED, "");
    assert_int_equal(fob_header(handle, 0, &name, &value), FOB_NOT_FOUND);
    fob_end(handle);
    world_tell(world, &(struct told){ .authorize = "result: success" });
    handle = world_start(world, "acme");
    expect(fob_authorize(handle, "get", 0), FOB_PLUGIN, "put no header on the request");
    fob_end(handle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_an_account_in_order_is_lent),    TEST(an_account_past_its_day_is_not_lent),
        TEST(what_is_not_linked_is_not_lent),      TEST(lending_needs_no_provider_file),
        TEST(a_failed_authorize_leaves_no_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
