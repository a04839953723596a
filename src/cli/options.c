/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses options and prints their help from the same table. */
#include "config.h"

#include "cli/options.h"

#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static const struct option_spec globals[] = {
    { "config", "FILE", "the configuration to use" },
    { "json", NULL, "answer in JSON" },
    { "no-input", NULL, "never ask" },
    { "trace", NULL, "explain each stack's verdict on standard error" },
    { "passphrase-file", "FILE", "where the store's passphrase is, for a store that has one" },
    { "help", NULL, "show this" },
    { NULL, NULL, NULL },
};

static const struct option_spec *find_spec(const struct option_spec *specs, const char *name,
                                           size_t size)
{
    for (; specs != NULL && specs->name != NULL; specs++) {
        if (strlen(specs->name) == size && strncmp(specs->name, name, size) == 0)
            return specs;
    }
    return NULL;
}

static void print_specs(const struct option_spec *specs)
{
    for (; specs != NULL && specs->name != NULL; specs++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", specs->name, specs->value != NULL ? " " : "",
                 specs->value != NULL ? specs->value : "");
        printf("  %-28s %s\n", left, specs->summary);
    }
}

static void print_help(const struct command_spec *spec)
{
    printf("usage: fob %s%s%s\n\n%s.\n\noptions:\n", spec->command->name,
           spec->command->arguments[0] != '\0' ? " " : "", spec->command->arguments,
           spec->command->summary);
    print_specs(spec->options);
    print_specs(globals);
    printf("\nfob(1) tells more.\n");
}

static void set_global(struct global *global, const char *name, const char *value)
{
    if (strcmp(name, "config") == 0)
        global->config = value;
    else if (strcmp(name, "passphrase-file") == 0)
        global->passphrase_file = value;
    else if (strcmp(name, "json") == 0)
        global->json = true;
    else if (strcmp(name, "no-input") == 0)
        global->no_input = true;
    else if (strcmp(name, "trace") == 0)
        global->trace = true;
}

/* The option written at ARGV[INDEX], its value, and how many words it takes.  0: no such option;
 * -1: it was told what is wrong. */
static int match(const struct option_spec *specs, int argc, char **argv, int index,
                 struct parsed_option *found)
{
    const char *word = argv[index];
    size_t size;

    if (strcmp(word, "-h") == 0)
        word = "--help";
    if (strncmp(word, "--", 2) != 0)
        return 0;
    word += 2;
    size = strcspn(word, "=");
    found->spec = find_spec(specs, word, size);
    if (found->spec == NULL)
        return 0;
    if (found->spec->value == NULL) {
        found->value = "";
        if (word[size] == '\0')
            return 1;
        usage_error("--%s takes no value", found->spec->name);
        return -1;
    }
    if (word[size] == '=') {
        found->value = word + size + 1;
        return 1;
    }
    if (index + 1 >= argc) {
        usage_error("--%s wants %s", found->spec->name, found->spec->value);
        return -1;
    }
    found->value = argv[index + 1];
    return 2;
}

int options_take_global(struct global *global, int argc, char **argv, int index)
{
    struct parsed_option found;
    int words = match(globals, argc, argv, index, &found);

    if (words > 0)
        set_global(global, found.spec->name, found.value);
    return words;
}

/* An option that is not known; never its value, which may be a secret. */
static int unknown_option(const struct command_spec *spec, const char *word)
{
    char name[FOB_NAME_MAX + 1];
    const char *known[32];
    const char *nearest;
    size_t count = 0;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (const struct option_spec *at = spec->options; at != NULL && at->name != NULL; at++)
        known[count++] = at->name;
    for (const struct option_spec *at = globals; at->name != NULL; at++)
        known[count++] = at->name;
    nearest = text_nearest(name + strspn(name, "-"), known, count);
    text_make_printable(name);
    usage_error("%s: unknown option %s", spec->command->name, name);
    if (nearest != NULL)
        fprintf(stderr, "hint: did you mean --%s?\n", nearest);
    return EXIT_USAGE;
}

static int check_count(const struct command_spec *spec, const struct parsed *parsed)
{
    if (parsed->argument_count >= spec->min_arguments &&
        parsed->argument_count <= spec->max_arguments)
        return -1;
    usage_error("%s: %s arguments", spec->command->name,
                parsed->argument_count < spec->min_arguments ? "too few" : "too many");
    fprintf(stderr, "usage: fob %s %s\n", spec->command->name, spec->command->arguments);
    return EXIT_USAGE;
}

/* One word of the command line; returns how many were used, or -1 with STATUS set. */
static int take_word(struct cli *cli, const struct command_spec *spec, int argc, char **argv,
                     int index, struct parsed *parsed, int *status)
{
    struct parsed_option found;
    int words = match(spec->options, argc, argv, index, &found);

    if (words > 0) {
        parsed->options[parsed->option_count++] = found;
        return words;
    }
    if (words == 0 &&
        (strcmp(argv[index], "--help") == 0 || strcmp(argv[index], "-h") == 0)) {
        print_help(spec);
        *status = 0;
        return -1;
    }
    if (words == 0)
        words = options_take_global(&cli->global, argc, argv, index);
    if (words > 0)
        return words;
    if (words < 0) {
        *status = EXIT_USAGE;
        return -1;
    }
    if (argv[index][0] == '-' && argv[index][1] != '\0') {
        *status = unknown_option(spec, argv[index]);
        return -1;
    }
    parsed->arguments[parsed->argument_count++] = argv[index];
    return 1;
}

int options_parse(struct cli *cli, const struct command_spec *spec, int argc, char **argv,
                  struct parsed *parsed)
{
    int status = EXIT_FAULT;
    bool plain = false;

    parsed->options = calloc((size_t)argc + 1, sizeof *parsed->options);
    parsed->arguments = calloc((size_t)argc + 1, sizeof *parsed->arguments);
    parsed->option_count = 0;
    parsed->argument_count = 0;
    if (parsed->options == NULL || parsed->arguments == NULL)
        return status;
    for (int i = 1; i < argc;) {
        int words = 1;

        if (plain)
            parsed->arguments[parsed->argument_count++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            plain = true;
        else
            words = take_word(cli, spec, argc, argv, i, parsed, &status);
        if (words < 0)
            return status;
        i += words;
    }
    return check_count(spec, parsed);
}

void options_free(struct parsed *parsed)
{
    free(parsed->options);
    free(parsed->arguments);
}

const char *options_get(const struct parsed *parsed, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < parsed->option_count; i++) {
        if (strcmp(parsed->options[i].spec->name, name) == 0)
            value = parsed->options[i].value;
    }
    return value;
}
