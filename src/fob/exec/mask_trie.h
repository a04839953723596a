/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Searching for many texts in a stream of symbols in one pass (Aho and Corasick, 1975).
 *
 * Time and memory are linear in the texts: each symbol makes at most one node, of 21 bytes, or 40
 * while the trie is built.
 */
#ifndef FOB_FOB_EXEC_MASK_TRIE_H
#define FOB_FOB_EXEC_MASK_TRIE_H

#include "util/pages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A node stands for a prefix of a text; 0 is the root, the empty prefix. */
struct mask_trie {
    struct pages symbols; /* the last symbol of each node's prefix, which is secret */
    uint32_t *child;      /* the first child; while texts are added: the last child, 0 for none */
    uint32_t *sibling;    /* while texts are added: the previous child of the same node */
    uint32_t *fail;       /* the failure link: the longest proper suffix that is a prefix too */
    uint32_t *depth;      /* the number of symbols in the prefix */
    uint32_t *found;      /* the size of the longest text that ends here; 0 for none */
    uint32_t *whole;      /* the size of the shortest text that continues here */
    size_t count;         /* the number of nodes; 0 while there is no text */
    size_t room;
    size_t longest;
    uint32_t roots[256];
};

/* Returns false when out of memory. */
bool mask_trie_add(struct mask_trie *trie, const char *text, size_t size);
/* Call this after the last text. */
bool mask_trie_finish(struct mask_trie *trie);
void mask_trie_clear(struct mask_trie *trie);

/* The node after one more SYMBOL. */
uint32_t mask_trie_step(const struct mask_trie *trie, uint32_t node, unsigned char symbol);
/* Whether a text ends at NODE, which is not the root. */
static inline bool mask_trie_ends(const struct mask_trie *trie, uint32_t node)
{
    return trie->found[node] == trie->depth[node];
}

#endif
