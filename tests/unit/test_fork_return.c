/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What a child of fork() may not go on with: handles and secrets of before, and a hook, sweep or
 * conversation that it returns to. */
#include "config.h"

#include "forked.h"
#include "world.h"

#include "core/session/handle.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each function with the parent's HANDLE; 0, or the line of the one that did not refuse it. */
static int use_old_handle(struct fob_handle *handle)
{
    struct fob_secret *value = NULL;
    const struct fob_secret *borrowed = NULL;
    const char *name;

#define REFUSED(call)                                                          \
    if ((call) != FOB_INVALID || strstr(fob_error(), "before a fork") == NULL) \
    return 2

    REFUSED(fob_set_item(handle, FOB_ITEM_TYPE, "test"));
    REFUSED(fob_set_field(handle, "token", "x", 1));
    REFUSED(fob_get_field(handle, "token", &value));
    REFUSED(fob_link(handle, 0));
    REFUSED(fob_edit(handle, 0));
    REFUSED(fob_validate(handle, 0));
    REFUSED(fob_suspend(handle));
    REFUSED(fob_resume(handle));
    REFUSED(fob_revoke(handle, 0));
    REFUSED(fob_lend(handle, "test", 0));
    REFUSED(fob_authorize(handle, "test", 0));
    REFUSED(fob_header(handle, 0, &name, &borrowed));
    REFUSED(fob_query_parameter(handle, 0, &name, &borrowed));
    REFUSED(fob_certificate(handle, &borrowed, &borrowed));
#undef REFUSED
    if (fob_handle_account(handle) != NULL || fob_handle_provider(handle) != NULL ||
        fob_base_url(handle) != NULL)
        return 1;
    fob_clear_fields(handle);
    fob_end(handle);
    return 0;
}

static void a_handle_of_before_the_fork_is_refused(void **state)
{
    struct world *world = forked_world(state);

    for (enum way way = BY_FORK; way < WAYS; way++) {
        struct fob_handle *handle = world_start(world, "acme");
        pid_t pid;

        expect(fob_authorize(handle, "test", 0), FOB_SUCCESS, "");
        pid = forked_make(way);
        if (pid == 0) {
            int status = use_old_handle(handle);

            fob_close(world->context);
            _exit(status);
        }
        assert_int_equal(forked_status(pid), 0);
        expect(fob_validate(handle, 0), FOB_SUCCESS, "");
        fob_end(handle);
    }
    forked_assert_whole(world, "t0ken-of-acme");
}

static void a_secret_of_before_the_fork_is_empty(void **state)
{
    struct world *world = forked_world(state);
    struct fob_secret *secret = NULL;
    unsigned number;
    pid_t pid;

    expect(fob_secret_new("swordfish", 9, &secret), FOB_SUCCESS, "");
    pid = forked_make(BY_FORK);
    if (pid == 0) {
        const struct fob_new_key key = { .size = sizeof key,
                                         .kind = FOB_KEY_PASSPHRASE,
                                         .passphrase = secret };
        bool empty = fob_secret_size(secret) == 0 && fob_secret_data(secret)[0] == '\0';

        empty &= fob_secret_append(secret, "x", 1) == FOB_INVALID;
        empty &= fob_add_key(world->context, &key, &number) == FOB_INVALID;
        fob_secret_free(secret);
        _exit(empty ? 0 : 1);
    }
    assert_int_equal(forked_status(pid), 0);
    assert_string_equal(fob_secret_data(secret), "swordfish");
    fob_secret_free(secret);
    forked_assert_whole(world, "t0ken-of-acme");
}

/* Like waitpid() for children that somebody else made. */
static int status_of_any(void)
{
    int status = -1;

    assert_true(waitpid(-1, &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A log of the application's that returns twice, from within a hook. */
static void fork_in_log(enum fob_log_level level, const char *part, const char *message, void *data)
{
    (void)level;
    (void)part;
    (void)data;
    if (strcmp(message, "fork") == 0 && fork() == 0)
        alarm(FORKED_PATIENCE_S);
}

static void a_hook_whose_log_returns_in_a_child_changes_nothing_there(void **state)
{
    struct world *world = forked_world(state);
    const pid_t parent = getpid();
    struct fob_handle *handle;
    size_t lines;
    int code;

    world_tell(world, &(struct told){ .link = "log: fork, identity: c1" });
    fob_set_log(world->context, fork_in_log, NULL);
    handle = world_start(world, "new");
    world_keys(handle, "new", "t0ken-of-new");
    lines = world_log_lines(world);
    code = fob_link(handle, 0);
    if (getpid() != parent) {
        if (code == FOB_PLUGIN && strstr(fob_error(), "a child of fork()") != NULL)
            code = fob_validate(handle, 0) == FOB_INVALID ? FOB_PLUGIN : FOB_SUCCESS;
        fob_end(handle);
        fob_close(world->context);
        _exit(code);
    }
    expect(code, FOB_SUCCESS, "");
    assert_int_equal(status_of_any(), FOB_PLUGIN);
    fob_end(handle);
    assert_int_equal(world_log_lines(world), lines + 1);
    world_assert_field(world, "new", "token", "t0ken-of-new");
    forked_assert_whole(world, "t0ken-of-acme");
}

static void a_sweep_is_left_by_a_child(void **state)
{
    struct world *world = forked_world(state);
    const pid_t parent = getpid();

    world_tell(world, &(struct told){ .validate = "log: fork, identity: c1" });
    fob_set_log(world->context, fork_in_log, NULL);
    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        size_t lines = world_log_lines(world);
        int code = fob_sweep(world->context,
                             &(struct fob_sweep){ .size = sizeof(struct fob_sweep), .jobs = jobs });

        if (getpid() != parent)
            _exit(code);
        expect(code, FOB_SUCCESS, "");
        for (int i = 0; i < 2; i++) {
            int status = status_of_any();

            /* One of the sweep's own threads has nobody to return to. */
            if (status != 70)
                fail_msg("the child ended with %d", status);
        }
        /* One for each account, and the sweep's own. */
        assert_int_equal(world_log_lines(world), lines + 3);
    }
    forked_assert_whole(world, "t0ken-of-acme");
}

static void fork_here(const struct fob_sweep_result *result, void *data)
{
    (void)result;
    if (fork() == 0) {
        alarm(FORKED_PATIENCE_S);
        *(unsigned *)data += 1;
    }
}

static void a_callback_that_returns_in_a_child_ends_the_sweep_there(void **state)
{
    struct world *world = forked_world(state);
    unsigned depth = 0;
    const struct fob_sweep plan = {
        .size = sizeof plan, .tell = fork_here, .data = &depth, .jobs = 4
    };
    int code = fob_sweep(world->context, &plan);

    if (depth > 0)
        _exit(code == FOB_INVALID && depth == 1 ? 0 : 1);
    expect(code, FOB_SUCCESS, "");
    assert_int_equal(status_of_any(), 0);
    assert_int_equal(status_of_any(), 0);
    forked_assert_whole(world, "t0ken-of-acme");
}

static int converse_and_fork(const struct fob_message *const *messages, size_t count,
                             struct fob_secret **replies, void *data)
{
    (void)data;
    for (size_t i = 0; i < count; i++) {
        if (messages[i]->kind <= FOB_ASK_SECRET &&
            fob_secret_new("typed", 5, &replies[i]) != FOB_SUCCESS)
            abort();
    }
    if (fork() == 0)
        alarm(FORKED_PATIENCE_S);
    return FOB_SUCCESS;
}

static void a_conversation_that_returns_in_a_child_stores_nothing_there(void **state)
{
    struct world *world = forked_world(state);
    const struct fob_conversation conv = { .size = sizeof conv,
                                           .converse = converse_and_fork,
                                           .data = NULL };
    const pid_t parent = getpid();
    struct fob_handle *handle = NULL;
    int code;

    expect(fob_start(world->context, "told", "new", &conv, &handle), FOB_SUCCESS, "");
    code = fob_link(handle, FOB_NO_GUIDE);
    if (getpid() != parent)
        _exit(code);
    expect(code, FOB_SUCCESS, "");
    assert_int_equal(status_of_any(), FOB_INVALID);
    world_assert_field(world, "new", "token", "typed");
    fob_end(handle);
    forked_assert_whole(world, "t0ken-of-acme");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_handle_of_before_the_fork_is_refused),
        TEST(a_secret_of_before_the_fork_is_empty),
        TEST(a_hook_whose_log_returns_in_a_child_changes_nothing_there),
        TEST(a_sweep_is_left_by_a_child),
        TEST(a_callback_that_returns_in_a_child_ends_the_sweep_there),
        TEST(a_conversation_that_returns_in_a_child_stores_nothing_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
