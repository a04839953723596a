/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The options of fob request, which fob completes and fob-request has. */
#include "config.h"

#include "cli/commands.h"

const struct option_spec request_options[] = {
    { "data", "DATA", "the body: text, @FILE, or - for stdin" },
    { "header", "HEADER", "one more header, \"Name: value\"; may be repeated" },
    { "include", NULL, "print the answer's status and headers before its body" },
    { "paginate", NULL, "follow meta.next_url and print one JSON array of all data" },
    { "force", NULL, "whatever the account's status is, this once" },
    { NULL, NULL, NULL },
};
