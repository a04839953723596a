/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses command lines by tables.  Messages never repeat a value, which may be a secret. */
#include "config.h"

#include "cli/options.h"

#include "util/array.h"
#include "util/text.h"

#include <fob/fob.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option_spec options_global[] = {
    { "config", "FILE", "the configuration instead of the usual fob.yaml" },
    { "json", NULL, "answer with JSON" },
    { "no-input", NULL, "never ask, fail instead" },
    { "passphrase-file", "FILE", "the store's passphrase, in a private file" },
    { "passphrase-fd", "NUMBER", "the store's passphrase, from this open descriptor" },
    { "trace", NULL, "explain the verdict of each stack on stderr" },
    { "help", NULL, "show this text (also -h)" },
    { "version", NULL, "show the version" },
    { NULL, NULL, NULL },
};

/* The options of one command and the global ones. */
struct option_table {
    const struct option_spec *specs[OPTIONS_MAX];
    const char *names[OPTIONS_MAX];
    size_t count;
};

static void options_known_add(struct option_table *known, const struct option_spec *specs)
{
    for (; specs != NULL && specs->name != NULL && known->count < OPTIONS_MAX; specs++) {
        known->specs[known->count] = specs;
        known->names[known->count++] = specs->name;
    }
}

static const struct option_spec *options_find_spec(const struct option_spec *specs,
                                                   const char *name)
{
    for (; specs != NULL && specs->name != NULL; specs++) {
        if (strcmp(specs->name, name) == 0)
            return specs;
    }
    return NULL;
}

/* The size of "--name" in "--name" or "--name=value". */
static size_t options_name_size(const char *word)
{
    return strcspn(word, "=");
}

/* The name of the option that a letter stands for; or NULL. */
static const char *options_name_of(char letter)
{
    return letter == 'h' ? "help" : letter == 'n' ? "last" : NULL;
}

/* The option that WORD names in full, as "--name", "--name=value" or "-h"; or NULL.  Options cannot
 * be abbreviated: a new option would change the meaning of a script's abbreviation. */
static const struct option_spec *options_known_find(const struct option_table *known,
                                                    const char *word)
{
    size_t size = options_name_size(word);
    const char *name = NULL;

    if (strncmp(word, "--", 2) == 0) {
        name = word + 2;
        size -= 2;
    } else if (word[0] == '-' && word[1] != '\0' && word[2] == '\0') {
        name = options_name_of(word[1]);
        size = name != NULL ? strlen(name) : 0;
    }
    for (size_t i = 0; i < known->count && name != NULL; i++) {
        if (strlen(known->names[i]) == size && memcmp(known->names[i], name, size) == 0)
            return known->specs[i];
    }
    return NULL;
}

static int options_refuse_unknown(const struct option_table *known, const char *word,
                                  struct options *options)
{
    size_t size = options_name_size(word);
    char name[FOB_NAME_MAX + 3] = "--...";
    const char *nearest = NULL;

    if (word[1] != '-') {
        /* The letters after the first may be a value. */
        snprintf(name, sizeof name, "-%c%s", word[1], word[2] != '\0' ? "..." : "");
    } else if (size < sizeof name) {
        /* A word longer than any name may be a value. */
        memcpy(name, word, size);
        name[size] = '\0';
        nearest = text_nearest(name + 2, known->names, known->count);
    }
    snprintf(options->error, sizeof options->error, "%s: unknown option", name);
    if (nearest != NULL)
        snprintf(options->hint, sizeof options->hint, "did you mean --%s?", nearest);
    return FOB_INVALID;
}

static int options_refuse(struct options *options, const char *name, const char *why)
{
    snprintf(options->error, sizeof options->error, "--%s: %s", name, why);
    return FOB_INVALID;
}

/* The path in VALUE, whose kind --help calls KIND; or NULL. */
static const char *options_find_path(const char *kind, const char *value)
{
    if (strncmp(kind, "FILE", 4) == 0)
        return value;
    if (strncmp(kind, "NAME=PATH", 9) == 0 && strchr(value, '=') != NULL)
        return strchr(value, '=') + 1;
    return strcmp(kind, "DATA") == 0 && value[0] == '@' ? value + 1 : NULL;
}

/* What is wrong with a VALUE of that KIND; or NULL. */
static const char *options_value_fault(const char *kind, const char *value, struct options *options)
{
    static const char *const may_be_empty[] = {
        "PREFIX", "DATA", "ID", "NAME", "ADDRESS", "HOSTS"
    };
    const char *path = options_find_path(kind, value);
    bool empty = value[0] == '\0';

    if (path != NULL && text_is_unexpanded(path)) {
        snprintf(options->hint, sizeof options->hint, "%s", TEXT_UNEXPANDED_HINT);
        return TEXT_UNEXPANDED;
    }
    for (size_t i = 0; empty && i < ARRAY_SIZE(may_be_empty); i++)
        empty = strcmp(kind, may_be_empty[i]) != 0;
    if (!empty)
        return NULL;
    snprintf(options->hint, sizeof options->hint,
             "a variable of a script may be unset; to have no such option, leave it out");
    return path != NULL ? "it names no file" : "its value is empty";
}

/* Whether the option stands for a list, as its kind of value says: "FILE..." */
static bool options_may_repeat(const struct option_spec *spec)
{
    return strstr(spec->argument, "...") != NULL;
}

/* Parse the option at ARGV[*AT] and its value, which may be the next word. */
static int options_parse_one(const struct option_table *known, char **argv, int *at,
                             struct options *options)
{
    const char *word = argv[*at];
    const struct option_spec *spec = options_known_find(known, word);
    const char *value =
        word[options_name_size(word)] == '=' ? word + options_name_size(word) + 1 : NULL;
    const char *fault;

    if (spec == NULL)
        return options_refuse_unknown(known, word, options);
    if (spec->argument == NULL && value != NULL)
        return options_refuse(options, spec->name, "it takes no value");
    if (spec->argument != NULL && value == NULL) {
        value = argv[++*at];
        if (value == NULL || strcmp(value, "--") == 0 || options_known_find(known, value) != NULL)
            return options_refuse(options, spec->name, "its value is missing");
    }
    fault = value != NULL ? options_value_fault(spec->argument, value, options) : NULL;
    if (fault == NULL && value != NULL && options_has(options, spec->name) &&
        !options_may_repeat(spec))
        fault = "given twice";
    if (fault != NULL)
        return options_refuse(options, spec->name, fault);
    options->parsed[options->parsed_count++] = (struct parsed_option){ spec, value };
    return FOB_SUCCESS;
}

/* What is wrong with the arguments; or NULL. */
static const char *options_arguments_fault(const struct command *command,
                                           const struct options *options)
{
    for (size_t i = 0; i < options->argument_count; i++) {
        if (options->arguments[i][0] == '\0')
            return "an argument is empty";
    }
    if (options->argument_count < command->min)
        return "an argument is missing";
    return options->argument_count > command->max ? "too many arguments" : NULL;
}

static int options_check_arguments(const struct command *command, struct options *options)
{
    const char *fault;

    if (options_has(options, "help") || options_has(options, "version"))
        return FOB_SUCCESS;
    snprintf(options->hint, sizeof options->hint, "usage: fob %s [options]%s%s", command->name,
             command->arguments[0] != '\0' ? " " : "", command->arguments);
    fault = options_arguments_fault(command, options);
    if (fault == NULL && options->argument_count > 0 &&
        options_find_path(command->arguments, options->arguments[0]) != NULL)
        fault = options_value_fault("FILE", options->arguments[0], options);
    if (fault == NULL)
        return FOB_SUCCESS;
    snprintf(options->error, sizeof options->error, "%s: %s", command->name, fault);
    return FOB_INVALID;
}

/* "-" is an argument, which means stdin. */
static bool options_is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

/* Parse up to the first "--", or with COMMAND NULL up to the first argument.  Returns where it
 * ended. */
static int options_parse_words(const struct command *command, char **argv, struct options *options,
                               int *end)
{
    struct option_table known = { .count = 0 };
    int code = FOB_SUCCESS;
    int at = argv[0] != NULL;

    options_known_add(&known, command != NULL ? command->options : NULL);
    options_known_add(&known, options_global);
    for (; code == FOB_SUCCESS && argv[at] != NULL && strcmp(argv[at], "--") != 0; at++) {
        if (options_is_option(argv[at]))
            code = options_parse_one(&known, argv, &at, options);
        else if (command != NULL)
            options->arguments[options->argument_count++] = argv[at];
        else
            break;
    }
    *end = at;
    return code;
}

int options_parse(const struct command *command, int argc, char **argv, struct options *options)
{
    int code;
    int at;

    *options = (struct options){
        .parsed = calloc((size_t)argc + 1, sizeof *options->parsed),
        .arguments = calloc((size_t)argc + 1, sizeof *options->arguments),
    };
    if (options->parsed == NULL || options->arguments == NULL)
        return FOB_NOMEM;
    code = options_parse_words(command, argv, options, &at);
    if (code != FOB_SUCCESS)
        return code;
    if (argv[at] != NULL && strcmp(argv[at], "--") == 0) {
        at++;
        if (command != NULL && command->tail)
            options->tail = argv + at;
    }
    while (options->tail == NULL && at < argc)
        options->arguments[options->argument_count++] = argv[at++];
    return command != NULL ? options_check_arguments(command, options) : FOB_SUCCESS;
}

void options_clear(struct options *options)
{
    free(options->parsed);
    free(options->arguments);
    *options = (struct options){ .parsed = NULL };
}

const char *options_next(const struct options *options, const char *name, size_t *at)
{
    while (*at < options->parsed_count) {
        const struct parsed_option *option = &options->parsed[(*at)++];

        if (strcmp(option->spec->name, name) == 0)
            return option->value != NULL ? option->value : "";
    }
    return NULL;
}

const char *options_text(const struct options *options, const char *name)
{
    const char *last = NULL;
    const char *value;
    size_t at = 0;

    while ((value = options_next(options, name, &at)) != NULL)
        last = value;
    return last;
}

bool options_is_global(const struct option_spec *spec)
{
    return options_find_spec(options_global, spec->name) == spec;
}

bool options_has(const struct options *options, const char *name)
{
    return options_text(options, name) != NULL;
}

const struct command *options_nearest(const struct command *const *commands, const char *word)
{
    const char *names[OPTIONS_MAX] = { NULL };
    const char *nearest;
    size_t count = 0;

    for (; count < OPTIONS_MAX && commands[count] != NULL; count++)
        names[count] = commands[count]->name;
    nearest = text_nearest(word, names, count);
    for (size_t i = 0; nearest != NULL && i < count; i++) {
        if (names[i] == nearest)
            return commands[i];
    }
    return NULL;
}

static void options_help_options(const char *title, const struct option_spec *specs,
                                 struct strbuf *text)
{
    if (specs == NULL)
        return;
    strbuf_printf(text, "\n%s:\n", title);
    for (; specs->name != NULL; specs++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", specs->name, specs->argument != NULL ? " " : "",
                 specs->argument != NULL ? specs->argument : "");
        strbuf_printf(text, "  %-32s%s\n", left, specs->summary);
    }
}

void options_help(const struct command *command, struct strbuf *text)
{
    strbuf_printf(text, "Usage: fob %s [options]%s%s\n%s\n", command->name,
                  command->arguments[0] != '\0' ? " " : "", command->arguments, command->summary);
    options_help_options("Options", command->options, text);
    strbuf_printf(text, "\nOptions of every command: fob --help\nThe manual: man fob-%s\n",
                  command->name);
}

void options_help_all(const struct command *const *commands, struct strbuf *text)
{
    strbuf_add_text(text,
                    "Usage: fob COMMAND [options] [arguments]\n"
                    "Keeps the keys to outside systems: links accounts, watches them, lends them "
                    "to scripts,\ntakes them back.\n\nCommands:\n");
    for (; *commands != NULL; commands++)
        strbuf_printf(text, "  %-14s %s\n", (*commands)->name, (*commands)->summary);
    options_help_options("Options of every command", options_global, text);
    strbuf_add_text(text, "\nMore: fob COMMAND --help, man fob\n");
}
