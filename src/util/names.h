/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A list of names that grows.
 */
#ifndef FOB_UTIL_NAMES_H
#define FOB_UTIL_NAMES_H

#include <stddef.h>

struct names {
    char **items;
    size_t count;
    size_t room;
};

/* Append a copy of the SIZE bytes at NAME.  Returns FOB_SUCCESS, FOB_NOMEM. */
int names_add(struct names *names, const char *name, size_t size);
/* Append the name of each file in FOLDER, without SUFFIX, unless that is no text_is_name() or in
 * the list already.  A folder that does not exist has none.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int names_add_files(struct names *names, const char *folder, const char *suffix);
void names_sort(struct names *names);
/* Free COUNT names and their array, of a list or not. */
void names_free(char **names, size_t count);

#endif
