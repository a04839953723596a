/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The files of conf/new-plugin, which the build puts into fob: what people compile and run comes
 * with the command itself, and no folder or variable can put something else in its place.
 */
#ifndef FOB_CLI_NEW_PLUGIN_H
#define FOB_CLI_NEW_PLUGIN_H

struct new_plugin_file {
    const char *name; /* @NAME@ stands for the plugin's name, here and in TEXT */
    const char *text;
};

/* Ends with an empty one. */
extern const struct new_plugin_file new_plugin_files[];

#endif
