/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Tables to getopt_long() and to --help.  Never repeats a value: it may be a secret. */
#include "config.h"

#include "cli/options.h"

#include "util/text.h"

#include <fob/fob.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What getopt_long() returns for option number INDEX, out of the way of characters. */
#define FIRST_VALUE 256

const struct option_spec options_global[] = {
    { "config", "FILE", "the configuration instead of the usual fob.yaml" },
    { "json", NULL, "answer with JSON" },
    { "no-input", NULL, "never ask, fail instead" },
    { "passphrase-file", "FILE", "the store's passphrase, in a private file" },
    { "trace", NULL, "explain the verdict of each stack on stderr" },
    { "help", NULL, "show this text (also -h)" },
    { "version", NULL, "show the version" },
    { NULL, NULL, NULL },
};

/* The tables of one run, flat. */
struct known {
    const struct option_spec *specs[OPTIONS_MAX];
    const char *names[OPTIONS_MAX];
    struct option longs[OPTIONS_MAX + 1];
    size_t count;
};

static void known_add(struct known *known, const struct option_spec *specs)
{
    for (; specs != NULL && specs->name != NULL && known->count < OPTIONS_MAX; specs++) {
        size_t i = known->count++;

        known->specs[i] = specs;
        known->names[i] = specs->name;
        known->longs[i] = (struct option){
            .name = specs->name,
            .has_arg = specs->argument != NULL ? required_argument : no_argument,
            .val = FIRST_VALUE + (int)i,
        };
    }
}

static const struct option_spec *find_spec(const struct option_spec *specs, const char *name)
{
    for (; specs != NULL && specs->name != NULL; specs++) {
        if (strcmp(specs->name, name) == 0)
            return specs;
    }
    return NULL;
}

/* Of "--name" or "--name=value", up to the name's end. */
static size_t name_size(const char *word)
{
    return strcspn(word, "=");
}

static int unknown(const struct known *known, const char *word, struct options *options)
{
    size_t size = name_size(word);
    char name[FOB_NAME_MAX + 3] = "--...";
    const char *nearest = NULL;

    /* What is longer than any name may be a value. */
    if (size < sizeof name) {
        memcpy(name, word, size);
        name[size] = '\0';
    }
    snprintf(options->error, sizeof options->error, "%s: unknown option", name);
    if (strncmp(name, "--", 2) == 0)
        nearest = text_nearest(name + 2, known->names, known->count);
    if (nearest != NULL)
        snprintf(options->hint, sizeof options->hint, "did you mean --%s?", nearest);
    return FOB_INVALID;
}

/* getopt_long() takes "--no-v" for --no-validate: a script's abbreviation would change its meaning
 * with the next option that is added. */
static bool is_exact(const char *word, const char *name)
{
    return strncmp(word, "--", 2) == 0 && name_size(word) == strlen(name) + 2 &&
           strncmp(word + 2, name, strlen(name)) == 0;
}

/* The word of ARGV in which getopt_long() found the option it just returned. */
static const char *current_word(char **argv)
{
    return optarg != NULL && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

static int fault(const struct known *known, int found, char **argv, struct options *options)
{
    const char *word = argv[optind - 1];
    int number = optopt - FIRST_VALUE;

    if (number < 0 || (size_t)number >= known->count || !is_exact(word, known->names[number]))
        return unknown(known, word, options);
    snprintf(options->error, sizeof options->error, "--%s: %s", known->names[number],
             found == ':' ? "its value is missing" : "it takes no value");
    return FOB_INVALID;
}

static int take(const struct known *known, int found, char **argv, struct options *options)
{
    const struct option_spec *spec;

    if (found == '?' || found == ':')
        return fault(known, found, argv, options);
    if (found == 'h') {
        spec = find_spec(options_global, "help");
    } else {
        spec = known->specs[found - FIRST_VALUE];
        if (!is_exact(current_word(argv), spec->name))
            return unknown(known, current_word(argv), options);
    }
    if (optarg != NULL && optarg[0] == '\0' && strcmp(spec->argument, "FILE") == 0) {
        snprintf(options->error, sizeof options->error, "--%s: it names no file", spec->name);
        return FOB_INVALID;
    }
    options->given[options->given_count++] = (struct options_given){ spec, optarg };
    return FOB_SUCCESS;
}

static int check_count(const struct command *command, struct options *options)
{
    if (options_has(options, "help") || options_has(options, "version"))
        return FOB_SUCCESS;
    if (options->argument_count >= command->least && options->argument_count <= command->most)
        return FOB_SUCCESS;
    snprintf(options->error, sizeof options->error, "%s: %s", command->name,
             options->argument_count < command->least ? "an argument is missing"
                                                      : "too many arguments");
    snprintf(options->hint, sizeof options->hint, "usage: fob %s [options] %s", command->name,
             command->arguments);
    return FOB_INVALID;
}

/* Leave what follows the first "--" out of ARGV.  Returns the number of words that stay. */
static int cut_tail(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->tail = argv + i + 1;
            return i;
        }
    }
    return argc;
}

int options_parse(const struct command *command, int argc, char **argv, struct options *options)
{
    struct known known = { .count = 0 };
    int code = FOB_SUCCESS;
    int found;

    *options = (struct options){ .given = calloc((size_t)argc + 1, sizeof *options->given) };
    if (options->given == NULL)
        return FOB_NOMEM;
    if (command != NULL && command->tail)
        argc = cut_tail(argc, argv, options);
    known_add(&known, command != NULL ? command->options : NULL);
    known_add(&known, options_global);
    opterr = 0;
    optind = 0; /* glibc: begin anew */
    while (code == FOB_SUCCESS && (found = getopt_long(argc, argv, command != NULL ? ":h" : "+:h",
                                                       known.longs, NULL)) != -1)
        code = take(&known, found, argv, options);
    if (code == FOB_SUCCESS) {
        options->arguments = argv + optind;
        options->argument_count = (size_t)(argc - optind);
    }
    return code == FOB_SUCCESS && command != NULL ? check_count(command, options) : code;
}

void options_clear(struct options *options)
{
    free(options->given);
    options->given = NULL;
    options->given_count = 0;
}

const char *options_next(const struct options *options, const char *name, size_t *at)
{
    while (*at < options->given_count) {
        const struct options_given *given = &options->given[(*at)++];

        if (strcmp(given->spec->name, name) == 0)
            return given->value != NULL ? given->value : "";
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
    return find_spec(options_global, spec->name) == spec;
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

    for (; commands[count] != NULL && count < OPTIONS_MAX; count++)
        names[count] = commands[count]->name;
    nearest = text_nearest(word, names, count);
    for (size_t i = 0; nearest != NULL && i < count; i++) {
        if (names[i] == nearest)
            return commands[i];
    }
    return NULL;
}

static void help_options(const char *title, const struct option_spec *specs, struct strbuf *text)
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
    help_options("Options", command->options, text);
    strbuf_printf(text, "\nOptions of every command: fob --help\nThe manual: man fob-%s\n",
                  command->name);
}

void options_help_all(const struct command *const *commands, struct strbuf *text)
{
    strbuf_text(text, "Usage: fob COMMAND [options] [arguments]\n"
                      "Keeps the keys to outside systems: links accounts, watches them, lends them "
                      "to scripts,\ntakes them back.\n\nCommands:\n");
    for (; *commands != NULL; commands++)
        strbuf_printf(text, "  %-14s %s\n", (*commands)->name, (*commands)->summary);
    help_options("Options of every command", options_global, text);
    strbuf_text(text, "\nMore: fob COMMAND --help, man fob\n");
}
