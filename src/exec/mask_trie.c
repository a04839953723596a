/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The automaton of a set of texts. */
#include "config.h"

#include "exec/mask_trie.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_LEAST 64

static bool grow_numbers(uint32_t **numbers, size_t count, size_t room)
{
    uint32_t *more = reallocarray(*numbers, room, sizeof **numbers);

    if (more == NULL)
        return false;
    memset(more + count, 0, (room - count) * sizeof *more);
    *numbers = more;
    return true;
}

static bool grow(struct mask_trie *trie)
{
    size_t room = trie->room > 0 ? 2 * trie->room : ROOM_LEAST;
    uint32_t **const all[] = { &trie->child, &trie->sibling, &trie->fail, &trie->depth,
                               &trie->found };
    struct pages symbols;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!grow_numbers(all[i], trie->room, room))
            return false;
    }
    if (!pages_take(room, &symbols))
        return false;
    if (trie->room > 0)
        memcpy(symbols.data, trie->symbols.data, trie->room);
    pages_give(&trie->symbols);
    trie->symbols = symbols;
    trie->room = room;
    if (trie->count == 0)
        trie->count = 1;
    return true;
}

static uint32_t find_child(const struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t child = node == 0 ? trie->roots[symbol] : trie->child[node];

    while (child != 0 && (unsigned char)trie->symbols.data[child] != symbol)
        child = trie->sibling[child];
    return child;
}

/* A new child of NODE; 0 when out of memory. */
static uint32_t add_child(struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t child;

    if (trie->count >= trie->room && (trie->count > UINT32_MAX / 4 || !grow(trie)))
        return 0;
    child = (uint32_t)trie->count++;
    trie->symbols.data[child] = (char)symbol;
    trie->depth[child] = trie->depth[node] + 1;
    trie->sibling[child] = trie->child[node];
    trie->child[node] = child;
    if (node == 0)
        trie->roots[symbol] = child;
    return child;
}

bool mask_trie_add(struct mask_trie *trie, const char *text, size_t size)
{
    uint32_t node = 0;

    if (size == 0)
        return true;
    if (trie->room == 0 && !grow(trie))
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char symbol = (unsigned char)text[i];
        uint32_t next = find_child(trie, node, symbol);

        node = next != 0 ? next : add_child(trie, node, symbol);
        if (node == 0)
            return false;
    }
    trie->found[node] = (uint32_t)size;
    if (size > trie->longest)
        trie->longest = size;
    return true;
}

/* Nearer to the root first, as the ends of a beginning are. */
bool mask_trie_finish(struct mask_trie *trie)
{
    uint32_t *queue = trie->count > 0 ? calloc(trie->count, sizeof *queue) : NULL;
    size_t last = 1;

    if (trie->count == 0)
        return true;
    if (queue == NULL)
        return false;
    for (size_t at = 0; at < last; at++) {
        uint32_t node = queue[at];

        for (uint32_t child = trie->child[node]; child != 0; child = trie->sibling[child]) {
            unsigned char symbol = (unsigned char)trie->symbols.data[child];

            trie->fail[child] = node == 0 ? 0 : mask_trie_step(trie, trie->fail[node], symbol);
            if (trie->found[child] == 0)
                trie->found[child] = trie->found[trie->fail[child]];
            queue[last++] = child;
        }
    }
    free(queue);
    return true;
}

void mask_trie_clear(struct mask_trie *trie)
{
    pages_give(&trie->symbols);
    free(trie->child);
    free(trie->sibling);
    free(trie->fail);
    free(trie->depth);
    free(trie->found);
    *trie = (struct mask_trie){ .count = 0 };
}

uint32_t mask_trie_step(const struct mask_trie *trie, uint32_t node, unsigned char symbol)
{
    uint32_t next;

    while ((next = find_child(trie, node, symbol)) == 0 && node != 0)
        node = trie->fail[node];
    return next;
}

size_t mask_trie_whole(const struct mask_trie *trie, uint32_t node)
{
    while (trie->child[node] != 0) {
        node = trie->child[node];
        if (trie->found[node] == trie->depth[node])
            break;
    }
    return trie->depth[node];
}
