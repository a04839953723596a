/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob.yaml: which file is read, for whom, and who may have written it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "settings_fixture.h"

#include "folder.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OTHER_USER 65534
#define UNREACHABLE 77

/* Ends the process when the folder of the machine's configuration is not for this user to look
 * into: that alone would be told then. */
static void need_machine_folder(void)
{
    if (access(FOB_SYSCONFDIR "/fob.yaml", F_OK) < 0 && errno == EACCES)
        _exit(UNREACHABLE);
}

/* Wait for a process that tested. */
static void take_result(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == UNREACHABLE)
        skip();
    assert_int_equal(status, 0);
}

/* Run TEST as another user in a process of its own, if that can be done. */
static void as_other(void (*test)(const char *folder), const char *folder)
{
    pid_t child;

    if (geteuid() == 0)
        assert_int_equal(chmod(folder, 0755), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 &&
            (setgroups(0, NULL) < 0 || setgid(OTHER_USER) < 0 || setuid(OTHER_USER) < 0))
            _exit(9);
        need_machine_folder();
        test(folder);
        _exit(0);
    }
    take_result(child);
}

/* In a process of its own an assertion could not be told; so the child says it itself. */
static void must_be(const char *found, const char *expected)
{
    if (strcmp(found, expected) != 0) {
        fprintf(stderr, "%s, expected %s\n", found, expected);
        _exit(1);
    }
}

static void users_defaults(const char *folder)
{
    struct settings *settings = NULL;

    if (settings_read(NULL, &settings) != FOB_SUCCESS)
        must_be(fob_error(), "");
    must_be(settings->store_path, folder_path(folder, "data/fob"));
    must_be(settings->key_file, folder_path(folder, "state/fob/key"));
    must_be(settings->log_path, folder_path(folder, "data/fob/log"));
    must_be(settings->plugins.items[0], FOB_PLUGINDIR);
    must_be(settings->providers.items[0], folder_path(folder, "config/fob/providers.d"));
    must_be(settings->providers.items[1], FOB_SYSCONFDIR "/providers.d");
    must_be(settings->providers.items[2], FOB_PROVIDERDIR);
    settings_free(settings);
}

static void home_defaults(const char *folder)
{
    struct settings *settings = NULL;

    /* Unset, and relative, which the specification wants to be ignored. */
    unsetenv("XDG_DATA_HOME");
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("XDG_CONFIG_HOME", "", 1);
    if (settings_read(NULL, &settings) != FOB_SUCCESS)
        must_be(fob_error(), "");
    must_be(settings->store_path, folder_path(folder, ".local/share/fob"));
    must_be(settings->key_file, folder_path(folder, ".local/state/fob/key"));
    must_be(settings->providers.items[0], folder_path(folder, ".config/fob/providers.d"));
    settings_free(settings);
}

static void a_user_keeps_things_in_the_xdg_folders(void **state)
{
    if (access(FOB_SYSCONFDIR "/fob.yaml", F_OK) == 0)
        skip();
    as_other(users_defaults, *state);
    as_other(home_defaults, *state);
}

static void root_keeps_things_in_the_machines_folders(void **state)
{
    struct settings *settings;

    (void)state;
    if (geteuid() != 0 || access(FOB_SYSCONFDIR "/fob.yaml", F_OK) == 0)
        skip();
    settings = settings_read_good(NULL);
    assert_null(settings->file);
    assert_string_equal(settings->store_path, FOB_LOCALSTATEDIR);
    assert_string_equal(settings->key_file, FOB_SYSCONFDIR "/key");
    assert_string_equal(settings->log_path, FOB_LOCALSTATEDIR "/log");
    assert_int_equal(settings->providers.count, 2);
    assert_string_equal(settings->providers.items[0], FOB_SYSCONFDIR "/providers.d");
    settings_free(settings);
}

/* Write a configuration whose log says where it is from. */
static const char *write_named(const char *folder, const char *file, const char *name)
{
    char text[256];

    snprintf(text, sizeof text, "log: { path: /%s }\n", name);
    return folder_write(folder, file, text);
}

static void assert_read(const char *path, const char *name)
{
    struct settings *settings = settings_read_good(path);

    assert_string_equal(settings->log_path, name);
    settings_free(settings);
}

static void a_named_file_comes_before_the_environment_and_that_before_the_home(void **state)
{
    struct settings *settings = NULL;

    folder_add(*state, "config");
    folder_add(*state, "config/fob");
    write_named(*state, "config/fob/fob.yaml", "home");
    assert_read(NULL, "/home");
    setenv("FOB_CONFIG", write_named(*state, "env.yaml", "env"), 1);
    assert_read(NULL, "/env");
    assert_read(write_named(*state, "given.yaml", "given"), "/given");
    setenv("FOB_CONFIG", "", 1);
    assert_read(NULL, "/home");
    /* What is named must be there. */
    setenv("FOB_CONFIG", folder_path(*state, "absent.yaml"), 1);
    assert_int_equal(settings_read(NULL, &settings), FOB_NOT_FOUND);
    assert_string_equal(fob_error_hint(), "name an existing file with --config or $FOB_CONFIG");
    assert_int_equal(settings_read(folder_path(*state, "absent.yaml"), &settings), FOB_NOT_FOUND);
    assert_null(settings);
    unsetenv("FOB_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    folder_add(*state, ".config");
    folder_add(*state, ".config/fob");
    write_named(*state, ".config/fob/fob.yaml", "dot");
    assert_read(NULL, "/dot");
}

static void a_broken_file_is_not_passed_over(void **state)
{
    struct settings *settings = NULL;

    folder_add(*state, "config");
    folder_add(*state, "config/fob");
    folder_write(*state, "config/fob/fob.yaml", "nonsense: 1\n");
    assert_int_equal(settings_read(NULL, &settings), FOB_CONFIG);
    assert_int_equal(chmod(folder_write(*state, "config/fob/fob.yaml", ""), 0666), 0);
    assert_int_equal(settings_read(NULL, &settings), FOB_NOT_ALLOWED);
    assert_null(settings);
}

static void the_file_must_be_ours_or_roots_and_only_our_hand_in_it(void **state)
{
    static const struct {
        mode_t mode;
        const char *words;
    } modes[] = {
        { 0664, "fob.yaml: its group may write to it (mode 0664)" },
        { 0646, "fob.yaml: everybody may write to it (mode 0646)" },
    };
    struct settings *settings = NULL;
    const char *path = folder_write(*state, "fob.yaml", "log: { path: /l }\n");

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(chmod(path, modes[i].mode), 0);
        assert_int_equal(settings_read(path, &settings), FOB_NOT_ALLOWED);
        assert_non_null(strstr(fob_error(), modes[i].words));
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_read(path, "/l");
    folder_add(*state, "folder");
    assert_int_equal(settings_read(folder_path(*state, "folder"), &settings), FOB_NOT_ALLOWED);
    assert_non_null(strstr(fob_error(), "folder: not a regular file"));
    assert_int_equal(mkfifo(folder_path(*state, "pipe"), 0600), 0);
    assert_int_equal(settings_read(folder_path(*state, "pipe"), &settings), FOB_NOT_ALLOWED);
    if (geteuid() == 0) {
        path = folder_path(*state, "fob.yaml");
        assert_int_equal(chown(path, OTHER_USER, 0), 0);
        assert_int_equal(settings_read(path, &settings), FOB_NOT_ALLOWED);
        assert_non_null(strstr(fob_error(), "belongs to user 65534, not to root or to you"));
    }
    assert_null(settings);
}

static void may_not_read(const char *folder)
{
    struct settings *settings = NULL;

    if (settings_read(folder_path(folder, "fob.yaml"), &settings) != FOB_NOT_ALLOWED)
        _exit(1);
    if (strstr(fob_error(), "fob.yaml: Permission denied") == NULL)
        must_be(fob_error(), "fob.yaml: Permission denied");
}

static void a_file_that_can_not_be_read_is_said_to_be_so(void **state)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(folder_write(*state, "fob.yaml", ""), 0600), 0);
    as_other(may_not_read, *state);
}

static void no_home(const char *folder)
{
    struct settings *settings = NULL;
    const char *const variables[] = { "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
                                      "XDG_STATE_HOME" };

    (void)folder;
    for (size_t i = 0; i < 4; i++)
        unsetenv(variables[i]);
    if (setuid(4000000) < 0) /* a user that nobody knows */
        _exit(9);
    need_machine_folder();
    if (settings_read(NULL, &settings) != FOB_CONFIG)
        _exit(1);
    must_be(fob_error(), "no home folder: nowhere to keep the store");
}

static void without_any_home_the_paths_must_be_configured(void **state)
{
    pid_t child;

    if (geteuid() != 0 || access(FOB_SYSCONFDIR "/fob.yaml", F_OK) == 0)
        skip();
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        no_home(*state);
        _exit(0);
    }
    take_result(child);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, settings_set_up, settings_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_user_keeps_things_in_the_xdg_folders),
        TEST(root_keeps_things_in_the_machines_folders),
        TEST(a_named_file_comes_before_the_environment_and_that_before_the_home),
        TEST(a_broken_file_is_not_passed_over),
        TEST(the_file_must_be_ours_or_roots_and_only_our_hand_in_it),
        TEST(a_file_that_can_not_be_read_is_said_to_be_so),
        TEST(without_any_home_the_paths_must_be_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
