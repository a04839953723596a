/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decodes escapes with a backslash. */
#include "config.h"

#include "fob/exec/mask_escape.h"

#include <string.h>

/* The digits of the largest character, U+10FFFF. */
#define CHARACTER_DIGITS 6
/* The longest run of quotes, in addition to the secret's own; each becomes up to five. */
#define QUOTES_MAX 256

/* The reader's state within an escape. */
enum {
    NO_ESCAPE,
    ESCAPE_BEGINS, /* after the backslash */
    ESCAPE_HEX,    /* \xHH \uHHHH \UHHHHHHHH; KIND is the letter */
    ESCAPE_BRACES, /* \x{H...} \u{H...}, and of ksh \x[H...] \u[H...] */
    ESCAPE_OCTAL,
    ESCAPE_DASH,    /* after \C or \M; KIND is the letter */
    ESCAPE_CONTROL, /* after \C- or \c */
    ESCAPE_META,    /* after \M- */
};

/* Emit CHARACTER in UTF-8. */
static void escape_put_character(struct mask_reader *reader, uint32_t character, uint64_t to)
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

/* Emit BYTE or, with the bit META, the byte or the character of that number: zsh writes \M- for
 * both. */
static void escape_put_meta(struct mask_reader *reader, unsigned byte, unsigned meta, uint64_t to)
{
    if (meta != 0 && reader->way == MASK_ESCAPED_LATIN)
        escape_put_character(reader, byte | meta, to);
    else
        mask_reader_put(reader, byte | meta, reader->begun, to);
}

/* The number of an escape is complete; the next symbol begins at TO. */
static void escape_end_number(struct mask_reader *reader, uint64_t to)
{
    uint32_t number = reader->number;
    uint32_t high = reader->high;

    reader->state = NO_ESCAPE;
    reader->high = 0;
    if (reader->digits == 0) /* without digits, the letter stands for itself */
        mask_reader_put(reader, reader->kind, reader->begun, to);
    else if (reader->kind != 'u' && reader->kind != 'U' && reader->way != MASK_ESCAPED_LATIN)
        mask_reader_put(reader, number & 0xff, reader->begun, to);
    else if (number >= 0xd800 && number < 0xdc00)
        reader->high = number;
    else if (high != 0 && number >= 0xdc00 && number < 0xe000)
        escape_put_character(reader, 0x10000 + ((high - 0xd800) << 10) + (number - 0xdc00), to);
    else
        escape_put_character(reader, number, to);
}

static void escape_begin_number(struct mask_reader *reader, unsigned state, unsigned kind)
{
    reader->state = state;
    reader->kind = kind;
    reader->digits = 0;
    reader->number = 0;
}

/* Read a digit of the number; false when BYTE is not part of the number. */
static bool escape_read_digit(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool octal = reader->state == ESCAPE_OCTAL;
    int digit =
        octal ? (byte >= '0' && byte <= '7' ? byte - '0' : -1) : mask_reader_hex_digit(byte);
    unsigned max = octal ? 3 : reader->kind == 'x' ? 2 : reader->kind == 'u' ? 4 : 8;

    if ((byte == '{' || byte == '[') && !octal && reader->digits == 0) {
        escape_begin_number(reader, ESCAPE_BRACES, byte == '{' ? 'U' : reader->kind);
        return true;
    }
    if (digit < 0) {
        escape_end_number(reader, at);
        return false;
    }
    reader->number = reader->number << (octal ? 3 : 4) | (unsigned)digit;
    if (++reader->digits == max)
        escape_end_number(reader, at + 1);
    return true;
}

/* The same between braces or brackets; in braces the number is always a character's. */
static bool escape_read_braced(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = mask_reader_hex_digit(byte);

    if (digit < 0 || reader->digits == CHARACTER_DIGITS) {
        bool closes = byte == '}' || byte == ']';

        escape_end_number(reader, closes ? at + 1 : at);
        return closes;
    }
    reader->number = reader->number << 4 | (unsigned)digit;
    reader->digits++;
    return true;
}

/* Read a BYTE of the forms' quotes, from FROM to TO.  A $ may be an end of a text, and so may a
 * quote, if some text ends with one; those of the shell are then masked with it. */
static void escape_skip_splice(struct mask_reader *reader, unsigned char byte, uint64_t from,
                               uint64_t to)
{
    bool is_long = ++reader->run > QUOTES_MAX + 5 * reader->forms->quotes;
    bool may_end = !is_long && (byte == '$' || reader->forms->quoted_ends);

    if (is_long)
        reader->node = 0;
    if (may_end && reader->node == 0 && !reader->leads)
        reader->lead = from;
    reader->leads = may_end && reader->node == 0;
    if (may_end)
        mask_reader_extend(reader, to);
}

/* Read the BYTE after a backslash. */
static void escape_read_letter(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    static const char letters[] = "abefnrtvE";
    static const char meant[] = "\a\b\033\f\n\r\t\v\033";
    const char *letter = byte != '\0' ? strchr(letters, byte) : NULL;
    bool quote = mask_is_splice(byte) && mask_reader_is_spliced(reader->way);
    unsigned meta = reader->meta;

    reader->state = NO_ESCAPE;
    reader->meta = 0;
    if (byte != 'u' && reader->high != 0) {
        reader->high = 0;
        reader->begun = at - 1;
    }
    if (byte == 'x' || byte == 'u' || byte == 'U') {
        escape_begin_number(reader, ESCAPE_HEX, byte);
    } else if (byte >= '0' && byte <= '7') {
        escape_begin_number(reader, ESCAPE_OCTAL, byte);
        escape_read_digit(reader, byte, at);
    } else if (byte == 'C' || byte == 'M') {
        reader->state = ESCAPE_DASH;
        reader->kind = byte;
        reader->meta = meta;
    } else if (byte == 'c') {
        reader->state = ESCAPE_CONTROL;
    } else if (quote) {
        escape_skip_splice(reader, byte, reader->begun, at + 1);
    } else {
        escape_put_meta(reader, letter != NULL ? (unsigned char)meant[letter - letters] : byte,
                        meta, at + 1);
        /* Or the backslash belongs to the text before. */
        if (reader->node == 0)
            mask_reader_put(reader, byte, at, at + 1);
    }
}

/* Continue an escape; false when BYTE does not belong to it. */
static bool escape_read_rest(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    unsigned meta = reader->meta;

    switch (reader->state) {
    case ESCAPE_BEGINS:
        escape_read_letter(reader, byte, at);
        return true;
    case ESCAPE_HEX:
    case ESCAPE_OCTAL:
        return escape_read_digit(reader, byte, at);
    case ESCAPE_BRACES:
        return escape_read_braced(reader, byte, at);
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
        escape_put_meta(reader, byte == '?' ? 0x7f : byte & 0x1f, meta, at + 1);
        return true;
    default: /* ESCAPE_META */
        reader->meta = 0x80;
        reader->state = ESCAPE_BEGINS;
        if (byte == '\\')
            return true;
        reader->state = NO_ESCAPE;
        reader->meta = 0;
        escape_put_meta(reader, byte, 0x80, at + 1);
        return true;
    }
}

void mask_escape_read(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    if (reader->state != NO_ESCAPE && escape_read_rest(reader, byte, at))
        return;
    if (byte == '\\' && (reader->way != MASK_SPLICED_RAW || reader->ansi)) {
        reader->state = ESCAPE_BEGINS;
        if (reader->high == 0)
            reader->begun = at;
        return;
    }
    reader->high = 0;
    if (!mask_reader_is_spliced(reader->way) || !mask_is_splice(byte)) {
        reader->run = 0;
        mask_reader_put(reader, byte, at, at + 1);
    } else {
        escape_skip_splice(reader, byte, at, at + 1);
    }
}

/* $' begins text with escapes.  It may also be a $ before a closing quote, but then the escapes
 * begin with another $'. */
void mask_escape_read_raw(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool escaped = reader->state != NO_ESCAPE;

    if (byte == '$' && mask_reader_is_idle(reader))
        reader->begun = at;
    if (byte == '\'' && !escaped)
        reader->ansi = reader->dollar;
    reader->dollar = byte == '$' && !escaped;
    mask_escape_read(reader, byte, at);
    /* The escaped bytes belong to no secret. */
    if (reader->node == 0 && reader->state == NO_ESCAPE && !mask_is_splice(byte))
        reader->ansi = false;
}

void mask_escape_end(struct mask_reader *reader, uint64_t at)
{
    bool escaped = reader->way == MASK_ESCAPED || reader->way == MASK_ESCAPED_LATIN ||
                   mask_reader_is_spliced(reader->way);

    if (escaped && (reader->state == ESCAPE_HEX || reader->state == ESCAPE_OCTAL))
        escape_end_number(reader, at);
}
