/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Readers of a stream: each decodes one encoding that programs use for text, and matches the result
 * against the forms.  The cost of a byte does not depend on the bytes before.
 */
#ifndef FOB_FOB_EXEC_MASK_READER_H
#define FOB_FOB_EXEC_MASK_READER_H

#include "fob/exec/mask_forms.h"

enum mask_way {
    MASK_PLAIN,
    MASK_PERCENT,       /* any byte as %XX, a blank as '+' */
    MASK_PERCENT_PLUS,  /* the same, but '+' stands for itself */
    MASK_ESCAPED,       /* any character after a backslash: JSON, $'...', printf %q */
    MASK_ESCAPED_LATIN, /* the same, but \xHH is a character, not a byte, as in Python */
    MASK_SPLICED,     /* any character after a backslash, and quotes that begin and end anywhere */
    MASK_SPLICED_RAW, /* the same, but only $'...' has escapes */
    MASK_QUOTED,      /* other quotes and blanks: '...'\''...', an unquoted echo */
    MASK_HEX,
    MASK_HEX_ODD, /* the first digit belongs to something else */
    MASK_BASE64_TEXT,
    MASK_WAYS,
};

/* A range of the stream that a reader found. */
struct mask_range {
    uint64_t from;
    uint64_t to;
    bool told; /* its replacement was already written */
};

typedef bool mask_found_fn(void *data, struct mask_range range);

struct mask_reader {
    enum mask_way way;
    const struct mask_forms *forms;
    const struct mask_trie *trie;
    uint32_t node;
    uint64_t *starts; /* the positions of the last symbols, a ring of MASK + 1 */
    size_t mask;
    uint64_t symbols;
    uint64_t begun; /* the position of the incomplete symbol */
    unsigned state; /* of the incomplete symbol; 0 for none */
    unsigned kind;
    unsigned digits;
    unsigned number;
    unsigned high; /* the first half of a surrogate pair, or 0 */
    unsigned meta; /* the bit of \M- */
    bool dollar;   /* the last byte was a $ */
    bool leads;    /* the last bytes were $ that may begin a text */
    uint64_t lead; /* the position of the first of them */
    bool ansi;     /* within $'…' */
    size_t run;    /* the length of the current run that is one symbol or none */
    mask_found_fn *found;
    void *data;
    bool failed;
    bool matters[256]; /* the bytes that may begin a text or an encoding */
};

/* Whether FORMS has anything that WAY could find. */
bool mask_reader_is_of_use(enum mask_way way, const struct mask_forms *forms);
/* Returns false when out of memory. */
bool mask_reader_make(enum mask_way way, const struct mask_forms *forms,
                      struct mask_reader *reader);
void mask_reader_clear(struct mask_reader *reader);

static inline bool mask_reader_is_idle(const struct mask_reader *reader)
{
    return reader->node == 0 && reader->state == 0 && reader->high == 0 && !reader->dollar &&
           !reader->leads && !reader->ansi;
}

/* Emit one symbol, for the bytes from FROM to TO.  Calls FOUND for each form that ends with it. */
void mask_reader_put(struct mask_reader *reader, unsigned symbol, uint64_t from, uint64_t to);
/* Report a form that ends with the last symbol, for the bytes up to TO. */
void mask_reader_extend(struct mask_reader *reader, uint64_t to);
/* Reset the reader: the input so far belongs to no text. */
void mask_reader_forget(struct mask_reader *reader);
/* The value of a hexadecimal digit; -1 for any other BYTE. */
int mask_reader_hex_digit(unsigned char byte);
bool mask_reader_is_spliced(enum mask_way way);

/* The start FROM of the text that the last bytes may belong to.  False when they belong to none, so
 * that a new reader could continue here. */
bool mask_reader_waits(const struct mask_reader *reader, uint64_t *from);
/* The approximate size of that text; 0 when unknown. */
size_t mask_reader_whole(const struct mask_reader *reader);

#endif
