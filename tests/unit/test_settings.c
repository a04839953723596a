/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob.yaml: which file is read, every key, the defaults, and every mistake with its place. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "core/config/settings.h"

#include "folder.h"
#include "util/array.h"
#include "util/error.h"

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

static int set_up(void **state)
{
    *state = folder_make(NULL);
    unsetenv("FOB_CONFIG");
    setenv("HOME", *state, 1);
    setenv("XDG_CONFIG_HOME", folder_path(*state, "config"), 1);
    setenv("XDG_DATA_HOME", folder_path(*state, "data"), 1);
    setenv("XDG_STATE_HOME", folder_path(*state, "state"), 1);
    error_clear();
    return 0;
}

static int tear_down(void **state)
{
    folder_remove(*state);
    return 0;
}

static struct settings *read_good(const char *path)
{
    struct settings *settings = NULL;

    if (settings_read(path, &settings) != FOB_SUCCESS)
        fail_msg("%s", fob_error());
    return settings;
}

/* Write TEXT to fob.yaml and read it: CODE, with WORDS in the message, and nothing given back. */
static void refuse(const char *folder, const char *text, int code, const char *words)
{
    struct settings *settings = NULL;
    int got = settings_read(folder_write(folder, "fob.yaml", text), &settings);

    if (got != code || strstr(fob_error(), words) == NULL)
        fail_msg("%s\n%s: %s, expected %s", text, fob_code_name(got), fob_error(), words);
    assert_null(settings);
}

static void every_key_is_read(void **state)
{
    static const char text[] = "store: { driver: file, path: /srv//fob/ }\n"
                               "key_file: /root/key\n"
                               "plugins: [ /p1, /p2/ ]\n"
                               "providers: [ /d1, /d2 ]\n"
                               "http: { ca_file: /ca.pem, timeout: 2m, retries: 0 }\n"
                               "containment: { required: false, hook_limit: 2m }\n"
                               "log: { path: /var/log/fob, syslog: true }\n";
    struct settings *settings = read_good(folder_write(*state, "fob.yaml", text));

    assert_int_equal(settings->user, geteuid());
    assert_string_equal(settings->store_path, "/srv/fob");
    assert_string_equal(settings->key_file, "/root/key");
    assert_int_equal(settings->plugins.count, 2);
    assert_string_equal(settings->plugins.items[0], "/p1");
    assert_string_equal(settings->plugins.items[1], "/p2");
    /* The installed ones come last. */
    assert_int_equal(settings->providers.count, 3);
    assert_string_equal(settings->providers.items[0], "/d1");
    assert_string_equal(settings->providers.items[1], "/d2");
    assert_string_equal(settings->providers.items[2], FOB_PROVIDERDIR);
    assert_string_equal(yaml_get(settings->http, "ca_file")->text, "/ca.pem");
    assert_string_equal(yaml_get(settings->http, "timeout")->text, "2m");
    assert_string_equal(settings->log_path, "/var/log/fob");
    assert_true(settings->log_syslog);
    assert_false(settings->containment_required);
    assert_int_equal(settings->hook_limit, 120);
    settings_free(settings);
}

static void the_log_lies_in_the_store_and_syslog_is_off(void **state)
{
    struct settings *settings =
        read_good(folder_write(*state, "fob.yaml", "store: { path: /s }\n"));

    assert_string_equal(settings->log_path, "/s/log");
    assert_false(settings->log_syslog);
    assert_true(settings->containment_required);
    assert_int_equal(settings->hook_limit, 300);
    assert_null(settings->http);
    assert_int_equal(settings->plugins.count, 1);
    assert_string_equal(settings->plugins.items[0], FOB_PLUGINDIR);
    settings_free(settings);
}

static void a_file_of_nothing_but_comments_gives_the_defaults(void **state)
{
    settings_free(read_good(folder_write(*state, "fob.yaml", "")));
    settings_free(read_good(folder_write(*state, "fob.yaml", "# nothing\n---\n")));
}

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
    settings = read_good(NULL);
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
    struct settings *settings = read_good(path);

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

static const struct {
    const char *text;
    const char *mistake;
} mistakes[] = {
    { "- a\n", "fob.yaml:1:1: must be a map of keys and values" },
    { "stor: { path: /s }\n", "fob.yaml:1:1: unknown key stor; did you mean store?" },
    { "provider: [ /d ]\n", "fob.yaml:1:1: unknown key provider; did you mean providers?" },
    { "color: red\n", "fob.yaml:1:1: unknown key color" },
    { "store: /s\n", "fob.yaml:1:8: must be a map of keys and values" },
    { "store: { pth: /s }\n", "fob.yaml:1:10: unknown key pth; did you mean path?" },
    { "store: { path: s }\n", "fob.yaml:1:16: must be an absolute path without . and .." },
    { "store: { path: /s/../t }\n", "fob.yaml:1:16: must be an absolute path" },
    { "store: { path: [ /s ] }\n", "fob.yaml:1:16: must be text" },
    { "store: { path: '' }\n", "fob.yaml:1:16: must be an absolute path" },
    { "store: { driver: etcd }\n", "fob.yaml:1:18: unknown driver etcd; the only one is file" },
    { "store: { driver: [] }\n", "fob.yaml:1:18: must be text" },
    { "store: { path: /s }\nkey_file: /s/key\n",
      "fob.yaml:2:11: key_file: /s/key must not be inside the store" },
    { "store: { path: /s }\nkey_file: /s\n", "fob.yaml:2:11: key_file: /s must not be inside" },
    { "store: { path: / }\nkey_file: /k\n", "fob.yaml:2:11: key_file: /k must not be inside" },
    { "key_file: ~/key\n", "fob.yaml:1:11: must be an absolute path" },
    { "key_command: [ { a: b }, x ]\n", "fob.yaml:1:16: must be text" },
    { "key_command: [ /x, [ y ], z, { a: b } ]\n", "fob.yaml:1:20: must be text" },
    { "key_command: [ x, { a: b } ]\n", "fob.yaml:1:16: the program must be an absolute path" },
    { "on_change: [ { a: b }, x ]\n", "fob.yaml:1:14: must be text" },
    { "on_change: /x\n", "fob.yaml:1:12: must be a list: the program and its arguments" },
    { "plugins: /p\n", "fob.yaml:1:10: must be a list of folders" },
    { "plugins: []\n", "fob.yaml:1:10: must be a list of folders" },
    { "plugins: [ p ]\n", "fob.yaml:1:12: must be an absolute path" },
    { "providers: { a: b }\n", "fob.yaml:1:12: must be a list of folders" },
    { "providers: [ /a, b ]\n", "fob.yaml:1:18: must be an absolute path" },
    { "http: []\n", "fob.yaml:1:7: must be a map of keys and values" },
    { "http: { base_url: 'https://x' }\n", "fob.yaml:1:9: unknown key base_url" },
    { "http: { timeout: 0 }\n", "fob.yaml:1:18: timeout: must be from 1 to 600 seconds" },
    { "http: { timeout: soon }\n", "fob.yaml:1:18: timeout: must be a duration" },
    { "http: { retries: 11 }\n", "fob.yaml:1:18: retries: must be from 0 to 10" },
    { "http: { ca_file: ca.pem }\n", "fob.yaml:1:18: ca_file: must be an absolute path" },
    { "log: /l\n", "fob.yaml:1:6: must be a map of keys and values" },
    { "log: { path: l }\n", "fob.yaml:1:14: must be an absolute path" },
    { "log: { syslog: 1 }\n", "fob.yaml:1:16: syslog: must be true or false" },
    { "containment: { required: no }\n", "fob.yaml:1:26: required: must be true or false" },
    { "containment: { hook_limit: 0 }\n", "fob.yaml:1:28: hook_limit: " },
    { "containment: { hook_limit: 25h }\n", "fob.yaml:1:28: hook_limit: " },
    { "containment: { require: true }\n",
      "fob.yaml:1:16: unknown key require; did you mean required?" },
    { "containment: true\n", "fob.yaml:1:14: must be a map of keys and values" },
    { "log: { syslgo: true }\n", "fob.yaml:1:8: unknown key syslgo; did you mean syslog?" },
    { "key_file: /a\nkey_file: /b\n", "fob.yaml:2:1: " },
    { "store: [\n", "fob.yaml:2:1: " },
    { "key_file: !secret /a\n", "fob.yaml:1:11: " },
    { "key_file: *a\n", "fob.yaml:1:11: " },
    { "a: b\n---\nc: d\n", "fob.yaml:2:1: " },
    { "key_file: \"/a\\0b\"\n", "fob.yaml:1:11: " },
    { "key_file: /\xff\n", "fob.yaml:1:" },
};

static void each_mistake_has_its_place(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++)
        refuse(*state, mistakes[i].text, FOB_CONFIG, mistakes[i].mistake);
    assert_string_equal(fob_error_hint(), "see fob.yaml(5)");
}

static void all_mistakes_are_told_in_one_run(void **state)
{
    static const char *const expected[] = {
        "fob.yaml:1:1: unknown key stor;",
        "fob.yaml:2:11: must be an absolute",
        "fob.yaml:3:12: must be an absolute",
        "fob.yaml:3:15: must be text",
        "fob.yaml:4:18: timeout: ",
        "fob.yaml:4:30: retries: ",
        "fob.yaml:5:16: syslog: must be true",
    };
    size_t lines = 1;

    refuse(*state,
           "stor: {}\n"
           "key_file: key\n"
           "plugins: [ p, [] ]\n"
           "http: { timeout: x, retries: y }\n"
           "log: { syslog: z }\n",
           FOB_CONFIG, "");
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
        assert_non_null(strstr(fob_error(), expected[i]));
    for (const char *at = fob_error(); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, ARRAY_SIZE(expected));
}

static void a_key_beside_the_store_is_not_inside_it(void **state)
{
    settings_free(
        read_good(folder_write(*state, "fob.yaml", "store: { path: /s }\nkey_file: /s.key\n")));
}

static void aliases_are_bounded(void **state)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "plugins: &a [ /x ]\nproviders: *a\n");

    settings_free(read_good(folder_write(*state, "fob.yaml", text)));
    used = (size_t)snprintf(text, sizeof text, "a0: &a0 [ /x ]\n");
    for (int i = 1; i <= 12; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "a%d: &a%d [ *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d ]\n",
                                 i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    refuse(*state, text, FOB_CONFIG, "fob.yaml:");
}

static void a_file_over_a_mebibyte_is_not_read(void **state)
{
    char *text = malloc(YAML_FILE_MAX + 2);

    assert_non_null(text);
    memset(text, '#', YAML_FILE_MAX + 1);
    text[YAML_FILE_MAX + 1] = '\0';
    refuse(*state, text, FOB_CONFIG, "fob.yaml:1:1: larger than 1048576 bytes");
    text[YAML_FILE_MAX] = '\0';
    settings_free(read_good(folder_write(*state, "fob.yaml", text)));
    free(text);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_key_is_read),
        TEST(the_log_lies_in_the_store_and_syslog_is_off),
        TEST(a_file_of_nothing_but_comments_gives_the_defaults),
        TEST(a_user_keeps_things_in_the_xdg_folders),
        TEST(root_keeps_things_in_the_machines_folders),
        TEST(a_named_file_comes_before_the_environment_and_that_before_the_home),
        TEST(a_broken_file_is_not_passed_over),
        TEST(each_mistake_has_its_place),
        TEST(all_mistakes_are_told_in_one_run),
        TEST(a_key_beside_the_store_is_not_inside_it),
        TEST(aliases_are_bounded),
        TEST(a_file_over_a_mebibyte_is_not_read),
        TEST(the_file_must_be_ours_or_roots_and_only_our_hand_in_it),
        TEST(a_file_that_can_not_be_read_is_said_to_be_so),
        TEST(without_any_home_the_paths_must_be_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
