/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Repeats a link or an edit until it succeeds or the person gives up. */
#include "config.h"

#include "fob/linking.h"

#include "cli/output.h"

#define TYPED_TRIES 3

/* Report the provider's refusal without its hint, and ask again. */
static void linking_report_refusal(struct cli *cli)
{
    output_lines(stderr, "fob: ", fob_error());
    terminal_print_text(&cli->converse.terminal, "Nothing was stored. Once more:");
}

/* Whether another try may help after CODE. */
static bool linking_is_worth_asking(int code)
{
    switch (code) {
    case FOB_UNAVAILABLE:
    case FOB_RATE_LIMITED:
    case FOB_UNTRUSTED:
    case FOB_PROTOCOL:
    case FOB_SYSTEM:
    case FOB_NOMEM:
    case FOB_DENIED:
        return true;
    default:
        return false;
    }
}

/* Without a person: suggest how a script can still store the values. */
static void linking_hint_way_out(int code, unsigned flags)
{
    if ((flags & FOB_NO_VALIDATE) == 0 && code != FOB_SYSTEM && code != FOB_NOMEM)
        output_hint("nothing was stored; --no-validate stores it without asking the provider");
}

enum choice { TRY_AGAIN, STORE, GIVE_UP };

static int linking_choose(struct cli *cli, enum choice *choice)
{
    char letter = 'g';
    int code = converse_choose(&cli->converse, "Try again, store it unchecked, or give up? [t/s/g]",
                               "tsg", &letter);

    *choice = letter == 't' ? TRY_AGAIN : letter == 's' ? STORE : GIVE_UP;
    return code;
}

/* After a reported failure: ask what to do next.  Returns FOB_SUCCESS to try again, else the final
 * code. */
static int linking_ask_what_next(struct cli *cli, int code, unsigned *flags)
{
    enum choice choice = GIVE_UP;
    int asked = linking_choose(cli, &choice);

    if (asked != FOB_SUCCESS)
        return asked;
    if (choice == GIVE_UP)
        return code;
    if (choice == STORE)
        *flags |= FOB_NO_VALIDATE;
    return FOB_SUCCESS;
}

/* Whether the provider, or the plugin before it asks, refused the values. */
static bool linking_is_refusal(int code)
{
    return code == FOB_REJECTED || code == FOB_EXPIRED || code == FOB_INVALID;
}

int linking_run(struct cli *cli, linking_fn *fn, unsigned *flags)
{
    bool typed = false; /* a person typed values in one of the tries */
    int refusals = 0;
    int code;

    for (;;) {
        cli->converse.asked = 0;
        code = fn(cli->handle, *flags);
        typed |= cli->converse.asked > 0;
        *flags |= FOB_NO_GUIDE;
        if (code == FOB_SUCCESS)
            return code;
        if (typed && linking_is_refusal(code) && ++refusals < TYPED_TRIES) {
            linking_report_refusal(cli);
            fob_clear_fields(cli->handle);
            continue;
        }
        code = cli_fail(cli, code);
        if (!linking_is_worth_asking(code))
            return code;
        if (!typed) {
            linking_hint_way_out(code, *flags);
            return code;
        }
        code = linking_ask_what_next(cli, code, flags);
        if (code != FOB_SUCCESS)
            return code;
    }
}
