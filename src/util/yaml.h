/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * YAML with positions: a file becomes a tree in which every node knows its line and column, and all
 * mistakes of a file are collected, not only the first.
 *
 * Built on libyaml.  Bounded: files of 1 MiB, 32 levels, 20,000 nodes with aliases counted at each
 * use.
 */
#ifndef FOB_UTIL_YAML_H
#define FOB_UTIL_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define YAML_FILE_MAX (1024 * 1024)

/* "FILE:LINE:COLUMN: what is wrong", in the order in which they were found. */
struct mistakes {
    char **lines;
    size_t count;
    bool failed; /* out of memory: some are missing */
};
void mistakes_add(struct mistakes *mistakes, const char *file, size_t line, size_t column,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
void mistakes_free(struct mistakes *mistakes);

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    size_t line, column;   /* from 1 */
    char *text;            /* YAML_TEXT: never NULL, UTF-8 without NUL */
    bool plain;            /* YAML_TEXT: written without quotes */
    size_t count;          /* YAML_LIST and YAML_MAP */
    struct yaml_node **keys;   /* YAML_MAP: YAML_TEXT nodes */
    struct yaml_node **values; /* YAML_LIST and YAML_MAP */
};

struct yaml_file {
    char *name;            /* for messages */
    struct yaml_node *root; /* NULL for an empty file */
    struct mistakes mistakes;
};

/*
 * Read TEXT as the one YAML document of the file called NAME.
 *
 * Mistakes (syntax, duplicate keys, too deep, too many, more than one document, invalid UTF-8) are
 * in FILE->mistakes, with as much of the tree as could be read.  Returns FOB_SUCCESS, FOB_NOMEM.
 */
int yaml_read_text(const char *name, const char *text, size_t size, struct yaml_file **file);
/*
 * Open, check (owner, mode: path_check_trust()) and read the file at PATH.  A file that is too large
 * or not trusted is a mistake of it.  Returns FOB_SUCCESS, FOB_NOT_FOUND, FOB_DENIED,
 * FOB_SYSTEM, FOB_NOMEM.
 */
int yaml_read_path(const char *path, struct yaml_file **file);
void yaml_free(struct yaml_file *file);

/* Add a mistake at NODE. */
void yaml_mistake(struct yaml_file *file, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The value of KEY in MAP, or NULL. */
struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/*
 * Readers of the checked values.  Each adds a mistake and returns false when NODE is not of its
 * kind or range.
 */
bool yaml_text(struct yaml_file *file, const struct yaml_node *node, const char **text);
bool yaml_boolean(struct yaml_file *file, const struct yaml_node *node, bool *value);
bool yaml_integer(struct yaml_file *file, const struct yaml_node *node, int64_t min, int64_t max,
                  int64_t *value);
/* Check that NODE is a map and every key of it is one of KNOWN (COUNT words); unknown ones are
 * mistakes that offer the nearest. */
bool yaml_map(struct yaml_file *file, const struct yaml_node *node, const char *const *known,
              size_t count);

#endif
