/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Answers: an account as JSON or for people.
 */
#ifndef FOB_CLI_OUTPUT_H
#define FOB_CLI_OUTPUT_H

#include "cli/cli.h"
#include "util/strbuf.h"

/* Append "NAME":"TEXT", with a comma before it unless FIRST. */
void output_text(struct strbuf *out, const char *name, const char *text, bool first);
/* The whole account as one JSON object. */
void output_account(struct strbuf *out, const struct fob_account *account);
/* A time for people, or "never". */
void output_time(int64_t when, char buffer[static 32]);
/* Print BUF and a newline, and free it.  The exit status. */
int output_print(struct strbuf *buf);
/* TEXT as it may be shown on a terminal; the caller frees it. */
char *output_printable(const char *text);

#endif
