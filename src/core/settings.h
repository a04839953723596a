/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob.yaml: where things are (fob.yaml(5)).
 */
#ifndef FOB_CORE_SETTINGS_H
#define FOB_CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/yaml.h"

/* Paths, in the order in which they are searched. */
struct path_list {
    char **items;
    size_t count;
};

struct settings {
    struct yaml_file *file; /* what it was read from; NULL for the built-in defaults */
    char *store_path;
    char *key_file;
    struct path_list plugins;
    struct path_list providers;
    const struct yaml_node *http; /* ca_file, timeout, retries as written, checked; or NULL */
    char *log_path;
    bool log_syslog;
};

/*
 * Find and read the configuration; see fob_open() for the order.  All mistakes are in the error's
 * message, one a line... the first in the message, the rest counted: "FILE:L:C: what (and 2 more:
 * see fob check)".
 *
 * Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOT_FOUND, FOB_DENIED, FOB_SYSTEM, FOB_NOMEM.
 */
int settings_read(const char *path, struct settings **settings);
void settings_free(struct settings *settings);

#endif
