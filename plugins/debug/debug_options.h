/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The table of the plugin's options: for the plugin, and for the JSON Schema of provider files.
 */
#ifndef FOB_PLUGINS_DEBUG_DEBUG_OPTIONS_H
#define FOB_PLUGINS_DEBUG_DEBUG_OPTIONS_H

#include <fob/plugin.h>

static const char *const debug_options_codes[] = {
    "success",      "ignore",    "rejected",  "expired", "denied",       "unavailable",
    "rate_limited", "untrusted", "protocol",  "manual",  "conversation", "not_found",
    "exists",       "locked",    "suspended", "corrupt", "config",       "plugin",
    "invalid",      "nomem",     "system",    "abort",   "not_allowed",  "mismatched",
    "changed",      NULL,
};

static const struct fob_option debug_options[] = {
    { .name = "link",
      .type = FOB_OPTION_ENUM,
      .choices = debug_options_codes,
      .value = "success",
      .summary = "what link returns" },
    { .name = "validate",
      .type = FOB_OPTION_ENUM,
      .choices = debug_options_codes,
      .value = "success",
      .summary = "what validate returns" },
    { .name = "revoke",
      .type = FOB_OPTION_ENUM,
      .choices = debug_options_codes,
      .value = "success",
      .summary = "what revoke returns" },
    { .name = "authorize",
      .type = FOB_OPTION_ENUM,
      .choices = debug_options_codes,
      .value = "success",
      .summary = "what authorize returns" },
    { .name = "sleep",
      .type = FOB_OPTION_DURATION,
      .value = "0",
      .max = 3600,
      .summary = "how long each hook waits first" },
    { .name = "tell", .type = FOB_OPTION_STRING, .summary = "what each hook tells the person" },
    { .name = "ask", .type = FOB_OPTION_STRING, .summary = "what each hook asks the person" },
    { .name = "identity",
      .type = FOB_OPTION_STRING,
      .summary = "who link and validate say that it is" },
    { .name = "header",
      .type = FOB_OPTION_STRING,
      .summary = "what authorize puts into the header X-Debug" },
    { .name = NULL },
};

#endif
