/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Matches a reader's output against the forms. */
#include "config.h"

#include "fob/exec/mask_reader.h"

#include <stdlib.h>
#include <string.h>

/* Four hexadecimal digits occur too often by chance. */
#define HEX_MIN 4

static const enum mask_form form_of[MASK_WAYS] = {
    [MASK_PLAIN] = MASK_BYTES,
    [MASK_PERCENT] = MASK_BYTES,
    [MASK_PERCENT_PLUS] = MASK_BYTES,
    [MASK_ESCAPED] = MASK_BYTES,
    [MASK_ESCAPED_LATIN] = MASK_BYTES,
    [MASK_SPLICED] = MASK_UNQUOTED,
    [MASK_SPLICED_RAW] = MASK_UNQUOTED,
    [MASK_QUOTED] = MASK_FOLDED,
    [MASK_HEX] = MASK_BYTES,
    [MASK_HEX_ODD] = MASK_BYTES,
    [MASK_BASE64_TEXT] = MASK_BASE64,
};

bool mask_reader_is_of_use(enum mask_way way, const struct mask_forms *forms)
{
    return forms->tries[form_of[way]].count > 0 && (way != MASK_PERCENT_PLUS || forms->plus) &&
           (way != MASK_ESCAPED_LATIN || forms->latin) &&
           (way != MASK_SPLICED_RAW || forms->backslash);
}

int mask_reader_hex_digit(unsigned char byte)
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

bool mask_reader_is_spliced(enum mask_way way)
{
    return way == MASK_SPLICED || way == MASK_SPLICED_RAW;
}

/* Whether BYTE may begin a text, or its encoding. */
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
        return byte == '\\' || byte == '$' || (mask_is_quote(byte) && reader->forms->quoted_ends) ||
               reader->trie->roots[byte] != 0;
    case MASK_SPLICED_RAW:
        return mask_is_splice(byte) || reader->trie->roots[byte] != 0;
    case MASK_QUOTED:
        return mask_is_blank(byte) || mask_is_quote(byte) || reader->trie->roots[byte] != 0;
    case MASK_HEX:
    case MASK_HEX_ODD:
        return mask_reader_hex_digit(byte) >= 0;
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

void mask_reader_forget(struct mask_reader *reader)
{
    reader->node = 0;
    reader->state = 0;
    reader->run = 0;
    reader->high = 0;
    reader->meta = 0;
    reader->dollar = false;
    reader->leads = false;
    reader->ansi = false;
}

void mask_reader_extend(struct mask_reader *reader, uint64_t to)
{
    const size_t found = reader->trie->found[reader->node];

    if (found > 0 && (!reader_is_hex(reader->way) || found >= HEX_MIN)) {
        const struct mask_range range = { reader->starts[(reader->symbols - found) & reader->mask],
                                          to, false };

        reader->failed |= !reader->found(reader->data, range);
    }
}

void mask_reader_put(struct mask_reader *reader, unsigned symbol, uint64_t from, uint64_t to)
{
    if (reader->leads && reader->node == 0)
        from = reader->lead;
    reader->leads = false;
    reader->node = mask_trie_step(reader->trie, reader->node, (unsigned char)symbol);
    reader->starts[reader->symbols++ & reader->mask] = from;
    mask_reader_extend(reader, to);
}

/* Whether a byte with this first hexadecimal digit begins a text. */
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
    *from = reader->leads ? reader->lead : reader->begun;
    return true;
}

size_t mask_reader_whole(const struct mask_reader *reader)
{
    return reader->node != 0 ? reader->trie->whole[reader->node] : 0;
}
