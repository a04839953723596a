/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Lists what proves that requests are allowed. */
#include "config.h"

#include "util/proof.h"

#include "util/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool proof_is_same(enum proof_kind kind, const char *a, const char *b)
{
    return (kind == PROOF_HEADER ? strcasecmp(a, b) : strcmp(a, b)) == 0;
}

/* The item of KIND called NAME, or a new empty one at the end; NULL when out of memory. */
static struct proof_item *proof_find_or_add(struct proof *proof, enum proof_kind kind,
                                            const char *name)
{
    struct proof_list *list = &proof->lists[kind];
    struct proof_item *more;
    char *copy;

    for (size_t i = 0; i < list->count; i++) {
        if (proof_is_same(kind, list->items[i].name, name))
            return &list->items[i];
    }
    copy = strdup(name);
    more = copy != NULL ? reallocarray(list->items, list->count + 1, sizeof *more) : NULL;
    if (more == NULL) {
        free(copy);
        return NULL;
    }
    list->items = more;
    more[list->count] = (struct proof_item){ copy, NULL };
    return &more[list->count++];
}

int proof_put(struct proof *proof, enum proof_kind kind, const char *name, struct span value)
{
    struct fob_secret *secret = NULL;
    struct proof_item *item;
    int code = fob_secret_new(value.data, value.size, &secret);

    if (code != FOB_SUCCESS)
        return code;
    item = proof_find_or_add(proof, kind, name);
    if (item == NULL) {
        fob_secret_free(secret);
        return error_nomem();
    }
    fob_secret_free(item->value);
    item->value = secret;
    return FOB_SUCCESS;
}

int proof_get(const struct proof *proof, enum proof_kind kind, size_t index, const char **name,
              const struct fob_secret **value)
{
    const struct proof_list *list = &proof->lists[kind];

    if (index >= list->count)
        return FOB_NOT_FOUND;
    *name = list->items[index].name;
    *value = list->items[index].value;
    return FOB_SUCCESS;
}

static const struct fob_secret *proof_find(const struct proof_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, name) == 0)
            return list->items[i].value;
    }
    return NULL;
}

int proof_get_certificate(const struct proof *proof, const struct fob_secret **chain,
                          const struct fob_secret **key)
{
    const struct proof_list *list = &proof->lists[PROOF_CERTIFICATE];

    if (proof_find(list, PROOF_CHAIN) == NULL || proof_find(list, PROOF_KEY) == NULL)
        return FOB_NOT_FOUND;
    *chain = proof_find(list, PROOF_CHAIN);
    *key = proof_find(list, PROOF_KEY);
    return FOB_SUCCESS;
}

bool proof_is_empty(const struct proof *proof)
{
    size_t count = 0;

    for (size_t kind = 0; kind < PROOF_KINDS; kind++)
        count += proof->lists[kind].count;
    return count == 0;
}

static void proof_list_clear(struct proof_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        fob_secret_free(list->items[i].value);
    }
    free(list->items);
}

void proof_clear(struct proof *proof)
{
    for (size_t kind = 0; kind < PROOF_KINDS; kind++)
        proof_list_clear(&proof->lists[kind]);
    *proof = (struct proof){ 0 };
}
