/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* fob: finds the command and runs it. */
#include "config.h"

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/terminal.h"

#include "util/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

const struct command commands[] = {
    { "init", "[--passphrase]", "Make the store and its key", cmd_init },
    { "providers", "", "List what can be linked", cmd_providers },
    { "guide", "PROVIDER", "Show how to get a provider's keys", cmd_guide },
    { "link", "PROVIDER ACCOUNT", "Check keys with the provider and seal them", cmd_link },
    { "list", "", "List the accounts", cmd_list },
    { "show", "ACCOUNT", "Show all about an account but its secrets", cmd_show },
    { "validate", "ACCOUNT...", "Ask the provider whether it still accepts them", cmd_validate },
    { "edit", "ACCOUNT", "Give an account new keys, labels or an expiry", cmd_edit },
    { "suspend", "ACCOUNT", "Switch an account off", cmd_suspend },
    { "resume", "ACCOUNT", "Switch it on again", cmd_resume },
    { "revoke", "ACCOUNT", "End it at the provider and erase it here", cmd_revoke },
    { "get", "ACCOUNT [FIELD]", "Print a credential", cmd_get },
    { "check", "", "Check configuration, providers, plugins and store", cmd_check },
    { "log", "[ACCOUNT]", "Show what was done with the accounts", cmd_log },
    { NULL, NULL, NULL, NULL },
};

const struct command *find_command(const char *name)
{
    for (const struct command *at = commands; at->name != NULL; at++) {
        if (strcmp(at->name, name) == 0)
            return at;
    }
    return NULL;
}

static void print_usage(void)
{
    printf("usage: fob [--config FILE] [--json] [--no-input] [--trace] COMMAND ...\n\n"
           "fob links accounts at providers, watches them, lends their credentials, and takes\n"
           "them back.\n\n");
    for (const struct command *at = commands; at->name != NULL; at++)
        printf("  %-10s %s\n", at->name, at->summary);
    printf("\n\"fob COMMAND --help\" shows a command's options; fob(1) tells more.\n");
}

static int unknown_command(const char *name)
{
    const char *known[sizeof commands / sizeof *commands];
    const char *nearest;
    size_t count = 0;

    for (const struct command *at = commands; at->name != NULL; at++)
        known[count++] = at->name;
    nearest = text_nearest(name, known, count);
    usage_error("unknown command");
    if (nearest != NULL)
        fprintf(stderr, "hint: did you mean \"fob %s\"?\n", nearest);
    else
        fprintf(stderr, "hint: \"fob --help\" lists the commands\n");
    return EXIT_USAGE;
}

static int run(struct cli *cli, int argc, char **argv)
{
    const struct command *command;
    int index = 1;

    while (index < argc && argv[index][0] == '-') {
        int words;

        if (strcmp(argv[index], "--version") == 0) {
            printf("fob %s\n", fob_version());
            return 0;
        }
        if (strcmp(argv[index], "--help") == 0 || strcmp(argv[index], "-h") == 0) {
            print_usage();
            return 0;
        }
        words = options_take_global(&cli->global, argc, argv, index);
        if (words == 0)
            usage_error("unknown option");
        if (words <= 0)
            return EXIT_USAGE;
        index += words;
    }
    if (index == argc) {
        usage_error("which command?");
        fprintf(stderr, "hint: \"fob --help\" lists the commands\n");
        return EXIT_USAGE;
    }
    command = find_command(argv[index]);
    return command != NULL ? command->run(cli, argc - index, argv + index)
                           : unknown_command(argv[index]);
}

int main(int argc, char **argv)
{
    static const struct rlimit no_core = { 0, 0 };
    struct cli cli = { 0 };
    int status;

    /* A core dump would hold secrets. */
    (void)setrlimit(RLIMIT_CORE, &no_core);
    status = run(&cli, argc, argv);
    fob_close(cli.context);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0) {
        perror("fob: standard output");
        status = EXIT_IO;
    }
    return status;
}
