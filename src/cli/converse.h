/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The command's conversation: questions go to the terminal, messages to stderr, nothing to stdout.
 */
#ifndef FOB_CLI_CONVERSE_H
#define FOB_CLI_CONVERSE_H

#include <fob/fob.h>

#include "cli/terminal.h"

struct browser;

struct converse {
    struct terminal terminal;
    bool silent;                   /* --no-input: never ask */
    const char *passphrase_file;   /* or NULL */
    const char *passphrase_fd;     /* the number of a descriptor */
    struct fob_secret *passphrase; /* read from that descriptor */
    const char *account;           /* the account that the messages are about; or NULL */
    struct fob_handle *handle;
    struct fob_app *app; /* in its place, if the fields are an app's */
    struct fob_context *context;
    fob_sign_in_fn *sign_in; /* of the command; or NULL */
    struct browser *browser; /* for that */
    size_t asked;            /* the number of fields that a person was asked for */
    bool typed;              /* a person typed a new value */
    int told;                /* a failure that was already reported, or FOB_SUCCESS */
    char why[320];           /* why there was no reply; or "" */
    char hint[320];
};

#define CONVERSE_INIT ((struct converse){ .terminal = TERMINAL_INIT })

/* A conversation for fob_set_conversation(): asks for the store's passphrase. */
int converse_store(const struct fob_message *const *messages, size_t count,
                   struct fob_secret **replies, void *data);
/* A conversation for fob_start(): asks for fields, and a plugin's questions. */
int converse_account(const struct fob_message *const *messages, size_t count,
                     struct fob_secret **replies, void *data);

/* Whether the command line says where the store's passphrase is. */
bool converse_has_passphrase(const struct converse *converse);
/* Read that passphrase.  Reports errors.  Returns as fields_read_private(). */
int converse_read_passphrase(struct converse *converse, struct fob_secret **passphrase);
void converse_close(struct converse *converse);

/* Whether a person can be asked. */
bool converse_can_ask(struct converse *converse);
/* Ask a question of the command's own.  LETTER receives one of the lower-case LETTERS; the last one
 * is the default.  Returns FOB_SUCCESS, FOB_ABORT, FOB_NOMEM. */
int converse_choose(struct converse *converse, const char *question, const char *letters,
                    char *letter);
/* After PASSPHRASE was read from SOURCE, mostly a file: prepare a hint about invisible characters
 * in it, for when it does not open the store. */
void converse_note_unseen(struct converse *converse, const char *source,
                          const struct fob_secret *passphrase);

#endif
