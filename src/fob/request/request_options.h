/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob request and fob run, and their options.
 */
#ifndef FOB_FOB_REQUEST_REQUEST_OPTIONS_H
#define FOB_FOB_REQUEST_REQUEST_OPTIONS_H

#include "cli/options.h"

extern const struct command cmd_request;
extern const struct command cmd_run;
extern const struct option_spec request_options[];
#define REQUEST_ARGUMENTS "ACCOUNT [METHOD] PATH"
#define REQUEST_SUMMARY "make an HTTP request with the account's credential"
extern const struct option_spec run_options[];
#define RUN_ARGUMENTS "ACCOUNT [ACTION] [NAME=VALUE...]"
#define RUN_SUMMARY "run an action of the account's provider, or list them"

#endif
