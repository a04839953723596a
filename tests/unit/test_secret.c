/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Secrets: where their bytes lie, and that they are gone afterwards. */
#include "config.h"

#include "util/array.h"
#include "util/secret.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void secret_is_a_copy_followed_by_a_nul(void **state)
{
    char original[] = "swordfish";
    struct fob_secret *secret = NULL;

    (void)state;
    assert_int_equal(fob_secret_new(original, 9, &secret), FOB_SUCCESS);
    original[0] = 'x';
    assert_int_equal(fob_secret_size(secret), 9);
    assert_string_equal(fob_secret_data(secret), "swordfish");
    fob_secret_free(secret);
}

static void secret_may_be_empty(void **state)
{
    struct fob_secret *secret = NULL;

    (void)state;
    assert_int_equal(fob_secret_new(NULL, 0, &secret), FOB_SUCCESS);
    assert_int_equal(fob_secret_size(secret), 0);
    assert_string_equal(fob_secret_data(secret), "");
    assert_int_equal(fob_secret_append(secret, NULL, 0), FOB_SUCCESS);
    fob_secret_free(secret);
}

static void secret_keeps_its_bytes_when_it_grows(void **state)
{
    struct fob_secret *secret = NULL;
    char part[100];

    (void)state;
    assert_int_equal(fob_secret_new("", 0, &secret), FOB_SUCCESS);
    for (int i = 0; i < 200; i++) {
        memset(part, 'a' + i % 26, sizeof part);
        assert_int_equal(fob_secret_append(secret, part, sizeof part), FOB_SUCCESS);
    }
    assert_int_equal(fob_secret_size(secret), 20000);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(fob_secret_data(secret)[i], 'a' + i / 100 % 26);
    assert_int_equal(fob_secret_data(secret)[20000], '\0');
    fob_secret_free(secret);
}

static void secret_may_be_appended_to_itself(void **state)
{
    struct fob_secret *secret = NULL;
    char text[3000];

    (void)state;
    memset(text, 'q', sizeof text);
    assert_int_equal(fob_secret_new(text, sizeof text, &secret), FOB_SUCCESS);
    assert_int_equal(fob_secret_append(secret, fob_secret_data(secret), sizeof text), FOB_SUCCESS);
    assert_int_equal(fob_secret_size(secret), 2 * sizeof text);
    assert_memory_equal(fob_secret_data(secret) + sizeof text, text, sizeof text);
    fob_secret_free(secret);
}

static void secret_refuses_to_pass_its_limit(void **state)
{
    struct fob_secret *secret = NULL;
    char *much = calloc(1, FOB_VALUE_MAX + 1);

    (void)state;
    assert_non_null(much);
    assert_int_equal(fob_secret_new(much, FOB_VALUE_MAX + 1, &secret), FOB_INVALID);
    assert_null(secret);
    assert_int_equal(fob_secret_new(much, FOB_VALUE_MAX, &secret), FOB_SUCCESS);
    assert_int_equal(fob_secret_append(secret, "x", 1), FOB_INVALID);
    assert_int_equal(fob_secret_append(secret, "x", SIZE_MAX), FOB_INVALID);
    assert_int_equal(fob_secret_size(secret), FOB_VALUE_MAX);
    fob_secret_free(secret);
    secret = NULL;
    assert_int_equal(secret_alloc(SECRET_MAX + 1, &secret), FOB_INVALID);
    assert_int_equal(secret_alloc(SECRET_MAX, &secret), FOB_SUCCESS);
    assert_int_equal(secret_append(secret, "x", 1), FOB_INVALID);
    fob_secret_free(secret);
    free(much);
}

static void secret_wipes_what_is_cut_off(void **state)
{
    struct fob_secret *secret = NULL;

    (void)state;
    assert_int_equal(fob_secret_new("swordfish", 9, &secret), FOB_SUCCESS);
    secret_truncate(secret, 5);
    assert_int_equal(fob_secret_size(secret), 5);
    assert_memory_equal(fob_secret_data(secret), "sword\0\0\0\0", 9);
    fob_secret_free(secret);
}

/* The kernel's flags for the mapping that holds AT, from /proc/self/smaps; empty when there is
 * none. */
static void mapping_flags(const void *at, char flags[static 256])
{
    FILE *file = fopen("/proc/self/smaps", "re");
    uintptr_t address = (uintptr_t)at;
    char line[512];
    int inside = 0;

    assert_non_null(file);
    flags[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long start;
        unsigned long end;

        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            inside = address >= start && address < end;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, 256, "%.255s", line + 8);
    }
    fclose(file);
}

static void secret_is_locked_and_kept_out_of_dumps_and_children(void **state)
{
    static const char *const wanted[] = { " lo ", " dd ", " wf " };
    struct fob_secret *secret = NULL;
    char flags[256];

    (void)state;
    assert_int_equal(fob_secret_new("x", 1, &secret), FOB_SUCCESS);
    mapping_flags(fob_secret_data(secret), flags);
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
        assert_non_null(strstr(flags, wanted[i]));
    fob_secret_free(secret);
}

static void secret_leaves_nothing_where_it_was(void **state)
{
    static char much[8192];
    struct fob_secret *secret = NULL;
    struct fob_secret *neighbor = NULL;
    char flags[256];
    const char *old;

    (void)state;
    assert_int_equal(fob_secret_new("neighbor", 9, &neighbor), FOB_SUCCESS);
    assert_int_equal(fob_secret_new("swordfish", 9, &secret), FOB_SUCCESS);
    old = fob_secret_data(secret);
    assert_int_equal(fob_secret_append(secret, much, sizeof much), FOB_SUCCESS);
    assert_ptr_not_equal(old, fob_secret_data(secret));
    assert_memory_equal(old, much, 1024); /* its page is the neighbor's, too */
    old = fob_secret_data(secret);
    fob_secret_free(secret);
    mapping_flags(old, flags);
    assert_string_equal(flags, "");
    assert_string_equal(fob_secret_data(neighbor), "neighbor");
    old = fob_secret_data(neighbor);
    fob_secret_free(neighbor);
    assert_memory_equal(old, much, 1024); /* the last page stays mapped, empty */
}

/* Each takes a piece of a page, not a page. */
static void small_secrets_share_locked_pages(void **state)
{
    struct fob_secret *secrets[16];
    size_t shared = 0;

    (void)state;
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(fob_secret_new(&i, sizeof i, &secrets[i]), FOB_SUCCESS);
    for (size_t i = 0; i < 16; i++) {
        assert_memory_equal(fob_secret_data(secrets[i]), &i, sizeof i);
        shared += i > 0 && (uintptr_t)fob_secret_data(secrets[i]) >> 12 ==
                               (uintptr_t)fob_secret_data(secrets[i - 1]) >> 12;
    }
    assert_int_equal(shared, 12);
    for (size_t i = 0; i < 16; i++)
        fob_secret_free(secrets[i]);
}

static void secret_is_empty_in_a_forked_child(void **state)
{
    struct fob_secret *secret = NULL;
    int status = -1;
    pid_t child;

    (void)state;
    assert_int_equal(fob_secret_new("swordfish", 9, &secret), FOB_SUCCESS);
    child = fork();
    if (child == 0)
        _exit(memcmp(fob_secret_data(secret), "\0\0\0\0\0\0\0\0\0", 9) == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_string_equal(fob_secret_data(secret), "swordfish");
    fob_secret_free(secret);
}

static void secret_does_without_a_lock_past_the_limit(void **state)
{
    const struct rlimit none = { 0, 0 };
    struct fob_secret *secret = NULL;
    int status = -1;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        /* Root may lock whatever the limit says. */
        if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0) ||
            fob_secret_new("swordfish", 9, &secret) != FOB_SUCCESS ||
            strcmp(fob_secret_data(secret), "swordfish") != 0)
            _exit(1);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void secret_equal_compares_sizes_and_bytes(void **state)
{
    (void)state;
    assert_true(secret_equal("", 0, "", 0));
    assert_true(secret_equal("abc", 3, "abc", 3));
    assert_false(secret_equal("abc", 3, "abd", 3));
    assert_false(secret_equal("xbc", 3, "abc", 3));
    assert_false(secret_equal("abc", 3, "abcd", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_is_a_copy_followed_by_a_nul),
        cmocka_unit_test(secret_may_be_empty),
        cmocka_unit_test(secret_keeps_its_bytes_when_it_grows),
        cmocka_unit_test(secret_may_be_appended_to_itself),
        cmocka_unit_test(secret_refuses_to_pass_its_limit),
        cmocka_unit_test(secret_wipes_what_is_cut_off),
        cmocka_unit_test(secret_is_locked_and_kept_out_of_dumps_and_children),
        cmocka_unit_test(secret_leaves_nothing_where_it_was),
        cmocka_unit_test(small_secrets_share_locked_pages),
        cmocka_unit_test(secret_is_empty_in_a_forked_child),
        cmocka_unit_test(secret_does_without_a_lock_past_the_limit),
        cmocka_unit_test(secret_equal_compares_sizes_and_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
