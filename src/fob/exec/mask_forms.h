/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The forms of secrets to search for.  Each is in the trie of the readers that decode it
 * (mask_reader.h).
 */
#ifndef FOB_FOB_EXEC_MASK_FORMS_H
#define FOB_FOB_EXEC_MASK_FORMS_H

#include "fob/exec/mask_trie.h"

#include <fob/fob.h>

enum mask_form {
    MASK_BYTES,    /* unchanged, and each long enough line */
    MASK_FOLDED,   /* the same, each run of blanks, or of quotes and backslashes, as one symbol */
    MASK_UNQUOTED, /* without quotes, backslashes and dollar signs */
    MASK_BASE64,   /* with + and /, wherever the secret is in the encoded data */
    MASK_FORMS,
};

/* The most nodes of all tries for each byte of secret: 2 in each trie except base64, which has
 * three texts that are a third longer; and 2 in each of the three others for fish's form of a byte
 * beyond ASCII, and for zsh's. */
#define MASK_NODES_MAX 22

struct mask_forms {
    struct mask_trie tries[MASK_FORMS];
    size_t quotes;    /* the longest run of quotes, backslashes and dollar signs */
    bool quoted_ends; /* some text of MASK_UNQUOTED begins or ends with a quote */
    bool plus;        /* some secret has a '+' */
    bool backslash;
    bool latin; /* some secret has a character from U+0080 to U+00FF */
};

/* Add SECRET.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size);
int mask_forms_finish(struct mask_forms *forms);
void mask_forms_clear(struct mask_forms *forms);

bool mask_is_blank(unsigned char byte);
bool mask_is_quote(unsigned char byte);
/* Whether BYTE is a quote, or a '$', which may belong to $'...' or be the last byte before a
 * closing quote. */
bool mask_is_splice(unsigned char byte);
/* The symbols for a run of blanks, and of quotes. */
#define MASK_BLANK ' '
#define MASK_QUOTE '\''

#endif
