/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* What fob knows of the commands that another program has. */
#include "config.h"

#include "cli/request_options.h"

const struct command cmd_request = {
    .name = "request",
    .arguments = REQUEST_ARGUMENTS,
    .options = request_options,
    .summary = REQUEST_SUMMARY,
    .program = "fob-request",
};

const struct command cmd_run = {
    .name = "run",
    .arguments = RUN_ARGUMENTS,
    .options = run_options,
    .summary = RUN_SUMMARY,
    .program = "fob-request",
};
