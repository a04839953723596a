/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The commands of fob, one file each.
 */
#ifndef FOB_FOB_COMMANDS_H
#define FOB_FOB_COMMANDS_H

#include "fob/request/request_options.h"

extern const struct command cmd_init;
extern const struct command cmd_providers;
extern const struct command cmd_guide;
extern const struct command cmd_plugins;
extern const struct command cmd_new_plugin;
extern const struct command cmd_new_provider;
extern const struct command cmd_app;
extern const struct command cmd_link;
extern const struct command cmd_invite;
extern const struct command cmd_invitations;
extern const struct command cmd_inbox;
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
extern const struct command cmd_store;
extern const struct command cmd_unlock;
extern const struct command cmd_lock;
extern const struct command cmd_check;
extern const struct command cmd_log;
extern const struct command cmd_hook;
extern const struct command cmd_complete;

#endif
