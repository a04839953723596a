/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Masking: whatever the cuts, whatever the forms, nothing of a secret and all of the rest. */
#include "config.h"

#include "exec/mask.h"
#include "util/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static bool add(void *sink, const char *data, size_t size)
{
    strbuf_add(sink, data, size);
    return true;
}

/* INPUT in pieces of PIECE bytes, through SECRETS (ends with NULL), must come out as EXPECTED. */
static void masks(const char *const *secrets, const char *input, size_t piece, bool flush,
                  const char *expected)
{
    struct mask *mask = mask_new();
    struct mask_stream stream = MASK_STREAM_INIT;
    struct strbuf out = STRBUF_INIT;

    for (; *secrets != NULL; secrets++)
        assert_int_equal(mask_add(mask, *secrets, strlen(*secrets)), FOB_SUCCESS);
    for (size_t at = 0; at < strlen(input); at += piece) {
        size_t left = strlen(input) - at;

        assert_int_equal(
            mask_feed(mask, &stream, input + at, left < piece ? left : piece, add, &out),
            FOB_SUCCESS);
        if (flush)
            assert_int_equal(mask_flush(&stream, add, &out), FOB_SUCCESS);
    }
    assert_int_equal(mask_end(mask, &stream, add, &out), FOB_SUCCESS);
    assert_string_equal(out.data != NULL ? out.data : "", expected);
    strbuf_free(&out);
    mask_stream_free(&stream);
    mask_free(mask);
}

static void any_cut(const char *const *secrets, const char *input, const char *expected)
{
    for (size_t piece = 1; piece <= strlen(input); piece++)
        masks(secrets, input, piece, false, expected);
}

static void secrets_are_masked_however_they_are_cut(void **state)
{
    static const char *const one[] = { "swordfish", NULL };

    (void)state;
    any_cut(one, "a swordfish b", "a *** b");
    any_cut(one, "swordfishswordfish", "******");
    any_cut(one, "swordfis", "swordfis");
    any_cut(one, "swoswordfish", "swo***");
    any_cut(one, "", "");
    any_cut(one, "c3dvcmRmaXNo", "***");
    any_cut(one, "YTpzd29yZGZpc2g=", "YTp***");
}

/* The longest, and all of those that overlap. */
static void secrets_in_secrets_leave_nothing(void **state)
{
    static const char *const within[] = { "abc", "abcdef", NULL };
    static const char *const across[] = { "abcd", "cdefgh", "hi", NULL };

    (void)state;
    any_cut(within, "-abcdef-abc-abcde-", "-***-***-***de-");
    any_cut(across, "-abcdefghi-", "-***-");
    any_cut(across, "-abcdef-", "-***ef-");
}

/* A prompt may end like a secret begins; should the secret come, its rest is masked. */
static void what_was_shown_is_not_shown_again(void **state)
{
    static const char *const one[] = { "swordfish", NULL };

    (void)state;
    masks(one, "hiss", 1, true, "hiss");
    masks(one, "sw", 1, true, "sw");
    masks(one, "a swordfish b", 1, true, "a swo*** b");
    masks(one, "swish", 2, true, "swish");
}

/* Random text over a small alphabet, against the plain definition: what lies in no occurrence
 * stays, each run of the rest is the mask. */
static void any_text_is_masked_as_defined(void **state)
{
    static const char *const secrets[] = { "abab", "bb", "aabba", NULL };

    (void)state;
    srand(7);
    for (unsigned round = 0; round < 3000; round++) {
        char text[25] = "";
        bool hidden[24] = { false };
        struct strbuf expected = STRBUF_INIT;
        size_t end = 0;

        for (size_t i = 0; i < 24; i++)
            text[i] = "aabb-"[rand() % 5];
        for (size_t i = 0; i < 24; i++) {
            size_t longest = 0;

            for (const char *const *one = secrets; *one != NULL; one++) {
                if (strncmp(text + i, *one, strlen(*one)) == 0 && strlen(*one) > longest)
                    longest = strlen(*one);
            }
            for (size_t j = 0; j < longest; j++)
                hidden[i + j] = true;
            if (longest > 0 && i >= end)
                strbuf_text(&expected, MASK_TEXT);
            if (longest > 0 && i + longest > end)
                end = i + longest;
            if (!hidden[i])
                strbuf_add(&expected, text + i, 1);
        }
        masks(secrets, text, 1 + (size_t)rand() % 24, false, expected.data);
        strbuf_free(&expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_masked_however_they_are_cut),
        cmocka_unit_test(secrets_in_secrets_leave_nothing),
        cmocka_unit_test(what_was_shown_is_not_shown_again),
        cmocka_unit_test(any_text_is_masked_as_defined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
