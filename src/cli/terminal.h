/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Asking a person on the controlling terminal, whatever stdin and stdout are.
 *
 * The input goes into a fob_secret.  The terminal's modes are always restored.  Of several fobs on
 * one terminal, one asks at a time.
 */
#ifndef FOB_CLI_TERMINAL_H
#define FOB_CLI_TERMINAL_H

#include <fob/fob.h>

struct terminal {
    int fd;          /* -1 until opened */
    int wake;        /* a descriptor that ends a question without an answer when readable; or -1 */
    int signal;      /* the signal that interrupted a question, or 0 */
    const char *why; /* why there was no answer (static) */
    const char *hint;
};

#define TERMINAL_INIT ((struct terminal){ .fd = -1, .wake = -1, .why = "no answer", .hint = "" })

/* Whether there is a terminal.  The first call opens it. */
bool terminal_present(struct terminal *terminal);
void terminal_close(struct terminal *terminal);

/* Print TEXT, each line made printable. */
void terminal_print_text(const struct terminal *terminal, const char *text);

enum terminal_echo { TERMINAL_HIDDEN, TERMINAL_SHOWN };

/*
 * Print PROMPT, a colon and a blank, and read one line without its newline.
 *
 * Returns FOB_SUCCESS, FOB_CONVERSATION (TERMINAL says why: the end of input, more than one line,
 * or a line too long for a terminal), FOB_ABORT (a signal, now in TERMINAL; the caller cleans up
 * and dies of it), FOB_NOMEM.
 */
int terminal_ask(struct terminal *terminal, const char *prompt, enum terminal_echo echo,
                 struct fob_secret **reply);
/* The same, hidden.  If another fob on this terminal asks the same QUESTION, its answer is used. */
int terminal_ask_once(struct terminal *terminal, const char *prompt, const char *question,
                      struct fob_secret **reply);

#endif
