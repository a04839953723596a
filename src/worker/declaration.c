/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Reads a plugin's declaration. */
#include "config.h"

#include "worker/declaration.h"

#include "util/error.h"

#include <stddef.h>
#include <string.h>

/* The members that each plugin has; and whether it is new enough to have another. */
#define DECLARATION_MIN offsetof(struct fob_plugin, check)
#define DECLARATION_HAS(plugin, member) \
    ((plugin)->size >= offsetof(struct fob_plugin, member) + sizeof(plugin)->member)

int declaration_take(const struct fob_plugin *plugin, const char *path,
                     struct loaded_plugin *loaded)
{
    if (plugin->abi != FOB_PLUGIN_ABI) {
        error_set(FOB_PLUGIN, "%s: made for plugin ABI %u, this fob has %u", path,
                  (unsigned)plugin->abi, FOB_PLUGIN_ABI);
        error_hint("build the plugin against this version's fob/plugin.h");
        return FOB_PLUGIN;
    }
    if (plugin->size < DECLARATION_MIN)
        return error_set(FOB_PLUGIN, "%s: its declaration has %u bytes, ABI %u at least %zu", path,
                         (unsigned)plugin->size, FOB_PLUGIN_ABI, DECLARATION_MIN);
    if (plugin->name == NULL || plugin->version == NULL || plugin->summary == NULL)
        return error_set(FOB_PLUGIN, "%s: its declaration lacks a name, version or summary", path);
    loaded->plugin = plugin;
    loaded->check = DECLARATION_HAS(plugin, check) ? plugin->check : NULL;
    return FOB_SUCCESS;
}

static void declaration_put_option(struct frame_socket *control, const struct fob_option *option)
{
    const unsigned type = (unsigned)option->type;

    frame_put_text(control, FRAME_OPTION, option->name);
    frame_put_number(control, FRAME_OPTION_TYPE, type < UINT8_MAX ? type : UINT8_MAX, 1);
    if (option->required)
        frame_put(control, FRAME_REQUIRED, NULL, 0);
    frame_put_text(control, FRAME_OPTION_TEXT, option->value);
    frame_put_number(control, FRAME_MIN, option->min, 8);
    frame_put_number(control, FRAME_MAX_VALUE, option->max, 8);
    for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
        frame_put_text(control, FRAME_CHOICE, option->choices[i]);
    frame_put_text(control, FRAME_SUMMARY, option->summary);
}

int declaration_send(struct frame_socket *control, const struct loaded_plugin *loaded,
                     const char *warning)
{
    const struct fob_plugin *plugin = loaded->plugin;
    const bool hooks[] = { plugin->link != NULL, plugin->validate != NULL, plugin->revoke != NULL,
                           plugin->authorize != NULL, loaded->check != NULL };
    unsigned bits = 0;

    for (unsigned i = 0; i < sizeof hooks / sizeof *hooks; i++)
        bits |= hooks[i] ? 1U << i : 0;
    frame_begin(control, FRAME_DECLARATION, 0);
    frame_put_text(control, FRAME_MESSAGE, warning);
    frame_put_text(control, FRAME_NAME, plugin->name);
    frame_put_text(control, FRAME_VERSION, plugin->version);
    frame_put_text(control, FRAME_SUMMARY, plugin->summary);
    frame_put_number(control, FRAME_HOOKS, bits, 1);
    for (const struct fob_option *option = plugin->options; option != NULL && option->name != NULL;
         option++)
        declaration_put_option(control, option);
    return frame_send(control, -1);
}
