/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The plugin's options, and the keys of those that are maps: for the plugin, for the checks, and
 * for the JSON Schema of provider files.
 */
#ifndef FOB_PLUGINS_HTTP_HTTP_OPTIONS_H
#define FOB_PLUGINS_HTTP_HTTP_OPTIONS_H

#include <fob/plugin.h>

#include "util/yaml_shape.h"

/* The most requests of the option rights. */
#define HTTP_OPTIONS_RIGHTS_MAX 4

/* Each ends with an empty one. */
extern const struct fob_option http_options_table[];
extern const struct yaml_shape http_options_keys[]; /* all of them */
extern const struct yaml_shape http_options_header_keys[];
extern const struct yaml_shape http_options_certificate_keys[];
extern const struct yaml_shape http_options_token_keys[];
extern const struct yaml_shape http_options_oauth_keys[];
extern const struct yaml_shape http_options_check_keys[];
extern const struct yaml_shape http_options_revoke_keys[];

#endif
