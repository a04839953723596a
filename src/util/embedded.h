/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Files that the build embeds into a program (embed.sh), so that no folder or variable may replace
 * them.
 */
#ifndef FOB_UTIL_EMBEDDED_H
#define FOB_UTIL_EMBEDDED_H

struct embedded_file {
    const char *name; /* of a skeleton: it and TEXT have places, as @NAME@ */
    const char *text;
};

/* Each ends with an empty one. */
extern const struct embedded_file new_plugin_files[];
extern const struct embedded_file new_provider_files[];
extern const struct embedded_file hook_files[];
extern const struct embedded_file hub_files[];

#endif
