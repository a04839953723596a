/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Asks one question; the default answer is no. */
#include "config.h"

#include "cli/confirm.h"

#include "cli/output.h"

int confirm(struct cli *cli, const char *subject, const char *deed, const char *question)
{
    char letter = 'n';
    int code;

    if (options_has(&cli->options, "yes"))
        return FOB_SUCCESS;
    if (!converse_can_ask(&cli->converse))
        return output_fail(FOB_INVALID, "--yes does it without asking",
                           "%s: %s cannot be undone, and there is nobody to ask", subject, deed);
    code = converse_choose(&cli->converse, question, "yn", &letter);
    if (code == FOB_SUCCESS && letter == 'n')
        code = output_fail(FOB_CONVERSATION, NULL, "%s: nothing was done", subject);
    return code;
}
