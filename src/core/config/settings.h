/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The settings of fob.yaml(5), mostly paths.
 */
#ifndef FOB_CORE_CONFIG_SETTINGS_H
#define FOB_CORE_CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"
#include "util/yaml_shape.h"

/* The keys of fob.yaml. */
extern const struct yaml_shape settings_keys[];

/* Absolute paths, in the order in which they are searched. */
struct path_list {
    char **items;
    size_t count;
};

/* The web page of invitations.  The texts are borrowed from the file, and never NULL. */
struct settings_hub {
    const char *url;   /* "https://connect.example.com"; "" when nobody is invited */
    const char *name;  /* who invites; or "" */
    const char *color; /* "#0b5394", or "" */
    const char *contact;
    const char *privacy; /* a URL, or "" */
    char *logo;          /* a file *.svg or *.png; or NULL */
    char *spool;
    char *inbox; /* the folder in the spool where drops arrive */
};

struct settings {
    uid_t user;             /* the effective user; files must belong to this user or root */
    uid_t real_user;        /* the user that the log names */
    struct yaml_file *file; /* the configuration file; NULL for the built-in defaults */
    char *place;            /* its path from the root, for other processes; or NULL */
    char *store_path;
    bool shared; /* the store is one of several machines, at REMOTE */
    struct store_remote remote;
    bool store_is_alone; /* no other machine uses the store's folder */
    char *hosts;         /* REMOTE has these */
    char *machine;
    char *key_file;
    char *credential;   /* a key file from systemd (LoadCredential); or NULL */
    char **key_command; /* ends with NULL; or NULL for none */
    char **on_change;   /* likewise */
    struct path_list plugins;
    struct path_list providers;
    struct path_list machine_providers; /* the machine's, regardless of the configuration */
    bool containment_required;          /* no plugin runs without containment */
    unsigned hook_limit;                /* seconds that a hook may run */
    const struct yaml_node *http;       /* the checked map http: of the file; or NULL */
    struct settings_hub hub;
    char *log_path;
    bool log_syslog;
    bool log_required;     /* no use of an account without a log line */
    uint64_t log_max_size; /* a larger log is rotated */
    unsigned log_keep;     /* how many older parts are kept */
};

/*
 * Find and read the configuration; see fob_open() for the order.
 *
 * For a file with mistakes the error has one line for each.  Returns FOB_SUCCESS, FOB_CONFIG,
 * FOB_NOT_FOUND (the requested file does not exist), FOB_NOT_ALLOWED (the file is not trusted, or
 * not readable), FOB_SYSTEM, FOB_NOMEM.
 */
int settings_read(const char *path, struct settings **settings);
void settings_free(struct settings *settings);

/* The files and folders that no plugin may use; those that are not set are NULL. */
#define SETTINGS_CLOSED 4
void settings_find_closed(const struct settings *settings, const char *paths[SETTINGS_CLOSED]);

#endif
