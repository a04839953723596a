/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses a program's answer and acts on it.  All lines are checked before the first takes effect,
 * except those of tokens. */
#include "config.h"

#include "reply.h"

#include "util/array.h"
#include "util/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL (LINK | VALIDATE | REVOKE | AUTHORIZE | RENEW)
#define IDENTITY_SIZE 256 /* of an id and of a name */
#define WORD_SIZE 128     /* of the name of a header, a field, a token or a code */
#define URL_SIZE 2048
#define NUMBER_SIZE 16
/* A larger end is a time since the Epoch, a smaller one the seconds from the program's start. */
#define LIFETIME_MAX 1000000000
/* The end of the year 9999: a larger number is no time in seconds. */
#define TIME_MAX 253402300799

/*
 * The exit statuses, as in fob(1).  A status alone means the first code with that status, which is
 * the one that does the least harm.
 */
static const struct {
    int status;
    int code;
} meanings[] = {
    { 0, FOB_SUCCESS },      { 1, FOB_REJECTED },      { 1, FOB_EXPIRED },
    { 64, FOB_INVALID },     { 64, FOB_CONVERSATION }, { 65, FOB_CORRUPT },
    { 66, FOB_NOT_FOUND },   { 69, FOB_MANUAL },       { 69, FOB_UNTRUSTED },
    { 70, FOB_PLUGIN },      { 70, FOB_IGNORE },       { 70, FOB_NOMEM },
    { 70, FOB_ABORT },       { 73, FOB_EXISTS },       { 74, FOB_SYSTEM },
    { 75, FOB_UNAVAILABLE }, { 75, FOB_RATE_LIMITED }, { 76, FOB_PROTOCOL },
    { 77, FOB_SUSPENDED },   { 77, FOB_DENIED },       { 77, FOB_LOCKED },
    { 77, FOB_NOT_ALLOWED }, { 77, FOB_MISMATCHED },   { 75, FOB_CHANGED },
    { 78, FOB_CONFIG },      { 78, FOB_PLUGIN },
};

#define MEANINGS ARRAY_SIZE(meanings)

/* The parsed answer. */
struct reply {
    struct fob_handle *handle;
    const struct reply_text *text;
    bool says_code;
    int code;
    char token[WORD_SIZE]; /* the name of the last token, or "" */
    char id[IDENTITY_SIZE];
    char name[IDENTITY_SIZE];
};

/* One line; WORD is the part of its name after the kind. */
struct line {
    size_t number;
    const char *data;
    size_t size;
    char word[WORD_SIZE];
    const char *value;
    size_t value_size;
};

static int reply_fail_line(const struct reply *answer, const struct line *line, const char *why)
{
    fob_fail(answer->handle, FOB_PLUGIN, "provider %s: exec: %s: line %zu of its answer %s",
             fob_provider_name(answer->handle), answer->text->path, line->number, why);
    fob_hint(answer->handle, "fob_exec(7) lists what a program may write to its standard output; "
                             "for people it writes to standard error");
    return FOB_PLUGIN;
}

/* Copy the value to TEXT; false when it does not fit. */
static bool reply_copy_value(const struct line *line, char *text, size_t room)
{
    if (line->value_size >= room)
        return false;
    memcpy(text, line->value, line->value_size);
    text[line->value_size] = '\0';
    return true;
}

static int reply_note_code(struct reply *answer, const struct line *line)
{
    char name[WORD_SIZE];

    if (!reply_copy_value(line, name, sizeof name) ||
        fob_code_from_name(name, &answer->code) != FOB_SUCCESS)
        return reply_fail_line(answer, line, "names no return code");
    answer->says_code = true;
    return FOB_SUCCESS;
}

static int reply_note_id(struct reply *answer, const struct line *line)
{
    return reply_copy_value(line, answer->id, sizeof answer->id)
               ? FOB_SUCCESS
               : reply_fail_line(answer, line, "has an id of over 255 bytes");
}

static int reply_note_name(struct reply *answer, const struct line *line)
{
    return reply_copy_value(line, answer->name, sizeof answer->name)
               ? FOB_SUCCESS
               : reply_fail_line(answer, line, "has a name of over 255 bytes");
}

/* Whether a field is secret: as before, or true for a new field. */
static bool reply_is_secret(const struct fob_handle *handle, const char *name)
{
    const char *known;
    bool secret = true;

    for (size_t i = 0; (known = fob_field_name(handle, i, &secret)) != NULL; i++) {
        if (strcmp(known, name) == 0)
            return secret;
    }
    return true;
}

static int reply_put_field(struct reply *answer, const struct line *line)
{
    struct fob_handle *handle = answer->handle;
    char what[TEXT_UNSEEN];
    char why[TEXT_UNSEEN + 64];
    int code = fob_put_field(handle, line->word, line->value, line->value_size,
                             reply_is_secret(handle, line->word));

    if (code != FOB_INVALID)
        return code;
    if (!text_find_unseen(line->value, line->value_size, what))
        return reply_fail_line(answer, line, "sets a field that cannot be");
    snprintf(why, sizeof why, "sets a field to a value that %s", what);
    return reply_fail_line(answer, line, why);
}

static int reply_add_header(struct reply *answer, const struct line *line)
{
    int code = fob_add_header(answer->handle, line->word, line->value, line->value_size);

    return code == FOB_INVALID ? reply_fail_line(answer, line, "is not a header that can be sent")
                               : code;
}

static int reply_add_parameter(struct reply *answer, const struct line *line)
{
    int code = fob_add_query(answer->handle, line->word, line->value, line->value_size);

    return code == FOB_INVALID
               ? reply_fail_line(answer, line, "is not a parameter that can be sent")
               : code;
}

static int reply_set_base_url(struct reply *answer, const struct line *line)
{
    char url[URL_SIZE];
    char why[URL_SIZE];
    int code;

    if (!reply_copy_value(line, url, sizeof url))
        return reply_fail_line(answer, line, "has a URL of over 2047 bytes");
    code = fob_set_base_url(answer->handle, url);
    if (code != FOB_INVALID)
        return code;
    snprintf(why, sizeof why, "cannot be used: %s", fob_error());
    return reply_fail_line(answer, line, why);
}

static int reply_put_token(struct reply *answer, const struct line *line)
{
    struct fob_secret *value = NULL;
    int code;

    answer->token[0] = '\0';
    if (text_has_control(line->value, line->value_size))
        return reply_fail_line(answer, line, "has a token with a control character");
    code = fob_secret_new(line->value, line->value_size, &value);
    if (code == FOB_SUCCESS)
        code = fob_put_token(answer->handle, line->word, value, 0);
    fob_secret_free(value);
    if (code == FOB_INVALID)
        return reply_fail_line(answer, line,
                               "has a token that cannot be: it is empty, it has no token's name or "
                               "that of a field, or there are too many");
    if (code == FOB_SUCCESS)
        memcpy(answer->token, line->word, sizeof answer->token);
    return code;
}

/* Read the end that LINE says; 0 if it says none that is to come. */
static int64_t reply_read_end(const struct reply *answer, const struct line *line)
{
    char text[NUMBER_SIZE];
    int64_t number;

    if (!reply_copy_value(line, text, sizeof text) || text[strspn(text, "0123456789")] != '\0')
        return 0;
    number = strtoll(text, NULL, 10);
    if (number > 0 && number <= LIFETIME_MAX)
        return answer->text->began + number;
    return number > answer->text->began && number <= TIME_MAX ? number : 0;
}

/* Put the token before this line once more, with its end. */
static int reply_put_end(struct reply *answer, const struct line *line)
{
    const int64_t ends = reply_read_end(answer, line);

    if (answer->token[0] == '\0')
        return reply_fail_line(answer, line, "has the end of no token");
    if (ends == 0)
        return reply_fail_line(answer, line,
                               "has an end that is neither a number of seconds nor a time to come");
    return fob_put_token(answer->handle, answer->token,
                         fob_token(answer->handle, answer->token, NULL), ends);
}

static int reply_show_message(struct reply *answer, const struct line *line)
{
    fob_tell(answer->handle, FOB_TELL_INFO, "%.*s", (int)line->value_size, line->value);
    return FOB_SUCCESS;
}

/* The kinds of lines.  A name that ends with a dot is followed by a word. */
static const struct kind {
    const char *name;
    unsigned hooks;
    int (*keep)(struct reply *answer, const struct line *line); /* called first, whatever follows */
    int (*note)(struct reply *answer, const struct line *line); /* called for all lines */
    int (*act)(struct reply *answer, const struct line *line);  /* called on success */
    int (*show)(struct reply *answer, const struct line *line); /* called last, whatever the code */
} kinds[] = {
    { "code", ALL, NULL, reply_note_code, NULL, NULL },
    { "message", ALL, NULL, NULL, NULL, reply_show_message },
    { "identity.id", LINK | VALIDATE, NULL, reply_note_id, NULL, NULL },
    { "identity.name", LINK | VALIDATE, NULL, reply_note_name, NULL, NULL },
    { "field.", LINK, NULL, NULL, reply_put_field, NULL },
    { "token.", LINK | VALIDATE | RENEW, reply_put_token, NULL, NULL, NULL },
    { "ends", LINK | VALIDATE | RENEW, reply_put_end, NULL, NULL, NULL },
    { "header.", AUTHORIZE, NULL, NULL, reply_add_header, NULL },
    { "query.", AUTHORIZE, NULL, NULL, reply_add_parameter, NULL },
    { "base_url", AUTHORIZE, NULL, NULL, reply_set_base_url, NULL },
};

#define KINDS ARRAY_SIZE(kinds)

/* Get the next line of OUTPUT; false after the last, which may lack a newline. */
static bool reply_next_line(const struct fob_secret *output, size_t *at, struct line *line)
{
    const char *data = fob_secret_data(output) + *at;
    size_t left = fob_secret_size(output) - *at;
    const char *end = left > 0 ? memchr(data, '\n', left) : NULL;

    if (left == 0)
        return false;
    line->number++;
    line->data = data;
    line->size = end != NULL ? (size_t)(end - data) : left;
    *at += line->size + (end != NULL);
    return true;
}

/* Copy the word after a kind's name, SIZE bytes; false when it is too long for any name. */
static bool reply_copy_word(struct line *line, const char *word, size_t size)
{
    if (size == 0 || size >= sizeof line->word)
        return false;
    memcpy(line->word, word, size);
    line->word[size] = '\0';
    return true;
}

/* Split LINE; NULL when its kind is unknown. */
static const struct kind *reply_parse(struct line *line)
{
    const char *equals = memchr(line->data, '=', line->size);
    size_t size = equals != NULL ? (size_t)(equals - line->data) : 0;

    if (equals == NULL || memchr(line->data, '\0', line->size) != NULL)
        return NULL;
    line->value = equals + 1;
    line->value_size = line->size - size - 1;
    for (size_t i = 0; i < KINDS; i++) {
        const char *name = kinds[i].name;
        size_t known = strlen(name);

        if (size < known || memcmp(line->data, name, known) != 0)
            continue;
        if (name[known - 1] != '.' ? size == known
                                   : reply_copy_word(line, line->data + known, size - known))
            return &kinds[i];
    }
    return NULL;
}

int reply_keep_tokens(struct fob_handle *handle, const struct reply_text *text)
{
    const char *data = fob_secret_data(text->output);
    struct reply answer = { .handle = handle, .text = text };
    struct line line = { .number = 0 };
    size_t at = 0;
    int result = FOB_SUCCESS;

    while (reply_next_line(text->output, &at, &line)) {
        const struct kind *kind = reply_parse(&line);
        const bool whole = !text->cut || data[at - 1] == '\n';
        int code = FOB_SUCCESS;

        if (whole && kind != NULL && kind->keep != NULL && (kind->hooks & text->hook) != 0)
            code = kind->keep(&answer, &line);
        result = code != FOB_SUCCESS ? code : result;
    }
    return result;
}

static int reply_note_all(struct reply *answer)
{
    const struct fob_secret *output = answer->text->output;
    struct line line = { .number = 0 };
    size_t at = 0;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && reply_next_line(output, &at, &line)) {
        const struct kind *kind = reply_parse(&line);

        if (kind == NULL)
            code = reply_fail_line(answer, &line, "is not understood");
        else if ((kind->hooks & answer->text->hook) == 0)
            code = reply_fail_line(answer, &line, "has no place in this hook");
        else if (kind->note != NULL)
            code = kind->note(answer, &line);
    }
    return code;
}

static int reply_act_on_all(struct reply *answer)
{
    const struct fob_secret *output = answer->text->output;
    struct line line = { .number = 0 };
    size_t at = 0;
    int code = FOB_SUCCESS;

    while (code == FOB_SUCCESS && reply_next_line(output, &at, &line)) {
        const struct kind *kind = reply_parse(&line);

        if (kind != NULL && kind->act != NULL)
            code = kind->act(answer, &line);
    }
    if (code == FOB_SUCCESS && answer->id[0] != '\0')
        code = fob_set_identity(answer->handle, answer->id, answer->name);
    if (code == FOB_INVALID)
        fob_fail(answer->handle, FOB_PLUGIN, "provider %s: exec: %s: its identity.id is not usable",
                 fob_provider_name(answer->handle), answer->text->path);
    return code == FOB_INVALID ? FOB_PLUGIN : code;
}

static void reply_show_all(struct reply *answer)
{
    const struct fob_secret *output = answer->text->output;
    struct line line = { .number = 0 };
    size_t at = 0;

    while (reply_next_line(output, &at, &line)) {
        const struct kind *kind = reply_parse(&line);

        if (kind->show != NULL)
            kind->show(answer, &line);
    }
}

/* Combine STATUS and a line "code=".  A program that completed ends with 0, or with its code's
 * status in fob(1); any other status means a failure after that line. */
static int reply_decide(struct reply *answer, int status)
{
    bool known = false;

    for (size_t i = 0; i < MEANINGS; i++) {
        if (meanings[i].status != status)
            continue;
        if (!answer->says_code)
            answer->code = meanings[i].code;
        known |= !answer->says_code || status == 0 || meanings[i].code == answer->code;
        if (known)
            return FOB_SUCCESS;
    }
    if (answer->says_code)
        fob_fail(answer->handle, FOB_PLUGIN,
                 "provider %s: exec: %s: said code=%s, but ended with status %d",
                 fob_provider_name(answer->handle), answer->text->path, fob_code_name(answer->code),
                 status);
    else
        fob_fail(answer->handle, FOB_PLUGIN,
                 "provider %s: exec: %s: ended with status %d, which means nothing",
                 fob_provider_name(answer->handle), answer->text->path, status);
    fob_hint(answer->handle, "see fob_exec(7) for what each status means");
    return FOB_PLUGIN;
}

int reply_process(struct fob_handle *handle, const struct reply_text *text, int status, int *code)
{
    struct reply answer = { .handle = handle, .text = text };
    int result = reply_keep_tokens(handle, text);

    if (result == FOB_SUCCESS)
        result = reply_note_all(&answer);
    if (result == FOB_SUCCESS && answer.name[0] != '\0' && answer.id[0] == '\0')
        result = fob_fail(handle, FOB_PLUGIN,
                          "provider %s: exec: %s: an identity.name without an "
                          "identity.id",
                          fob_provider_name(handle), text->path);
    if (result == FOB_SUCCESS)
        result = reply_decide(&answer, status);
    if (result == FOB_SUCCESS && answer.code == FOB_SUCCESS)
        result = reply_act_on_all(&answer);
    if (result != FOB_SUCCESS)
        return result;
    reply_show_all(&answer);
    *code = answer.code;
    return FOB_SUCCESS;
}
