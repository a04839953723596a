/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Fuzzes what the command reads: options, durations, fields, questions of git and docker; and what
 * it writes for others to read, cells of a table. */
#include "config.h"

#include "cli/fields_input.h"
#include "cli/output.h"
#include "fob/request/request_options.h"
#include "fob/request/csv.h"
#include "fob/request/fields.h"
#include "fob/duration.h"
#include "fob/filter.h"
#include "fob/question.h"
#include "util/array.h"

#include "fuzz_text.h"

#include <fob/fob.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One option of each kind that there is, besides the global ones. */
static const struct option_spec mixed[] = {
    FILTER_OPTIONS,
    FIELDS_OPTIONS,
    { "all", NULL, "without a value" },
    { "older-than", "DURATION", "a duration" },
    { NULL, NULL, NULL },
};
static const struct command commands[] = {
    { .name = "list", .arguments = "", .options = mixed },
    { .name = "exec", .arguments = "ACCOUNT...", .options = mixed, .max = SIZE_MAX, .tail = true },
    { .name = "run", .arguments = RUN_ARGUMENTS, .options = run_options, .min = 1, .max = 9 },
    { .name = "request", .arguments = REQUEST_ARGUMENTS, .options = request_options, .max = 3 },
    { .name = "lock", .arguments = "" },
};

static bool is_of(const char *text, char **argv)
{
    for (; *argv != NULL; argv++) {
        if (text >= *argv && text <= *argv + strlen(*argv))
            return true;
    }
    return false;
}

/* What was parsed is of the command line, and no more than that. */
static void check(const struct options *options, char **argv, size_t argc)
{
    if (options->parsed_count + options->argument_count > argc)
        abort();
    for (size_t i = 0; i < options->parsed_count; i++) {
        const struct parsed_option *option = &options->parsed[i];

        if ((option->value != NULL) != (option->spec->argument != NULL) ||
            (option->value != NULL && !is_of(option->value, argv)))
            abort();
    }
    for (size_t i = 0; i < options->argument_count; i++) {
        if (!is_of(options->arguments[i], argv))
            abort();
    }
    if (options->tail != NULL && (options->tail < argv || options->tail > argv + argc))
        abort();
}

/* The first byte chooses the command, the lines that follow are the words. */
static void fuzz_options(char *text, size_t size)
{
    const size_t count = ARRAY_SIZE(commands);
    size_t chosen = (unsigned char)text[0] % (count + 1);
    const struct command *command = chosen < count ? &commands[chosen] : NULL;
    char **argv = calloc(WORDS_MAX + 1, sizeof *argv);
    struct options options;
    unsigned seconds = 0;
    size_t argc = 0;

    if (argv == NULL || size == 0)
        goto out;
    for (char *word = text; word != NULL && argc < WORDS_MAX;)
        argv[argc++] = strsep(&word, "\n");
    if (options_parse(command, (int)argc, argv, &options) == FOB_SUCCESS) {
        struct cli cli = { .options = options };

        check(&options, argv, argc);
        duration_option(&cli, "older-than", 10, &seconds);
        if (seconds > 10U * 24 * 60 * 60)
            abort();
    } else if (options.error[0] == '\0') {
        abort();
    }
    options_clear(&options);
out:
    free(argv);
}

static void fuzz_fields(char *text, size_t size)
{
    struct fields fields = FIELDS_INIT;

    (void)size;
    fields_parse(&fields, text);
    fields_free(&fields);
}

/* What git and docker ask is taken whole, or refused. */
static void fuzz_question(char *text, size_t size)
{
    struct question question;
    char server[512];
    FILE *in = size > 1 ? fmemopen(text + 1, size - 1, "r") : NULL;

    if (in == NULL)
        return;
    if (text[0] == 'd' && question_read_docker(in, server, &question) &&
        (strchr(question.host, '/') != NULL || strstr(text + 1, question.host) == NULL))
        abort();
    if (text[0] != 'd' && question_read_git(in, &question) &&
        (strchr(question.host, '\n') != NULL || strstr(text + 1, question.host) == NULL))
        abort();
    fclose(in);
}

/* A cell is read again, by RFC 4180, as what it was. */
static void check_csv(const char *cell, size_t size, const char *text, size_t wanted)
{
    bool quoted = size > 0 && cell[0] == '"';
    size_t at = 0;

    for (size_t i = quoted; i < size - quoted; i++) {
        if (quoted && cell[i] == '"' && (++i == size - 1 || cell[i] != '"'))
            abort();
        if ((!quoted && strchr(",\"\r\n", cell[i]) != NULL && cell[i] != '\0') || at == wanted ||
            cell[i] != text[at++])
            abort();
    }
    if (at != wanted)
        abort();
}

static void fuzz_cells(char *text, size_t size)
{
    struct table table = { .columns = 2 };
    struct strbuf out = STRBUF_INIT;

    csv_cell(&out, text, size);
    if (!out.failed && size > 0)
        check_csv(out.data, out.size, text, size);
    strbuf_free(&out);
    /* Each line is a cell. */
    for (char *rest = text; rest != NULL;)
        table_add(&table, strsep(&rest, "\n"));
    for (size_t i = 0; i < table.count; i++) {
        if (strpbrk(table.cells[i], "\n\r\t\033\177") != NULL)
            abort();
    }
    table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_text_fn *const targets[] = { fuzz_question, fuzz_cells, fuzz_options, fuzz_fields };

    return fuzz_text(data, size, targets, ARRAY_SIZE(targets));
}
