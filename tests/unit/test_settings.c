/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob.yaml: every key, the defaults, and every mistake with its place. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "settings_fixture.h"

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
                               "log: { path: /var/log/fob, syslog: true }\n"
                               "hub: { url: 'http://127.0.0.1:80', name: Us, logo: /l.png,\n"
                               "  color: '#0b5394', privacy: https://h.example/p }\n";
    struct settings *settings = settings_read_good(folder_write(*state, "fob.yaml", text));

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
    assert_string_equal(settings->hub.url, "http://127.0.0.1:80");
    assert_string_equal(settings->hub.name, "Us");
    assert_string_equal(settings->hub.color, "#0b5394");
    assert_string_equal(settings->hub.privacy, "https://h.example/p");
    assert_string_equal(settings->hub.contact, "");
    assert_string_equal(settings->hub.logo, "/l.png");
    assert_non_null(strstr(settings->hub.spool, "/fob-hub"));
    settings_free(settings);
}

static void the_log_lies_in_the_store_and_syslog_is_off(void **state)
{
    struct settings *settings =
        settings_read_good(folder_write(*state, "fob.yaml", "store: { path: /s }\n"));

    assert_string_equal(settings->log_path, "/s/log");
    assert_false(settings->log_syslog);
    assert_true(settings->containment_required);
    assert_int_equal(settings->hook_limit, 300);
    assert_null(settings->http);
    assert_string_equal(settings->hub.url, "");
    assert_null(settings->hub.spool);
    assert_int_equal(settings->plugins.count, 1);
    assert_string_equal(settings->plugins.items[0], FOB_PLUGINDIR);
    settings_free(settings);
}

static void a_file_of_nothing_but_comments_gives_the_defaults(void **state)
{
    settings_free(settings_read_good(folder_write(*state, "fob.yaml", "")));
    settings_free(settings_read_good(folder_write(*state, "fob.yaml", "# nothing\n---\n")));
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
    { "store: { driver: etcd }\n", "fob.yaml:1:18: driver: must be file" },
    { "store: { driver: [] }\n", "fob.yaml:1:18: driver: must be file" },
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
    { "hub: { name: x }\n", "fob.yaml:1:6: url: missing" },
    { "hub: { url: http://connect.example.com }\n", "fob.yaml:1:13: url: " },
    { "hub: { url: https://h.example/fob }\n", "fob.yaml:1:13: url: it must end with its host" },
    { "hub: { url: https://h.example, color: red }\n",
      "fob.yaml:1:39: color: must be a color such as \"#0b5394\"" },
    { "hub: { url: https://h.example, color: \"#808080\" }\n",
      "fob.yaml:1:39: color: its contrast to white is 3.9 to 1; it must be 4.5" },
    { "hub: { url: https://h.example, privacy: h.example }\n",
      "fob.yaml:1:41: privacy: it must begin with https://" },
    { "hub: { url: https://h.example, logo: /a.gif }\n", "fob.yaml:1:38: logo: must be a file" },
    { "hub: { url: https://h.example, spool: s }\n", "fob.yaml:1:39: must be an absolute path" },
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
    settings_free(settings_read_good(
        folder_write(*state, "fob.yaml", "store: { path: /s }\nkey_file: /s.key\n")));
}

static void aliases_are_bounded(void **state)
{
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "plugins: &a [ /x ]\nproviders: *a\n");

    settings_free(settings_read_good(folder_write(*state, "fob.yaml", text)));
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
    settings_free(settings_read_good(folder_write(*state, "fob.yaml", text)));
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, settings_set_up, settings_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_key_is_read),
        TEST(the_log_lies_in_the_store_and_syslog_is_off),
        TEST(a_file_of_nothing_but_comments_gives_the_defaults),
        TEST(each_mistake_has_its_place),
        TEST(all_mistakes_are_told_in_one_run),
        TEST(a_key_beside_the_store_is_not_inside_it),
        TEST(aliases_are_bounded),
        TEST(a_file_over_a_mebibyte_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
