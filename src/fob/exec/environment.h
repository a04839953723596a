/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The environment of a command that gets credentials: fob's own without fob's variables, or an
 * empty one, plus the credentials, as values or as files that exist as long as the command.
 *
 * A file is a sealed memfd_create(2): it has no name, and cannot be left behind.
 */
#ifndef FOB_FOB_EXEC_ENVIRONMENT_H
#define FOB_FOB_EXEC_ENVIRONMENT_H

#include "fob/exec/variables.h"

struct environment {
    char **entries; /* ends with NULL; borrowed from BLOCK and from environ */
    char *block;    /* holds secrets; locked if the limit permits */
    size_t size;
    struct environment_file *files;
    size_t file_count;
};

#define ENVIRONMENT_INIT ((struct environment){ NULL, NULL, 0, NULL, 0 })

enum environment_flag {
    ENVIRONMENT_CLEAR = 1 << 0, /* nothing but the variables */
    ENVIRONMENT_FILES = 1 << 1, /* the variables are the paths of files */
};

/* Make ENVIRONMENT from VARIABLES, whose values were read.  Returns FOB_SUCCESS, FOB_SYSTEM,
 * FOB_NOMEM. */
int environment_make(const struct variables *variables, unsigned flags,
                     struct environment *environment);
/* Move any of its files away from the descriptor FD.  Returns 0, or -1 with errno. */
int environment_leave_fd(const struct environment *environment, int fd);
/* In the process that becomes the command: let it inherit the files. */
void environment_enter(const struct environment *environment);
void environment_free(struct environment *environment);

/* Make a sealed file in memory that holds VALUE, readable by its owner, and return it in FD.
 * Returns FOB_SUCCESS, FOB_SYSTEM. */
int environment_seal_file(const char *name, const struct fob_secret *value, int *fd);

#endif
