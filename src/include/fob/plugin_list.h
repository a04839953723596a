/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Plugins, and what they declare.  Part of <fob/fob.h>. */
#ifndef FOB_PLUGIN_LIST_H
#define FOB_PLUGIN_LIST_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_context;

/*
 * Plugins: what a stack may name.
 */
struct fob_plugins;
struct fob_plugin_info;

/*
 * Load every plugin of the configured folders, to read its declaration; no hook runs.  The list
 * includes each plugin that is not loaded, with the reason.  Close the list before the context.
 * Returns FOB_SUCCESS, FOB_NOT_ALLOWED, FOB_SYSTEM, FOB_NOMEM.  Since 0.1.
 */
FOB_API int fob_plugins_open(struct fob_context *context, struct fob_plugins **plugins);
/* The next plugin by name, borrowed from PLUGINS; NULL after the last.  Since 0.1. */
FOB_API const struct fob_plugin_info *fob_plugins_next(struct fob_plugins *plugins);
FOB_API void fob_plugins_close(struct fob_plugins *plugins);

/* Whether PLUGIN is loaded: FOB_SUCCESS; FOB_PLUGIN when it cannot be; FOB_SYSTEM or FOB_NOMEM when
 * its file could not be read, or files or memory ran out, which is no fault of the plugin.  Since
 * 0.2. */
FOB_API int fob_plugin_code(const struct fob_plugin_info *plugin);
/* Since 0.1. */
enum fob_plugin_text {
    FOB_PLUGIN_NAME, /* as stacks name it */
    FOB_PLUGIN_VERSION,
    FOB_PLUGIN_SUMMARY,
    FOB_PLUGIN_FILE,
    FOB_PLUGIN_MISTAKE, /* why it is not loaded; "" when it is */
    FOB_PLUGIN_HINT,    /* what to do about that */
    FOB_PLUGIN_TEXT_COUNT
};
/* A text of PLUGIN, borrowed; "" for none.  Since 0.1. */
FOB_API const char *fob_plugin_text(const struct fob_plugin_info *plugin,
                                    enum fob_plugin_text which);
/* The name of hook number INDEX (from 0) of the plugin's hooks: "link", "validate", "revoke",
 * "authorize"; NULL past the last.  Since 0.1. */
FOB_API const char *fob_plugin_hook(const struct fob_plugin_info *plugin, size_t index);

/* One option that a plugin takes.  Since 0.2. */
struct fob_plugin_option {
    size_t size; /* sizeof this struct */
    const char *name;
    const char *type;  /* "string", "integer", "boolean", "enum", "list", "duration", "size", … */
    const char *value; /* the default; NULL for none */
    int64_t min, max;  /* of numbers, seconds and bytes; 0 and 0 for no limit */
    const char *const *choices; /* of an enum; what may stand for a list; ends with NULL; or NULL */
    const char *summary;        /* "" where not given */
    bool required;
};
/* Option number INDEX (from 0), borrowed from PLUGIN; NULL past the last.  Since 0.2. */
FOB_API const struct fob_plugin_option *fob_plugin_option(const struct fob_plugin_info *plugin,
                                                          size_t index);

#ifdef __cplusplus
}
#endif

#endif
