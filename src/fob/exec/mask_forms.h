/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What is looked for: the texts of secrets, each in the tries of those readers that undo what
 * programs do to them (mask_reader.h).
 */
#ifndef FOB_FOB_EXEC_MASK_FORMS_H
#define FOB_FOB_EXEC_MASK_FORMS_H

#include "fob/exec/mask_trie.h"

#include <fob/fob.h>

enum mask_form {
    MASK_BYTES,    /* as it is, and each longer line of it */
    MASK_FOLDED,   /* the same with each run of blanks, and of quotes and backslashes, one symbol */
    MASK_UNQUOTED, /* without quotes, backslashes and dollar signs */
    MASK_BASE64,   /* of + and /, wherever in what was encoded the secret is */
    MASK_FORMS,
};

/* So many nodes have the tries together, for each byte of secret: 2 in each but that of base64,
 * which has three texts that are a third longer; and 2 in each of the three for what fish makes of
 * a byte beyond ASCII. */
#define MASK_NODES_MAX 16

struct mask_forms {
    struct mask_trie tries[MASK_FORMS];
    size_t quotes; /* in the longest run of quotes, backslashes and dollar signs */
    bool plus;     /* there is a + */
    bool backslash;
    bool latin; /* there is a character from U+0080 to U+00FF */
};

/* Add SECRET.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_forms_add(struct mask_forms *forms, const char *secret, size_t size);
int mask_forms_finish(struct mask_forms *forms);
void mask_forms_clear(struct mask_forms *forms);

bool mask_is_blank(unsigned char byte);
bool mask_is_quote(unsigned char byte);
/* A quote, or the $ of $'…', which may also be the last byte before a closing quote. */
bool mask_is_splice(unsigned char byte);
/* What stands for a run of them. */
#define MASK_BLANK ' '
#define MASK_QUOTE '\''

#endif
