/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What programs do to a text, undone byte by byte. */
#include "config.h"

#include "fob/exec/mask_reader.h"

#include <stdlib.h>
#include <string.h>

/* So many of what is skipped, so that what is held back has a bound. */
#define RUN_MAX 256
#define GAP_MAX 2
/* Four hexadecimal digits are too often there by chance. */
#define HEX_LEAST 4
/* Of the largest character, U+10FFFF. */
#define CHARACTER_DIGITS 6

static const enum mask_form form_of[MASK_WAYS] = {
    [MASK_PLAIN] = MASK_BYTES,         [MASK_PERCENT] = MASK_BYTES,
    [MASK_PERCENT_PLUS] = MASK_BYTES,  [MASK_ESCAPED] = MASK_BYTES,
    [MASK_ESCAPED_LATIN] = MASK_BYTES, [MASK_SPLICED] = MASK_UNQUOTED,
    [MASK_QUOTED] = MASK_FOLDED,       [MASK_HEX] = MASK_BYTES,
    [MASK_HEX_ODD] = MASK_BYTES,       [MASK_BASE64_TEXT] = MASK_BASE64,
};

bool mask_reader_is_of_use(enum mask_way way, const struct mask_forms *forms)
{
    return forms->tries[form_of[way]].count > 0 && (way != MASK_PERCENT_PLUS || forms->plus) &&
           (way != MASK_ESCAPED_LATIN || forms->latin);
}

static int reader_hex_digit(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool reader_is_hex(enum mask_way way)
{
    return way == MASK_HEX || way == MASK_HEX_ODD;
}

/* Whether a BYTE may be the first of a text, or of how it is written. */
static bool reader_may_begin(const struct mask_reader *reader, unsigned char byte)
{
    switch (reader->way) {
    case MASK_PERCENT:
    case MASK_PERCENT_PLUS:
        return byte == '%' || (byte == '+' && reader->trie->roots[' '] != 0) ||
               reader->trie->roots[byte] != 0;
    case MASK_ESCAPED:
    case MASK_ESCAPED_LATIN:
        return byte == '\\' || reader->trie->roots[byte] != 0;
    case MASK_SPLICED:
        return byte == '\\' || byte == '$' || reader->trie->roots[byte] != 0;
    case MASK_QUOTED:
        return mask_is_blank(byte) || mask_is_quote(byte) || reader->trie->roots[byte] != 0;
    case MASK_HEX:
    case MASK_HEX_ODD:
        return reader_hex_digit(byte) >= 0;
    case MASK_BASE64_TEXT:
        return byte == '-' || byte == '_' || reader->trie->roots[byte] != 0;
    default:
        return reader->trie->roots[byte] != 0;
    }
}

bool mask_reader_make(enum mask_way way, const struct mask_forms *forms, struct mask_reader *reader)
{
    size_t room = 16;

    *reader = (struct mask_reader){ .way = way, .forms = forms };
    reader->trie = &forms->tries[form_of[way]];
    while (room <= reader->trie->longest)
        room *= 2;
    reader->mask = room - 1;
    for (unsigned byte = 0; byte < 256; byte++)
        reader->matters[byte] = reader_may_begin(reader, (unsigned char)byte);
    reader->starts = calloc(room, sizeof *reader->starts);
    return reader->starts != NULL;
}

void mask_reader_clear(struct mask_reader *reader)
{
    free(reader->starts);
    reader->starts = NULL;
}

static void mask_reader_forget(struct mask_reader *reader)
{
    reader->node = 0;
    reader->state = 0;
    reader->run = 0;
    reader->high = 0;
    reader->meta = 0;
}

/* One symbol, of the bytes from FROM to TO. */
static void mask_reader_put(struct mask_reader *reader, unsigned symbol, uint64_t from, uint64_t to)
{
    const struct mask_trie *trie = reader->trie;
    size_t found;

    reader->node = mask_trie_step(trie, reader->node, (unsigned char)symbol);
    reader->starts[reader->symbols++ & reader->mask] = from;
    found = trie->found[reader->node];
    if (found > 0 && (!reader_is_hex(reader->way) || found >= HEX_LEAST)) {
        const struct mask_range range = { reader->starts[(reader->symbols - found) & reader->mask],
                                          to, false };

        reader->failed |= !reader->found(reader->data, range);
    }
}

/* A run of the same kind is one symbol. */
static void reader_take_quoted(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool blank = mask_is_blank(byte);
    bool quote = mask_is_quote(byte);
    unsigned kind = blank ? MASK_BLANK : quote ? MASK_QUOTE : 0;
    /* A quote becomes up to five. */
    size_t most = quote ? RUN_MAX + 5 * reader->forms->quotes : RUN_MAX;

    if (kind != 0 && kind == reader->kind) {
        if (++reader->run > most)
            reader->node = 0;
        return;
    }
    reader->kind = kind;
    reader->run = 1;
    mask_reader_put(reader, kind != 0 ? kind : byte, at, at + 1);
}

/* Broken into lines, as base64(1) does. */
static void reader_take_base64(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    if (reader->node != 0 && (byte == '\n' || byte == '\r') && reader->run < GAP_MAX) {
        reader->run++;
        return;
    }
    reader->run = 0;
    mask_reader_put(reader, byte == '-' ? '+' : byte == '_' ? '/' : byte, at, at + 1);
}

/* Pairs of digits, perhaps with something between two. */
static void reader_take_hex(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = reader_hex_digit(byte);
    bool odd = reader->way == MASK_HEX_ODD;

    if (digit < 0) {
        if (reader->state == 0 && reader->node != 0 && reader->run < GAP_MAX &&
            (byte == ':' || mask_is_blank(byte))) {
            reader->run++;
            return;
        }
        mask_reader_forget(reader);
        reader->kind = 0; /* the first digit of a run was not seen */
    } else if (odd && reader->kind == 0) {
        reader->kind = 1;
    } else if (reader->state == 0) {
        reader->state = 1;
        reader->begun = at;
        reader->number = (unsigned)digit;
    } else {
        reader->state = 0;
        reader->run = 0;
        mask_reader_put(reader, reader->number << 4 | (unsigned)digit, reader->begun, at + 1);
    }
}

/* RFC 3986, and the application/x-www-form-urlencoded of the URL standard.  Programs differ in what
 * they leave as it is. */
static void reader_take_percent(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = reader_hex_digit(byte);
    unsigned state = reader->state;

    reader->state = 0;
    if (state == 1 && digit >= 0) {
        reader->state = 2;
        reader->number = (unsigned)digit;
        reader->kind = byte;
        return;
    }
    if (state == 2 && digit >= 0) {
        mask_reader_put(reader, reader->number << 4 | (unsigned)digit, reader->begun, at + 1);
        return;
    }
    /* It was no escape. */
    if (state >= 1)
        mask_reader_put(reader, '%', reader->begun, reader->begun + 1);
    if (state == 2)
        mask_reader_put(reader, reader->kind, at - 1, at);
    if (byte == '%') {
        reader->state = 1;
        reader->begun = at;
    } else {
        mask_reader_put(reader, byte == '+' && reader->way == MASK_PERCENT ? ' ' : byte, at,
                        at + 1);
    }
}

/* Where in an escape the reader is. */
enum {
    NO_ESCAPE,
    ESCAPE_BEGINS, /* behind the backslash */
    ESCAPE_HEX,    /* \xHH \uHHHH \UHHHHHHHH; KIND is the letter */
    ESCAPE_BRACES, /* \x{H…} \u{H…} */
    ESCAPE_OCTAL,
    ESCAPE_DASH,    /* behind \C or \M; KIND is the letter */
    ESCAPE_CONTROL, /* behind \C- or \c */
    ESCAPE_META,    /* behind \M- */
    ESCAPE_DOLLAR,  /* behind $, which may begin $'…' */
};

/* A character in UTF-8. */
static void reader_put_character(struct mask_reader *reader, uint32_t character, uint64_t to)
{
    const uint64_t from = reader->begun;

    if (character < 0x80) {
        mask_reader_put(reader, character, from, to);
        return;
    }
    if (character < 0x800) {
        mask_reader_put(reader, 0xc0 | character >> 6, from, to);
    } else {
        if (character < 0x10000) {
            mask_reader_put(reader, 0xe0 | character >> 12, from, to);
        } else {
            mask_reader_put(reader, 0xf0 | (character >> 18 & 7), from, to);
            mask_reader_put(reader, 0x80 | (character >> 12 & 0x3f), from, to);
        }
        mask_reader_put(reader, 0x80 | (character >> 6 & 0x3f), from, to);
    }
    mask_reader_put(reader, 0x80 | (character & 0x3f), from, to);
}

/* The number of an escape is complete; what is next begins at TO. */
static void reader_end_number(struct mask_reader *reader, uint64_t to)
{
    uint32_t number = reader->number;
    uint32_t high = reader->high;

    reader->state = NO_ESCAPE;
    reader->high = 0;
    if (reader->digits == 0) /* no number: the letter stands for itself */
        mask_reader_put(reader, reader->kind, reader->begun, to);
    else if (reader->kind != 'u' && reader->kind != 'U' && reader->way != MASK_ESCAPED_LATIN)
        mask_reader_put(reader, number & 0xff, reader->begun, to);
    else if (number >= 0xd800 && number < 0xdc00)
        reader->high = number;
    else if (high != 0 && number >= 0xdc00 && number < 0xe000)
        reader_put_character(reader, 0x10000 + ((high - 0xd800) << 10) + (number - 0xdc00), to);
    else
        reader_put_character(reader, number, to);
}

static void reader_begin_number(struct mask_reader *reader, unsigned state, unsigned kind)
{
    reader->state = state;
    reader->kind = kind;
    reader->digits = 0;
    reader->number = 0;
}

/* A digit of the number; false when it has ended before. */
static bool reader_take_digit(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool octal = reader->state == ESCAPE_OCTAL;
    int digit = octal ? (byte >= '0' && byte <= '7' ? byte - '0' : -1) : reader_hex_digit(byte);
    unsigned most = octal ? 3 : reader->kind == 'x' ? 2 : reader->kind == 'u' ? 4 : 8;

    if (byte == '{' && !octal && reader->digits == 0) {
        reader_begin_number(reader, ESCAPE_BRACES, 'U');
        return true;
    }
    if (digit < 0) {
        reader_end_number(reader, at);
        return false;
    }
    reader->number = reader->number << (octal ? 3 : 4) | (unsigned)digit;
    if (++reader->digits == most)
        reader_end_number(reader, at + 1);
    return true;
}

/* The same between braces, where it is always a character's. */
static bool reader_take_braced(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = reader_hex_digit(byte);

    if (digit < 0 || reader->digits == CHARACTER_DIGITS) {
        reader_end_number(reader, byte == '}' ? at + 1 : at);
        return byte == '}';
    }
    reader->number = reader->number << 4 | (unsigned)digit;
    reader->digits++;
    return true;
}

static void reader_skip_quote(struct mask_reader *reader)
{
    if (++reader->run > RUN_MAX + 5 * reader->forms->quotes)
        reader->node = 0;
}

/* The BYTE behind a backslash. */
static void reader_take_escape(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    static const char letters[] = "abefnrtvE";
    static const char meant[] = "\a\b\033\f\n\r\t\v\033";
    const char *letter = byte != '\0' ? strchr(letters, byte) : NULL;
    bool quote = mask_is_quote(byte) && reader->way == MASK_SPLICED;
    unsigned meta = reader->meta;

    reader->state = NO_ESCAPE;
    reader->meta = 0;
    if (byte != 'u' && reader->high != 0) {
        reader->high = 0;
        reader->begun = at - 1;
    }
    if (byte == 'x' || byte == 'u' || byte == 'U') {
        reader_begin_number(reader, ESCAPE_HEX, byte);
    } else if (byte >= '0' && byte <= '7') {
        reader_begin_number(reader, ESCAPE_OCTAL, byte);
        reader_take_digit(reader, byte, at);
    } else if (byte == 'C' || byte == 'M') {
        reader->state = ESCAPE_DASH;
        reader->kind = byte;
        reader->meta = meta;
    } else if (byte == 'c') {
        reader->state = ESCAPE_CONTROL;
    } else if (quote) {
        reader_skip_quote(reader);
    } else {
        mask_reader_put(reader,
                        (letter != NULL ? (unsigned char)meant[letter - letters] : byte) | meta,
                        reader->begun, at + 1);
        /* Or what is before it had the backslash. */
        if (reader->node == 0)
            mask_reader_put(reader, byte, at, at + 1);
    }
}

/* In the middle of an escape; false when BYTE is not of it. */
static bool reader_take_rest(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    unsigned meta = reader->meta;

    switch (reader->state) {
    case ESCAPE_BEGINS:
        reader_take_escape(reader, byte, at);
        return true;
    case ESCAPE_HEX:
    case ESCAPE_OCTAL:
        return reader_take_digit(reader, byte, at);
    case ESCAPE_BRACES:
        return reader_take_braced(reader, byte, at);
    case ESCAPE_DASH:
        reader->state = NO_ESCAPE;
        if (byte == '-') {
            reader->state = reader->kind == 'C' ? ESCAPE_CONTROL : ESCAPE_META;
            return true;
        }
        mask_reader_put(reader, reader->kind, reader->begun, at);
        return false;
    case ESCAPE_CONTROL:
        reader->state = NO_ESCAPE;
        reader->meta = 0;
        mask_reader_put(reader, (byte == '?' ? 0x7fU : byte & 0x1fU) | meta, reader->begun, at + 1);
        return true;
    case ESCAPE_META:
        reader->meta = 0x80;
        reader->state = ESCAPE_BEGINS;
        if (byte == '\\')
            return true;
        reader->state = NO_ESCAPE;
        reader->meta = 0;
        mask_reader_put(reader, byte | 0x80U, reader->begun, at + 1);
        return true;
    default: /* ESCAPE_DOLLAR */
        reader->state = NO_ESCAPE;
        if (byte == '\'' || byte == '"')
            return true;
        mask_reader_put(reader, '$', reader->begun, at);
        return false;
    }
}

static void reader_take_escaped(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool spliced = reader->way == MASK_SPLICED;

    if (reader->state != NO_ESCAPE && reader_take_rest(reader, byte, at))
        return;
    if (byte == '\\' || (spliced && byte == '$')) {
        reader->state = byte == '\\' ? ESCAPE_BEGINS : ESCAPE_DOLLAR;
        if (reader->high == 0)
            reader->begun = at;
        return;
    }
    reader->high = 0;
    if (!spliced || !mask_is_quote(byte)) {
        reader->run = 0;
        mask_reader_put(reader, byte, at, at + 1);
    } else {
        reader_skip_quote(reader);
    }
}

void mask_reader_read(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    switch (reader->way) {
    case MASK_PERCENT:
    case MASK_PERCENT_PLUS:
        reader_take_percent(reader, byte, at);
        break;
    case MASK_ESCAPED:
    case MASK_ESCAPED_LATIN:
    case MASK_SPLICED:
        reader_take_escaped(reader, byte, at);
        break;
    case MASK_QUOTED:
        reader_take_quoted(reader, byte, at);
        break;
    case MASK_HEX:
    case MASK_HEX_ODD:
        reader_take_hex(reader, byte, at);
        break;
    case MASK_BASE64_TEXT:
        reader_take_base64(reader, byte, at);
        break;
    default:
        mask_reader_put(reader, byte, at, at + 1);
        break;
    }
}

void mask_reader_end(struct mask_reader *reader, uint64_t at)
{
    bool escaped = reader->way == MASK_ESCAPED || reader->way == MASK_ESCAPED_LATIN ||
                   reader->way == MASK_SPLICED;

    if (escaped && (reader->state == ESCAPE_HEX || reader->state == ESCAPE_OCTAL))
        reader_end_number(reader, at);
    mask_reader_forget(reader);
    reader->kind = 0;
}

/* Whether a byte of this first digit begins a text. */
static bool reader_digit_begins(const struct mask_reader *reader)
{
    for (unsigned second = 0; second < 16; second++) {
        if (reader->trie->roots[reader->number << 4 | second] != 0)
            return true;
    }
    return false;
}

bool mask_reader_waits(const struct mask_reader *reader, uint64_t *from)
{
    if (reader->node != 0) {
        *from =
            reader->starts[(reader->symbols - reader->trie->depth[reader->node]) & reader->mask];
        return true;
    }
    if (mask_reader_is_idle(reader) || (reader_is_hex(reader->way) && !reader_digit_begins(reader)))
        return false;
    *from = reader->begun;
    return true;
}

size_t mask_reader_whole(const struct mask_reader *reader)
{
    return reader->node != 0 ? reader->trie->whole[reader->node] : 0;
}
