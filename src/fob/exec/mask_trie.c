/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Builds and runs the automaton for a set of texts. */
#include "config.h"

#include "fob/exec/mask_trie.h"

#include "util/array.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 64

static bool trie_grow_numbers(uint32_t **numbers, size_t count, size_t room)
{
    uint32_t *more = reallocarray(*numbers, room, sizeof **numbers);

    if (more == NULL)
        return false;
    memset(more + count, 0, (room - count) * sizeof *more);
    *numbers = more;
    return true;
}

static bool mask_trie_grow(struct mask_trie *trie)
{
    size_t room = trie->room > 0 ? 2 * trie->room : ROOM_MIN;
    uint32_t **const all[] = { &trie->child, &trie->sibling, &trie->found };
    struct pages symbols;

    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        if (!trie_grow_numbers(all[i], trie->room, room))
            return false;
    }
    if (!pages_alloc(room, &symbols))
        return false;
    if (trie->room > 0)
        memcpy(symbols.data, trie->symbols.data, trie->room);
    pages_free(&trie->symbols);
    trie->symbols = symbols;
    trie->room = room;
    if (trie->count == 0)
        trie->count = 1;
    return true;
}

/* Get or create the child of NODE for SYMBOL; 0 when out of memory. */
static uint32_t trie_get_child(struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t child = trie->child[node];

    while (child != 0 && (unsigned char)trie->symbols.data[child] != symbol)
        child = trie->sibling[child];
    if (child != 0)
        return child;
    if (trie->count >= trie->room && (trie->count > UINT32_MAX / 4 || !mask_trie_grow(trie)))
        return 0;
    child = (uint32_t)trie->count++;
    trie->symbols.data[child] = (char)symbol;
    trie->sibling[child] = trie->child[node];
    trie->child[node] = child;
    return child;
}

bool mask_trie_add(struct mask_trie *trie, const char *text, size_t size)
{
    uint32_t node = 0;

    if (size == 0)
        return true;
    if (trie->room == 0 && !mask_trie_grow(trie))
        return false;
    for (size_t i = 0; i < size; i++) {
        node = trie_get_child(trie, node, (unsigned char)text[i]);
        if (node == 0)
            return false;
    }
    trie->found[node] = (uint32_t)size;
    if (size > trie->longest)
        trie->longest = size;
    return true;
}

/* Fill ORDER with the nodes' numbers: nearer to the root first, the children of a node
 * consecutive. */
static bool trie_set_order(struct mask_trie *trie, uint32_t *order)
{
    uint32_t *child = calloc(trie->count + 1, sizeof *child);
    size_t last = 1;

    if (child == NULL)
        return false;
    for (size_t at = 0; at < trie->count; at++) {
        child[at] = (uint32_t)last;
        for (uint32_t one = trie->child[order[at]]; one != 0; one = trie->sibling[one])
            order[last++] = one;
    }
    child[trie->count] = (uint32_t)last;
    free(trie->child);
    trie->child = child;
    free(trie->sibling);
    trie->sibling = NULL;
    return true;
}

static bool trie_apply_order(struct mask_trie *trie, const uint32_t *order)
{
    uint32_t *found = calloc(trie->count, sizeof *found);
    struct pages symbols;

    if (found == NULL || !pages_alloc(trie->count, &symbols)) {
        free(found);
        return false;
    }
    for (size_t at = 0; at < trie->count; at++) {
        found[at] = trie->found[order[at]];
        symbols.data[at] = trie->symbols.data[order[at]];
    }
    free(trie->found);
    trie->found = found;
    pages_free(&trie->symbols);
    trie->symbols = symbols;
    trie->room = trie->count;
    return true;
}

static bool trie_sort_nodes(struct mask_trie *trie)
{
    uint32_t *order = calloc(trie->count, sizeof *order);
    bool good = order != NULL && trie_set_order(trie, order) && trie_apply_order(trie, order);

    free(order);
    return good;
}

static void trie_link_child(struct mask_trie *trie, uint32_t node, uint32_t child)
{
    unsigned char symbol = (unsigned char)trie->symbols.data[child];

    trie->depth[child] = trie->depth[node] + 1;
    if (node == 0)
        trie->roots[symbol] = child;
    else
        trie->fail[child] = mask_trie_step(trie, trie->fail[node], symbol);
    if (trie->found[child] == 0)
        trie->found[child] = trie->found[trie->fail[child]];
}

/* Link each node after those nearer to the root, because its failure link points to one of them. */
static void trie_link_nodes(struct mask_trie *trie)
{
    for (uint32_t node = 0; node < trie->count; node++) {
        for (uint32_t child = trie->child[node]; child < trie->child[node + 1]; child++)
            trie_link_child(trie, node, child);
    }
}

static void mask_trie_measure(struct mask_trie *trie)
{
    for (uint32_t node = (uint32_t)trie->count; node-- > 0;) {
        uint32_t min = UINT32_MAX;

        for (uint32_t child = trie->child[node]; child < trie->child[node + 1]; child++) {
            uint32_t whole = mask_trie_ends(trie, child) ? trie->depth[child] : trie->whole[child];

            min = whole < min ? whole : min;
        }
        trie->whole[node] = min < UINT32_MAX ? min : trie->depth[node];
    }
}

bool mask_trie_finish(struct mask_trie *trie)
{
    if (trie->count == 0)
        return true;
    if (!trie_sort_nodes(trie))
        return false;
    trie->fail = calloc(trie->count, sizeof *trie->fail);
    trie->depth = calloc(trie->count, sizeof *trie->depth);
    trie->whole = calloc(trie->count, sizeof *trie->whole);
    if (trie->fail == NULL || trie->depth == NULL || trie->whole == NULL)
        return false;
    trie_link_nodes(trie);
    mask_trie_measure(trie);
    return true;
}

void mask_trie_clear(struct mask_trie *trie)
{
    pages_free(&trie->symbols);
    free(trie->child);
    free(trie->sibling);
    free(trie->fail);
    free(trie->depth);
    free(trie->found);
    free(trie->whole);
    *trie = (struct mask_trie){ .count = 0 };
}

static uint32_t trie_find_child(const struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t first = trie->child[node];
    const char *found;

    if (node == 0)
        return trie->roots[symbol];
    found = memchr(trie->symbols.data + first, symbol, trie->child[node + 1] - first);
    return found != NULL ? (uint32_t)(found - trie->symbols.data) : 0;
}

uint32_t mask_trie_step(const struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t next;

    while ((next = trie_find_child(trie, node, symbol)) == 0 && node != 0)
        node = trie->fail[node];
    return next;
}
