/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Makes children, and looks at what they left. */
#include "config.h"

#include "forked.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ThreadSanitizer takes the parent's threads for threads that the child should have waited for. Its
 * library looks for this function, which must not be hidden. */
const char *__tsan_default_options(void);
__attribute__((visibility("default"))) const char *__tsan_default_options(void)
{
    return "report_thread_leaks=0";
}

pid_t forked_make(enum way way)
{
    pid_t pid =
        way == BY_FORK ? fork() : (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0)
        alarm(FORKED_PATIENCE_S);
    return pid;
}

int forked_status(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int forked_read_accounts(struct world *world)
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

void forked_ignore_finding(bool good, const char *text, void *data)
{
    (void)good;
    (void)text;
    (void)data;
}

/* CONTEXT reads every account, acme has TOKEN, and the log is whole. */
static void assert_readable(struct world *world, struct fob_context *context, const char *token)
{
    struct fob_context *own = world->context;

    world->context = context;
    assert_int_equal(forked_read_accounts(world), FOB_SUCCESS);
    world_assert_field(world, "acme", "token", token);
    expect(fob_verify_log(context, forked_ignore_finding, NULL), FOB_SUCCESS, "");
    world->context = own;
}

void forked_assert_whole(struct world *world, const char *token)
{
    struct fob_context *fresh = NULL;

    assert_readable(world, world->context, token);
    expect(fob_open(folder_path(world->folder, "fob.yaml"), &fresh), FOB_SUCCESS, "");
    assert_readable(world, fresh, token);
    expect(fob_check(fresh, forked_ignore_finding, NULL), FOB_SUCCESS, "");
    fob_close(fresh);
    assert_int_not_equal(access(folder_path(world->folder, "log.1"), F_OK), 0);
}

struct world *forked_world(void **state)
{
    struct world *world = world_of(state);

    fob_set_log(world->context, NULL, NULL);
    world_link(world, "acme", "id");
    world_link(world, "other", "id-2");
    return world;
}
