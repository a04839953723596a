/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads passphrases from a private file or from the terminal. */
#include "config.h"

#include "fob/passphrase.h"

#include "cli/fields_input.h"
#include "cli/output.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

static bool passphrase_is_same(const struct fob_secret *a, const struct fob_secret *b)
{
    return fob_secret_size(a) == fob_secret_size(b) &&
           memcmp(fob_secret_data(a), fob_secret_data(b), fob_secret_size(a)) == 0;
}

/* Ask twice, since a mistake would only be found when the store is needed. */
static int passphrase_ask_twice(struct cli *cli, struct fob_secret **passphrase)
{
    struct terminal *terminal = &cli->converse.terminal;
    struct fob_secret *first = NULL;
    struct fob_secret *second = NULL;
    int code = terminal_ask(terminal, "New passphrase", TERMINAL_HIDDEN, &first);

    if (code == FOB_SUCCESS)
        code = terminal_ask(terminal, "Once more", TERMINAL_HIDDEN, &second);
    if (code == FOB_CONVERSATION)
        output_fail(code, terminal->hint, "no passphrase was given: %s; nothing was made",
                    terminal->why);
    else if (code == FOB_SUCCESS && !passphrase_is_same(first, second))
        code = output_fail(FOB_CONVERSATION, NULL, "the two passphrases differ; nothing was made");
    if (code == FOB_SUCCESS) {
        *passphrase = first;
        first = NULL;
    }
    fob_secret_free(first);
    fob_secret_free(second);
    return code;
}

static int passphrase_fail_nobody(const char *option)
{
    char hint[80];

    snprintf(hint, sizeof hint, "use %s, or run it on a terminal", option);
    return output_fail(FOB_CONVERSATION, hint, "a passphrase is needed, and nobody to ask");
}

/* Check that the passphrase can be typed: it must be one line. */
static int passphrase_check_new(const char *what, struct fob_secret **passphrase)
{
    const char *data = fob_secret_data(*passphrase);
    size_t size = fob_secret_size(*passphrase);
    char unseen[TEXT_UNSEEN];
    int code = FOB_SUCCESS;

    if (memchr(data, '\n', size) != NULL || memchr(data, '\0', size) != NULL)
        code = output_fail(FOB_INVALID, "a passphrase is one line, as it would be typed",
                           "%s: it has more than one line, or a NUL", what);
    else if (text_find_unseen(data, size, unseen))
        code = output_fail(FOB_INVALID, "remove it", "%s: it %s", what, unseen);
    if (code != FOB_SUCCESS) {
        fob_secret_free(*passphrase);
        *passphrase = NULL;
    }
    return code;
}

int passphrase_read_new(struct cli *cli, struct fob_secret **passphrase)
{
    const char *file = cli->converse.passphrase_file;
    int code = converse_read_passphrase(&cli->converse, passphrase);

    return code == FOB_SUCCESS
               ? passphrase_check_new(file != NULL ? file : "--passphrase-fd", passphrase)
               : code;
}

int passphrase_choose(struct cli *cli, const char *file, const char *option,
                      struct fob_secret **passphrase)
{
    int code;

    if (file == NULL && !converse_can_ask(&cli->converse))
        return passphrase_fail_nobody(option);
    code = file != NULL ? fields_read_private(file, passphrase)
                        : passphrase_ask_twice(cli, passphrase);
    return code == FOB_SUCCESS
               ? passphrase_check_new(file != NULL ? file : "the passphrase", passphrase)
               : code;
}

int passphrase_ask(struct cli *cli, const char *file, const char *option, const char *prompt,
                   struct fob_secret **passphrase)
{
    int code;

    if (file != NULL) {
        code = fields_read_private(file, passphrase);
        if (code == FOB_SUCCESS)
            converse_note_unseen(&cli->converse, file, *passphrase);
        return code;
    }
    if (!converse_can_ask(&cli->converse))
        return passphrase_fail_nobody(option);
    code = terminal_ask(&cli->converse.terminal, prompt, TERMINAL_HIDDEN, passphrase);
    if (code == FOB_CONVERSATION)
        output_fail(code, cli->converse.terminal.hint, "no passphrase was given: %s",
                    cli->converse.terminal.why);
    return code;
}
