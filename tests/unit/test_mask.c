/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Masking: whatever the cuts, whatever the forms, nothing of a secret and all of the rest. */
#include "config.h"

#include "fob/exec/mask.h"
#include "util/array.h"
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

/* No time at all. */
#define NEVER (-1)

/* Of SECRETS, which end with NULL. */
static struct mask *make_mask(const char *const *secrets)
{
    struct mask *mask = mask_new();

    for (; *secrets != NULL; secrets++)
        assert_int_equal(mask_add(mask, *secrets, strlen(*secrets)), FOB_SUCCESS);
    assert_int_equal(mask_finish(mask), FOB_SUCCESS);
    return mask;
}

/* INPUT in pieces of PIECE bytes, with so long between them, must come out as EXPECTED. */
static void passes(const struct mask *mask, const char *input, size_t piece, int longest,
                   const char *expected)
{
    struct mask_stream stream = MASK_STREAM_INIT;
    struct strbuf out = STRBUF_INIT;

    for (size_t at = 0; at < strlen(input); at += piece) {
        size_t left = strlen(input) - at;

        assert_int_equal(
            mask_feed(mask, &stream, input + at, left < piece ? left : piece, add, &out),
            FOB_SUCCESS);
        if ((int)mask_get_patience(&stream) <= longest)
            assert_int_equal(mask_flush(&stream, add, &out), FOB_SUCCESS);
    }
    assert_int_equal(mask_end(&stream, add, &out), FOB_SUCCESS);
    assert_string_equal(out.data != NULL ? out.data : "", expected);
    strbuf_free(&out);
    mask_stream_free(&stream);
}

static void masks(const char *const *secrets, const char *input, size_t piece, int longest,
                  const char *expected)
{
    struct mask *mask = make_mask(secrets);

    passes(mask, input, piece, longest, expected);
    mask_free(mask);
}

static void any_cut(const char *const *secrets, const char *input, const char *expected)
{
    struct mask *mask = make_mask(secrets);

    for (size_t piece = 1; piece <= strlen(input); piece++)
        passes(mask, input, piece, NEVER, expected);
    mask_free(mask);
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
static void output_is_not_shown_twice(void **state)
{
    static const char *const one[] = { "swordfish", NULL };

    (void)state;
    masks(one, "hiss", 1, MASK_MOMENT, "hiss");
    masks(one, "sw", 1, MASK_MOMENT, "sw");
    masks(one, "a swordfish b", 1, MASK_MOMENT, "a swo*** b");
    masks(one, "swish", 2, MASK_MOMENT, "swish");
    /* Half of it is a prompt when somebody has waited for a while; more never is. */
    masks(one, "word", 4, MASK_WHILE, "word");
    masks(one, "swor", 4, MASK_MOMENT, "swor");
    masks(one, "a swordfish b", 1, MASK_WHILE, "a swor*** b");
}

/* A secret that is whole is not shown while it may begin another. */
static void a_secret_that_begins_another_is_masked_while_it_waits(void **state)
{
    static const char *const within[] = { "abc", "abcdefghijkl", NULL };

    (void)state;
    masks(within, "id: abc", 7, MASK_MOMENT, "id: ***");
    masks(within, "id: abcdefghijkl.", 7, MASK_MOMENT, "id: ***.");
    masks(within, "id: abcd.", 8, MASK_WHILE, "id: ***d.");
}

/* A form may be larger than a value can be. */
static void the_largest_value_is_masked_in_each_form(void **state)
{
    char *value = malloc(FOB_VALUE_MAX + 1);
    struct mask *mask = mask_new();

    (void)state;
    /* Which nothing but its first byte looks like the beginning of. */
    memset(value, '"', FOB_VALUE_MAX);
    value[0] = '!';
    value[FOB_VALUE_MAX] = '\0';
    assert_int_equal(mask_add(mask, value, FOB_VALUE_MAX), FOB_SUCCESS);
    assert_int_equal(mask_finish(mask), FOB_SUCCESS);
    passes(mask, value, FOB_VALUE_MAX, NEVER, "***");
    mask_free(mask);
    free(value);
}

/* INPUT, cut anywhere, is one secret and nothing else. */
static void is_masked(const char *secret, const char *input)
{
    const char *const secrets[] = { secret, NULL };

    any_cut(secrets, input, "***");
}

static void is_not_masked(const char *secret, const char *input)
{
    const char *const secrets[] = { secret, NULL };

    any_cut(secrets, input, input);
}

/* encodeURIComponent(), urllib, curl, java.net.URLEncoder, … leave different bytes as they are. */
static void percent_encoding_is_masked_whoever_did_it(void **state)
{
    static const char secret[] = "p/w +%25(é)~*";

    (void)state;
    is_masked(secret, "p/w +%25(é)~*");
    is_masked(secret, "p%2Fw%20%2B%2525%28%C3%A9%29~%2A");
    is_masked(secret, "p%2fw%20%2b%2525%28%c3%a9%29~%2a");
    is_masked(secret, "p/w%20%2B%2525%28%C3%A9%29~%2A");
    is_masked(secret, "p%2Fw%20%2B%2525(%C3%A9)~*");
    is_masked(secret, "p%2Fw+%2B%2525%28%C3%A9%29%7E*");
    is_masked(secret, "%70%2F%77%20%2B%25%32%35%28%C3%A9%29%7E%2A");
    is_not_masked(secret, "p%2Ew%20%2B%2525%28%C3%A9%29~%2A");
    is_not_masked(secret, "p%2Fw%20%2B%2525%28%C3%A9%29~");
}

/* jq, Python, Go, PHP, C#, … escape different characters. */
static void json_strings_are_masked_whoever_wrote_them(void **state)
{
    static const char secret[] = "a\"b\\<c>/é\n\x7f\x01\U0001F600'";

    (void)state;
    is_masked(secret, "a\\\"b\\\\<c>/é\\n\x7f\\u0001\U0001F600'");
    is_masked(secret, "a\\\"b\\\\<c>/\\u00e9\\n\x7f\\u0001\\ud83d\\ude00'");
    is_masked(secret, "a\\\"b\\\\\\u003Cc\\u003E\\/\\u00E9\\n\\u007F\\u0001\\uD83D\\uDE00\\u0027");
    is_masked(secret, "a\\u0022b\\u005c\\u003cc\\u003e/é\\u000a\x7f\\u0001\U0001F600'");
    is_not_masked(secret, "a\\\"d\\\\<c>/é\\n\x7f\\u0001\U0001F600'");
}

/* Python's ascii() and repr(), Ruby, Rust, Perl: numbers are characters' and may have braces. */
static void numbers_of_characters_are_masked(void **state)
{
    static const char *const secrets[] = { "pässwort\u00a0€\U0001f511", NULL };
    /* Without a character that fits a byte. */
    static const char *const wide[] = { "€uro-pass-word", NULL };

    (void)state;
    any_cut(wide, "\"\\x{20ac}uro-pass-word\"", "\"***\"");
    any_cut(wide, "\"\\u{20AC}uro-pass-word\"", "\"***\"");
    any_cut(secrets, "'p\\xe4sswort\\xa0\\u20ac\\U0001f511'", "'***'");
    any_cut(secrets, "'pässwort\\xa0€\U0001f511'", "'***'");
    any_cut(secrets, "\"p\\344sswort\\240€\U0001f511\"", "\"***\"");
    any_cut(secrets, "b'p\\xc3\\xa4sswort\\xc2\\xa0\\xe2\\x82\\xac\\xf0\\x9f\\x94\\x91'", "b'***'");
    any_cut(secrets, "\"p\\u{e4}sswort\\u{A0}\\u{0020ac}\\u{1F511}\"", "\"***\"");
    any_cut(secrets, "\"p\\x{e4}sswort\\x{a0}\\x{20ac}\\x{1f511}\"", "\"***\"");
    any_cut(secrets, "p\\u{e4sswort p\\u{0000e4}sswort", "p\\u{e4sswort p\\u{0000e4}sswort");
}

static void what_shells_and_terminals_print_is_masked(void **state)
{
    static const char secret[] = "it's \"q\" $x `b` a\\b!\n\tcafé \033[1m;*end%";

    (void)state;
    is_masked("it's", "it'\\''s");
    is_masked("it's", "it'\"'\"'s");
    is_masked("it's", "it''s");
    is_masked("two\nlines", "two\r\nlines");
    /* set -x and export -p: bash, zsh, dash, busybox. */
    is_masked(secret, "it'\\''s \"q\" $x `b` a\\b!\n\tcafé \033[1m;*end%");
    is_masked(secret, "it'\"'\"'s \"q\" $x `b` a\\b!\n\tcafé \033[1m;*end%");
    is_masked(secret, "it\\'s \"q\" $x `b` a\\\\b!\\n\\tcafé \\C-[[1m;*end%");
    is_masked(secret, "it\\'s \"q\" $x `b` a\\\\b!\\n\\tcaf\\M-C\\M-) \\C-[[1m;*end%");
    /* declare -p, $'…', printf %q, ${…@Q}: bash, fish, zsh. */
    is_masked(secret, "it\\'s \"q\" $x `b` a\\\\b!\\n\\tcaf\\303\\251 \\E[1m;*end%");
    is_masked(secret, "it's \\\"q\\\" \\$x \\`b\\` a\\\\b!\n\tcafé \033[1m;*end%");
    is_masked(secret, "it\\'s\\ \\\"q\\\"\\ \\$x\\ `b`\\ a\\\\b!\\n\\tcafé\\ \\e\\[1m\\;\\*end\\%");
    is_masked(secret, "it\\'s\\ \\\"q\\\"\\ \\$x\\ \\`b\\`\\ a\\\\b!$'\\n'$'\\t'café\\ $'\\033'"
                      "\\[1m\\;\\*end%");
    is_masked("two\nli'nes", "two'$'\\n''li'\\''nes");
    is_masked("C:\\dir\\it's", "C:\\dir\\it'\\''s");
    is_masked("ab\tcdef", "ab$'\\t'cdef");
    /* ls and printf %q, where a $ may end what is in quotes, and a backslash there is one. */
    is_masked("ab$'cd\tef", "ab$'\\''cd'$'\\t''ef");
    is_masked("ab$\tcdef", "ab$'$'\\t''cdef");
    is_masked("k\\x41\tj\\nz", "k\\x41'$'\\t''j\\nz");
    is_masked("abcd\tef$", "abcd'$'\\t''ef$");
    is_masked("abcdef\t$", "abcdef'$'\\t''$");
    is_masked("$abcd\tef", "$abcd'$'\\t''ef");
    is_masked("abcd\tef$$", "abcd'$'\\t''ef$$");
    is_masked("$abcd\tef$", "\\$abcd$'\\t'ef\\$");
    /* zsh of a character from U+0080 on, and fish in the locale C. */
    is_masked("ab\302\233'\tcd", "ab\\M-\\C-[\\'\\tcd");
    is_masked("caf\303\251 'x", "caf\303\203\302\251 \\'x");
    /* ksh93 of what cannot be printed, in a locale of UTF-8 and in C. */
    is_masked("ab\302\240c\177'd\033", "ab\\u[a0]c\\x[7f]\\'d\\E");
    is_masked("ab\302\2401\177]", "ab\\x[c2]\\x[a0]1\\x[7f]]");
    /* zsh's set -x of for and case. */
    is_masked("ab\303\211c\360\237\230\200 d", "ab\303\203\251c\360\203\277\203\270\200 d");
}

/* The quotes of a shell that follow one of the value are masked with it. */
static void quotes_at_the_ends_of_a_value_are_masked(void **state)
{
    static const char *const last[] = { "abcdef\t'", NULL };
    static const char *const first[] = { "\"'abc\tdef", NULL };
    static const char *const backslash[] = { "abc\tdef\\", NULL };
    static const char *const folded[] = { "abc d'", NULL };
    static const char *const none[] = { "abc\tdef", NULL };

    (void)state;
    any_cut(last, "x='abcdef'$'\\t\\'';", "x=***;");
    any_cut(last, "x='abcdef'$'\\t'\"'\";", "x=***;");
    any_cut(last, "x=$'abcdef\\t\\'';", "x=***;");
    any_cut(first, "x='\"'\\''abc'$'\\t''def';", "x=***;");
    any_cut(first, "x=\\\"\\'abc$'\\t'def;", "x=***;");
    any_cut(backslash, "x='abc'$'\\t''def\\';", "x=***;");
    any_cut(folded, "'abc d'\\''' e", "'*** e");
    any_cut(folded, "\"abc d'\" e", "\"*** e");
    any_cut(folded, "'abc d'\"'\" e", "'*** e");
    any_cut(none, "x='abc'$'\\t''def';", "x='***';");
}

/* An echo without quotes, and shells that quote what it printed. */
static void a_value_is_masked_without_the_blanks_at_its_ends(void **state)
{
    static const char *const values[][2] = { { " swordfish", NULL },
                                             { "sword\t\r\n", NULL },
                                             { "\n\tsword'fish  ", NULL } };

    (void)state;
    any_cut(values[0], "swordfish.", "***.");
    any_cut(values[0], "\t\tswordfish.", "\t\t***.");
    any_cut(values[1], "sword sword\n", "*** ***\n");
    any_cut(values[2], "'sword'\\''fish'", "'***'");
}

/* An echo without quotes, sed with an indent, grep. */
static void lines_are_masked_wherever_they_are(void **state)
{
    static const char *const key[] = { "-----BEGIN KEY-----\nbGluZSBvbmUgb2Yga2V5\nshort\n"
                                       "  bGluZSB0d28gb2Yga2V5\t\n-----END KEY-----\n",
                                       NULL };

    (void)state;
    any_cut(key,
            "-----BEGIN KEY----- bGluZSBvbmUgb2Yga2V5 short bGluZSB0d28gb2Yga2V5 "
            "-----END KEY-----.",
            "***.");
    any_cut(key, "  -----BEGIN KEY-----\n  bGluZSBvbmUgb2Yga2V5\n  shirt\n",
            "  ***\n  ***\n  shirt\n");
    any_cut(key, "x:bGluZSB0d28gb2Yga2V5\r\n", "x:***\r\n");
    any_cut(key, "\"-----BEGIN\tKEY-----\"", "\"***\"");
}

static void hexadecimal_digits_are_masked(void **state)
{
    static const char *const one[] = { "swordfish", NULL };

    (void)state;
    any_cut(one, "73776f726466697368", "***");
    any_cut(one, "0x73776F7264666973680a", "0x***0a");
    any_cut(one, "f73776f726466697368", "f***");
    any_cut(one, " 73 77 6f 72 64\n 66 69 73 68\n", " ***\n");
    any_cut(one, "73:77:6f:72:64:66:69:73:68", "***");
    any_cut(one, "7377 6f72 6466 6973 68", "***");
    any_cut(one, "73776f7264666973", "73776f7264666973");
}

static void base64_in_lines_is_masked(void **state)
{
    static const char *const one[] = { "a secret for base64", NULL };

    (void)state;
    any_cut(one, "YSBzZW\nNyZXQgZm9yIGJhc2U2NA==\n", "***\n");
    any_cut(one, "eG\r\nEgc2VjcmV0IGZvciBiYXNlNjQ", "eG\r\n***");
}

/* One of the COUNT FORMS of SECRET after the other, and much else before each. */
static void is_found(const char *secret, const char *const *forms, size_t count)
{
    const char *const secrets[] = { secret, NULL };
    struct mask *mask = make_mask(secrets);

    srand(11);
    for (unsigned round = 0; round < 300; round++) {
        struct strbuf text = STRBUF_INIT;
        struct strbuf expected = STRBUF_INIT;

        for (unsigned part = 0; part < 8; part++) {
            for (int i = rand() % 600; i > 0; i--) {
                char byte = "qjz .\\%'\"\n+0123"[rand() % (rand() % 3 > 0 ? 5 : 16)];

                strbuf_add(&text, &byte, 1);
                strbuf_add(&expected, &byte, 1);
            }
            strbuf_add_text(&text, "|");
            strbuf_add_text(&expected, "|");
            strbuf_add_text(&text, forms[(size_t)rand() % count]);
            strbuf_add_text(&expected, MASK_TEXT);
            strbuf_add_text(&text, "|");
            strbuf_add_text(&expected, "|");
        }
        passes(mask, text.data, 1 + (size_t)rand() % (rand() % 2 > 0 ? 20 : 5000), NEVER,
               expected.data);
        strbuf_free(&text);
        strbuf_free(&expected);
    }
    mask_free(mask);
}

/* What is far from any secret is not looked at byte by byte; nothing is missed by that. */
static void forms_are_found_in_large_output(void **state)
{
    static const char *const plain[] = {
        "Sw/ord+fish>and?more",
        "Sw%2Ford%2Bfish%3eand%3fmore",
        "Sw\\/ord+fish\\u003eand?more",
        "\\u0053\\u0077\\u002f\\u006frd+fish>and?more",
        "53772f6f72642b666973683e616e643f6d6f7265",
        "U3cvb3JkK2Zpc2g+YW5kP21vcmU=",
        "U3cvb3JkK2Zpc2g-YW5kP21vcmU",
        "U3c\nvb3JkK2Zpc2g+YW5kP21vcmU",
        "Sw\\/ord\\+fish\\>and\\?more",
    };
    static const char *const quoted[] = {
        "it's two\nlines: \"é\" x",
        "it\\'s two\\nlines: \"\\303\\251\" x",
        "it'\\''s two\nlines: \"é\" x",
        "it\\'s\\ two'$'\\n''lines:\\ \\\"'$'\\303\\251'\\\"\\ x",
        "it's   two lines: \"é\"\tx",
        "it%27s+two%0Alines%3A+%22%C3%A9%22+x",
        "it's two\\nlines: \\\"\\u00e9\\\" x",
        "69742773 2074776f 0a6c696e 65733a20 22c3a922 2078",
    };

    (void)state;
    is_found("Sw/ord+fish>and?more", plain, ARRAY_SIZE(plain));
    is_found("it's two\nlines: \"é\" x", quoted, ARRAY_SIZE(quoted));
}

/* Which no time would be enough for if each place were tried by itself. */
static void large_secrets_take_no_longer(void **state)
{
    const size_t size = 4 * FOB_VALUE_MAX;
    char *value = malloc(size + 1);
    struct mask *mask = mask_new();

    (void)state;
    memset(value, 'a', size);
    assert_int_equal(mask_add(mask, value, FOB_VALUE_MAX), FOB_SUCCESS);
    memset(value, '\\', FOB_VALUE_MAX);
    assert_int_equal(mask_add(mask, value, FOB_VALUE_MAX), FOB_SUCCESS);
    assert_int_equal(mask_finish(mask), FOB_SUCCESS);
    memset(value, 'a', size);
    value[size] = '\0';
    passes(mask, value, 4096, NEVER, "***");
    value[FOB_VALUE_MAX - 1] = 'b';
    value[2 * FOB_VALUE_MAX - 1] = 'b';
    value[3 * FOB_VALUE_MAX - 1] = 'b';
    value[size - 1] = 'b';
    passes(mask, value, 4096, NEVER, value);
    memset(value, '\\', size - 1);
    value[size - 1] = '\0';
    passes(mask, value, 4096, NEVER, "***");
    mask_free(mask);
    free(value);
}

/* No form that is not UTF-8 is looked for in JSON, and none is missed elsewhere. */
static void any_byte_is_masked(void **state)
{
    char secret[256];

    (void)state;
    for (size_t i = 0; i < 255; i++)
        secret[i] = (char)(i + 1);
    secret[255] = '\0';
    is_masked(secret, secret);
}

/* Random text over a small alphabet, against the plain definition: what lies in no occurrence
 * stays, each run of the rest is the mask. */
static void any_text_is_masked_as_defined(void **state)
{
    static const char *const secrets[] = { "abab", "bb", "aabba", NULL };

    struct mask *mask = make_mask(secrets);

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
                strbuf_add_text(&expected, MASK_TEXT);
            if (longest > 0 && i + longest > end)
                end = i + longest;
            if (!hidden[i])
                strbuf_add(&expected, text + i, 1);
        }
        passes(mask, text, 1 + (size_t)rand() % 24, NEVER, expected.data);
        strbuf_free(&expected);
    }
    mask_free(mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_masked_however_they_are_cut),
        cmocka_unit_test(secrets_in_secrets_leave_nothing),
        cmocka_unit_test(output_is_not_shown_twice),
        cmocka_unit_test(a_secret_that_begins_another_is_masked_while_it_waits),
        cmocka_unit_test(the_largest_value_is_masked_in_each_form),
        cmocka_unit_test(any_text_is_masked_as_defined),
        cmocka_unit_test(percent_encoding_is_masked_whoever_did_it),
        cmocka_unit_test(json_strings_are_masked_whoever_wrote_them),
        cmocka_unit_test(numbers_of_characters_are_masked),
        cmocka_unit_test(what_shells_and_terminals_print_is_masked),
        cmocka_unit_test(quotes_at_the_ends_of_a_value_are_masked),
        cmocka_unit_test(any_byte_is_masked),
        cmocka_unit_test(a_value_is_masked_without_the_blanks_at_its_ends),
        cmocka_unit_test(lines_are_masked_wherever_they_are),
        cmocka_unit_test(hexadecimal_digits_are_masked),
        cmocka_unit_test(base64_in_lines_is_masked),
        cmocka_unit_test(forms_are_found_in_large_output),
        cmocka_unit_test(large_secrets_take_no_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
