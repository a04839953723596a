/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Batches: the calls of several accounts in one message to a worker. */
#include "config.h"

#include "world.h"
#include "core/hook/dispatch.h"

#include <stdio.h>
#include <string.h>

#define COUNT 5
#define NOT_TOLD (-1)

struct told_batch {
    struct fob_handle *handles[COUNT];
    int codes[COUNT];
    char errors[COUNT][128];
    size_t order[COUNT];
    size_t count;
};

static void told(size_t index, int code, void *data)
{
    struct told_batch *batch = data;

    assert_true(index < COUNT);
    assert_int_equal(batch->codes[index], NOT_TOLD);
    batch->order[batch->count++] = index;
    batch->codes[index] = code;
    snprintf(batch->errors[index], sizeof batch->errors[index], "%s", fob_error());
    /* The caller may end it here. */
    fob_end(batch->handles[index]);
    batch->handles[index] = NULL;
}

/* Link an account a0, a1, ... for each of IDS, and make a batch of their validate hooks. */
static void run(struct world *world, const char *const *ids, struct told_batch *batch)
{
    struct fob_handle *model;

    *batch = (struct told_batch){ .count = 0 };
    for (size_t i = 0; i < COUNT; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%zu", i);
        world_link(world, name, ids[i]);
        batch->codes[i] = NOT_TOLD;
    }
    for (size_t i = 0; i < COUNT; i++) {
        char name[16];

        snprintf(name, sizeof name, "a%zu", i);
        batch->handles[i] = world_start(world, name);
        expect(handle_make_candidate(batch->handles[i]), FOB_SUCCESS, "");
    }
    model = world_start(world, "a0");
    expect(handle_provider(model), FOB_SUCCESS, "");
    expect(dispatch_prepare(model), FOB_SUCCESS, "");
    for (size_t i = 0; i < COUNT; i++)
        handle_share(batch->handles[i], model);
    /* A trace shows each frame, and has no batches. */
    fob_set_log(world->context, NULL, NULL);
    assert_true(dispatch_takes_batch(model, HOOK_VALIDATE));
    dispatch_batch(batch->handles, COUNT, HOOK_VALIDATE, told, batch);
    for (size_t i = 0; i < COUNT; i++)
        fob_end(batch->handles[i]);
    fob_end(model);
}

static void each_account_is_told_in_order(void **state)
{
    static const char *const ids[COUNT] = { "success", "success", "success", "success", "success" };
    struct world *world = world_of(state);
    struct told_batch batch;

    world_tell(world, &(struct told){ .validate = "result: $id" });
    run(world, ids, &batch);
    assert_int_equal(batch.count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(batch.order[i], i);
        assert_int_equal(batch.codes[i], FOB_SUCCESS);
    }
}

static void nothing_is_told_behind_the_first_failure(void **state)
{
    static const char *const ids[COUNT] = { "success", "success", "rejected", "success", "denied" };
    struct world *world = world_of(state);
    struct told_batch batch;

    world_tell(world, &(struct told){ .validate = "result: $id, message: 'it says $id'" });
    run(world, ids, &batch);
    assert_int_equal(batch.count, 3);
    assert_int_equal(batch.codes[0], FOB_SUCCESS);
    assert_int_equal(batch.codes[1], FOB_SUCCESS);
    assert_int_equal(batch.codes[2], FOB_REJECTED);
    assert_string_equal(batch.errors[2], "it says rejected");
}

static void a_stack_of_several_entries_takes_no_batch(void **state)
{
    struct world *world = world_of(state);
    struct fob_handle *handle;

    world_tell(world, &(struct told){ .validate = NULL });
    world_link(world, "b", "id");
    fob_set_log(world->context, NULL, NULL);
    world_provider(world, "told",
                   "provider: told\n"
                   "fields: [ { name: id }, { name: token, secret: true } ]\n"
                   "link: [ { control: required, plugin: told } ]\n"
                   "validate:\n"
                   "  - { control: optional, plugin: told }\n"
                   "  - { control: required, plugin: told }\n");
    handle = world_start(world, "b");
    expect(handle_provider(handle), FOB_SUCCESS, "");
    expect(dispatch_prepare(handle), FOB_SUCCESS, "");
    assert_false(dispatch_takes_batch(handle, HOOK_VALIDATE));
    fob_end(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_account_is_told_in_order, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_told_behind_the_first_failure, world_set_up,
                                        world_tear_down),
        cmocka_unit_test_setup_teardown(a_stack_of_several_entries_takes_no_batch, world_set_up,
                                        world_tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
