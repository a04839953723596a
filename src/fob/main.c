/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The fob command.  It must never map libcurl: requests are made in a worker. */
#include "config.h"

#include "cli/cli.h"
#include "fob/commands.h"

static const struct command *const commands[] = {
    &cmd_init,        &cmd_providers, &cmd_guide,   &cmd_app,        &cmd_link,         &cmd_invite,
    &cmd_invitations, &cmd_inbox,     &cmd_list,    &cmd_show,       &cmd_validate,     &cmd_edit,
    &cmd_suspend,     &cmd_resume,    &cmd_rename,  &cmd_revoke,     &cmd_get,          &cmd_exec,
    &cmd_run,         &cmd_request,   &cmd_plugins, &cmd_new_plugin, &cmd_new_provider, &cmd_export,
    &cmd_import,      &cmd_key,       &cmd_store,   &cmd_unlock,     &cmd_lock,         &cmd_check,
    &cmd_log,         &cmd_git,       &cmd_docker,  &cmd_hook,       &cmd_complete,     NULL,
};

int main(int argc, char **argv)
{
    return cli_main(argc, argv, commands);
}
