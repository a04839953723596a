/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Parses numbers. */
#include "config.h"

#include "fob/number.h"

#include "cli/output.h"

#include <stdlib.h>

int number_option(const struct cli *cli, const char *name, unsigned max, unsigned *number)
{
    const char *text = options_text(&cli->options, name);
    unsigned long value;
    char *end;

    if (text == NULL)
        return FOB_SUCCESS;
    value = strtoul(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end != '\0' || value > max)
        return output_fail(FOB_INVALID, NULL, "--%s: must be a number from 1 to %u", name, max);
    *number = (unsigned)value;
    return FOB_SUCCESS;
}
