/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The table of the plugin's options: for the plugin, and for the JSON Schema of provider files.
 */
#ifndef FOB_PLUGINS_EXEC_EXEC_OPTIONS_H
#define FOB_PLUGINS_EXEC_EXEC_OPTIONS_H

#include <fob/plugin.h>

static const char *const exec_options_all[] = { "all", NULL };

static const struct fob_option exec_options[] = {
    { .name = "command",
      .type = FOB_OPTION_LIST,
      .required = true,
      .summary = "the program's absolute path, and its arguments" },
    { .name = "fields",
      .type = FOB_OPTION_LIST,
      .choices = exec_options_all,
      .summary = "which fields and tokens it gets; without this those that are not secret" },
    { .name = "tokens",
      .type = FOB_OPTION_LIST,
      .summary = "the tokens that it gives, and needs for other hooks than link" },
    { .name = "timeout",
      .type = FOB_OPTION_DURATION,
      .value = "30",
      .min = 1,
      .max = 3600,
      .summary = "how long it may take" },
    { .name = "user",
      .type = FOB_OPTION_STRING,
      .summary = "the Unix user that it runs as, when fob is run by root" },
    { .name = "base_url",
      .type = FOB_OPTION_URL,
      .summary = "where the provider's API begins, for requests and actions" },
    { .name = "ca_file",
      .type = FOB_OPTION_PATH,
      .summary = "certificates to trust there instead of the system's" },
    { .name = "retries",
      .type = FOB_OPTION_INTEGER,
      .value = "1",
      .max = 10,
      .summary = "further tries of a request that changes nothing" },
    { .name = NULL },
};

#endif
