/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* A child of a process that uses fob: it unlocks for itself; no wiped key is used, and the
 * parent can read what the child wrote. */
#include "config.h"

#include "forked.h"
#include "world.h"

#include "core/session/handle.h"
#include "store/file.h"
#include "store/store_impl.h"
#include "util/array.h"
#include "util/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

static int do_rename(struct world *world)
{
    static const char *const names[] = { "other", "moved", "other" };
    int code = FOB_SUCCESS;

    for (size_t i = 0; i + 1 < ARRAY_SIZE(names) && code == FOB_SUCCESS; i++) {
        struct fob_handle *handle = handle_of(world, names[i]);

        code = fob_rename(handle, names[i + 1]);
        fob_end(handle);
    }
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

static int do_change_keys(struct world *world)
{
    const char *file = folder_path(world->folder, "key.2");
    const struct fob_new_key key = { .size = sizeof key, .kind = FOB_KEY_FILE, .key_file = file };
    const struct fob_keys_given given = { .size = sizeof given,
                                          .key_files = (const char *const[]){ file, NULL } };
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
    return fob_rotate(world->context,
                      &(struct fob_keys_given){ .size = sizeof(struct fob_keys_given) });
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
    struct fob_export out = { .size = sizeof out,
                              .key_file = fob_path(world->context, FOB_PATH_KEY_FILE) };
    struct fob_import in = { .size = sizeof in, .flags = FOB_RENAME };
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

static int do_verify_log(struct world *world)
{
    return fob_verify_log(world->context, forked_ignore_finding, NULL);
}

static int do_check(struct world *world)
{
    return fob_check(world->context, forked_ignore_finding, NULL);
}

static int do_repair(struct world *world)
{
    return fob_repair(world->context, forked_ignore_finding, NULL);
}

static int do_sweep(struct world *world)
{
    return fob_sweep(world->context,
                     &(struct fob_sweep){ .size = sizeof(struct fob_sweep), .jobs = 4 });
}

static int cancel_all(struct world *world)
{
    struct fob_invitations *list = NULL;
    struct fob_invitation *invitation = NULL;
    int code = fob_invitations_open(world->context, &list);

    while (code == FOB_SUCCESS && fob_invitations_next(list, &invitation) == FOB_SUCCESS) {
        if (fob_invitation_state(invitation) == FOB_INVITATION_OPEN)
            code = fob_cancel_invitation(world->context,
                                         fob_invitation_text(invitation, FOB_INVITATION_ID));
        fob_invitation_free(invitation);
    }
    fob_invitations_close(list);
    return code;
}

static int do_invite(struct world *world)
{
    const struct fob_invite how = { .size = sizeof how };
    const struct fob_inbox plan = { .size = sizeof plan };
    struct fob_handle *handle = handle_of(world, "guest");
    struct fob_secret *link = NULL;
    struct fob_secret *pin = NULL;
    struct fob_invitations *list = NULL;
    struct fob_invitation *invitation = NULL;
    int64_t next;
    int code = fob_invite(handle, &how, &link, NULL, NULL);

    fob_end(handle);
    fob_secret_free(link);
    if (code == FOB_SUCCESS)
        code = fob_invitations_open(world->context, &list);
    while (code == FOB_SUCCESS && invitation == NULL) {
        code = fob_invitations_next(list, &invitation);
        if (code == FOB_SUCCESS && fob_invitation_state(invitation) != FOB_INVITATION_OPEN) {
            fob_invitation_free(invitation);
            invitation = NULL;
        }
    }
    fob_invitations_close(list);
    if (code == FOB_SUCCESS)
        code = fob_invite_again(world->context, fob_invitation_text(invitation, FOB_INVITATION_ID),
                                &link, &pin, NULL);
    if (code == FOB_SUCCESS) {
        fob_secret_free(link);
        code = fob_inbox(world->context, &plan, &next);
    }
    fob_invitation_free(invitation);
    return code == FOB_SUCCESS ? cancel_all(world) : code;
}

static int do_app(struct world *world)
{
    struct fob_app *app = NULL;
    int code;

    world_provider(world, "signs-in",
                   "provider: signs-in\nfields: [ { name: id, app: true } ]\nplugin: told\n"
                   "options: { identity: id-1 }\n");
    code = fob_app_open(world->context, "signs-in", NULL, &app);
    if (code == FOB_SUCCESS)
        code = fob_app_set_field(app, "id", "app-1", 5);
    if (code == FOB_SUCCESS)
        code = fob_app_store(app, 0);
    if (code == FOB_SUCCESS &&
        (fob_app_time(app) == 0 || strcmp(fob_app_value(app, "id"), "app-1") != 0))
        code = FOB_CORRUPT;
    if (code == FOB_SUCCESS)
        code = fob_app_remove(app);
    fob_app_close(app);
    return code;
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
    { "rename", do_rename, "t0ken-of-acme" },
    { "revoke", do_revoke, "t0ken-of-acme" },
    { "lend, get_field", do_lend, "t0ken-of-acme" },
    { "authorize", do_authorize, "t0ken-of-acme" },
    { "read_account, accounts", forked_read_accounts, "t0ken-of-acme" },
    { "add_key, test_key, rotate, remove_key", do_change_keys, "t0ken-of-acme" },
    { "rotate", do_rotate, "t0ken-of-acme" },
    { "unlock, lock", do_keep_key, "t0ken-of-acme" },
    { "export, import", do_export_and_import, "t0ken-of-acme" },
    { "verify_log", do_verify_log, "t0ken-of-acme" },
    { "check", do_check, "t0ken-of-acme" },
    { "repair", do_repair, "t0ken-of-acme" },
    { "sweep", do_sweep, "t0ken-of-acme" },
    { "invite", do_invite, "t0ken-of-acme" },
    { "app_open, app_store, app_remove", do_app, "t0ken-of-acme" },
};

static void each_function_works_in_a_child(void **state)
{
    struct world *world = forked_world(state);

    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        for (enum way way = BY_FORK; way < WAYS; way++) {
            pid_t pid;
            int status;

            if (!world_has(world, "other"))
                world_link(world, "other", "id-2");
            pid = forked_make(way);
            if (pid == 0)
                _exit(acts[i].act(world));
            status = forked_status(pid);
            if (status != FOB_SUCCESS)
                fail_msg("%s, way %d: %s", acts[i].name, (int)way, fob_code_name(status));
            forked_assert_whole(world, acts[i].token);
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
    struct world *world = forked_world(state);
    size_t lines = world_log_lines(world);
    pid_t pid = forked_make(BY_FORK);

    if (pid == 0) {
        int code = do_lend(world);

        pid = forked_make(BY_CLONE);
        if (pid == 0)
            _exit(do_lend(world));
        _exit(code != FOB_SUCCESS ? code : forked_status(pid));
    }
    assert_int_equal(do_lend(world), FOB_SUCCESS);
    assert_int_equal(forked_status(pid), FOB_SUCCESS);
    assert_int_equal(do_lend(world), FOB_SUCCESS);
    forked_assert_whole(world, "t0ken-of-acme");
    assert_int_equal(world_log_lines(world), lines + 4);
}

/* A child does not wait for a thread that it does not have. */
static void locks_that_were_held_are_free_in_a_child(void **state)
{
    struct world *world = forked_world(state);
    struct store *store = world->context->store;

    for (enum way way = BY_FORK; way < WAYS; way++) {
        pid_t pid;

        process_lock(&world->context->lock);
        process_lock(&store->unlocking);
        pid = forked_make(way);
        if (pid == 0)
            _exit(do_lend(world));
        process_unlock(&store->unlocking);
        process_unlock(&world->context->lock);
        assert_int_equal(forked_status(pid), FOB_SUCCESS);
    }
}

static void a_file_lock_is_not_kept_by_a_child(void **state)
{
    struct world *world = forked_world(state);

    for (enum way way = BY_FORK; way < WAYS; way++) {
        struct file file = { .name = "lock-of-test", .what = "lock", .user = geteuid() };
        int ready[2];
        char byte;
        int lock;
        pid_t pid;

        file.folder = open(world->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(pipe(ready), 0);
        expect(file_lock(&file, true, &lock), FOB_SUCCESS, "");
        pid = forked_make(way);
        if (pid == 0) {
            /* Until the parent has locked it again. */
            close(ready[1]);
            _exit((way == BY_FORK && fcntl(lock, F_GETFD) != -1) || read(ready[0], &byte, 1) != 0);
        }
        close(ready[0]);
        file_unlock(lock);
        expect(file_lock(&file, true, &lock), FOB_SUCCESS, "");
        file_unlock(lock);
        close(ready[1]);
        assert_int_equal(forked_status(pid), 0);
        close(file.folder);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_function_works_in_a_child),
        TEST(parent_child_and_grandchild_share_a_log),
        TEST(locks_that_were_held_are_free_in_a_child),
        TEST(a_file_lock_is_not_kept_by_a_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
