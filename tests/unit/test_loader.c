/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The loader: which files are loaded, which are not, and that each name gets its own plugin. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/plugin/loader.h"
#include "core/plugin/worker_process.h"

#include "folder.h"
#include "util/array.h"
#include "util/error.h"

#include <gcrypt.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_USER 65534

struct scene {
    char *folder;  /* trusted */
    char *plugins; /* FOLDER/plugins, in the list */
    char *items[1];
    struct settings settings;
    struct loader *loader;
};

/* What is printed is not looked at here. */
static void pass_over(void *data, const char *path, const char *line)
{
    (void)data;
    (void)path;
    (void)line;
}

static int set_up(void **state)
{
    char here[PATH_MAX];
    struct scene *scene;

    *state = NULL;
    if (getcwd(here, sizeof here) == NULL)
        return -1;
    if (!folder_is_trusted(here))
        return 0;
    scene = calloc(1, sizeof *scene);
    if (scene == NULL ||
        loader_new(&scene->settings, pass_over, NULL, &scene->loader) != FOB_SUCCESS)
        return -1;
    scene->folder = folder_make(here);
    scene->plugins = strdup(folder_add(scene->folder, "plugins"));
    scene->items[0] = scene->plugins;
    scene->settings = (struct settings){
        .store_path = (char *)(uintptr_t) "/nonexistent/store",
        .key_file = (char *)(uintptr_t) "/nonexistent/key",
        .log_path = (char *)(uintptr_t) "/nonexistent/log",
        .plugins = { scene->items, 1 },
        .containment_required = true,
        .hook_limit = 60,
    };
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    if (scene == NULL)
        return 0;
    loader_free(scene->loader);
    folder_remove(scene->folder);
    free(scene->plugins);
    free(scene);
    return 0;
}

static struct scene *scene_of(void **state)
{
    if (*state == NULL)
        skip();
    error_clear();
    return *state;
}

/* A test plugin's file; the caller frees it. */
static char *read_plugin(const char *plugin, size_t *size)
{
    char path[PATH_MAX];
    struct stat st;
    char *data;
    int fd;

    snprintf(path, sizeof path, "%s/%s.so", TEST_PLUGIN_FOLDER, plugin);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        fail_msg("%s: %s", path, strerror(errno));
    *size = (size_t)st.st_size;
    data = malloc(*size);
    assert_non_null(data);
    assert_int_equal(read(fd, data, *size), st.st_size);
    close(fd);
    return data;
}

/* Copy a test plugin to TO in FOLDER. */
static void copy_plugin(const char *plugin, const char *folder, const char *to)
{
    size_t size;
    char *data = read_plugin(plugin, &size);

    folder_write_bytes(folder, to, data, size);
    free(data);
}

#define load(scene, name, plugin) load_at(scene, name, NULL, plugin, __LINE__)

static struct yaml_node pin_of(const char *sha256)
{
    return (struct yaml_node){ .kind = YAML_TEXT, .text = (char *)(uintptr_t)sha256 };
}

/* Load NAME; its worker is not needed any more then. */
static int load_plugin(struct loader *loader, const char *name, const char *sha256,
                       const struct plugin **plugin)
{
    const struct yaml_node pin = pin_of(sha256);
    const struct loader_wish wish = { .name = name, .pins = sha256 != NULL ? &pin : NULL };
    struct plugin_worker *worker = NULL;
    int code = loader_load(loader, &wish, plugin, &worker);

    plugin_worker_end(worker);
    return code;
}

/* Load NAME: its declared name must be WANTED. */
static const struct plugin *load_at(const struct scene *scene, const char *name, const char *sha256,
                                    const char *wanted, int line)
{
    const struct plugin *plugin = NULL;

    if (load_plugin(scene->loader, name, sha256, &plugin) != FOB_SUCCESS)
        fail_msg("line %d: %s", line, fob_error());
    if (strcmp(plugin->declared.name, wanted) != 0)
        fail_msg("line %d: %s is %s", line, name, plugin->declared.name);
    return plugin;
}

/* It is there, but must not be loaded; or it is broken. */
#define refuse(scene, name, words) fail_at(scene, name, FOB_CONFIG, words, __LINE__)
#define broken(scene, name, words) fail_at(scene, name, FOB_PLUGIN, words, __LINE__)

/* Loading NAME must end with WANTED, with WORDS in the message, and nothing given back. */
static void fail_at(const struct scene *scene, const char *name, int wanted, const char *words,
                    int line)
{
    const struct plugin *plugin = NULL;
    int code;

    error_clear();
    code = load_plugin(scene->loader, name, NULL, &plugin);
    if (code != wanted || strstr(fob_error(), words) == NULL)
        fail_msg("line %d: %s: %s, %s", line, name, fob_code_name(code), fob_error());
    assert_null(plugin);
}

/* NAME must not be loaded when SHA256 is pinned. */
static void refuse_pinned(const struct scene *scene, const char *name, const char *sha256,
                          const char *words, int line)
{
    const struct plugin *plugin = NULL;
    int code;

    error_clear();
    code = load_plugin(scene->loader, name, sha256, &plugin);
    if (code != FOB_CONFIG || strstr(fob_error(), words) == NULL)
        fail_msg("line %d: %s: %s, %s", line, name, fob_code_name(code), fob_error());
    assert_null(plugin);
}

static void a_bare_name_is_looked_up_in_the_folders(void **state)
{
    const struct scene *scene = scene_of(state);
    const struct plugin *plugin;

    copy_plugin("told", scene->plugins, "told.so");
    plugin = load(scene, "told", "told");
    assert_string_equal(plugin->file->path, folder_path(scene->plugins, "told.so"));
    assert_true(declared_has_hook(&plugin->declared, 1));
}

static void the_first_folder_that_has_it_wins(void **state)
{
    struct scene *scene = scene_of(state);
    char *second = strdup(folder_add(scene->folder, "second"));
    char *items[] = { (char *)(uintptr_t) "/nonexistent/folder", scene->plugins, second };
    const struct plugin *plugin = NULL;

    scene->settings.plugins = (struct path_list){ items, ARRAY_SIZE(items) };
    copy_plugin("told", scene->plugins, "both.so");
    copy_plugin("hookless", second, "both.so");
    copy_plugin("hookless", second, "last.so");
    assert_int_equal(load_plugin(scene->loader, "both", NULL, &plugin), FOB_SUCCESS);
    assert_string_equal(plugin->declared.name, "told");
    assert_int_equal(load_plugin(scene->loader, "last", NULL, &plugin), FOB_SUCCESS);
    assert_string_equal(plugin->declared.name, "broken");
    free(second);
}

/* Otherwise who may spoil the first folder could choose the plugin of the second. */
static void a_file_that_is_not_trusted_hides_those_behind_it(void **state)
{
    struct scene *scene = scene_of(state);
    char *second = strdup(folder_add(scene->folder, "second"));
    char *items[] = { scene->plugins, second };
    const struct plugin *plugin = NULL;

    scene->settings.plugins = (struct path_list){ items, ARRAY_SIZE(items) };
    copy_plugin("told", scene->plugins, "both.so");
    copy_plugin("told", second, "both.so");
    assert_int_equal(chmod(folder_path(scene->plugins, "both.so"), 0666), 0);
    assert_int_equal(load_plugin(scene->loader, "both", NULL, &plugin), FOB_CONFIG);
    assert_non_null(strstr(fob_error(), "everybody may write to it"));
    free(second);
}

static void a_missing_plugin_names_where_it_was_looked_for(void **state)
{
    const struct scene *scene = scene_of(state);

    fail_at(scene, "absent", FOB_NOT_FOUND, "plugin absent: no absent.so in ", __LINE__);
    assert_non_null(strstr(fob_error(), scene->plugins));
    assert_non_null(strstr(fob_error_hint(), "plugins: in fob.yaml"));
}

static void an_absolute_path_is_taken_as_it_is(void **state)
{
    const struct scene *scene = scene_of(state);
    char path[PATH_MAX];

    copy_plugin("told", scene->folder, "elsewhere");
    snprintf(path, sizeof path, "%s", folder_path(scene->folder, "elsewhere"));
    load(scene, path, "told");
    snprintf(path, sizeof path, "%s", folder_path(scene->folder, "absent.so"));
    fail_at(scene, path, FOB_NOT_FOUND, "No such file", __LINE__);
}

static void a_name_must_not_lead_elsewhere(void **state)
{
    static const char *const names[] = { "",       ".",    "..",    "../told", "a/b",
                                         "./told", "Told", "-told", "told so", "t\nold" };
    const struct scene *scene = scene_of(state);

    copy_plugin("told", scene->folder, "told.so");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        broken(scene, names[i], "neither a name nor an absolute path");
}

static void others_must_not_be_able_to_write_the_file(void **state)
{
    static const struct {
        mode_t mode;
        const char *why;
    } cases[] = {
        { 0664, "its group may write to it (mode 0664)" },
        { 0646, "everybody may write to it (mode 0646)" },
        { 0666, "everybody may write to it (mode 0666)" },
    };
    const struct scene *scene = scene_of(state);

    copy_plugin("told", scene->plugins, "told.so");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(chmod(folder_path(scene->plugins, "told.so"), cases[i].mode), 0);
        refuse(scene, "told", cases[i].why);
        assert_non_null(strstr(fob_error(), "told.so"));
    }
    assert_int_equal(chmod(folder_path(scene->plugins, "told.so"), 0400), 0);
    load(scene, "told", "told");
}

static void no_folder_above_may_be_writable_by_others(void **state)
{
    static const mode_t modes[] = { 0775, 0777, 01777 };
    const struct scene *scene = scene_of(state);

    copy_plugin("told", scene->plugins, "told.so");
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        assert_int_equal(chmod(scene->plugins, modes[i]), 0);
        refuse(scene, "told", "may write to");
        assert_non_null(strstr(fob_error(), scene->plugins));
        assert_int_equal(chmod(scene->plugins, 0755), 0);
        assert_int_equal(chmod(scene->folder, modes[i]), 0);
        if (modes[i] == 01777) /* nobody else can move the plugins' folder */
            load(scene, "told", "told");
        else
            refuse(scene, "told", "may write to it");
        assert_int_equal(chmod(scene->folder, 0755), 0);
    }
    load(scene, "told", "told");
}

static void the_file_and_its_folders_must_be_ours_or_roots(void **state)
{
    const struct scene *scene = scene_of(state);
    char file[PATH_MAX];

    if (geteuid() != 0)
        skip();
    copy_plugin("told", scene->plugins, "told.so");
    snprintf(file, sizeof file, "%s", folder_path(scene->plugins, "told.so"));
    assert_int_equal(chown(file, OTHER_USER, 0), 0);
    refuse(scene, "told", "told.so: belongs to user 65534, not to root or to you");
    assert_int_equal(chown(file, 0, 0), 0);
    assert_int_equal(chown(scene->plugins, OTHER_USER, 0), 0);
    refuse(scene, "told", "plugins: belongs to user 65534, not to root or to you");
    assert_int_equal(chown(scene->plugins, 0, 0), 0);
    load(scene, "told", "told");
}

static void a_link_is_trusted_as_far_as_the_folders_that_it_leads_through(void **state)
{
    const struct scene *scene = scene_of(state);
    char *open_folder = strdup(folder_add(scene->folder, "open"));
    char *real = strdup(folder_add(scene->folder, "real"));
    char path[PATH_MAX];

    copy_plugin("told", real, "told.so");
    assert_int_equal(chmod(open_folder, 0777), 0);
    /* Through a folder in which anybody could change the link. */
    assert_int_equal(symlink(real, folder_path(open_folder, "link")), 0);
    snprintf(path, sizeof path, "%s/link/told.so", open_folder);
    refuse(scene, path, "open: everybody may write to it");
    /* From a trusted folder into that one. */
    copy_plugin("told", open_folder, "told.so");
    assert_int_equal(symlink(open_folder, folder_path(scene->folder, "middle")), 0);
    snprintf(path, sizeof path, "%s/middle/told.so", scene->folder);
    refuse(scene, path, "open: everybody may write to it");
    /* A link from and to trusted folders. */
    assert_int_equal(symlink("../real/told.so", folder_path(scene->plugins, "good.so")), 0);
    load(scene, "good", "told");
    free(open_folder);
    free(real);
}

static void only_a_regular_file_is_loaded(void **state)
{
    const struct scene *scene = scene_of(state);

    folder_add(scene->plugins, "folder.so");
    refuse(scene, "folder", "folder.so: not a regular file");
    /* Opening it must not wait for somebody who writes. */
    assert_int_equal(mkfifo(folder_path(scene->plugins, "pipe.so"), 0644), 0);
    refuse(scene, "pipe", "pipe.so: not a regular file");
    refuse(scene, "/dev/null", "not a regular file");
}

static void what_is_no_plugin_is_not_loaded(void **state)
{
    static const struct {
        const char *plugin;
        const char *why;
    } cases[] = {
        { "no_symbol", "no_symbol.so: not a fob plugin: it has no symbol fob_plugin" },
        { "wrong_abi", "wrong_abi.so: made for plugin ABI 2, this fob has 1" },
        { "too_small", "too_small.so: its declaration has " },
        { "no_name", "no_name.so: its declaration lacks a name, version or summary" },
        { "bad_option", "bad_option.so: option color: an enum without choices" },
        { "missing_function", "undefined symbol: fob_no_such_function" },
        { "missing_call", "undefined symbol: fob_no_such_function" },
    };
    const struct scene *scene = scene_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char file[64];

        snprintf(file, sizeof file, "%s.so", cases[i].plugin);
        copy_plugin(cases[i].plugin, scene->plugins, file);
        /* Twice: a refusal is not remembered as a success. */
        broken(scene, cases[i].plugin, cases[i].why);
        broken(scene, cases[i].plugin, cases[i].why);
        assert_null(strstr(fob_error(), "/proc/"));
    }
}

static void a_damaged_file_is_not_loaded(void **state)
{
    const struct scene *scene = scene_of(state);
    size_t size;
    char *data = read_plugin("told", &size);

    folder_write(scene->plugins, "text.so", "#!/bin/sh\necho no\n");
    broken(scene, "text", "text.so: cannot be loaded: ");
    assert_null(strstr(fob_error(), "/proc/"));
    folder_write(scene->plugins, "empty.so", "");
    broken(scene, "empty", "empty.so: cannot be loaded: ");
    folder_write_bytes(scene->plugins, "short.so", data, 100);
    broken(scene, "short", "short.so: cannot be loaded: ");
    free(data);
}

static void a_larger_declaration_is_a_newer_one_and_good(void **state)
{
    const struct scene *scene = scene_of(state);

    copy_plugin("larger", scene->plugins, "larger.so");
    load(scene, "larger", "broken");
}

static void an_older_declaration_is_good_and_not_read_past_its_end(void **state)
{
    const struct scene *scene = scene_of(state);

    copy_plugin("older", scene->plugins, "older.so");
    assert_false(declared_has_hook(&load(scene, "older", "broken")->declared, FRAME_HOOK_CHECK));
}

static void options_of_another_size_are_read_by_it(void **state)
{
    static const char *const names[] = { "options_smaller", "options_larger" };
    const struct scene *scene = scene_of(state);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct declaration *declared;
        char file[64];

        snprintf(file, sizeof file, "%s.so", names[i]);
        copy_plugin(names[i], scene->plugins, file);
        declared = &load(scene, names[i], "options")->declared;
        assert_int_equal(declared->option_count, 2);
        assert_string_equal(declared->options[0].name, "first");
        assert_string_equal(declared->options[1].name, "second");
        assert_string_equal(declared->options[1].value, "8");
        assert_int_equal(declared->options[1].max, 9);
    }
    assert_null(load(scene, "options_smaller", "options")->declared.options[0].summary);
    assert_string_equal(load(scene, "options_larger", "options")->declared.options[0].summary,
                        "The first");
}

static void options_that_use_what_is_newer_or_have_no_size_are_refused(void **state)
{
    const struct scene *scene = scene_of(state);

    copy_plugin("options_newer", scene->plugins, "newer.so");
    broken(scene, "newer", "newer.so: option number 2 asks for something that only a newer");
    copy_plugin("options_unsized", scene->plugins, "unsized.so");
    broken(scene, "unsized", "unsized.so: its options cannot have 0 bytes each");
}

/* The SHA-256 of a test plugin in hex. */
static void digest(const char *plugin, char hex[static 65])
{
    unsigned char bytes[32];
    size_t size;
    char *data = read_plugin(plugin, &size);

    gcry_md_hash_buffer(GCRY_MD_SHA256, bytes, data, size);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    free(data);
}

static void a_pinned_plugin_must_have_that_content(void **state)
{
    const struct scene *scene = scene_of(state);
    char right[65];
    char wrong[65];
    char words[256];

    copy_plugin("larger", scene->plugins, "larger.so");
    digest("larger", right);
    digest("hookless", wrong);
    snprintf(words, sizeof words, "larger.so: its SHA-256 is %s, not the one pinned", right);
    refuse_pinned(scene, "larger", wrong, words, __LINE__);
    assert_int_not_equal(gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P), 0);
    load_at(scene, "larger", right, "broken", __LINE__);
    /* Being loaded already does not make it the one that is pinned. */
    refuse_pinned(scene, "larger", wrong, words, __LINE__);
    right[0] = right[0] >= 'a' ? (char)(right[0] - 'a' + 'A') : right[0];
    load_at(scene, "larger", right, "broken", __LINE__);
}

static void a_file_is_loaded_once(void **state)
{
    const struct scene *scene = scene_of(state);
    const struct plugin *first;

    copy_plugin("told", scene->plugins, "told.so");
    assert_int_equal(
        link(folder_path(scene->plugins, "told.so"), folder_path(scene->plugins, "same.so")), 0);
    first = load(scene, "told", "told");
    assert_ptr_equal(load(scene, "told", "told"), first);
    assert_ptr_equal(load(scene, "same", "told"), first);
}

static void a_replaced_file_is_another_plugin(void **state)
{
    const struct scene *scene = scene_of(state);
    const struct plugin *before;
    const struct plugin *after;

    copy_plugin("told", scene->plugins, "plugin.so");
    before = load(scene, "plugin", "told");
    copy_plugin("hookless", scene->plugins, "new");
    assert_int_equal(
        rename(folder_path(scene->plugins, "new"), folder_path(scene->plugins, "plugin.so")), 0);
    after = load(scene, "plugin", "broken");
    assert_ptr_not_equal(before, after);
    /* Who uses the old one goes on using it. */
    assert_string_equal(before->declared.name, "told");
}

/* The moment between the check and the mapping: PATH becomes another file. */
static const char *swap_from;
static const char *swap_to;

int __real_worker_process_start(const struct worker_start *start, struct worker_process **process);
int __wrap_worker_process_start(const struct worker_start *start, struct worker_process **process);

int __wrap_worker_process_start(const struct worker_start *start, struct worker_process **process)
{
    if (swap_to != NULL) {
        assert_int_equal(rename(swap_from, swap_to), 0);
        swap_to = NULL;
    }
    return __real_worker_process_start(start, process);
}

static void what_was_checked_is_what_is_mapped(void **state)
{
    const struct scene *scene = scene_of(state);

    copy_plugin("told", scene->plugins, "plugin.so");
    copy_plugin("hookless", scene->plugins, "new");
    swap_from = folder_path(scene->plugins, "new");
    swap_to = folder_path(scene->plugins, "plugin.so");
    load(scene, "plugin", "told");
    assert_null(swap_to);
}

static size_t count_descriptors(void)
{
    size_t count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void nothing_is_left_open(void **state)
{
    struct scene *scene = scene_of(state);
    size_t before = count_descriptors();

    copy_plugin("larger", scene->plugins, "larger.so");
    copy_plugin("wrong_abi", scene->plugins, "wrong_abi.so");
    folder_write(scene->plugins, "text.so", "text");
    broken(scene, "wrong_abi", "ABI");
    broken(scene, "text", "cannot be loaded");
    refuse_pinned(scene, "larger", "00", "SHA-256", __LINE__);
    assert_int_equal(count_descriptors(), before);
    load(scene, "larger", "broken");
    load(scene, "larger", "broken");
    assert_int_equal(count_descriptors(), before + 1);
    loader_free(scene->loader);
    scene->loader = NULL;
    assert_int_equal(count_descriptors(), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bare_name_is_looked_up_in_the_folders),
        TEST(the_first_folder_that_has_it_wins),
        TEST(a_file_that_is_not_trusted_hides_those_behind_it),
        TEST(a_missing_plugin_names_where_it_was_looked_for),
        TEST(an_absolute_path_is_taken_as_it_is),
        TEST(a_name_must_not_lead_elsewhere),
        TEST(others_must_not_be_able_to_write_the_file),
        TEST(no_folder_above_may_be_writable_by_others),
        TEST(the_file_and_its_folders_must_be_ours_or_roots),
        TEST(a_link_is_trusted_as_far_as_the_folders_that_it_leads_through),
        TEST(only_a_regular_file_is_loaded),
        TEST(what_is_no_plugin_is_not_loaded),
        TEST(a_damaged_file_is_not_loaded),
        TEST(a_larger_declaration_is_a_newer_one_and_good),
        TEST(an_older_declaration_is_good_and_not_read_past_its_end),
        TEST(options_of_another_size_are_read_by_it),
        TEST(options_that_use_what_is_newer_or_have_no_size_are_refused),
        TEST(a_pinned_plugin_must_have_that_content),
        TEST(a_file_is_loaded_once),
        TEST(a_replaced_file_is_another_plugin),
        TEST(what_was_checked_is_what_is_mapped),
        TEST(nothing_is_left_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
