/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Running a program from its start to its end, within its time, and what it wrote.
 */
#ifndef FOB_EXEC_PROGRAM_H
#define FOB_EXEC_PROGRAM_H

#include <fob/plugin.h>

struct user;

struct program {
    const char *const *arguments;   /* ends with NULL; the first is the file's absolute path */
    char *const *environment;       /* ends with NULL */
    const struct fob_secret *input; /* all that its standard input holds */
    const struct user *user;        /* whom it runs as; NULL for the caller */
    int64_t timeout;                /* seconds */
};

#define STDERR_LINES 8
#define STDERR_LINE_SIZE 512

/*
 * The last lines that were written to standard error.  Only the end of a line is cut, never its
 * beginning: what is left of a secret must be known for one.
 */
struct program_stderr {
    char lines[STDERR_LINES][STDERR_LINE_SIZE];
    size_t count; /* of lines that are whole; line I is in lines[I % STDERR_LINES] */
    size_t size;  /* of the line after them */
};

/* How a program ended, and what it wrote. */
struct ending {
    struct fob_secret *output;
    struct program_stderr errors;
    int status; /* its exit status, or with SIGNALED the signal's number */
    bool signaled;
};

/*
 * Run PROGRAM, and end all that is left of its process group.  ENDING, which is for
 * program_ending_free(), is set on failure too, and has then what was written until it.  Returns
 * FOB_SUCCESS when it ended by itself, whatever its status; or with a message what launch_program()
 * does, FOB_UNAVAILABLE (it took too long), FOB_PLUGIN (it wrote too much).
 */
int program_run(struct fob_handle *handle, const struct program *program, struct ending *ending);
void program_ending_free(struct ending *ending);

static inline int program_nomem(struct fob_handle *handle)
{
    return fob_fail(handle, FOB_NOMEM, "out of memory");
}

/* Line number INDEX of those that are kept, the oldest first; NULL past the last. */
const char *program_stderr_line(const struct program_stderr *errors, size_t index);

#endif
