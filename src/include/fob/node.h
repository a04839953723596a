/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Options that are trees: the nodes of a YAML value, which a plugin reads and judges.
 *
 * Nodes are borrowed until the hook returns.  For NULL, a function returns NULL, 0 or false, so
 * that fob_node_text(fob_node_get(map, "key")) needs no check.
 */
#ifndef FOB_NODE_H
#define FOB_NODE_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_handle;
struct fob_node;

/* Words in quotes are always texts.  Since 0.2. */
enum fob_node_kind {
    FOB_NODE_NONE,    /* of NULL */
    FOB_NODE_NULL,    /* null */
    FOB_NODE_BOOLEAN, /* true or false */
    FOB_NODE_NUMBER,  /* as in JSON */
    FOB_NODE_TEXT,
    FOB_NODE_LIST,
    FOB_NODE_MAP,
};

/* The value of an option of the type FOB_OPTION_TREE; NULL without one.  Since 0.2. */
FOB_API const struct fob_node *fob_option_node(const struct fob_handle *handle, const char *name);

/* Since 0.2. */
FOB_API enum fob_node_kind fob_node_kind(const struct fob_node *node);
/* A text, number, boolean or null, as it is written; NULL for a list or a map.  Since 0.2. */
FOB_API const char *fob_node_text(const struct fob_node *node);
/* The number of items of a list, or of members of a map; else 0.  Since 0.2. */
FOB_API size_t fob_node_count(const struct fob_node *node);
/* Item number INDEX (from 0) of a list, or the value of that member of a map; NULL past the last.
 * Since 0.2. */
FOB_API const struct fob_node *fob_node_value(const struct fob_node *node, size_t index);
/* The key of member number INDEX of a map, a text.  Since 0.2. */
FOB_API const struct fob_node *fob_node_key(const struct fob_node *map, size_t index);
/* The value of KEY in MAP; NULL if there is none.  Since 0.2. */
FOB_API const struct fob_node *fob_node_get(const struct fob_node *map, const char *key);

/* As fob_mistake(), at NODE of an option: a value, or a key.  Since 0.2. */
FOB_API void fob_node_mistake(struct fob_handle *handle, const struct fob_node *node,
                              const char *format, ...) __attribute__((format(printf, 3, 4)));
/*
 * In check: warn of something at NODE that is allowed, but should not be.  "fob check" shows the
 * warning; nothing else has it, and the hooks run.  Since 0.2.
 */
FOB_API void fob_node_warning(struct fob_handle *handle, const struct fob_node *node,
                              const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The nearest of WORDS, which end with NULL, to WORD; NULL if none is close.  Since 0.2. */
FOB_API const char *fob_nearest(const char *word, const char *const *words);
/*
 * In check: report a mistake unless NODE is a map, and for each key that is not among KEYS, which
 * ends with NULL; the message has the nearest of them.  Returns whether NODE is a map.  Since 0.2.
 */
FOB_API bool fob_node_check_keys(struct fob_handle *handle, const struct fob_node *node,
                                 const char *const *keys);

#ifdef __cplusplus
}
#endif

#endif
