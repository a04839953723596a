/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The loader: which files are loaded, which are not, and that each name gets its own plugin. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/plugin/worker_process.h"
#include "scene.h"

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

/* NAME must not be loaded when SHA256 is pinned. */
static void refuse_pinned(const struct scene *scene, const char *name, const char *sha256,
                          const char *words, int line)
{
    const struct plugin *plugin = NULL;
    int code;

    error_clear();
    code = scene_load_plugin(scene->loader, name, sha256, &plugin);
    if (code != FOB_CONFIG || strstr(fob_error(), words) == NULL)
        fail_msg("line %d: %s: %s, %s", line, name, fob_code_name(code), fob_error());
    assert_null(plugin);
}

static void a_bare_name_is_looked_up_in_the_folders(void **state)
{
    const struct scene *scene = scene_of(state);
    const struct plugin *plugin;

    scene_copy_plugin("told", scene->plugins, "told.so");
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
    scene_copy_plugin("told", scene->plugins, "both.so");
    scene_copy_plugin("hookless", second, "both.so");
    scene_copy_plugin("hookless", second, "last.so");
    assert_int_equal(scene_load_plugin(scene->loader, "both", NULL, &plugin), FOB_SUCCESS);
    assert_string_equal(plugin->declared.name, "told");
    assert_int_equal(scene_load_plugin(scene->loader, "last", NULL, &plugin), FOB_SUCCESS);
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
    scene_copy_plugin("told", scene->plugins, "both.so");
    scene_copy_plugin("told", second, "both.so");
    assert_int_equal(chmod(folder_path(scene->plugins, "both.so"), 0666), 0);
    assert_int_equal(scene_load_plugin(scene->loader, "both", NULL, &plugin), FOB_CONFIG);
    assert_non_null(strstr(fob_error(), "everybody may write to it"));
    free(second);
}

static void a_missing_plugin_names_where_it_was_looked_for(void **state)
{
    const struct scene *scene = scene_of(state);

    scene_fail_at(scene, "absent", FOB_NOT_FOUND, "plugin absent: no absent.so in ", __LINE__);
    assert_non_null(strstr(fob_error(), scene->plugins));
    assert_non_null(strstr(fob_error_hint(), "plugins: in fob.yaml"));
}

static void an_absolute_path_is_taken_as_it_is(void **state)
{
    const struct scene *scene = scene_of(state);
    char path[PATH_MAX];

    scene_copy_plugin("told", scene->folder, "elsewhere");
    snprintf(path, sizeof path, "%s", folder_path(scene->folder, "elsewhere"));
    load(scene, path, "told");
    snprintf(path, sizeof path, "%s", folder_path(scene->folder, "absent.so"));
    scene_fail_at(scene, path, FOB_NOT_FOUND, "No such file", __LINE__);
}

static void a_name_must_not_lead_elsewhere(void **state)
{
    static const char *const names[] = { "",       ".",    "..",    "../told", "a/b",
                                         "./told", "Told", "-told", "told so", "t\nold" };
    const struct scene *scene = scene_of(state);

    scene_copy_plugin("told", scene->folder, "told.so");
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

    scene_copy_plugin("told", scene->plugins, "told.so");
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

    scene_copy_plugin("told", scene->plugins, "told.so");
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
    scene_copy_plugin("told", scene->plugins, "told.so");
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

    scene_copy_plugin("told", real, "told.so");
    assert_int_equal(chmod(open_folder, 0777), 0);
    /* Through a folder in which anybody could change the link. */
    assert_int_equal(symlink(real, folder_path(open_folder, "link")), 0);
    snprintf(path, sizeof path, "%s/link/told.so", open_folder);
    refuse(scene, path, "open: everybody may write to it");
    /* From a trusted folder into that one. */
    scene_copy_plugin("told", open_folder, "told.so");
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

/* The SHA-256 of a test plugin in hex. */
static void digest(const char *plugin, char hex[static 65])
{
    unsigned char bytes[32];
    size_t size;
    char *data = scene_read_plugin(plugin, &size);

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

    scene_copy_plugin("larger", scene->plugins, "larger.so");
    digest("larger", right);
    digest("hookless", wrong);
    snprintf(words, sizeof words, "larger.so: its SHA-256 is %s, not the one pinned", right);
    refuse_pinned(scene, "larger", wrong, words, __LINE__);
    assert_int_not_equal(gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P), 0);
    scene_load_at(scene, "larger", right, "broken", __LINE__);
    /* Being loaded already does not make it the one that is pinned. */
    refuse_pinned(scene, "larger", wrong, words, __LINE__);
    right[0] = right[0] >= 'a' ? (char)(right[0] - 'a' + 'A') : right[0];
    scene_load_at(scene, "larger", right, "broken", __LINE__);
}

static void a_file_is_loaded_once(void **state)
{
    const struct scene *scene = scene_of(state);
    const struct plugin *first;

    scene_copy_plugin("told", scene->plugins, "told.so");
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

    scene_copy_plugin("told", scene->plugins, "plugin.so");
    before = load(scene, "plugin", "told");
    scene_copy_plugin("hookless", scene->plugins, "new");
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

    scene_copy_plugin("told", scene->plugins, "plugin.so");
    scene_copy_plugin("hookless", scene->plugins, "new");
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

    scene_copy_plugin("larger", scene->plugins, "larger.so");
    scene_copy_plugin("wrong_abi", scene->plugins, "wrong_abi.so");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

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
        TEST(a_pinned_plugin_must_have_that_content),
        TEST(a_file_is_loaded_once),
        TEST(a_replaced_file_is_another_plugin),
        TEST(what_was_checked_is_what_is_mapped),
        TEST(nothing_is_left_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
