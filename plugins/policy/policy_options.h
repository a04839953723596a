/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The table of the plugin's options: for the plugin, and for the JSON Schema of provider files.
 */
#ifndef FOB_PLUGINS_POLICY_POLICY_OPTIONS_H
#define FOB_PLUGINS_POLICY_POLICY_OPTIONS_H

#include <fob/plugin.h>

static const char *const policy_options_timezones[] = { "local", "utc", NULL };

static const struct fob_option policy_options[] = {
    { .name = "users", .type = FOB_OPTION_LIST, .summary = "who may: names or ids of Unix users" },
    { .name = "groups",
      .type = FOB_OPTION_LIST,
      .summary = "who may: names or ids of groups that the caller is in" },
    { .name = "accounts",
      .type = FOB_OPTION_LIST,
      .summary = "which accounts: shell patterns of names" },
    { .name = "owners",
      .type = FOB_OPTION_LIST,
      .summary = "which accounts: shell patterns of their owner's id" },
    { .name = "types",
      .type = FOB_OPTION_LIST,
      .summary = "which accounts: shell patterns of production and test" },
    { .name = "hours",
      .type = FOB_OPTION_LIST,
      .summary = "when: 08:00-18:00, or mon-fri 08:00-18:00" },
    { .name = "timezone",
      .type = FOB_OPTION_ENUM,
      .choices = policy_options_timezones,
      .value = "local",
      .summary = "whose hours they are" },
    { .name = "deny",
      .type = FOB_OPTION_BOOLEAN,
      .value = "false",
      .summary = "refuse what fits, instead of what does not" },
    { .name = NULL },
};

#endif
