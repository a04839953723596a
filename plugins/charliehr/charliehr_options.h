/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The table of the plugin's options: for the plugin, and for the JSON Schema of provider files.
 */
#ifndef FOB_PLUGINS_CHARLIEHR_CHARLIEHR_OPTIONS_H
#define FOB_PLUGINS_CHARLIEHR_CHARLIEHR_OPTIONS_H

#include <fob/http.h>

static const struct fob_option charliehr_options[] = {
    FOB_HTTP_OPTIONS("https://charliehr.com/api/v1", "10", "1"),
    { .name = NULL },
};

#endif
