/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The options of fob request and fob run. */
#include "config.h"

#include "fob/request/request_options.h"

const struct option_spec request_options[] = {
    { "data", "DATA", "the body: text, @FILE, or - for stdin" },
    { "header", "HEADER...", "an additional header, \"Name: value\"" },
    { "include", NULL, "print the answer's status and headers before its body" },
    { "paginate", NULL, "read a list to its end and print one JSON array" },
    { "force", NULL, "use the account once, whatever its status is" },
    { NULL, NULL, NULL },
};

const struct option_spec run_options[] = {
    { "format", "LAYOUT", "table (the default), csv, json or ndjson" },
    { "fields", "FIELDS", "the columns: names, dotted.paths or /json/pointers" },
    { "csv-safe", NULL, "with csv: no cell is a formula for a spreadsheet" },
    { "show-private", NULL, "do not mask the members that the provider's file declares private" },
    { "data", "DATA", "the body: JSON text, @FILE, or - for stdin" },
    { "yes", NULL, "write without asking" },
    { "force", NULL, "use the account once, whatever its status is" },
    { NULL, NULL, NULL },
};
