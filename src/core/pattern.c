/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Patterns, bounded before regcomp(3) sees them: it trusts whoever wrote them. */
#include "config.h"

#include "core/pattern.h"

#include <fob/fob.h>

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Past "[...]", at whose bracket TEXT is. */
static const char *skip_brackets(const char *text)
{
    text++;
    text += *text == '^';
    text += *text == ']';
    while (*text != '\0' && *text != ']') {
        /* "[:alpha:]" and its like. */
        if (text[0] == '[' && text[1] != '\0' && strchr(":.=", text[1]) != NULL) {
            const char end[] = { text[1], ']', '\0' };
            const char *found = strstr(text + 2, end);

            text = found != NULL ? found + 1 : text;
        }
        text++;
    }
    return *text == ']' ? text + 1 : text;
}

/* How often "{m}", "{m,}" or "{m,n}" repeats at most; goes past it. */
static size_t read_repetition(const char **text)
{
    char *end;
    unsigned long most = strtoul(*text + 1, &end, 10);

    if (*end == ',' && isdigit((unsigned char)end[1]))
        most = strtoul(end + 1, &end, 10);
    *text = end + strcspn(end, "}");
    *text += **text == '}';
    /* "{2,}" is two and a star. */
    return most < PATTERN_WEIGHT_MAX ? most + 1 : PATTERN_WEIGHT_MAX;
}

static size_t weigh(const char **text);

/* What the atom at TEXT weighs; goes past it. */
static size_t weigh_atom(const char **text)
{
    size_t weight = 1;

    if (**text == '(') {
        (*text)++;
        weight += weigh(text);
        *text += **text == ')';
    } else if (**text == '[') {
        *text = skip_brackets(*text);
    } else {
        *text += (*text)[0] == '\\' && (*text)[1] != '\0' ? 2 : 1;
    }
    return weight;
}

/* How many atoms regcomp() makes of TEXT, up to the end of a group; goes there.  Recurses at most
 * once a byte. */
static size_t weigh(const char **text)
{
    size_t total = 0;

    while (**text != '\0' && **text != ')' && total <= PATTERN_WEIGHT_MAX) {
        size_t weight = weigh_atom(text);

        while (**text == '{' && weight <= PATTERN_WEIGHT_MAX)
            weight *= read_repetition(text);
        total += weight;
    }
    return total;
}

static bool is_bounded(const char *text)
{
    size_t total = 0;

    /* A ')' of no group is an atom, too. */
    for (; *text != '\0' && total <= PATTERN_WEIGHT_MAX; text += *text == ')')
        total += weigh(&text);
    return total <= PATTERN_WEIGHT_MAX;
}

/* Compile for bytes, whatever the application's locale is: ranges mean what they say, and
 * regexec() makes no wide copy of a secret. */
static int compile(const char *text, regex_t *pattern, char why[static PATTERN_WHY])
{
    locale_t bytes = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before;
    int failure;

    if (bytes == (locale_t)0)
        return REG_ESPACE;
    before = uselocale(bytes);
    failure = regcomp(pattern, text, REG_EXTENDED);
    if (failure != 0)
        regerror(failure, pattern, why, PATTERN_WHY);
    (void)uselocale(before);
    freelocale(bytes);
    return failure;
}

int pattern_compile(const char *text, regex_t *pattern, char why[static PATTERN_WHY])
{
    int failure;

    if (strlen(text) > PATTERN_MAX) {
        snprintf(why, PATTERN_WHY, "longer than %d bytes", PATTERN_MAX);
        return FOB_INVALID;
    }
    if (!is_bounded(text)) {
        snprintf(why, PATTERN_WHY, "its repetitions multiply to over %d", PATTERN_WEIGHT_MAX);
        return FOB_INVALID;
    }
    failure = compile(text, pattern, why);
    if (failure == REG_ESPACE)
        return FOB_NOMEM;
    return failure == 0 ? FOB_SUCCESS : FOB_INVALID;
}

bool pattern_fits(const regex_t *pattern, const char *value, size_t size)
{
    regmatch_t match = { .rm_so = 0, .rm_eo = (regoff_t)size };

    /* It finds the longest of the leftmost. */
    return regexec(pattern, value, 1, &match, REG_STARTEND) == 0 && match.rm_so == 0 &&
           (size_t)match.rm_eo == size;
}
