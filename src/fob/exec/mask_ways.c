/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Decodes the encodings of text byte by byte. */
#include "config.h"

#include "fob/exec/mask_ways.h"

#include "fob/exec/mask_escape.h"

/* The most skipped bytes, which limits what is held back. */
#define RUN_MAX 256
#define GAP_MAX 2

/* Read quotes and blanks; a run of the same kind is one symbol. */
static void ways_read_quoted(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    bool blank = mask_is_blank(byte);
    bool quote = mask_is_quote(byte);
    unsigned kind = blank ? MASK_BLANK : quote ? MASK_QUOTE : 0;
    /* A quote becomes up to five bytes. */
    size_t max = quote ? RUN_MAX + 5 * reader->forms->quotes : RUN_MAX;

    if (kind != 0 && kind == reader->kind) {
        if (++reader->run > max)
            reader->node = 0;
        mask_reader_extend(reader, at + 1);
        return;
    }
    reader->kind = kind;
    reader->run = 1;
    mask_reader_put(reader, kind != 0 ? kind : byte, at, at + 1);
}

/* Read base64, which may be broken into lines, as base64(1) does. */
static void ways_read_base64(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    if (reader->node != 0 && (byte == '\n' || byte == '\r') && reader->run < GAP_MAX) {
        reader->run++;
        return;
    }
    reader->run = 0;
    mask_reader_put(reader, byte == '-' ? '+' : byte == '_' ? '/' : byte, at, at + 1);
}

/* Read pairs of hexadecimal digits, perhaps with separators. */
static void ways_read_hex(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = mask_reader_hex_digit(byte);
    bool odd = reader->way == MASK_HEX_ODD;

    if (digit < 0) {
        if (reader->state == 0 && reader->node != 0 && reader->run < GAP_MAX &&
            (byte == ':' || mask_is_blank(byte))) {
            reader->run++;
            return;
        }
        mask_reader_forget(reader);
        reader->kind = 0; /* the first digit of a run was missed */
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

/* Read percent-encoding: RFC 3986, and application/x-www-form-urlencoded of the URL standard.
 * Programs differ in which bytes they encode. */
static void ways_read_percent(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    int digit = mask_reader_hex_digit(byte);
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
    /* The bytes were not an escape. */
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

void mask_ways_read(struct mask_reader *reader, unsigned char byte, uint64_t at)
{
    switch (reader->way) {
    case MASK_PERCENT:
    case MASK_PERCENT_PLUS:
        ways_read_percent(reader, byte, at);
        break;
    case MASK_ESCAPED:
    case MASK_ESCAPED_LATIN:
    case MASK_SPLICED:
        mask_escape_read(reader, byte, at);
        break;
    case MASK_SPLICED_RAW:
        mask_escape_read_raw(reader, byte, at);
        break;
    case MASK_QUOTED:
        ways_read_quoted(reader, byte, at);
        break;
    case MASK_HEX:
    case MASK_HEX_ODD:
        ways_read_hex(reader, byte, at);
        break;
    case MASK_BASE64_TEXT:
        ways_read_base64(reader, byte, at);
        break;
    default:
        mask_reader_put(reader, byte, at, at + 1);
        break;
    }
}

void mask_ways_end(struct mask_reader *reader, uint64_t at)
{
    mask_escape_end(reader, at);
    mask_reader_forget(reader);
    reader->kind = 0;
}
