/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Readers of a stream: each undoes one way in which programs write a text, and holds what comes out
 * against the forms.  A byte costs each reader the same, whatever was before it.
 */
#ifndef FOB_FOB_EXEC_MASK_READER_H
#define FOB_FOB_EXEC_MASK_READER_H

#include "fob/exec/mask_forms.h"

enum mask_way {
    MASK_PLAIN,
    MASK_PERCENT,       /* any byte as %XX, a blank as + */
    MASK_PERCENT_PLUS,  /* the same, but + is + */
    MASK_ESCAPED,       /* any character behind a backslash: JSON, $'…', printf %q */
    MASK_ESCAPED_LATIN, /* the same, but \xHH is a character and no byte, as in Python */
    MASK_SPLICED,     /* any character behind a backslash, and quotes that begin and end anywhere */
    MASK_SPLICED_RAW, /* the same, but only in $'…' a backslash is more than itself */
    MASK_QUOTED,      /* other quotes and blanks: '…'\''…', an echo without quotes */
    MASK_HEX,
    MASK_HEX_ODD, /* the first digit belongs to something else */
    MASK_BASE64_TEXT,
    MASK_WAYS,
};

/* What a reader found: bytes of the stream, counted from its beginning. */
struct mask_range {
    uint64_t from;
    uint64_t to;
    bool told; /* something stands for it in the output already */
};

typedef bool mask_found_fn(void *data, struct mask_range range);

struct mask_reader {
    enum mask_way way;
    const struct mask_forms *forms;
    const struct mask_trie *trie;
    uint32_t node;
    uint64_t *starts; /* where the last symbols begin, a ring of MASK + 1 */
    size_t mask;
    uint64_t symbols;
    uint64_t begun; /* where the symbol begins that is not complete yet */
    unsigned state; /* 0: none is */
    unsigned kind;
    unsigned digits;
    unsigned number;
    unsigned high; /* the first half of a surrogate pair, or 0 */
    unsigned meta; /* the bit of \M- */
    bool dollar;   /* the last byte was a $ */
    bool ansi;     /* within $'…' */
    size_t run;    /* of what is one symbol, or none */
    mask_found_fn *found;
    void *data;
    bool failed;
    bool matters[256]; /* the bytes that may begin something */
};

/* Whether FORMS have anything that WAY could find. */
bool mask_reader_is_of_use(enum mask_way way, const struct mask_forms *forms);
/* Returns false when out of memory. */
bool mask_reader_make(enum mask_way way, const struct mask_forms *forms,
                      struct mask_reader *reader);
void mask_reader_clear(struct mask_reader *reader);

static inline bool mask_reader_is_idle(const struct mask_reader *reader)
{
    return reader->node == 0 && reader->state == 0 && reader->high == 0 && !reader->dollar &&
           !reader->ansi;
}

/* One symbol, of the bytes from FROM to TO.  Calls FOUND for what ends with it. */
void mask_reader_put(struct mask_reader *reader, unsigned symbol, uint64_t from, uint64_t to);
/* What was read belongs to no text. */
void mask_reader_forget(struct mask_reader *reader);
/* -1 for what is no digit. */
int mask_reader_hex_digit(unsigned char byte);
bool mask_reader_is_spliced(enum mask_way way);

/* Where the text begins that the last bytes may belong to.  False when they belong to none, so that
 * a new reader would find the same. */
bool mask_reader_waits(const struct mask_reader *reader, uint64_t *from);
/* How long that text is, about; 0 for not known. */
size_t mask_reader_whole(const struct mask_reader *reader);

#endif
