/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a program to its end, within its timeout, and collecting its output.
 */
#ifndef FOB_EXEC_PROGRAM_H
#define FOB_EXEC_PROGRAM_H

#include <fob/plugin.h>

struct user;

struct program {
    const char *const *arguments;   /* ends with NULL; the first is the file's absolute path */
    char *const *environment;       /* ends with NULL */
    const struct fob_secret *input; /* its whole standard input */
    const struct user *user;        /* the user to run as; NULL for the caller */
    int64_t timeout;                /* seconds */
};

#define STDERR_LINES 8
#define STDERR_LINE_SIZE 512

/*
 * The last lines of standard error.  A long line loses its end, never its beginning: a cut secret
 * must still be recognized.
 */
struct program_stderr {
    char lines[STDERR_LINES][STDERR_LINE_SIZE];
    size_t count; /* the number of complete lines; line I is in lines[I % STDERR_LINES] */
    size_t size;  /* the size of the incomplete line after them */
};

/* How a program ended, and its output. */
struct ending {
    struct fob_secret *output;
    struct program_stderr errors;
    int status; /* the exit status or, with SIGNALED, the signal's number */
    bool signaled;
};

/*
 * Run PROGRAM, and kill the rest of its process group.  ENDING, which program_ending_free() frees,
 * is set even on failure, with the output until then.  Returns FOB_SUCCESS when the program ended
 * by itself, whatever its status; or with a message FOB_UNAVAILABLE (it took too long), FOB_PLUGIN
 * (it wrote too much), and as launch_program().
 */
int program_run(struct fob_handle *handle, const struct program *program, struct ending *ending);
void program_ending_free(struct ending *ending);

static inline int program_nomem(struct fob_handle *handle)
{
    return fob_fail(handle, FOB_NOMEM, "out of memory");
}

/* Line number INDEX of the kept lines, the oldest first; NULL past the last. */
const char *program_stderr_line(const struct program_stderr *errors, size_t index);

#endif
