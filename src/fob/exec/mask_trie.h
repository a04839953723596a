/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Many texts at once in a stream of symbols, each looked at once (Aho and Corasick, 1975).
 *
 * Time and memory are linear in the texts, of which each symbol makes at most one node: of 21
 * bytes, and of 40 while the trie is made.
 */
#ifndef FOB_FOB_EXEC_MASK_TRIE_H
#define FOB_FOB_EXEC_MASK_TRIE_H

#include "util/pages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A node stands for the beginning of a text; 0 is the root, before every beginning. */
struct mask_trie {
    struct pages symbols; /* the last symbol of each node's beginning: they are secret */
    uint32_t *child;      /* where its children begin, up to those of the next node; while texts
                             are added: the last one that was, 0 for none */
    uint32_t *sibling;    /* while texts are added: the child of the same node before this one */
    uint32_t *fail;       /* the longest proper end that is a beginning, too */
    uint32_t *depth;      /* how many symbols a beginning has */
    uint32_t *found;      /* of the longest text that ends here, how many; 0 for none */
    uint32_t *whole;      /* of the shortest text that goes on from here; its own for none */
    size_t count;         /* of nodes; 0 while there is no text */
    size_t room;
    size_t longest;
    uint32_t roots[256];
};

/* Returns false when out of memory. */
bool mask_trie_add(struct mask_trie *trie, const char *text, size_t size);
/* To be called after the last text. */
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
