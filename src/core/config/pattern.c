/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Compiles and matches patterns.  A pattern's size is limited first, because regcomp(3) trusts its
 * author. */
#include "config.h"

#include "core/config/pattern.h"

#include <fob/fob.h>

#include "util/error.h"

#include <ctype.h>
#include <locale.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pattern {
    regex_t regex;
};

/* Skip the bracket expression "[...]" at TEXT. */
static const char *pattern_skip_brackets(const char *text)
{
    text++;
    text += *text == '^';
    text += *text == ']';
    while (*text != '\0' && *text != ']') {
        /* "[:alpha:]" and the like. */
        if (text[0] == '[' && text[1] != '\0' && strchr(":.=", text[1]) != NULL) {
            const char end[] = { text[1], ']', '\0' };
            const char *found = strstr(text + 2, end);

            text = found != NULL ? found + 1 : text;
        }
        text++;
    }
    return *text == ']' ? text + 1 : text;
}

/* Read a repetition, "*", "+", "?", "{m}", "{m,}" or "{m,n}".  Returns how many copies of its atom
 * regcomp() makes. */
static size_t pattern_read_repetition(const char **text)
{
    char *end;
    unsigned long max;

    if (**text != '{')
        return *(*text)++ == '+' ? 2 : 1;
    max = strtoul(*text + 1, &end, 10);
    if (*end == ',' && isdigit((unsigned char)end[1]))
        max = strtoul(end + 1, &end, 10);
    *text = end + strcspn(end, "}");
    *text += **text == '}';
    /* "{2,}" means two copies and a star. */
    return max < PATTERN_WEIGHT_MAX ? max + 1 : PATTERN_WEIGHT_MAX + 1;
}

static size_t pattern_weigh(const char **text);

/* Read the atom at TEXT, and return its weight. */
static size_t pattern_weigh_atom(const char **text)
{
    size_t weight = 1;

    if (**text == '(') {
        (*text)++;
        weight += pattern_weigh(text);
        *text += **text == ')';
    } else if (**text == '[') {
        *text = pattern_skip_brackets(*text);
    } else {
        *text += (*text)[0] == '\\' && (*text)[1] != '\0' ? 2 : 1;
    }
    return weight;
}

/* Read TEXT up to the end of a group, and return its weight: the number of atoms that regcomp()
 * makes of it.  Recurses at most once for each byte. */
static size_t pattern_weigh(const char **text)
{
    size_t total = 0;

    while (**text != '\0' && **text != ')' && total <= PATTERN_WEIGHT_MAX) {
        size_t weight = pattern_weigh_atom(text);

        while (**text != '\0' && strchr("*+?{", **text) != NULL && weight <= PATTERN_WEIGHT_MAX)
            weight *= pattern_read_repetition(text);
        total += weight;
    }
    return total;
}

static bool pattern_is_bounded(const char *text)
{
    size_t total = 0;

    /* A ')' without a group is an atom too. */
    for (; *text != '\0' && total <= PATTERN_WEIGHT_MAX; text += *text == ')')
        total += pattern_weigh(&text);
    return total <= PATTERN_WEIGHT_MAX;
}

/* Whether TEXT has a backslash before a letter or digit, which POSIX leaves undefined: back
 * references take exponential time, and "\\d" differs between libraries. */
static bool pattern_has_open_escape(const char *text)
{
    while (*text != '\0') {
        if (*text == '[') {
            text = pattern_skip_brackets(text);
        } else if (*text++ == '\\' && *text != '\0') {
            if (isalnum((unsigned char)*text) != 0)
                return true;
            text++;
        }
    }
    return false;
}

/* Compile in the C locale, whatever the application's locale is: ranges then compare bytes, and
 * regexec() makes no wide copy of a secret. */
static int pattern_compile_bytes(const char *text, regex_t *regex, char why[static PATTERN_WHY])
{
    locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before;
    int failure;

    if (bytes == (locale_t)0)
        return REG_ESPACE;
    before = uselocale(bytes);
    failure = regcomp(regex, text, REG_EXTENDED);
    if (failure != 0)
        regerror(failure, regex, why, PATTERN_WHY);
    (void)uselocale(before);
    freelocale(bytes);
    return failure;
}

static const char *pattern_find_fault(const char *text)
{
    if (strlen(text) > PATTERN_MAX)
        return "it is longer than 1000 bytes";
    if (pattern_has_open_escape(text))
        return "a backslash before a letter or digit: write classes as [[:digit:]]";
    if (!pattern_is_bounded(text))
        return "its repetitions multiply to over 512";
    return NULL;
}

int pattern_compile(const char *text, struct pattern **pattern, char why[static PATTERN_WHY])
{
    const char *fault = pattern_find_fault(text);
    struct pattern *new;
    int failure;

    if (fault != NULL) {
        snprintf(why, PATTERN_WHY, "%s", fault);
        return FOB_INVALID;
    }
    new = malloc(sizeof *new);
    if (new == NULL)
        return error_nomem();
    failure = pattern_compile_bytes(text, &new->regex, why);
    if (failure != 0) {
        free(new);
        return failure == REG_ESPACE ? error_nomem() : FOB_INVALID;
    }
    *pattern = new;
    return FOB_SUCCESS;
}

int pattern_match(const struct pattern *pattern, const char *value, size_t size)
{
    struct fob_secret *text = NULL; /* VALUE with a NUL at its end */
    regmatch_t match;
    int code;
    int found;

    if (size > PATTERN_VALUE_MAX)
        return FOB_INVALID;
    code = fob_secret_new(value, size, &text);
    if (code != FOB_SUCCESS)
        return code;
    found = regexec(&pattern->regex, fob_secret_data(text), 1, &match, 0);
    fob_secret_free(text);
    if (found == REG_ESPACE)
        return error_nomem();
    /* regexec() finds the longest of the leftmost matches. */
    return found == 0 && match.rm_so == 0 && (size_t)match.rm_eo == size ? FOB_SUCCESS
                                                                         : FOB_INVALID;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    regfree(&pattern->regex);
    free(pattern);
}
