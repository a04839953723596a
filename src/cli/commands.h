/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The commands, one file each.
 */
#ifndef FOB_CLI_COMMANDS_H
#define FOB_CLI_COMMANDS_H

#include "cli/options.h"

extern const struct command cmd_init;
extern const struct command cmd_providers;
extern const struct command cmd_guide;
extern const struct command cmd_plugins;
extern const struct command cmd_new_plugin;
extern const struct command cmd_link;
extern const struct command cmd_list;
extern const struct command cmd_show;
extern const struct command cmd_validate;
extern const struct command cmd_docker;
extern const struct command cmd_edit;
extern const struct command cmd_suspend;
extern const struct command cmd_resume;
extern const struct command cmd_rename;
extern const struct command cmd_revoke;
extern const struct command cmd_get;
extern const struct command cmd_exec;
extern const struct command cmd_git;
extern const struct command cmd_export;
extern const struct command cmd_import;
extern const struct command cmd_key;
extern const struct command cmd_unlock;
extern const struct command cmd_lock;
extern const struct command cmd_check;
extern const struct command cmd_log;
extern const struct command cmd_hook;
extern const struct command cmd_complete;

/* These two are in the program fob-request; fob has others of these names, which only know what
 * they are for. */
extern const struct command cmd_request;
extern const struct command cmd_run;
extern const struct option_spec request_options[];
#define REQUEST_ARGUMENTS "ACCOUNT [METHOD] PATH"
#define REQUEST_SUMMARY "make an HTTP request with the account's credential"
extern const struct option_spec run_options[];
#define RUN_ARGUMENTS "ACCOUNT [ACTION] [NAME=VALUE...]"
#define RUN_SUMMARY "run an action of the account's provider, or list them"

#endif
