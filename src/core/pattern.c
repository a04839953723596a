/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Patterns as Thompson automata: all the ways in which a value may match are followed at once. */
#include "config.h"

#include "core/pattern.h"

#include <fob/fob.h>

#include "util/error.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNLIMITED UINT32_MAX

enum step_kind {
    STEP_BYTE,  /* takes the byte TO */
    STEP_SET,   /* takes a byte of the set number TO */
    STEP_SPLIT, /* goes on with the next step, and with the one TO steps ahead */
    STEP_JUMP,  /* goes on with the one TO steps ahead */
    STEP_BEGIN, /* goes on at the beginning of the value */
    STEP_END,   /* goes on at its end */
    STEP_MATCH, /* the last one */
};

/* Jumps are relative, so that a copy of several steps works as they do. */
struct step {
    enum step_kind kind;
    int32_t to;
};

struct set {
    bool bytes[256];
};

struct pattern {
    struct step *steps;
    size_t count;
    struct set *sets;
    size_t set_count;
};

struct parser {
    struct pattern *pattern;
    const char *at;
    size_t depth;
    int code;  /* FOB_SUCCESS until something is wrong */
    char *why; /* PATTERN_WHY bytes */
};

static void fail(struct parser *parser, const char *why)
{
    if (parser->code == FOB_SUCCESS)
        snprintf(parser->why, PATTERN_WHY, "%s", why);
    parser->code = FOB_INVALID;
}

static void add_step(struct parser *parser, enum step_kind kind, int32_t to)
{
    struct pattern *pattern = parser->pattern;

    if (pattern->count < PATTERN_STEPS_MAX)
        pattern->steps[pattern->count++] = (struct step){ kind, to };
    else
        fail(parser, "too large when its repetitions are written out");
}

/* Put a split before the steps from FROM on. */
static void insert_split(struct parser *parser, size_t from, int32_t to)
{
    struct step *steps = parser->pattern->steps;

    add_step(parser, STEP_SPLIT, to);
    if (parser->code != FOB_SUCCESS)
        return;
    memmove(&steps[from + 1], &steps[from], (parser->pattern->count - 1 - from) * sizeof *steps);
    steps[from] = (struct step){ STEP_SPLIT, to };
}

static void copy_steps(struct parser *parser, size_t from, size_t size)
{
    for (size_t i = 0; i < size && parser->code == FOB_SUCCESS; i++) {
        const struct step *step = &parser->pattern->steps[from + i];

        add_step(parser, step->kind, step->to);
    }
}

/* An empty set for the bytes of a "[...]"; NULL when out of memory. */
static struct set *add_set(struct parser *parser)
{
    struct pattern *pattern = parser->pattern;
    struct set *more = reallocarray(pattern->sets, pattern->set_count + 1, sizeof *more);

    if (more == NULL) {
        parser->code = FOB_NOMEM;
        return NULL;
    }
    pattern->sets = more;
    add_step(parser, STEP_SET, (int32_t)pattern->set_count);
    more[pattern->set_count] = (struct set){ { false } };
    return &more[pattern->set_count++];
}

/* Classes are those of the C locale, whatever the application's is. */
static bool add_class(struct set *set, const char *name, size_t size)
{
    static const struct {
        const char *name;
        int (*has)(int byte);
    } classes[] = {
        { "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank }, { "cntrl", iscntrl },
        { "digit", isdigit }, { "graph", isgraph }, { "lower", islower }, { "print", isprint },
        { "punct", ispunct }, { "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
    };

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) != size || memcmp(classes[i].name, name, size) != 0)
            continue;
        for (int byte = 0; byte < 128; byte++)
            set->bytes[byte] |= classes[i].has(byte) != 0;
        return true;
    }
    return false;
}

/* "[:alpha:]", at its first bracket; goes past it. */
static void read_class(struct parser *parser, struct set *set)
{
    const char *name = parser->at + 2;
    const char *end = strstr(name, ":]");

    if (end == NULL || !add_class(set, name, (size_t)(end - name)))
        fail(parser, "unknown class in brackets");
    else
        parser->at = end + 2;
}

/* One byte, or a range of them. */
static void read_range(struct parser *parser, struct set *set)
{
    unsigned first = (unsigned char)*parser->at++;
    unsigned last = first;

    if (parser->at[0] == '-' && parser->at[1] != ']' && parser->at[1] != '\0') {
        last = (unsigned char)parser->at[1];
        parser->at += 2;
        if (last == '[' && *parser->at != '\0' && strchr(":.=", *parser->at) != NULL)
            fail(parser, "a range in brackets ends with a class");
    }
    if (first > last)
        fail(parser, "a range in brackets that ends before it begins");
    for (unsigned byte = first; byte <= last; byte++)
        set->bytes[byte] = true;
}

/* "[...]", at its first bracket; goes past it. */
static void read_brackets(struct parser *parser)
{
    struct set *set = add_set(parser);
    bool negated = *++parser->at == '^';
    const char *first;

    parser->at += negated;
    first = parser->at;
    while (parser->code == FOB_SUCCESS && (*parser->at != ']' || parser->at == first)) {
        if (*parser->at == '\0')
            fail(parser, "[ without ]");
        else if (strncmp(parser->at, "[:", 2) == 0)
            read_class(parser, set);
        else if (strncmp(parser->at, "[.", 2) == 0 || strncmp(parser->at, "[=", 2) == 0)
            fail(parser, "[. and [= are not supported");
        else
            read_range(parser, set);
    }
    parser->at += parser->code == FOB_SUCCESS;
    for (size_t byte = 0; negated && parser->code == FOB_SUCCESS && byte < 256; byte++)
        set->bytes[byte] = !set->bytes[byte];
}

static void read_alternatives(struct parser *parser);

static void read_group(struct parser *parser)
{
    if (parser->depth == PATTERN_DEPTH_MAX) {
        fail(parser, "groups in more than 16 groups");
        return;
    }
    parser->at++;
    parser->depth++;
    read_alternatives(parser);
    parser->depth--;
    if (parser->code == FOB_SUCCESS && *parser->at != ')')
        fail(parser, "( without )");
    parser->at += parser->code == FOB_SUCCESS;
}

static void read_escape(struct parser *parser)
{
    unsigned char byte = (unsigned char)*++parser->at;

    if (byte == '\0')
        fail(parser, "a backslash at the end");
    else if (isalnum(byte) != 0 || byte >= 128)
        fail(parser, "a backslash before a letter or digit: classes are written as [[:digit:]]");
    add_step(parser, STEP_BYTE, byte);
    parser->at++;
}

static void read_atom(struct parser *parser)
{
    struct set *set;

    switch (*parser->at) {
    case '(':
        read_group(parser);
        return;
    case '[':
        read_brackets(parser);
        return;
    case '\\':
        read_escape(parser);
        return;
    case '*':
    case '+':
    case '?':
    case '{':
        fail(parser, "a repetition of nothing");
        return;
    case ')':
        fail(parser, ") without (");
        return;
    case '.':
        set = add_set(parser);
        for (size_t byte = 0; set != NULL && byte < 256; byte++)
            set->bytes[byte] = true;
        break;
    case '^':
        add_step(parser, STEP_BEGIN, 0);
        break;
    case '$':
        add_step(parser, STEP_END, 0);
        break;
    default:
        add_step(parser, STEP_BYTE, (unsigned char)*parser->at);
        break;
    }
    parser->at++;
}

/* A number up to the most steps; false when there is none. */
static bool read_number(struct parser *parser, uint32_t *number)
{
    const char *begin = parser->at;

    for (*number = 0; isdigit((unsigned char)*parser->at) != 0; parser->at++) {
        if (*number <= PATTERN_STEPS_MAX)
            *number = *number * 10 + (uint32_t)(*parser->at - '0');
    }
    return parser->at > begin;
}

/* "{m}", "{m,}" or "{m,n}". */
static void read_interval(struct parser *parser, uint32_t *least, uint32_t *most)
{
    bool good;

    parser->at++;
    good = read_number(parser, least);
    *most = *least;
    if (good && *parser->at == ',') {
        parser->at++;
        if (!read_number(parser, most))
            *most = UNLIMITED;
    }
    if (!good || *parser->at != '}')
        fail(parser, "{ begins no repetition such as {2}, {2,} or {2,3}");
    else if (*least > *most)
        fail(parser, "a repetition whose most is less than its least");
    else if (*least > PATTERN_STEPS_MAX || (*most > PATTERN_STEPS_MAX && *most != UNLIMITED))
        fail(parser, "too large when its repetitions are written out");
    parser->at++;
}

/* The repetition at hand, if there is one. */
static bool read_repetition(struct parser *parser, uint32_t *least, uint32_t *most)
{
    switch (*parser->at) {
    case '*':
        *least = 0;
        *most = UNLIMITED;
        break;
    case '+':
        *least = 1;
        *most = UNLIMITED;
        break;
    case '?':
        *least = 0;
        *most = 1;
        break;
    case '{':
        read_interval(parser, least, most);
        return true;
    default:
        return false;
    }
    parser->at++;
    return true;
}

/* Repeat the steps from FROM on LEAST to MOST times. */
static void repeat(struct parser *parser, size_t from, uint32_t least, uint32_t most)
{
    int32_t size = (int32_t)(parser->pattern->count - from);

    if (most == 0) {
        parser->pattern->count = from;
        return;
    }
    for (uint32_t i = 1; i < least && parser->code == FOB_SUCCESS; i++)
        copy_steps(parser, from, (size_t)size);
    if (most == UNLIMITED && least > 0) {
        add_step(parser, STEP_SPLIT, -size);
    } else if (most == UNLIMITED) {
        insert_split(parser, from, size + 2);
        add_step(parser, STEP_JUMP, -size - 1);
    } else if (least == 0) {
        insert_split(parser, from++, (size + 1) * (int32_t)most);
        least = 1;
    }
    /* Each that may be left out is left out with all that follow it. */
    for (uint32_t left = most - least; most != UNLIMITED && left > 0; left--) {
        if (parser->code != FOB_SUCCESS)
            return;
        add_step(parser, STEP_SPLIT, (size + 1) * (int32_t)left);
        copy_steps(parser, from, (size_t)size);
    }
}

static void read_piece(struct parser *parser)
{
    size_t from = parser->pattern->count;
    bool anchor = *parser->at == '^' || *parser->at == '$';
    uint32_t least;
    uint32_t most;

    read_atom(parser);
    if (parser->code != FOB_SUCCESS || !read_repetition(parser, &least, &most))
        return;
    if (anchor)
        fail(parser, "a repetition of nothing");
    if (parser->code == FOB_SUCCESS)
        repeat(parser, from, least, most);
    if (parser->code == FOB_SUCCESS && *parser->at != '\0' && strchr("*+?{", *parser->at) != NULL)
        fail(parser, "a repetition of a repetition");
}

/* Up to the end of the group, which stays. */
static void read_alternatives(struct parser *parser)
{
    struct pattern *pattern = parser->pattern;
    size_t from = pattern->count;
    size_t jump;

    while (parser->code == FOB_SUCCESS && *parser->at != '\0' && *parser->at != '|' &&
           (*parser->at != ')' || parser->depth == 0))
        read_piece(parser);
    if (parser->code != FOB_SUCCESS || *parser->at != '|')
        return;
    parser->at++;
    insert_split(parser, from, (int32_t)(pattern->count - from) + 2);
    jump = pattern->count;
    add_step(parser, STEP_JUMP, 0);
    if (parser->code != FOB_SUCCESS)
        return;
    read_alternatives(parser);
    pattern->steps[jump].to = (int32_t)(pattern->count - jump);
}

int pattern_compile(const char *text, struct pattern **pattern, char why[static PATTERN_WHY])
{
    struct pattern *new = calloc(1, sizeof *new);
    struct parser parser = { .pattern = new, .at = text, .code = FOB_SUCCESS, .why = why };
    struct step *steps;

    if (new == NULL)
        return error_nomem();
    new->steps = calloc(PATTERN_STEPS_MAX, sizeof *new->steps);
    if (new->steps == NULL)
        parser.code = FOB_NOMEM;
    else if (strlen(text) > PATTERN_MAX)
        fail(&parser, "longer than 1000 bytes");
    else
        read_alternatives(&parser);
    if (parser.code == FOB_SUCCESS)
        add_step(&parser, STEP_MATCH, 0);
    if (parser.code != FOB_SUCCESS) {
        pattern_free(new);
        return parser.code == FOB_NOMEM ? error_nomem() : parser.code;
    }
    steps = reallocarray(new->steps, new->count, sizeof *steps);
    new->steps = steps != NULL ? steps : new->steps;
    *pattern = new;
    return FOB_SUCCESS;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    free(pattern->steps);
    free(pattern->sets);
    free(pattern);
}

/* The steps that are reached at one place of the value: as a list, and where in it each is. */
struct reached {
    size_t count;
    uint16_t steps[PATTERN_STEPS_MAX];
    uint16_t places[PATTERN_STEPS_MAX];
};

static bool is_reached(const struct reached *reached, size_t step)
{
    size_t place = reached->places[step];

    return place < reached->count && reached->steps[place] == step;
}

static void reach(struct reached *reached, size_t step)
{
    if (is_reached(reached, step))
        return;
    reached->places[step] = (uint16_t)reached->count;
    reached->steps[reached->count++] = (uint16_t)step;
}

/* Add what is reached from there without a byte: at the first place of the value, the last. */
static void spread(const struct pattern *pattern, struct reached *reached, bool first, bool last)
{
    for (size_t i = 0; i < reached->count; i++) {
        const size_t number = reached->steps[i];
        const struct step *step = &pattern->steps[number];

        if (step->kind == STEP_SPLIT || (step->kind == STEP_BEGIN && first) ||
            (step->kind == STEP_END && last))
            reach(reached, number + 1);
        if (step->kind == STEP_SPLIT || step->kind == STEP_JUMP)
            reach(reached, (size_t)((ptrdiff_t)number + step->to));
    }
}

/* Add to NEXT what is reached from HERE with BYTE. */
static void take(const struct pattern *pattern, const struct reached *here, unsigned char byte,
                 struct reached *next)
{
    next->count = 0;
    for (size_t i = 0; i < here->count; i++) {
        const size_t number = here->steps[i];
        const struct step *step = &pattern->steps[number];

        if ((step->kind == STEP_BYTE && step->to == byte) ||
            (step->kind == STEP_SET && pattern->sets[step->to].bytes[byte]))
            reach(next, number + 1);
    }
}

int pattern_match(const struct pattern *pattern, const char *value, size_t size)
{
    struct reached *both = calloc(2, sizeof *both);
    struct reached *here = both;
    struct reached *next = both + 1;
    bool fits;

    if (both == NULL)
        return error_nomem();
    reach(here, 0);
    spread(pattern, here, true, size == 0);
    for (size_t at = 0; at < size && here->count > 0; at++) {
        struct reached *free_one = here;

        take(pattern, here, (unsigned char)value[at], next);
        spread(pattern, next, false, at + 1 == size);
        here = next;
        next = free_one;
    }
    fits = is_reached(here, pattern->count - 1);
    free(both);
    return fits ? FOB_SUCCESS : FOB_INVALID;
}
