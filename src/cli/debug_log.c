/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Prints the library's log on stderr: warnings always, other levels on request. */
#include "config.h"

#include "cli/cli.h"
#include "cli/output.h"

#include <string.h>

/* Whether the list CHOSEN, "all" or "store,charliehr", has PART or its prefix before the first
 * '/'. */
static bool debug_is_chosen(const char *chosen, const char *part)
{
    while (*chosen != '\0') {
        size_t size = strcspn(chosen, ",");

        if ((size == 3 && strncmp(chosen, "all", 3) == 0) ||
            (size > 0 && strncmp(chosen, part, size) == 0 &&
             (part[size] == '\0' || part[size] == '/')))
            return true;
        chosen += size;
        chosen += *chosen == ',';
    }
    return false;
}

enum fob_log_level debug_level(const struct cli *cli)
{
    if (cli->trace)
        return FOB_LOG_TRACE;
    return cli->debug != NULL ? FOB_LOG_DEBUG : FOB_LOG_WARNING;
}

void debug_log(enum fob_log_level level, const char *part, const char *message, void *data)
{
    const struct cli *cli = data;

    switch (level) {
    case FOB_LOG_ERROR:
    case FOB_LOG_WARNING:
        output_note("warning: %s: %s", part, message);
        break;
    case FOB_LOG_TRACE:
        if (cli->trace)
            output_note("trace: %s", message);
        break;
    default:
        if (cli->debug != NULL && debug_is_chosen(cli->debug, part))
            output_note("debug: %s: %s", part, message);
        break;
    }
}
