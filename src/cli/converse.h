/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The command's conversation: questions go to the terminal, messages to stderr, nothing to stdout.
 */
#ifndef FOB_CLI_CONVERSE_H
#define FOB_CLI_CONVERSE_H

#include <fob/fob.h>

#include "cli/terminal.h"

struct converse {
    struct terminal terminal;
    bool silent;                   /* --no-input: nobody to ask */
    const char *passphrase_file;   /* or NULL, as the next */
    const char *passphrase_fd;     /* the number of a descriptor */
    struct fob_secret *passphrase; /* which was read from it */
    const char *account;           /* the one talked about; NULL for none, as the next */
    struct fob_handle *handle;
    struct fob_context *context;
    size_t asked;  /* fields that a person was asked for */
    bool typed;    /* and did not leave as they were */
    int told;      /* a failure that stderr was told of already, or FOB_SUCCESS */
    char why[320]; /* why there was no reply, for people; or "" */
    char hint[320];
};

#define CONVERSE_INIT ((struct converse){ .terminal = TERMINAL_INIT })

/* For fob_set_conversation(): asks for the store's passphrase. */
int converse_store(const struct fob_message *messages, size_t count, struct fob_secret **replies,
                   void *data);
/* For fob_start(): asks for fields, and whatever a plugin asks. */
int converse_account(const struct fob_message *messages, size_t count, struct fob_secret **replies,
                     void *data);

/* Whether the command line says where the store's passphrase is. */
bool converse_has_passphrase(const struct converse *converse);
/* The passphrase from there.  Errors are told.  Returns as fields_read_private(). */
int converse_read_passphrase(struct converse *converse, struct fob_secret **passphrase);
void converse_close(struct converse *converse);

/* Whether a person can be asked. */
bool converse_can_ask(struct converse *converse);
/* Ask a question of the command's own.  The answer is one of the letters in LETTERS, in small; no
 * answer, and an empty one, is the last of them.  Returns FOB_SUCCESS, FOB_ABORT, FOB_NOMEM. */
int converse_choose(struct converse *converse, const char *question, const char *letters,
                    char *letter);
/* After the PASSPHRASE was read from SOURCE, a file mostly: if it opens nothing, and something in
 * it cannot be seen, that is told. */
void converse_note_unseen(struct converse *converse, const char *source,
                          const struct fob_secret *passphrase);

#endif
