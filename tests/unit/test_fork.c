/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A child of a process that uses fob: it unlocks for itself, or is refused; no wiped key is used,
 * and the parent can read what the child wrote. */
#include "config.h"

#include "world.h"

#include "core/session/handle.h"
#include "store/file.h"
#include "store/store_impl.h"
#include "util/array.h"
#include "util/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that hangs is killed after so many seconds, on the slowest machine. */
#define PATIENCE 120

enum way {
    BY_FORK,
    BY_CLONE, /* without the C library, so that no handler of pthread_atfork() runs */
    WAYS
};

/* ThreadSanitizer takes the parent's threads for threads that the child should have waited for. Its
 * library looks for this function, which must not be hidden. */
const char *__tsan_default_options(void);
__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
    return "report_thread_leaks=0";
}

static pid_t make_child(enum way way)
{
    pid_t pid =
        way == BY_FORK ? fork() : (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0)
        alarm(PATIENCE);
    return pid;
}

static int status_of(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What a function of fob.h does in a child. */
typedef int act_fn(struct world *world);

static struct fob_handle *handle_of(struct world *world, const char *account)
{
    struct fob_handle *handle = NULL;

    return fob_start(world->context, "told", account, &world->conv, &handle) == FOB_SUCCESS ? handle
                                                                                            : NULL;
}

static int do_link(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "new");
    int code = fob_set_field(handle, "id", "new", 3);

    if (code == FOB_SUCCESS)
        code = fob_set_field(handle, "token", "t0ken-of-new", 12);
    if (code == FOB_SUCCESS)
        code = fob_link(handle, 0);
    fob_end(handle);
    return code;
}

static int do_edit(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "acme");
    int code = fob_set_field(handle, "token", "edited-t0ken", 12);

    if (code == FOB_SUCCESS)
        code = fob_edit(handle, 0);
    fob_end(handle);
    return code;
}

static int do_validate(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "acme");
    int code = fob_validate(handle, 0);

    fob_end(handle);
    return code;
}

static int do_suspend_and_resume(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "acme");
    int code = fob_suspend(handle);

    if (code == FOB_SUCCESS)
        code = fob_resume(handle);
    fob_end(handle);
    return code;
}

static int do_revoke(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "other");
    int code = fob_revoke(handle, 0);

    fob_end(handle);
    return code == FOB_MANUAL ? FOB_SUCCESS : code;
}

static int do_lend(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "acme");
    struct fob_secret *value = NULL;
    int code = fob_lend(handle, "test", 0);

    if (code == FOB_SUCCESS)
        code = fob_get_field(handle, "token", &value);
    if (code == FOB_SUCCESS && strcmp(fob_secret_data(value), "t0ken-of-acme") != 0)
        code = FOB_CORRUPT;
    fob_secret_free(value);
    fob_end(handle);
    return code;
}

static int do_authorize(struct world *world)
{
    struct fob_handle *handle = handle_of(world, "acme");
    const struct fob_secret *value = NULL;
    const char *name;
    int code = fob_authorize(handle, "test", 0);

    if (code == FOB_SUCCESS)
        code = fob_header(handle, 0, &name, &value);
    if (code == FOB_SUCCESS && strcmp(fob_secret_data(value), "t0ken-of-acme") != 0)
        code = FOB_CORRUPT;
    fob_end(handle);
    return code;
}

static int do_read_accounts(struct world *world)
{
    struct fob_accounts *accounts = NULL;
    struct fob_account *account = NULL;
    int code = fob_read_account(world->context, "acme", &account);

    fob_account_free(account);
    if (code == FOB_SUCCESS)
        code = fob_accounts_open(world->context, &accounts);
    while (code == FOB_SUCCESS && (code = fob_accounts_next(accounts, &account)) == FOB_SUCCESS)
        fob_account_free(account);
    fob_accounts_close(accounts);
    return code == FOB_NOT_FOUND ? FOB_SUCCESS : code;
}

static int do_change_keys(struct world *world)
{
    const char *file = folder_path(world->folder, "key.2");
    const struct fob_new_key key = { .kind = FOB_KEY_FILE, .key_file = file };
    const struct fob_keys_given given = { .key_files = (const char *const[]){ file, NULL } };
    unsigned number = 0;
    int code = fob_add_key(world->context, &key, &number);

    if (code == FOB_SUCCESS)
        code = fob_test_key(world->context, number, &given);
    if (code == FOB_SUCCESS)
        code = fob_rotate(world->context, &given);
    return code == FOB_SUCCESS ? fob_remove_key(world->context, number) : code;
}

static int do_rotate(struct world *world)
{
    return fob_rotate(world->context, &(struct fob_keys_given){ 0 });
}

/* A machine need not have a keyring. */
static int do_keep_key(struct world *world)
{
    int code = fob_unlock(world->context, 60);

    if (code == FOB_SUCCESS)
        code = fob_lock(world->context);
    return code == FOB_LOCKED || code == FOB_DENIED || code == FOB_SYSTEM ? FOB_SUCCESS : code;
}

static int do_export_and_import(struct world *world)
{
    struct fob_export out = { .key_file = fob_path(world->context, FOB_PATH_KEY_FILE) };
    struct fob_import in = { .flags = FOB_RENAME };
    char path[512];
    int fd;
    int code;

    snprintf(path, sizeof path, "%s", folder_path(world->folder, "backup"));
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    code = fob_export(world->context, fd, &out);
    lseek(fd, 0, SEEK_SET);
    if (code == FOB_SUCCESS)
        code = fob_import(world->context, fd, &in);
    close(fd);
    return code;
}

static void ignore_finding(bool good, const char *text, void *data)
{
    (void)good;
    (void)text;
    (void)data;
}

static int do_verify_log(struct world *world)
{
    return fob_verify_log(world->context, ignore_finding, NULL);
}

static int do_check(struct world *world)
{
    return fob_check(world->context, ignore_finding, NULL);
}

static int do_repair(struct world *world)
{
    return fob_repair(world->context, ignore_finding, NULL);
}

static int do_sweep(struct world *world)
{
    return fob_sweep(world->context, &(struct fob_sweep){ .jobs = 4 });
}

static const struct {
    const char *name;
    act_fn *act;
    const char *token; /* acme's, afterwards */
} acts[] = {
    { "link", do_link, "t0ken-of-acme" },
    { "edit", do_edit, "edited-t0ken" },
    { "validate", do_validate, "t0ken-of-acme" },
    { "suspend, resume", do_suspend_and_resume, "t0ken-of-acme" },
    { "revoke", do_revoke, "t0ken-of-acme" },
    { "lend, get_field", do_lend, "t0ken-of-acme" },
    { "authorize", do_authorize, "t0ken-of-acme" },
    { "account_get, accounts", do_read_accounts, "t0ken-of-acme" },
    { "add_key, test_key, rotate, remove_key", do_change_keys, "t0ken-of-acme" },
    { "rotate", do_rotate, "t0ken-of-acme" },
    { "unlock, lock", do_keep_key, "t0ken-of-acme" },
    { "export, import", do_export_and_import, "t0ken-of-acme" },
    { "verify_log", do_verify_log, "t0ken-of-acme" },
    { "check", do_check, "t0ken-of-acme" },
    { "repair", do_repair, "t0ken-of-acme" },
    { "sweep", do_sweep, "t0ken-of-acme" },
};

/* CONTEXT reads every account, acme has TOKEN, and the log is whole. */
static void assert_readable(struct world *world, struct fob_context *context, const char *token)
{
    struct fob_context *own = world->context;

    world->context = context;
    assert_int_equal(do_read_accounts(world), FOB_SUCCESS);
    world_assert_field(world, "acme", "token", token);
    expect(fob_verify_log(context, ignore_finding, NULL), FOB_SUCCESS, "");
    world->context = own;
}

static void assert_whole(struct world *world, const char *token)
{
    struct fob_context *fresh = NULL;

    assert_readable(world, world->context, token);
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &fresh), FOB_SUCCESS, "");
    assert_readable(world, fresh, token);
    expect(fob_check(fresh, ignore_finding, NULL), FOB_SUCCESS, "");
    fob_close(fresh);
    assert_int_not_equal(access(folder_path(world->folder, "log.1"), F_OK), 0);
}

/* Two accounts, and a context that has unlocked the store and used a plugin. */
static struct world *used_world(void **state)
{
    struct world *world = world_of(state);

    fob_set_log(world->context, NULL, NULL);
    world_link(world, "acme", "id");
    world_link(world, "other", "id-2");
    return world;
}

static void each_function_works_in_a_child(void **state)
{
    struct world *world = used_world(state);

    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        for (enum way way = BY_FORK; way < WAYS; way++) {
            pid_t pid;
            int status;

            if (!world_has(world, "other"))
                world_link(world, "other", "id-2");
            pid = make_child(way);
            if (pid == 0)
                _exit(acts[i].act(world));
            status = status_of(pid);
            if (status != FOB_SUCCESS)
                fail_msg("%s, way %d: %s", acts[i].name, (int)way, fob_code_name(status));
            assert_whole(world, acts[i].token);
            if (acts[i].act == do_link) {
                struct fob_handle *handle = world_start(world, "new");

                world_assert_field(world, "new", "token", "t0ken-of-new");
                expect(fob_revoke(handle, 0), FOB_MANUAL, "");
                fob_end(handle);
            }
            if (acts[i].act == do_edit) {
                struct fob_handle *handle = world_start(world, "acme");

                world_field(handle, "token", "t0ken-of-acme");
                expect(fob_edit(handle, 0), FOB_SUCCESS, "");
                fob_end(handle);
            }
        }
    }
}

static void parent_child_and_grandchild_share_a_log(void **state)
{
    struct world *world = used_world(state);
    size_t lines = world_log_lines(world);
    pid_t pid = make_child(BY_FORK);

    if (pid == 0) {
        int code = do_lend(world);

        pid = make_child(BY_CLONE);
        if (pid == 0)
            _exit(do_lend(world));
        _exit(code != FOB_SUCCESS ? code : status_of(pid));
    }
    assert_int_equal(do_lend(world), FOB_SUCCESS);
    assert_int_equal(status_of(pid), FOB_SUCCESS);
    assert_int_equal(do_lend(world), FOB_SUCCESS);
    assert_whole(world, "t0ken-of-acme");
    assert_int_equal(world_log_lines(world), lines + 4);
}

/* Each function with the parent's HANDLE; 0, or the line of the one that did not refuse it. */
static int use_old_handle(struct fob_handle *handle)
{
    struct fob_secret *value = NULL;
    const struct fob_secret *borrowed = NULL;
    const char *name;
    int fd = -1;

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
    REFUSED(fob_put_field(handle, "x", "x", 1, false));
    REFUSED(fob_open_trusted(handle, "/etc/passwd", &fd));
    REFUSED(fob_set_identity(handle, "id", "name"));
    REFUSED(fob_converse(handle, NULL, 0, NULL));
    REFUSED(fob_begin_call(handle, 0));
    REFUSED(fob_set_data(handle, NULL, NULL));
    REFUSED(fob_add_header(handle, "X", "x", 1));
#undef REFUSED
    if (fob_handle_account(handle) != NULL || fob_handle_provider(handle) != NULL ||
        fob_field(handle, "token") != NULL || fob_provider_name(handle)[0] != '\0')
        return 1;
    fob_clear_fields(handle);
    fob_end(handle);
    return 0;
}

static void a_handle_of_before_the_fork_is_refused(void **state)
{
    struct world *world = used_world(state);

    for (enum way way = BY_FORK; way < WAYS; way++) {
        struct fob_handle *handle = world_start(world, "acme");
        pid_t pid;

        expect(fob_authorize(handle, "test", 0), FOB_SUCCESS, "");
        pid = make_child(way);
        if (pid == 0) {
            int status = use_old_handle(handle);

            fob_close(world->context);
            _exit(status);
        }
        assert_int_equal(status_of(pid), 0);
        expect(fob_validate(handle, 0), FOB_SUCCESS, "");
        fob_end(handle);
    }
    assert_whole(world, "t0ken-of-acme");
}

static void a_secret_of_before_the_fork_is_empty(void **state)
{
    struct world *world = used_world(state);
    struct fob_secret *secret = NULL;
    unsigned number;
    pid_t pid;

    expect(fob_secret_new("swordfish", 9, &secret), FOB_SUCCESS, "");
    pid = make_child(BY_FORK);
    if (pid == 0) {
        const struct fob_new_key key = { .kind = FOB_KEY_PASSPHRASE, .passphrase = secret };
        bool empty = fob_secret_size(secret) == 0 && fob_secret_data(secret)[0] == '\0';

        empty &= fob_secret_append(secret, "x", 1) == FOB_INVALID;
        empty &= fob_add_key(world->context, &key, &number) == FOB_INVALID;
        fob_secret_free(secret);
        _exit(empty ? 0 : 1);
    }
    assert_int_equal(status_of(pid), 0);
    assert_string_equal(fob_secret_data(secret), "swordfish");
    fob_secret_free(secret);
    assert_whole(world, "t0ken-of-acme");
}

/* A child does not wait for a thread that it does not have. */
static void locks_that_were_held_are_free_in_a_child(void **state)
{
    struct world *world = used_world(state);
    struct store *store = world->context->store;

    for (enum way way = BY_FORK; way < WAYS; way++) {
        pid_t pid;

        process_lock(&world->context->lock);
        process_lock(&store->unlocking);
        pid = make_child(way);
        if (pid == 0)
            _exit(do_lend(world));
        process_unlock(&store->unlocking);
        process_unlock(&world->context->lock);
        assert_int_equal(status_of(pid), FOB_SUCCESS);
    }
}

static void a_file_lock_is_not_kept_by_a_child(void **state)
{
    struct world *world = used_world(state);

    for (enum way way = BY_FORK; way < WAYS; way++) {
        struct file file = { .name = "lock-of-test", .what = "lock", .user = geteuid() };
        int ready[2];
        char byte;
        int lock;
        pid_t pid;

        file.folder = open(world->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(pipe(ready), 0);
        expect(file_lock(&file, &lock), FOB_SUCCESS, "");
        pid = make_child(way);
        if (pid == 0) {
            /* Until the parent has locked it again. */
            close(ready[1]);
            _exit((way == BY_FORK && fcntl(lock, F_GETFD) != -1) || read(ready[0], &byte, 1) != 0);
        }
        close(ready[0]);
        file_unlock(lock);
        expect(file_lock(&file, &lock), FOB_SUCCESS, "");
        file_unlock(lock);
        close(ready[1]);
        assert_int_equal(status_of(pid), 0);
        close(file.folder);
    }
}

/* Like waitpid() for children that somebody else made. */
static int status_of_any(void)
{
    int status = -1;

    assert_true(waitpid(-1, &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void a_hook_that_returns_in_a_child_too_changes_nothing_there(void **state)
{
    struct world *world = used_world(state);
    const pid_t parent = getpid();
    struct fob_handle *handle;
    size_t lines;
    int code;

    world_tell(world, &(struct told){ .link = "fork: true, identity: c1" });
    handle = world_start(world, "new");
    world_keys(handle, "new", "t0ken-of-new");
    lines = world_log_lines(world);
    code = fob_link(handle, 0);
    if (getpid() != parent) {
        if (code == FOB_PLUGIN && strstr(fob_error(), "forked") != NULL)
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
    assert_whole(world, "t0ken-of-acme");
}

static void a_sweep_is_left_by_a_child(void **state)
{
    struct world *world = used_world(state);
    const pid_t parent = getpid();

    world_tell(world, &(struct told){ .validate = "fork: true, identity: c1" });
    for (unsigned jobs = 1; jobs <= 4; jobs += 3) {
        size_t lines = world_log_lines(world);
        int code = fob_sweep(world->context, &(struct fob_sweep){ .jobs = jobs });

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
    assert_whole(world, "t0ken-of-acme");
}

static void fork_here(const struct fob_sweep_result *result, void *data)
{
    (void)result;
    if (fork() == 0) {
        alarm(PATIENCE);
        *(unsigned *)data += 1;
    }
}

static void a_callback_that_returns_in_a_child_ends_the_sweep_there(void **state)
{
    struct world *world = used_world(state);
    unsigned depth = 0;
    const struct fob_sweep plan = { .tell = fork_here, .data = &depth, .jobs = 4 };
    int code = fob_sweep(world->context, &plan);

    if (depth > 0)
        _exit(code == FOB_INVALID && depth == 1 ? 0 : 1);
    expect(code, FOB_SUCCESS, "");
    assert_int_equal(status_of_any(), 0);
    assert_int_equal(status_of_any(), 0);
    assert_whole(world, "t0ken-of-acme");
}

static int converse_and_fork(const struct fob_message *messages, size_t count,
                             struct fob_secret **replies, void *data)
{
    (void)data;
    for (size_t i = 0; i < count; i++) {
        if (messages[i].kind <= FOB_ASK_SECRET &&
            fob_secret_new("typed", 5, &replies[i]) != FOB_SUCCESS)
            abort();
    }
    if (fork() == 0)
        alarm(PATIENCE);
    return FOB_SUCCESS;
}

static void a_conversation_that_returns_in_a_child_stores_nothing_there(void **state)
{
    struct world *world = used_world(state);
    const struct fob_conversation conv = { converse_and_fork, NULL };
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
    assert_whole(world, "t0ken-of-acme");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_function_works_in_a_child),
        TEST(parent_child_and_grandchild_share_a_log),
        TEST(a_handle_of_before_the_fork_is_refused),
        TEST(a_secret_of_before_the_fork_is_empty),
        TEST(locks_that_were_held_are_free_in_a_child),
        TEST(a_file_lock_is_not_kept_by_a_child),
        TEST(a_hook_that_returns_in_a_child_too_changes_nothing_there),
        TEST(a_sweep_is_left_by_a_child),
        TEST(a_callback_that_returns_in_a_child_ends_the_sweep_there),
        TEST(a_conversation_that_returns_in_a_child_stores_nothing_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
