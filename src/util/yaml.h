/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * YAML with positions: a file becomes a tree in which every node knows its line and column, and all
 * mistakes of a file are collected, not only the first.
 *
 * Built on libyaml.  Limits: 1 MiB, 32 levels, 256 anchors, and 20,000 nodes, where an alias counts
 * at each use.
 */
#ifndef FOB_UTIL_YAML_H
#define FOB_UTIL_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/mistakes.h"

#define YAML_FILE_MAX (1024 * 1024)

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    size_t line, column; /* from 1 */
    char *text;   /* YAML_TEXT: never NULL, UTF-8, no control characters except tab and newline */
    bool plain;   /* YAML_TEXT: written without quotes */
    size_t count; /* YAML_LIST and YAML_MAP */
    struct yaml_node **keys;   /* YAML_MAP: YAML_TEXT nodes */
    struct yaml_node **values; /* YAML_LIST and YAML_MAP */
};

struct yaml_file {
    char *name;             /* for messages */
    struct yaml_node *root; /* NULL for an empty file, and after a mistake that stops the parser */
    struct mistakes mistakes;
};

/*
 * Read TEXT as the one YAML document of the file called NAME.
 *
 * Mistakes go to FILE->mistakes.  Bad syntax, invalid UTF-8 and a passed limit stop the parser, so
 * that no mistake is a mere consequence of another.  Duplicate keys, keys that are not text, tags,
 * unknown and circular aliases and a second document do not stop it.  Returns FOB_SUCCESS,
 * FOB_NOMEM.
 */
int yaml_read_text(const char *name, const char *text, size_t size, struct yaml_file **file);
/*
 * Open, check (path_check_trust(), for USER) and read the file at PATH.  For a file that is too
 * large, that is its one mistake.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_NOT_ALLOWED (not
 * trusted, or not readable), FOB_SYSTEM, FOB_NOMEM.
 */
int yaml_read_path(const char *path, uid_t user, struct yaml_file **file);
/* The same without KEY of a file that is a block map, and the key's value: neither takes time, nor
 * are the value's anchors known. */
int yaml_read_path_without(const char *path, uid_t user, const char *key, struct yaml_file **file);
/* Whether WORD, made of letters, may occur in the file at PATH.  This is cheaper than parsing: a
 * file without the word need not be parsed at all.  Returns as yaml_read_path(). */
int yaml_may_contain(const char *path, uid_t user, const char *word, bool *may);
void yaml_file_free(struct yaml_file *file);
/* Whether FILE has nothing but comments. */
bool yaml_file_is_empty(const struct yaml_file *file);

/* Add a mistake at NODE; with NULL, at the file's start. */
void yaml_mistake(struct yaml_file *file, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of KEY in MAP.  NULL when there is none, or when MAP is NULL or not a map. */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/*
 * Each of these reads one kind of value.  When NODE is of another kind or out of range, it adds a
 * mistake and returns false.
 */
bool yaml_text(struct yaml_file *file, const struct yaml_node *node, const char **text);
bool yaml_boolean(struct yaml_file *file, const struct yaml_node *node, bool *value);
bool yaml_integer(struct yaml_file *file, const struct yaml_node *node, int64_t min, int64_t max,
                  int64_t *value);
/* A list of at least one text. */
bool yaml_texts(struct yaml_file *file, const struct yaml_node *node);
/* Check that NODE is a map.  A key that is not among the COUNT words of KNOWN is a mistake, whose
 * message suggests the nearest; the result is true all the same. */
bool yaml_map(struct yaml_file *file, const struct yaml_node *node, const char *const *known,
              size_t count);
/* Add the mistake "WHAT: must be A, B or C", of the texts in WORDS, which end with NULL; the
 * message suggests the one nearest to NODE's text. */
void yaml_mistake_choice(struct yaml_file *file, const struct yaml_node *node, const char *what,
                         const char *const *words);
/* The second half of yaml_map(): whether all keys of MAP are known. */
bool yaml_known_keys(struct yaml_file *file, const struct yaml_node *map, const char *const *known,
                     size_t count);

#endif
