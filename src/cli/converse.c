/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Shows the library's messages on a terminal, and returns replies. */
#include "config.h"

#include "cli/converse.h"

#include "cli/fields_input.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "util/child.h"
#include "util/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASKPASS_MAX 4096
#define ASKPASS_S 300 /* time for a person to type */

bool converse_can_ask(struct converse *converse)
{
    return !converse->silent && terminal_present(&converse->terminal);
}

static int converse_fail_nobody(struct converse *converse, const char *hint, const char *what)
{
    snprintf(converse->why, sizeof converse->why, "%s%s%s, and nobody to ask",
             converse->account != NULL ? converse->account : "",
             converse->account != NULL ? ": " : "", what);
    snprintf(converse->hint, sizeof converse->hint, "%s", hint);
    return FOB_CONVERSATION;
}

/* Find the field NAME in the provider's file; NULL for none. */
static const struct fob_provider_field *converse_find_field(const struct converse *converse,
                                                            const char *name)
{
    const struct fob_provider_field *field = NULL;

    if ((converse->handle == NULL && converse->app == NULL) || name == NULL)
        return NULL;
    for (size_t i = 0;
         (field = converse->app != NULL
                      ? fob_provider_app_field(fob_app_provider(converse->app), i)
                      : fob_provider_field(fob_handle_provider(converse->handle), i)) != NULL;
         i++) {
        if (strcmp(field->name, name) == 0)
            break;
    }
    return field;
}

/* Without a person, reply with an empty value, which means the default or no value of an optional
 * field. */
static int converse_answer_default(struct converse *converse, const struct fob_message *message,
                                   struct fob_secret **reply)
{
    const struct fob_provider_field *field = converse_find_field(converse, message->name);
    char what[160];
    char hint[160];
    /* The stored value does not count as a default: an edit without a person must be given the
     * keys. */
    bool alone =
        field != NULL ? field->optional || field->value[0] != '\0' : message->value != NULL;

    if (alone)
        return fob_secret_new("", 0, reply);
    if (field != NULL) {
        snprintf(what, sizeof what, "no value for the field %s", field->name);
        snprintf(hint, sizeof hint,
                 "give it with --stdin or --field-file %s=PATH, or run it on a terminal",
                 field->name);
    } else {
        snprintf(what, sizeof what, "\"%s\" is asked", message->text);
        snprintf(hint, sizeof hint, "run it on a terminal");
    }
    return converse_fail_nobody(converse, hint, what);
}

static void converse_make_prompt(const struct converse *converse, const struct fob_message *message,
                                 char *prompt, size_t room)
{
    const struct fob_provider_field *field = converse_find_field(converse, message->name);
    bool optional = field != NULL && field->optional;
    const char *prefix = field != NULL ? field->prefix : "";
    const char *suffix = field != NULL ? field->suffix : "";

    if (message->kind == FOB_ASK_CONFIRM)
        snprintf(prompt, room, "%s [y/N]", message->text);
    else if (message->value != NULL)
        snprintf(prompt, room, "%s [%s]", message->text, message->value);
    else if (message->example != NULL)
        snprintf(prompt, room, "%s (such as %s%s%s)", message->text, prefix, message->example,
                 suffix);
    else if (prefix[0] != '\0' || suffix[0] != '\0')
        snprintf(prompt, room, "%s (%sNAME%s)", message->text, prefix, suffix);
    else
        snprintf(prompt, room, "%s%s", message->text, optional ? " (may be empty)" : "");
}

/* "y" and "yes" mean "yes", anything else "no". */
static int converse_read_yes(struct fob_secret **reply)
{
    const char *typed = fob_secret_data(*reply);
    bool yes = strcasecmp(typed, "y") == 0 || strcasecmp(typed, "yes") == 0;

    fob_secret_free(*reply);
    *reply = NULL;
    return fob_secret_new(yes ? "yes" : "no", yes ? 3 : 2, reply);
}

static void converse_fail_no_answer(struct converse *converse, const char *prompt)
{
    snprintf(converse->why, sizeof converse->why, "%s: %s", prompt, converse->terminal.why);
    snprintf(converse->hint, sizeof converse->hint, "%s", converse->terminal.hint);
}

static int converse_ask(struct converse *converse, const struct fob_message *message,
                        struct fob_secret **reply)
{
    char prompt[512];
    int code;

    if (!converse_can_ask(converse))
        return converse_answer_default(converse, message, reply);
    if (message->description != NULL)
        terminal_print_text(&converse->terminal, message->description);
    converse_make_prompt(converse, message, prompt, sizeof prompt);
    code = terminal_ask(&converse->terminal, prompt,
                        message->kind == FOB_ASK_SECRET ? TERMINAL_HIDDEN : TERMINAL_SHOWN, reply);
    if (code == FOB_SUCCESS && message->kind == FOB_ASK_CONFIRM)
        code = converse_read_yes(reply);
    if (code == FOB_SUCCESS)
        converse->asked++;
    if (code == FOB_SUCCESS && fob_secret_size(*reply) > 0)
        converse->typed = true;
    else if (code == FOB_CONVERSATION)
        converse_fail_no_answer(converse, message->text);
    return code;
}

/* The guide is for a person who is about to type; other messages go to stderr. */
static void converse_print(struct converse *converse, const struct fob_message *message)
{
    if (message->kind == FOB_TELL_GUIDE) {
        if (!converse_can_ask(converse))
            return;
        terminal_print_text(&converse->terminal, message->text);
        terminal_print_text(&converse->terminal, "\n");
    } else {
        output_lines(stderr, message->kind == FOB_TELL_WARNING ? "warning: " : "", message->text);
    }
}

int converse_account(const struct fob_message *const *messages, size_t count,
                     struct fob_secret **replies, void *data)
{
    struct converse *converse = data;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        switch (messages[i]->kind) {
        case FOB_ASK_TEXT:
        case FOB_ASK_SECRET:
        case FOB_ASK_CONFIRM:
            code = converse_ask(converse, messages[i], &replies[i]);
            break;
        default:
            converse_print(converse, messages[i]);
            break;
        }
    }
    return code;
}

bool converse_has_passphrase(const struct converse *converse)
{
    return converse->passphrase_file != NULL || converse->passphrase_fd != NULL;
}

/* Keep the passphrase, because a descriptor can be read only once. */
static int converse_read_fd(struct converse *converse)
{
    const char *text = converse->passphrase_fd;
    unsigned long number;
    char *end;

    number = strtoul(text, &end, 10);
    if (!isdigit((unsigned char)text[0]) || *end != '\0' || number > INT_MAX)
        return output_fail(FOB_INVALID, NULL, "--passphrase-fd: %.64s: not a descriptor", text);
    return fields_read_descriptor((int)number, &converse->passphrase);
}

int converse_read_passphrase(struct converse *converse, struct fob_secret **passphrase)
{
    int code = FOB_SUCCESS;

    if (converse->passphrase_file != NULL)
        return fields_read_private(converse->passphrase_file, passphrase);
    if (converse->passphrase == NULL)
        code = converse_read_fd(converse);
    return code == FOB_SUCCESS ? fob_secret_new(fob_secret_data(converse->passphrase),
                                                fob_secret_size(converse->passphrase), passphrase)
                               : code;
}

void converse_close(struct converse *converse)
{
    fob_secret_free(converse->passphrase);
    converse->passphrase = NULL;
    terminal_close(&converse->terminal);
}

/* The program that asks when there is no terminal, like SSH_ASKPASS of ssh(1). */
static const char *converse_askpass(const struct converse *converse)
{
    const char *program = secure_getenv("FOB_ASKPASS");

    return converse->silent || program == NULL || program[0] != '/' ? NULL : program;
}

static int converse_run_askpass(struct converse *converse, const char *program, const char *prompt,
                                struct fob_secret **reply)
{
    char *const argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)prompt, NULL };
    char what[96];
    char text[ASKPASS_MAX];
    struct child_output output = { .data = text, .room = sizeof text };
    const char *why;
    int code = FOB_CONVERSATION;

    snprintf(what, sizeof what, "waiting for FOB_ASKPASS %.64s", program);
    progress_wait(what, 0, NULL);
    why = child_capture(argv, environ, ASKPASS_S, &output);
    progress_wait(NULL, 0, NULL);
    if (why == NULL && output.size > 0 && output.data[output.size - 1] == '\n')
        output.size--;
    if (why != NULL)
        converse_fail_nobody(converse, "FOB_ASKPASS names a program that prints the passphrase",
                             why);
    else
        code = fob_secret_new(text, output.size, reply);
    explicit_bzero(text, sizeof text);
    return code;
}

static int converse_ask_passphrase(struct converse *converse, const char *prompt,
                                   struct fob_secret **reply)
{
    int code = terminal_ask_once(&converse->terminal, prompt,
                                 fob_path(converse->context, FOB_PATH_STORE), reply);

    if (code == FOB_CONVERSATION)
        converse_fail_no_answer(converse, prompt);
    return code;
}

void converse_note_unseen(struct converse *converse, const char *source,
                          const struct fob_secret *passphrase)
{
    char what[TEXT_UNSEEN];

    if (!text_find_unseen(fob_secret_data(passphrase), fob_secret_size(passphrase), what))
        return;
    snprintf(converse->why, sizeof converse->why, "%.96s: not the passphrase; it %s", source, what);
    snprintf(converse->hint, sizeof converse->hint, "without that it may be the passphrase");
}

static int converse_use_passphrase(struct converse *converse, struct fob_secret **reply)
{
    const char *file = converse->passphrase_file;
    int code = converse->told = converse_read_passphrase(converse, reply);

    if (code == FOB_SUCCESS)
        converse_note_unseen(converse, file != NULL ? file : "--passphrase-fd", *reply);
    return code;
}

/* Get the store's passphrase from the simplest source available. */
static int converse_find_passphrase(struct converse *converse, const char *prompt,
                                    struct fob_secret **reply)
{
    static const char hint[] = "put it into a private file and use --passphrase-file, or run it "
                               "on a terminal";
    const char *askpass = converse_askpass(converse);

    if (converse_has_passphrase(converse))
        return converse_use_passphrase(converse, reply);
    if (converse_can_ask(converse))
        return converse_ask_passphrase(converse, prompt, reply);
    if (askpass != NULL)
        return converse_run_askpass(converse, askpass, prompt, reply);
    return converse_fail_nobody(converse, hint, "the store needs its passphrase");
}

int converse_store(const struct fob_message *const *messages, size_t count,
                   struct fob_secret **replies, void *data)
{
    struct converse *converse = data;
    int code = FOB_SUCCESS;

    for (size_t i = 0; i < count && code == FOB_SUCCESS; i++) {
        if (messages[i]->kind == FOB_ASK_SECRET)
            code = converse_find_passphrase(converse, messages[i]->text, &replies[i]);
        else if (!converse_has_passphrase(converse))
            converse_print(converse,
                           messages[i]); /* a passphrase from a file needs no explanation */
    }
    return code;
}

int converse_choose(struct converse *converse, const char *question, const char *letters,
                    char *letter)
{
    char last = letters[strlen(letters) - 1];

    for (;;) {
        struct fob_secret *reply = NULL;
        int code = terminal_ask(&converse->terminal, question, TERMINAL_SHOWN, &reply);
        char typed = last;

        if (code == FOB_CONVERSATION) {
            *letter = last;
            return FOB_SUCCESS;
        }
        if (code != FOB_SUCCESS)
            return code;
        if (fob_secret_size(reply) > 0)
            typed = (char)tolower((unsigned char)fob_secret_data(reply)[0]);
        fob_secret_free(reply);
        if (strchr(letters, typed) != NULL) {
            *letter = typed;
            return FOB_SUCCESS;
        }
    }
}
