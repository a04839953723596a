/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files of conf that the build puts into fob: what people compile or evaluate comes with the
 * command itself, and no folder or variable can put something else in its place.
 */
#ifndef FOB_FOB_EMBEDDED_H
#define FOB_FOB_EMBEDDED_H

struct embedded_file {
    const char *name; /* in new_plugin_files @NAME@ stands for the plugin's, here and in TEXT */
    const char *text;
};

/* Each ends with an empty one. */
extern const struct embedded_file new_plugin_files[];
extern const struct embedded_file hook_files[];

#endif
