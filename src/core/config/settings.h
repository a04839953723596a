/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * fob.yaml: where things are (fob.yaml(5)).
 */
#ifndef FOB_CORE_CONFIG_SETTINGS_H
#define FOB_CORE_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/yaml.h"

/* Absolute paths, in the order in which they are searched. */
struct path_list {
    char **items;
    size_t count;
};

struct settings {
    uid_t user;             /* the effective one; files may be that one's or root's */
    uid_t real_user;        /* who the log says it was */
    struct yaml_file *file; /* what it was read from; NULL for the built-in defaults */
    char *store_path;
    char *key_file;
    char *credential;   /* the key file of a service of systemd's; or NULL */
    char **key_command; /* its words, and NULL; or NULL */
    char **on_change;   /* the same */
    struct path_list plugins;
    struct path_list providers;
    struct path_list machine_providers; /* the machine's, whatever the configuration says */
    const struct yaml_node *http;       /* ca_file, timeout, retries as written, checked; or NULL */
    char *log_path;
    bool log_syslog;
    bool log_required;     /* no use without a line */
    uint64_t log_max_size; /* a larger log is rotated */
    unsigned log_keep;     /* how many older parts stay */
};

/*
 * Find and read the configuration; see fob_open() for the order.
 *
 * A file with mistakes is FOB_CONFIG, and the error tells all of them, one a line.  Returns
 * FOB_SUCCESS, FOB_CONFIG, FOB_NOT_FOUND (a file that was asked for does not exist),
 * FOB_NOT_ALLOWED (it is not trusted, or may not be read), FOB_SYSTEM, FOB_NOMEM.
 */
int settings_read(const char *path, struct settings **settings);
void settings_free(struct settings *settings);

#endif
