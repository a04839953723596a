/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Paths: only what nobody else can have written is trusted, folder by folder. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fob/fob.h>

#include "folder.h"
#include "util/array.h"
#include "util/error.h"
#include "util/path.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_USER 65534

/* A folder below nothing but trusted ones: the current one, if that is one. */
static int make_trusted(void **state)
{
    char here[PATH_MAX];
    int fd = -1;

    if (getcwd(here, sizeof here) == NULL)
        return -1;
    if (path_open_trusted(here, PATH_FOLDER, &fd) != FOB_SUCCESS) {
        print_message("%s\n", fob_error());
        *state = NULL;
        return 0;
    }
    close(fd);
    *state = folder_make(here);
    folder_write(*state, "file", "text");
    return 0;
}

static int remove_trusted(void **state)
{
    if (*state != NULL)
        folder_remove(*state);
    return 0;
}

static const char *trusted(void **state)
{
    if (*state == NULL)
        skip();
    return *state;
}

/* Open NAME in FOLDER, and expect CODE, and WORDS in the message. */
static void open_expecting(const char *folder, const char *name, int code, const char *words)
{
    int fd = -1;
    int got;

    error_clear();
    got = path_open_trusted(folder_path(folder, name), 0, &fd);
    if (got != code || strstr(fob_error(), words) == NULL)
        fail_msg("%s: %d, %s", name, got, fob_error());
    if (code != FOB_SUCCESS) {
        assert_int_equal(fd, -1);
        return;
    }
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(fd);
}

static void a_trusted_file_is_opened(void **state)
{
    const char *folder = trusted(state);
    char text[5] = "";
    int fd = -1;

    assert_int_equal(path_open_trusted(folder_path(folder, "file"), 0, &fd), FOB_SUCCESS);
    assert_int_equal(read(fd, text, 4), 4);
    assert_string_equal(text, "text");
    close(fd);
}

static void a_writable_file_is_refused(void **state)
{
    const char *folder = trusted(state);

    chmod(folder_path(folder, "file"), 0664);
    open_expecting(folder, "file", FOB_NOT_ALLOWED, "its group may write to it");
    assert_non_null(strstr(fob_error_hint(), "chmod g-w "));
    chmod(folder_path(folder, "file"), 0646);
    open_expecting(folder, "file", FOB_NOT_ALLOWED, "everybody may write to it");
    assert_non_null(strstr(fob_error_hint(), "chmod o-w "));
}

static void a_file_below_a_writable_folder_is_refused(void **state)
{
    const char *folder = trusted(state);

    folder_add(folder, "a");
    folder_add(folder, "a/b");
    folder_write(folder, "a/b/file", "");
    open_expecting(folder, "a/b/file", FOB_SUCCESS, "");
    chmod(folder_path(folder, "a"), 0777);
    open_expecting(folder, "a/b/file", FOB_NOT_ALLOWED,
                   "/a: everybody may write to it (mode 0777)");
    chmod(folder_path(folder, "a"), 0775);
    open_expecting(folder, "a/b/file", FOB_NOT_ALLOWED, "/a: its group may write to it");
}

static void a_folder_of_ones_own_in_one_of_everybodys_is_trusted(void **state)
{
    const char *folder = trusted(state);

    folder_add(folder, "tmp");
    folder_add(folder, "tmp/own");
    folder_write(folder, "tmp/own/file", "");
    folder_write(folder, "tmp/file", "");
    assert_int_equal(symlink("own", folder_path(folder, "tmp/link")), 0);
    chmod(folder_path(folder, "tmp"), 01777);
    open_expecting(folder, "tmp/own/file", FOB_SUCCESS, "");
    open_expecting(folder, "tmp/link/file", FOB_SUCCESS, "");
    open_expecting(folder, "tmp/file", FOB_NOT_ALLOWED,
                   "/tmp/file: lies in a folder that everybody may write to");
    open_expecting(folder, "tmp/link", FOB_NOT_ALLOWED, "/tmp/own: lies in a folder");
    open_expecting(folder, "tmp/none", FOB_NOT_FOUND, "No such file");
    chmod(folder_path(folder, "tmp/own"), 0777);
    open_expecting(folder, "tmp/own/file", FOB_NOT_ALLOWED, "/own: everybody may write to it");
    chmod(folder_path(folder, "tmp/own"), 0755);
    if (geteuid() != 0)
        return;
    assert_int_equal(lchown(folder_path(folder, "tmp/link"), OTHER_USER, (gid_t)-1), 0);
    open_expecting(folder, "tmp/link/file", FOB_NOT_ALLOWED, "/tmp/link: belongs to user 65534");
    assert_int_equal(chown(folder_path(folder, "tmp/own"), OTHER_USER, (gid_t)-1), 0);
    open_expecting(folder, "tmp/own/file", FOB_NOT_ALLOWED, "/tmp/own: belongs to user 65534");
    assert_int_equal(chown(folder_path(folder, "tmp"), OTHER_USER, (gid_t)-1), 0);
    open_expecting(folder, "tmp/own/file", FOB_NOT_ALLOWED, "/tmp: belongs to user 65534");
}

static void what_belongs_to_others_is_refused(void **state)
{
    const char *folder = trusted(state);

    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(folder_path(folder, "file"), OTHER_USER, (gid_t)-1), 0);
    open_expecting(folder, "file", FOB_NOT_ALLOWED, "/file: belongs to user 65534");
    folder_add(folder, "a");
    folder_write(folder, "a/file", "");
    assert_int_equal(chown(folder_path(folder, "a"), OTHER_USER, (gid_t)-1), 0);
    open_expecting(folder, "a/file", FOB_NOT_ALLOWED, "/a: belongs to user 65534");
}

static void links_are_followed_and_their_way_is_checked(void **state)
{
    const char *folder = trusted(state);

    folder_add(folder, "a");
    folder_add(folder, "open");
    folder_write(folder, "a/file", "");
    folder_write(folder, "open/file", "");
    assert_int_equal(symlink("a/file", folder_path(folder, "relative")), 0);
    assert_int_equal(symlink("../file", folder_path(folder, "a/up")), 0);
    assert_int_equal(symlink(folder_path(folder, "a"), folder_path(folder, "absolute")), 0);
    assert_int_equal(symlink("open/../a/file", folder_path(folder, "through")), 0);
    open_expecting(folder, "relative", FOB_SUCCESS, "");
    open_expecting(folder, "a/up", FOB_SUCCESS, "");
    open_expecting(folder, "absolute/file", FOB_SUCCESS, "");
    open_expecting(folder, "through", FOB_SUCCESS, "");
    chmod(folder_path(folder, "open"), 0777);
    assert_int_equal(symlink("open/file", folder_path(folder, "link")), 0);
    open_expecting(folder, "link", FOB_NOT_ALLOWED, "/open: everybody may write to it");
    open_expecting(folder, "through", FOB_NOT_ALLOWED, "/open: everybody may write to it");
}

static void circular_links_end(void **state)
{
    const char *folder = trusted(state);

    assert_int_equal(symlink("b", folder_path(folder, "a")), 0);
    assert_int_equal(symlink("a", folder_path(folder, "b")), 0);
    open_expecting(folder, "a", FOB_SYSTEM, "too many symbolic links");
}

static void other_types_are_refused_without_waiting(void **state)
{
    const char *folder = trusted(state);

    assert_int_equal(mkfifo(folder_path(folder, "fifo"), 0600), 0);
    folder_add(folder, "a");
    open_expecting(folder, "fifo", FOB_NOT_ALLOWED, "/fifo: not a regular file");
    open_expecting(folder, "a", FOB_NOT_ALLOWED, "/a: not a regular file");
    open_expecting(folder, "file/x", FOB_NOT_ALLOWED, "/file: not a folder");
}

static void what_is_missing_is_not_found(void **state)
{
    const char *folder = trusted(state);
    char name[NAME_MAX + 2];

    open_expecting(folder, "none", FOB_NOT_FOUND, "/none: No such file");
    open_expecting(folder, "none/file", FOB_NOT_FOUND, "/none: No such file");
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    open_expecting(folder, name, FOB_SYSTEM, "too long");
}

static void only_absolute_paths_are_opened(void **state)
{
    int fd = -1;

    (void)state;
    assert_int_equal(path_open_trusted("file", 0, &fd), FOB_INVALID);
    assert_int_equal(path_open_trusted("", 0, &fd), FOB_INVALID);
    assert_int_equal(path_open_trusted("/", 0, &fd), FOB_INVALID);
}

static void private_files_must_not_be_readable(void **state)
{
    char *folder = folder_make(NULL);
    const char *path = folder_write(folder, "key", "");
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(path_check_trust(fd, path, 0, geteuid(), NULL), FOB_SUCCESS);
    assert_int_equal(path_check_trust(fd, path, PATH_PRIVATE, geteuid(), NULL), FOB_NOT_ALLOWED);
    assert_non_null(strstr(fob_error(), "others may read it"));
    assert_int_equal(fchmod(fd, 0600), 0);
    assert_int_equal(path_check_trust(fd, path, PATH_PRIVATE, geteuid(), NULL), FOB_SUCCESS);
    close(fd);
    folder_remove(folder);
}

static void folders_are_made_once(void **state)
{
    char *folder = folder_make(NULL);
    struct stat st;

    (void)state;
    assert_int_equal(path_make_folders(folder_path(folder, "a//b/c/"), 0700), FOB_SUCCESS);
    assert_int_equal(path_make_folders(folder_path(folder, "a/b/c"), 0700), FOB_SUCCESS);
    assert_int_equal(stat(folder_path(folder, "a/b/c"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    folder_write(folder, "file", "");
    assert_int_equal(path_make_folders(folder_path(folder, "file"), 0700), FOB_SYSTEM);
    assert_int_equal(path_make_folders(folder_path(folder, "file/x"), 0700), FOB_SYSTEM);
    assert_int_equal(path_make_folders("", 0700), FOB_SUCCESS);
    folder_remove(folder);
}

static void paths_are_made_plain(void **state)
{
    static const struct {
        const char *path;
        const char *normal; /* NULL: refused */
    } cases[] = {
        { "/", "/" },        { "//", "/" },           { "/a", "/a" },
        { "/a/", "/a" },     { "//a///b//", "/a/b" }, { "/a/..b", "/a/..b" },
        { "/...", "/..." },  { "/.a", "/.a" },        { "", NULL },
        { "a", NULL },       { "/a/.", NULL },        { "/./a", NULL },
        { "/a/../b", NULL }, { "/..", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char *normal = NULL;
        int code = path_normalize(cases[i].path, &normal);

        assert_int_equal(code, cases[i].normal != NULL ? FOB_SUCCESS : FOB_INVALID);
        if (cases[i].normal != NULL)
            assert_string_equal(normal, cases[i].normal);
        else
            assert_null(normal);
        free(normal);
    }
}

static void join_puts_one_slash_between(void **state)
{
    char *path = path_join("/a", "b");

    (void)state;
    assert_string_equal(path, "/a/b");
    free(path);
}

#define TRUST_TEST(name) cmocka_unit_test_setup_teardown(name, make_trusted, remove_trusted)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRUST_TEST(a_trusted_file_is_opened),
        TRUST_TEST(a_writable_file_is_refused),
        TRUST_TEST(a_file_below_a_writable_folder_is_refused),
        TRUST_TEST(a_folder_of_ones_own_in_one_of_everybodys_is_trusted),
        TRUST_TEST(what_belongs_to_others_is_refused),
        TRUST_TEST(links_are_followed_and_their_way_is_checked),
        TRUST_TEST(circular_links_end),
        TRUST_TEST(other_types_are_refused_without_waiting),
        TRUST_TEST(what_is_missing_is_not_found),
        cmocka_unit_test(only_absolute_paths_are_opened),
        cmocka_unit_test(private_files_must_not_be_readable),
        cmocka_unit_test(folders_are_made_once),
        cmocka_unit_test(paths_are_made_plain),
        cmocka_unit_test(join_puts_one_slash_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
