/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Masking is linear in the secret and in the output, whatever both are.
 *
 * Work is counted, for a clock tells of the machine: the masking code is compiled so that it calls
 * __sanitizer_cov_trace_pc() in each basic block, and counted_…() instead of what goes over memory.
 */
#include "config.h"

#include "fob/exec/mask.h"
#include "util/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What goes over memory looks at so many bytes at once. */
#define STEP 32

#define LARGE ((size_t)32 * 1024)
#define TIMES 4
/* For tables that fill up. */
#define TOLERANCE 1.25

static uint64_t work;

void __sanitizer_cov_trace_pc(void);
void *counted_memchr(const void *data, int byte, size_t size);
void *counted_memcpy(void *to, const void *from, size_t size);
void *counted_memmove(void *to, const void *from, size_t size);
void *counted_memset(void *data, int byte, size_t size);
void *counted_calloc(size_t count, size_t size);

void __sanitizer_cov_trace_pc(void)
{
    work++;
}

void *counted_memchr(const void *data, int byte, size_t size)
{
    const char *found = memchr(data, byte, size);

    work += 1 + (found != NULL ? (size_t)(found - (const char *)data) : size) / STEP;
    return (void *)(uintptr_t)found;
}

void *counted_memcpy(void *to, const void *from, size_t size)
{
    work += 1 + size / STEP;
    return memcpy(to, from, size);
}

void *counted_memmove(void *to, const void *from, size_t size)
{
    work += 1 + size / STEP;
    return memmove(to, from, size);
}

void *counted_memset(void *data, int byte, size_t size)
{
    work += 1 + size / STEP;
    return memset(data, byte, size);
}

void *counted_calloc(size_t count, size_t size)
{
    work += 1 + count * size / STEP;
    return calloc(count, size);
}

static char letter(void)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    return letters[rand() % 64];
}

/* Lines of LENGTH bytes. */
#define LENGTH 8

static void one_letter(char *text, size_t size)
{
    memset(text, 'a', size);
}

static void one_letter_but_the_last(char *text, size_t size)
{
    memset(text, 'a', size);
    text[size - 1] = 'b';
}

static void backslashes(char *text, size_t size)
{
    memset(text, '\\', size);
}

static void letters(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = letter();
}

static void different_lines(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = i % (LENGTH + 1) == LENGTH ? '\n' : letter();
}

/* Any byte after any other: the widest tries. */
static void lines_of_bytes(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = (char)(i % (LENGTH + 1) == LENGTH ? '\n' : 33 + rand() % 222);
}

static void quotes_and_blanks(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = i % (LENGTH + 1) == LENGTH ? '\n' : "a'b \"\\\xc3\xa9"[rand() % 8];
}

/* While these pass by, all of the secret may have begun, and has as many secrets in it. */
static void same_lines_but_the_end(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = i % (LENGTH + 1) == LENGTH ? '\n' : "password"[i % (LENGTH + 1)];
    text[size - 1] = '!';
}

/* Line after line of BEGINNING, a number and END. */
static void numbered_lines(char *text, size_t size, const char *beginning, const char *end)
{
    char line[32];

    for (size_t at = 0, number = 0; at < size; number++) {
        int length = snprintf(line, sizeof line, "%s%06zu%s\n", beginning, number, end);
        size_t left = size - at;

        left = (size_t)length < left ? (size_t)length : left;
        memcpy(text + at, line, left);
        at += left;
    }
}

static void lines_with_a_common_beginning(char *text, size_t size)
{
    numbered_lines(text, size, "beginning-", "");
}

static void lines_with_a_common_end(char *text, size_t size)
{
    numbered_lines(text, size, "", "-the-end");
}

static void lines_that_end_each_other(char *text, size_t size)
{
    for (size_t at = 0, length = LENGTH; at < size; length++) {
        for (size_t i = 0; i < length && at < size; i++)
            text[at++] = "aab"[(length - i) % 3];
        if (at < size)
            text[at++] = '\n';
    }
}

/* What a program makes of BYTE, the one at AT of the secret's; returns how many. */
typedef size_t write_fn(unsigned char byte, size_t at, char *to);

static size_t as_it_is(unsigned char byte, size_t at, char *to)
{
    (void)at;
    *to = (char)byte;
    return 1;
}

static size_t nearly(unsigned char byte, size_t at, char *to)
{
    *to = at % (LENGTH + 1) == LENGTH - 1 ? '~' : (char)byte;
    return 1;
}

static size_t hexadecimal(unsigned char byte, size_t at, char *to)
{
    (void)at;
    to[0] = "0123456789abcdef"[byte >> 4];
    to[1] = "0123456789abcdef"[byte & 15];
    return 2;
}

static size_t percent_encoded(unsigned char byte, size_t at, char *to)
{
    *to = '%';
    return 1 + hexadecimal(byte, at, to + 1);
}

static size_t octal(unsigned char byte, size_t at, char *to)
{
    (void)at;
    to[0] = '\\';
    for (int i = 0; i < 3; i++)
        to[1 + i] = (char)('0' + (byte >> (6 - 3 * i) & 7));
    return 4;
}

/* Three bytes at a time. */
static size_t base64(unsigned char byte, size_t at, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static unsigned bits;
    size_t place = at % 3;

    bits = place == 0 ? byte : bits << 8 | byte;
    if (place < 2)
        return 0;
    for (int i = 0; i < 4; i++)
        to[i] = digits[bits >> (18 - 6 * i) & 63];
    return 4;
}

static bool drop(void *sink, const char *data, size_t size)
{
    (void)data;
    *(size_t *)sink += size;
    return true;
}

/* SECRET again and again, each time without its last byte, as WRITE writes it. */
static void print(const struct mask *mask, const char *secret, size_t size, write_fn *write,
                  size_t piece)
{
    struct mask_stream stream = MASK_STREAM_INIT;
    char *output = malloc(4 * size + 4);
    size_t end = 0;
    size_t passed = 0;

    for (size_t i = 0; end < 3 * size; i++)
        end += write((unsigned char)secret[i % (size - 1)], i, output + end);
    for (size_t at = 0; at < end; at += piece) {
        size_t left = end - at;

        assert_int_equal(
            mask_feed(mask, &stream, output + at, left < piece ? left : piece, drop, &passed),
            FOB_SUCCESS);
        (void)mask_get_patience(&stream);
    }
    assert_int_equal(mask_end(&stream, drop, &passed), FOB_SUCCESS);
    mask_stream_free(&stream);
    free(output);
}

typedef void make_fn(char *text, size_t size);

/* The work of masking a secret of SIZE bytes in about three times the output, for each byte of it.
 */
static double measure(make_fn *make, write_fn *write, size_t piece, size_t size)
{
    struct mask *mask = mask_new();
    char *secret = malloc(size);

    srand(5);
    make(secret, size);
    work = 0;
    assert_int_equal(mask_add(mask, secret, size), FOB_SUCCESS);
    assert_int_equal(mask_finish(mask), FOB_SUCCESS);
    print(mask, secret, size, write, piece);
    mask_free(mask);
    free(secret);
    return (double)work / (double)size;
}

static const struct {
    const char *name;
    make_fn *make;
} secrets[] = {
    { "one letter", one_letter },
    { "one letter but the last", one_letter_but_the_last },
    { "backslashes", backslashes },
    { "letters", letters },
    { "different lines", different_lines },
    { "lines of bytes", lines_of_bytes },
    { "quotes and blanks", quotes_and_blanks },
    { "same lines but the end", same_lines_but_the_end },
    { "lines with a common beginning", lines_with_a_common_beginning },
    { "lines with a common end", lines_with_a_common_end },
    { "lines that end each other", lines_that_end_each_other },
};

static const struct {
    const char *name;
    write_fn *write;
} forms[] = {
    { "as it is", as_it_is },       { "nearly", nearly }, { "hexadecimal", hexadecimal },
    { "percent", percent_encoded }, { "octal", octal },   { "base64", base64 },
};

static void is_linear(size_t secret, size_t form, size_t piece)
{
    make_fn *make = secrets[secret].make;
    write_fn *write = forms[form].write;
    double small = measure(make, write, piece, LARGE / TIMES);
    double large = measure(make, write, piece, LARGE);

    if (large > TOLERANCE * small)
        fail_msg("%s, %s, in pieces of %zu: %.0f a byte, and %.0f when %d times as much",
                 secrets[secret].name, forms[form].name, piece, small, large, TIMES);
}

static void each_form_of_each_secret_costs_the_same_for_a_byte(void **state)
{
    (void)state;
    for (size_t secret = 0; secret < ARRAY_SIZE(secrets); secret++) {
        for (size_t form = 0; form < ARRAY_SIZE(forms); form++)
            is_linear(secret, form, LARGE);
    }
}

/* A program that prints byte by byte. */
static void small_pieces_cost_no_more(void **state)
{
    (void)state;
    for (size_t secret = 0; secret < ARRAY_SIZE(secrets); secret++)
        is_linear(secret, 0, 1);
}

static void memory_is_linear(void **state)
{
    (void)state;
    for (size_t secret = 0; secret < ARRAY_SIZE(secrets); secret++) {
        struct mask_forms made = { .quotes = 0 };
        char *text = malloc(LARGE);
        size_t nodes = 0;

        secrets[secret].make(text, LARGE);
        assert_int_equal(mask_forms_add(&made, text, LARGE), FOB_SUCCESS);
        assert_int_equal(mask_forms_finish(&made), FOB_SUCCESS);
        for (size_t i = 0; i < MASK_FORMS; i++)
            nodes += made.tries[i].count;
        assert_true(nodes <= MASK_NODES_MAX * LARGE + 64);
        mask_forms_clear(&made);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_of_each_secret_costs_the_same_for_a_byte),
        cmocka_unit_test(small_pieces_cost_no_more),
        cmocka_unit_test(memory_is_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
