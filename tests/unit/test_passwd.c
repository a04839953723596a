/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Entries of the user and group databases, whatever their size: the databases are reached by
 * --wrap. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/passwd.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>

/* What the databases need for an entry, and how they fail for any other reason. */
static size_t needed;
static int failure;
static int interrupted;

int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found);
int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found);
int __wrap_getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
                      struct group **found);

/* Fill all of BUFFER, so that valgrind and the sanitizers see a wrong size. */
static int answer(char *buffer, size_t size)
{
    if (interrupted > 0) {
        interrupted--;
        return EINTR;
    }
    if (failure != 0 || size < needed)
        return failure != 0 ? failure : ERANGE;
    memset(buffer, 'x', size);
    strcpy(buffer, "alice");
    return 0;
}

int __wrap_getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found)
{
    int error = answer(buffer, size);

    *found = NULL;
    if (error == 0 && strcmp(name, "alice") == 0) {
        *entry = (struct passwd){ .pw_name = buffer, .pw_uid = 1001, .pw_gid = 1002 };
        *found = entry;
    }
    return error;
}

int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
                      struct passwd **found)
{
    return __wrap_getpwnam_r(uid == 1001 ? "alice" : "nobody", entry, buffer, size, found);
}

int __wrap_getgrnam_r(const char *name, struct group *entry, char *buffer, size_t size,
                      struct group **found)
{
    int error = answer(buffer, size);

    *found = NULL;
    if (error == 0 && strcmp(name, "staff") == 0) {
        *entry = (struct group){ .gr_name = buffer, .gr_gid = 50 };
        *found = entry;
    }
    return error;
}

static int reset(void **state)
{
    (void)state;
    needed = 64;
    failure = 0;
    interrupted = 0;
    return 0;
}

static void assert_alice(const char *name, uid_t uid)
{
    struct passwd entry;
    char *texts = NULL;

    assert_int_equal(passwd_find_user(name, uid, &entry, &texts), 0);
    assert_int_equal(entry.pw_uid, 1001);
    assert_int_equal(entry.pw_gid, 1002);
    assert_string_equal(entry.pw_name, "alice");
    free(texts);
}

static void entries_are_found_by_name_and_by_id(void **state)
{
    gid_t gid = 0;

    (void)state;
    assert_alice("alice", 0);
    assert_alice(NULL, 1001);
    assert_int_equal(passwd_find_group("staff", &gid), 0);
    assert_int_equal(gid, 50);
}

static void a_large_entry_fits(void **state)
{
    gid_t gid = 0;

    (void)state;
    needed = 700 * 1024;
    assert_alice("alice", 0);
    assert_alice(NULL, 1001);
    assert_int_equal(passwd_find_group("staff", &gid), 0);
    assert_int_equal(gid, 50);
}

static void a_signal_does_not_end_the_search(void **state)
{
    (void)state;
    interrupted = 2;
    assert_alice("alice", 0);
    assert_int_equal(interrupted, 0);
}

static void assert_fails(int error)
{
    struct passwd entry;
    char *texts = NULL;
    gid_t gid = 7;

    assert_int_equal(passwd_find_user("bob", 0, &entry, &texts), error);
    assert_int_equal(passwd_find_user(NULL, 5, &entry, &texts), error);
    assert_null(texts);
    assert_int_equal(passwd_find_group("wheel", &gid), error);
    assert_int_equal(gid, 7);
}

static void a_missing_entry_differs_from_a_failure(void **state)
{
    (void)state;
    assert_fails(ENOENT);
    failure = ESRCH;
    assert_fails(ENOENT);
    failure = EIO;
    assert_fails(EIO);
}

static void a_search_gives_up_an_endless_entry(void **state)
{
    (void)state;
    needed = SIZE_MAX;
    assert_fails(ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(entries_are_found_by_name_and_by_id, reset),
        cmocka_unit_test_setup(a_large_entry_fits, reset),
        cmocka_unit_test_setup(a_signal_does_not_end_the_search, reset),
        cmocka_unit_test_setup(a_missing_entry_differs_from_a_failure, reset),
        cmocka_unit_test_setup(a_search_gives_up_an_endless_entry, reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
