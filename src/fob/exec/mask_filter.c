/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Skips input in which no form can begin.  A form of at least GRAM + STRIDE - 1 bytes has a gram (a
 * few consecutive bytes) at each of its first STRIDE positions, so it is enough to test every
 * STRIDE-th position.  If an encoder inserts bytes among a form's first ones, one of them is a
 * sign.
 */
#include "config.h"

#include "fob/exec/mask_filter.h"

#include <stdlib.h>
#include <string.h>

#define GRAM_MAX 4
#define STRIDE_MAX 8
/* The table's size: at first, and at most, for more texts. */
#define BITS_MIN 18
#define BITS_MAX 22
/* At most one in this many grams may be known by chance. */
#define RARE_ONE_IN 100

/* The input is searched for grams and for signs in regions of this size. */
#define REGION 1024

static uint32_t mask_filter_hash(const char *data, size_t gram, unsigned bits)
{
    uint32_t number = 0;

    memcpy(&number, data, gram);
    return number * UINT32_C(0x9e3779b1) >> (32 - bits);
}

static void filter_add_gram(struct mask_filter *filter, const char *data)
{
    uint32_t bit = mask_filter_hash(data, filter->gram, filter->bits);

    filter->grams[bit / 32] |= UINT32_C(1) << bit % 32;
}

static void filter_add_sign(struct mask_filter *filter, char sign)
{
    if (memchr(filter->signs, sign, filter->sign_count) == NULL)
        filter->signs[filter->sign_count++] = sign;
}

/* Add all bytes that may stand for SYMBOL in a folded or percent-encoded text. */
static void filter_add_signs(struct mask_filter *filter, char symbol)
{
    static const char blanks[] = " \t\n\v\f\r+";

    for (size_t i = 0; mask_is_blank((unsigned char)symbol) && i < sizeof blanks - 1; i++)
        filter_add_sign(filter, blanks[i]);
    if (symbol == '+')
        filter_add_sign(filter, '+');
    if (mask_is_quote((unsigned char)symbol)) {
        filter_add_sign(filter, '\'');
        filter_add_sign(filter, '"');
    }
}

/* The first bytes of a text when the encoder inserts nothing. */
struct beginning {
    char text[GRAM_MAX + STRIDE_MAX];
    size_t size;
};

static size_t mask_filter_window(const struct mask_filter *filter)
{
    return filter->gram + filter->stride - 1;
}

static void filter_add_all(struct mask_filter *filter, const char *text)
{
    for (size_t i = 0; i < filter->stride; i++)
        filter_add_gram(filter, text + i);
}

/* The same, and with a line break after each GROUP bytes, at every offset. */
static void filter_add_broken(struct mask_filter *filter, const char *text, size_t size,
                              size_t group)
{
    static const char *const ends[] = { "\n", "\r\n" };
    char broken[4 * (GRAM_MAX + STRIDE_MAX) + 2];

    filter_add_all(filter, text);
    for (size_t i = 0; i < 2; i++) {
        for (size_t at = group; at < size; at += group) {
            size_t length = strlen(ends[i]);

            memcpy(broken, text, at);
            memcpy(broken + at, ends[i], length);
            memcpy(broken + at + length, text + at, size - at);
            filter_add_all(filter, broken);
        }
    }
    explicit_bzero(broken, sizeof broken);
}

/* Add the text in hexadecimal digits, with a SEPARATOR after each GROUP bytes; 0 for none. */
static void mask_filter_add_hex(struct mask_filter *filter, const struct beginning *beginning,
                                const char *digits, size_t group, char separator)
{
    char text[4 * sizeof beginning->text];
    size_t size = 0;

    for (size_t i = 0; i < beginning->size; i++) {
        unsigned char byte = (unsigned char)beginning->text[i];

        if (separator != '\0' && i > 0 && i % group == 0)
            text[size++] = separator;
        text[size++] = digits[byte >> 4];
        text[size++] = digits[byte & 15];
    }
    if (size >= mask_filter_window(filter) && separator == '\0')
        filter_add_broken(filter, text, size, 2);
    else if (size >= mask_filter_window(filter))
        filter_add_all(filter, text);
    explicit_bzero(text, sizeof text);
}

static void filter_add_beginning(struct mask_filter *filter, enum mask_form form,
                                 struct beginning *beginning)
{
    static const char *const digits[] = { "0123456789abcdef", "0123456789ABCDEF" };

    for (size_t i = 0; i < 2 && form == MASK_BYTES; i++) {
        mask_filter_add_hex(filter, beginning, digits[i], 1, '\0');
        mask_filter_add_hex(filter, beginning, digits[i], 1, ' ');
        mask_filter_add_hex(filter, beginning, digits[i], 1, ':');
        mask_filter_add_hex(filter, beginning, digits[i], 2, ' ');
    }
    if (beginning->size < mask_filter_window(filter))
        return;
    if (form != MASK_BASE64) {
        for (size_t i = 0; i < beginning->size; i++)
            filter_add_signs(filter, beginning->text[i]);
    }
    if (form != MASK_BASE64) {
        filter_add_all(filter, beginning->text);
        return;
    }
    filter_add_broken(filter, beginning->text, beginning->size, 1);
    for (size_t i = 0; i < beginning->size; i++) {
        if (beginning->text[i] == '+')
            beginning->text[i] = '-';
        else if (beginning->text[i] == '/')
            beginning->text[i] = '_';
    }
    filter_add_broken(filter, beginning->text, beginning->size, 1);
}

/* Add the beginning of each path in the trie. */
static void mask_filter_add_paths(struct mask_filter *filter, enum mask_form form,
                                  const struct mask_trie *trie, uint32_t node,
                                  struct beginning *beginning)
{
    bool text = node != 0 && mask_trie_ends(trie, node);

    if (beginning->size == mask_filter_window(filter) || text) {
        struct beginning copy = *beginning;

        filter_add_beginning(filter, form, &copy);
    }
    if (beginning->size == mask_filter_window(filter))
        return;
    for (uint32_t child = trie->child[node]; child < trie->child[node + 1]; child++) {
        beginning->text[beginning->size++] = trie->symbols.data[child];
        mask_filter_add_paths(filter, form, trie, child, beginning);
        beginning->size--;
    }
}

static bool filter_is_sign(unsigned char symbol)
{
    return mask_is_blank(symbol) || mask_is_quote(symbol) || symbol == '+';
}

/* The minimum number of symbols of a text before its end, or before a sign that is far enough from
 * its beginning. */
static size_t mask_filter_shortest(enum mask_form form, const struct mask_trie *trie, uint32_t node)
{
    size_t depth = trie->depth[node];
    size_t min = SIZE_MAX;

    if ((node != 0 && mask_trie_ends(trie, node)) || depth == GRAM_MAX + STRIDE_MAX - 1)
        return depth;
    for (uint32_t child = trie->child[node]; child < trie->child[node + 1]; child++) {
        bool sign = form != MASK_BASE64 && filter_is_sign((unsigned char)trie->symbols.data[child]);
        size_t size = sign && depth >= GRAM_MAX ? depth : mask_filter_shortest(form, trie, child);

        min = size < min ? size : min;
    }
    return min;
}

static bool mask_filter_fill(struct mask_filter *filter, unsigned bits)
{
    free(filter->grams);
    filter->bits = bits;
    filter->grams = calloc(((size_t)1 << bits) / 32, sizeof *filter->grams);
    if (filter->grams == NULL)
        return false;
    for (size_t i = 0; i < MASK_FORMS; i++) {
        struct beginning beginning = { .size = 0 };

        if (filter->forms->tries[i].count > 0)
            mask_filter_add_paths(filter, (enum mask_form)i, &filter->forms->tries[i], 0,
                                  &beginning);
        explicit_bzero(&beginning, sizeof beginning);
    }
    return true;
}

static bool filter_is_crowded(const struct mask_filter *filter)
{
    const size_t all = (size_t)1 << filter->bits;
    size_t known = 0;

    for (size_t i = 0; i < all / 32; i++)
        known += (size_t)__builtin_popcount(filter->grams[i]);
    return known > all / RARE_ONE_IN;
}

/* A '+' stands for a blank. */
static void filter_note_beginnings(struct mask_filter *filter)
{
    for (size_t i = 0; i < MASK_FORMS; i++) {
        const uint32_t *roots = filter->forms->tries[i].roots;

        for (unsigned byte = 0; byte < 256 && i != MASK_BASE64; byte++)
            filter->begins[byte] |=
                roots[byte] != 0 || (byte == '+' && roots[MASK_BLANK] != 0) ||
                (mask_is_blank((unsigned char)byte) && roots[MASK_BLANK] != 0) ||
                (mask_is_quote((unsigned char)byte) && roots[MASK_QUOTE] != 0);
    }
    filter->begins['\\'] = filter->begins['%'] = filter->begins['$'] = true;
    if (filter->forms->quoted_ends)
        filter->begins['\''] = filter->begins['"'] = true;
}

bool mask_filter_make(const struct mask_forms *forms, struct mask_filter *filter)
{
    size_t min = GRAM_MAX + STRIDE_MAX - 1;
    unsigned bits = BITS_MIN;
    bool good;

    for (size_t i = 0; i < MASK_FORMS; i++) {
        const struct mask_trie *trie = &forms->tries[i];
        size_t size = trie->count > 0 ? mask_filter_shortest((enum mask_form)i, trie, 0) : SIZE_MAX;

        min = size < min ? size : min;
    }
    *filter = (struct mask_filter){ forms, .gram = min < GRAM_MAX ? min : GRAM_MAX };
    filter->stride = min - filter->gram + 1;
    filter_add_sign(filter, '\\');
    filter_add_sign(filter, '%');
    if (forms->tries[MASK_UNQUOTED].count > 0) { /* quotes may begin and end anywhere */
        filter_add_signs(filter, MASK_QUOTE);
        filter_add_sign(filter, '$');
    }
    filter_note_beginnings(filter);
    while ((good = mask_filter_fill(filter, bits)) && filter_is_crowded(filter) && bits < BITS_MAX)
        bits += 2;
    return good;
}

void mask_filter_clear(struct mask_filter *filter)
{
    free(filter->grams);
    filter->grams = NULL;
}

static bool mask_filter_is_known(const struct mask_filter *filter, const char *data, size_t gram)
{
    uint32_t bit = mask_filter_hash(data, gram, filter->bits);

    return (filter->grams[bit / 32] >> bit % 32 & 1) != 0;
}

/* Find the first position with a known gram, testing every STRIDE-th; or the first position too
 * near the end. */
static size_t filter_next_gram(const struct mask_filter *filter, const char *data, size_t at,
                               size_t size)
{
    const size_t stride = filter->stride;

    at += stride - 1;
    if (filter->gram == GRAM_MAX) { /* a constant size, for the compiler */
        while (at + GRAM_MAX <= size && !mask_filter_is_known(filter, data + at, GRAM_MAX))
            at += stride;
    } else {
        while (at + filter->gram <= size && !mask_filter_is_known(filter, data + at, filter->gram))
            at += stride;
    }
    return at - (stride - 1);
}

/* Whether a text of TRIE, which may be FOLDED, begins with DATA unencoded. */
static bool mask_filter_begins(const struct mask_trie *trie, bool folded, const char *data,
                               size_t size)
{
    uint32_t node = 0;
    char before = '\0';

    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        char symbol = !folded               ? data[i]
                      : mask_is_blank(byte) ? MASK_BLANK
                      : mask_is_quote(byte) ? MASK_QUOTE
                                            : data[i];
        uint32_t depth = trie->depth[node];

        if (folded && symbol == before && (symbol == MASK_BLANK || symbol == MASK_QUOTE))
            continue;
        before = symbol;
        node = mask_trie_step(trie, node, (unsigned char)symbol);
        if (trie->depth[node] != depth + 1)
            return false;
    }
    return true;
}

/* The first position from AT on where a text with a sign at SIGN may begin; NONE when there is
 * none. */
static size_t filter_first_before(const struct mask_filter *filter, const char *data, size_t at,
                                  size_t sign, size_t none)
{
    for (; at < sign; at++) {
        if (!filter->begins[(unsigned char)data[at]])
            continue;
        for (size_t i = 0; i < MASK_FORMS; i++) {
            const struct mask_trie *trie = &filter->forms->tries[i];

            if (i != MASK_BASE64 && trie->count > 0 &&
                mask_filter_begins(trie, i == MASK_FOLDED, data + at, sign - at))
                return at;
        }
    }
    return filter->begins[(unsigned char)data[sign]] ? sign : none;
}

/* The same for signs, up to the gram that was found. */
static size_t filter_next_sign(const struct mask_filter *filter, const char *data, size_t at,
                               size_t next, size_t size)
{
    const size_t before = mask_filter_window(filter) - 1;

    for (size_t i = 0; i < filter->sign_count; i++) {
        size_t limit = next + before < size ? next + before : size;
        const char *sign = data + at;

        while (sign < data + limit &&
               (sign = memchr(sign, filter->signs[i], (size_t)(data + limit - sign))) != NULL) {
            size_t place = (size_t)(sign - data);
            size_t from = place > at + before ? place - before : at;

            from = filter_first_before(filter, data, from, place, SIZE_MAX);
            next = from < next ? from : next;
            if (from != SIZE_MAX)
                break;
            sign++;
        }
    }
    return next;
}

size_t mask_filter_next(const struct mask_filter *filter, const char *data, size_t at, size_t size)
{
    while (at + mask_filter_window(filter) <= size) {
        size_t end = at + REGION < size ? at + REGION : size;
        size_t next = filter_next_gram(filter, data, at, end);
        bool known = next + mask_filter_window(filter) <= end;
        size_t sign = filter_next_sign(filter, data, at, next, size);

        if (known || sign < next)
            return sign;
        at = next;
    }
    return at;
}
