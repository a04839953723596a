/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A new file, which has its name only when it is complete; no other file is replaced.
 */
#ifndef FOB_FOB_NEW_FILE_H
#define FOB_FOB_NEW_FILE_H

#include <limits.h>
#include <stdbool.h>

struct new_file {
    const char *path; /* borrowed */
    char temporary[PATH_MAX];
    int fd; /* to write to; or -1 */
    bool published;
};

/* Begin the file at PATH; a signal that ends the process removes it.  Only one at a time.  Returns
 * FOB_SUCCESS, FOB_EXISTS, FOB_INVALID, FOB_SYSTEM (reported). */
int new_file_open(const char *path, struct new_file *file);
/* Make the file private and durable, and give it its name.  Returns FOB_SUCCESS, FOB_EXISTS,
 * FOB_SYSTEM (reported). */
int new_file_publish(struct new_file *file);
/* After new_file_open(): remove the file unless it was published. */
void new_file_close(struct new_file *file);

#endif
