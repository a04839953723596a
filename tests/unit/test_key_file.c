/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Key files. */
#include "config.h"

#include "store/crypto.h"
#include "store/key_file.h"
#include "util/array.h"

#include "scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX31 "00112233445566778899aabbccddeeff00112233445566778899aabbccddee"

static void key_file_is_one_line_in_one_form(void **state)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = {
        { "fob-key-1:" HEX31 "ff\n", FOB_SUCCESS },
        { "fob-key-1:" HEX31 "ff", FOB_SUCCESS },
        { "fob-key-1:" HEX31 "FF\n", FOB_LOCKED },
        { "fob-key-1:" HEX31 "f\n", FOB_LOCKED },
        { "fob-key-1:" HEX31 "fff\n", FOB_LOCKED },
        { "fob-key-1:" HEX31 "fg\n", FOB_LOCKED },
        { "fob-key-2:" HEX31 "ff\n", FOB_LOCKED },
        { HEX31 "ff\n", FOB_LOCKED },
        { "fob-key-1:" HEX31 "ff\n\n", FOB_LOCKED },
        { "fob-key-1:" HEX31 "ff \n", FOB_LOCKED },
        { " fob-key-1:" HEX31 "ff\n", FOB_LOCKED },
        { "", FOB_LOCKED },
        { "\n", FOB_LOCKED },
    };
    struct scratch scratch;
    char path[512];

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    snprintf(path, sizeof path, "%s/key", scratch.folder);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fob_secret *material = NULL;

        scratch_write(path, cases[i].text, strlen(cases[i].text), 0600);
        assert_int_equal(key_file_read(path, geteuid(), &material), cases[i].code);
        if (cases[i].code == FOB_SUCCESS) {
            assert_int_equal(fob_secret_size(material), CRYPTO_KEY);
            assert_memory_equal(fob_secret_data(material), "\x00\x11\x22\x33", 4);
            assert_int_equal((unsigned char)fob_secret_data(material)[31], 0xff);
        } else {
            assert_null(material);
        }
        fob_secret_free(material);
    }
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void key_file_comes_back_as_written_and_is_private(void **state)
{
    struct fob_secret *material = NULL;
    struct fob_secret *again = NULL;
    struct scratch scratch;
    struct stat st;

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    assert_int_equal(key_file_make(&material), FOB_SUCCESS);
    assert_int_equal(key_file_write(scratch.key_file, material), FOB_SUCCESS);
    assert_int_equal(key_file_read(scratch.key_file, geteuid(), &again), FOB_SUCCESS);
    assert_memory_equal(fob_secret_data(material), fob_secret_data(again), CRYPTO_KEY);
    assert_int_equal(stat(scratch.key_file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(key_file_write(scratch.key_file, material), FOB_EXISTS);
    fob_secret_free(material);
    fob_secret_free(again);
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void key_file_is_refused_when_others_may_read_it(void **state)
{
    static const unsigned modes[] = { 0640, 0604, 0620, 0602, 0666, 0610 };
    struct fob_secret *material = NULL;
    struct scratch scratch;
    char path[512];

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    snprintf(path, sizeof path, "%s/key", scratch.folder);
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
        scratch_write(path, "fob-key-1:" HEX31 "ff\n", 75, modes[i]);
        assert_int_equal(key_file_read(path, geteuid(), &material), FOB_NOT_ALLOWED);
    }
    assert_null(material);
    assert_int_equal(scratch_remove(&scratch), 0);
}

static void key_file_may_be_a_symbolic_link(void **state)
{
    struct fob_secret *material = NULL;
    struct scratch scratch;
    char target[512];
    char path[512];

    (void)state;
    assert_int_equal(scratch_make(&scratch), 0);
    snprintf(target, sizeof target, "%s/target", scratch.folder);
    snprintf(path, sizeof path, "%s/key", scratch.folder);
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(key_file_read(path, geteuid(), &material), FOB_NOT_FOUND);
    scratch_write(target, "fob-key-1:" HEX31 "ff\n", 75, 0600);
    assert_int_equal(key_file_read(path, geteuid(), &material), FOB_SUCCESS);
    fob_secret_free(material);
    assert_int_equal(scratch_remove(&scratch), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_file_is_one_line_in_one_form),
        cmocka_unit_test(key_file_comes_back_as_written_and_is_private),
        cmocka_unit_test(key_file_is_refused_when_others_may_read_it),
        cmocka_unit_test(key_file_may_be_a_symbolic_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
