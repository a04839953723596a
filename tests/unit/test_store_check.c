/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Files that a store does not trust, and what its check says. */
#include "config.h"

#include "store/store.h"

#include "scratch.h"
#include "util/array.h"
#include "util/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER_USER 65534

/* Of reading an account and, if that goes, of listing them. */
static int touch_code(struct store *store, const char *name)
{
    char **names = NULL;
    size_t count = 0;
    int code = scratch_read_code(store, name);

    if (code == FOB_SUCCESS)
        code = store_names(store, &names, &count);
    names_free(names, count);
    return code;
}

/* Which files of a store are refused for which modes. */
static void files_that_others_may_touch_are_refused(void **state)
{
    static const struct {
        const char *file;
        unsigned mode;
    } cases[] = {
        { "header", 0640 },
        { "header", 0602 },
        { "accounts/acme", 0604 },
        { "accounts/acme", 0620 },
        { "accounts", 0750 },
        { "accounts", 0701 },
        { ".", 0755 },
        { ".", 0770 },
    };
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned old = scratch_mode(scratch_path(scratch, cases[i].file));
        int code;

        assert_int_equal(chmod(scratch_path(scratch, cases[i].file), cases[i].mode), 0);
        store = NULL;
        code = store_open(&scratch->settings, &store);
        if (code == FOB_SUCCESS)
            code = touch_code(store, "acme");
        assert_int_equal(code, FOB_NOT_ALLOWED);
        assert_string_not_equal(fob_error_hint(), "");
        store_close(store);
        assert_int_equal(chmod(scratch_path(scratch, cases[i].file), old), 0);
    }
}

static void files_of_somebody_else_are_refused(void **state)
{
    static const char *const files[] = { ".", "header", "accounts", "accounts/acme" };
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);

    scratch_insert(store, "acme", "swordfish");
    store_close(store);
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        int code;

        assert_int_equal(chown(scratch_path(scratch, files[i]), OTHER_USER, OTHER_USER), 0);
        store = NULL;
        code = store_open(&scratch->settings, &store);
        if (code == FOB_SUCCESS)
            code = touch_code(store, "acme");
        assert_int_equal(code, FOB_NOT_ALLOWED);
        store_close(store);
        assert_int_equal(chown(scratch_path(scratch, files[i]), 0, 0), 0);
    }
}

static void record_that_is_no_regular_file_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);

    scratch_insert(store, "acme", "swordfish");
    assert_int_equal(symlink("acme", scratch_path(scratch, "accounts/link")), 0);
    assert_int_equal(mkfifo(scratch_path(scratch, "accounts/pipe"), 0600), 0);
    assert_int_equal(mkdir(scratch_path(scratch, "accounts/folder"), 0700), 0);
    assert_int_equal(scratch_read_code(store, "link"), FOB_NOT_ALLOWED);
    assert_int_equal(scratch_read_code(store, "pipe"), FOB_NOT_ALLOWED);
    assert_int_equal(scratch_read_code(store, "folder"), FOB_NOT_ALLOWED);
    store_close(store);
}

static void record_renamed_or_brought_from_elsewhere_is_refused(void **state)
{
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);
    struct scratch other;
    struct store *other_store;
    unsigned char *sealed;
    size_t size;

    assert_int_equal(scratch_make(&other), 0);
    assert_int_equal(store_create(&other.settings, NULL), FOB_SUCCESS);
    other_store = scratch_open(&other);
    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, "other", "tuna");
    scratch_insert(other_store, "acme", "salmon");

    sealed = scratch_read(scratch_path(scratch, "accounts/acme"), &size);
    scratch_write(scratch_path(scratch, "accounts/renamed"), sealed, size, 0600);
    scratch_write(scratch_path(scratch, "accounts/other"), sealed, size, 0600);
    scratch_write(scratch_path(&other, "accounts/acme"), sealed, size, 0600);
    assert_int_equal(scratch_read_code(store, "renamed"), FOB_CORRUPT);
    assert_non_null(strstr(fob_error(), "accounts/renamed: "));
    assert_int_equal(scratch_read_code(store, "other"), FOB_CORRUPT);
    assert_int_equal(scratch_read_code(other_store, "acme"), FOB_CORRUPT);
    scratch_assert_stored(store, "acme", "swordfish");
    free(sealed);
    store_close(store);
    store_close(other_store);
    assert_int_equal(scratch_remove(&other), 0);
}

static void record_far_too_large_is_refused(void **state)
{
    struct store *store = scratch_open(*state);
    const char *path = scratch_path(*state, "accounts/acme");

    scratch_write(path, "FOBRECRD", 8, 0600);
    assert_int_equal(truncate(path, (off_t)1 << 40), 0);
    assert_int_equal(scratch_read_code(store, "acme"), FOB_CORRUPT);
    store_close(store);
}

struct findings {
    char text[8192];
    int bad;
};

static void collect(bool good, const char *text, void *data)
{
    struct findings *findings = data;
    size_t used = strlen(findings->text);

    findings->bad += !good;
    snprintf(findings->text + used, sizeof findings->text - used, "%s\n", text);
}

static void check_finds_nothing_in_a_sound_store(void **state)
{
    struct findings findings = { "", 0 };
    struct store *store = scratch_open(*state);

    scratch_insert(store, "acme", "swordfish");
    scratch_insert(store, "other", "tuna");
    scratch_write(scratch_path(*state, "log"), "", 0, 0600);
    scratch_write(scratch_path(*state, "log.1"), "", 0, 0600);
    assert_int_equal(store_check(store, collect, &findings), FOB_SUCCESS);
    assert_string_equal(findings.text, "store: 2 of 2 records can be read\n");
    assert_int_equal(findings.bad, 0);
    store_close(store);
}

static void check_names_what_is_wrong(void **state)
{
    static const struct {
        const char *spoil; /* a file of the store that is written */
        unsigned mode;
        int code;
        const char *finding;
    } cases[] = {
        { "accounts/acme", 0600, FOB_CORRUPT, "accounts/acme: not a record of fob," },
        { "accounts/ACME", 0600, FOB_CORRUPT, "accounts/ACME: not a record's name" },
        { "accounts/other", 0640, FOB_NOT_ALLOWED, "accounts/other: others may read it" },
        { "lock", 0644, FOB_NOT_ALLOWED, "lock: others may read it" },
        { "accounts/.tmp-0123456789abcdef", 0600, FOB_SUCCESS, "abcdef: left by a write" },
        { ".tmp-0123456789abcdef", 0600, FOB_SUCCESS, "abcdef: left by a write" },
        { "accounts/.tmp-acme", 0600, FOB_CORRUPT, "accounts/.tmp-acme: not a record's name" },
        { ".tmp-notes", 0600, FOB_SUCCESS, ".tmp-notes: not part of the store" },
        { "header.new", 0600, FOB_SUCCESS, "header.new: left by a write" },
        { "letter", 0600, FOB_SUCCESS, "letter: not part of the store" },
    };
    const struct scratch *scratch = *state;
    struct store *store = scratch_open(scratch);

    scratch_insert(store, "acme", "swordfish");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct findings findings = { "", 0 };

        scratch_write(scratch_path(scratch, cases[i].spoil), "spoilt", 6, cases[i].mode);
        assert_int_equal(store_check(store, collect, &findings), cases[i].code);
        if (strstr(findings.text, cases[i].finding) == NULL)
            fail_msg("no \"%s\" in:\n%s", cases[i].finding, findings.text);
        assert_int_equal(findings.bad > 0, cases[i].code != FOB_SUCCESS);
        assert_int_equal(unlink(scratch_path(scratch, cases[i].spoil)), 0);
    }
    store_close(store);
}

static void check_of_a_locked_store_says_so(void **state)
{
    const struct scratch *scratch = *state;
    struct findings findings = { "", 0 };
    struct store *store = scratch_open(scratch);

    assert_int_equal(unlink(scratch->key_file), 0);
    assert_int_equal(store_check(store, collect, &findings), FOB_LOCKED);
    assert_int_equal(findings.bad, 1);
    store_close(store);
}

#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(files_that_others_may_touch_are_refused),
        STORE_TEST(files_of_somebody_else_are_refused),
        STORE_TEST(record_that_is_no_regular_file_is_refused),
        STORE_TEST(record_renamed_or_brought_from_elsewhere_is_refused),
        STORE_TEST(record_far_too_large_is_refused),
        STORE_TEST(check_finds_nothing_in_a_sound_store),
        STORE_TEST(check_names_what_is_wrong),
        STORE_TEST(check_of_a_locked_store_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
