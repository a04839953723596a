/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A temporary folder of a test's own.  Everything here ends the program when it fails.
 */
#ifndef FOB_TESTS_FOLDER_H
#define FOB_TESTS_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

/* Make a folder below BELOW, or below $TMPDIR or /tmp with NULL, of mode 0700; its path, to be
 * given to folder_remove(). */
char *folder_make(const char *below);
/* NAME in FOLDER; borrowed until the next but one call. */
const char *folder_path(const char *folder, const char *name);
/* Write a file of mode 0644 or a folder of mode 0755; returns folder_path(). */
const char *folder_write(const char *folder, const char *name, const char *text);
const char *folder_write_bytes(const char *folder, const char *name, const void *data, size_t size);
const char *folder_add(const char *folder, const char *name);
/* Whether plugins are loaded from below FOLDER, for nobody else can change it; else it is said why.
 */
bool folder_is_trusted(const char *folder);
/* Remove it with everything in it, and free FOLDER. */
void folder_remove(char *folder);

#endif
