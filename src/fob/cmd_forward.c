/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The commands that fob forwards to another program. */
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
