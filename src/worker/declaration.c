/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Checks and sends a plugin's declaration. */
#include "config.h"

#include "worker/declaration.h"

#include "util/array.h"
#include "util/error.h"
#include "util/sized.h"

#include <stddef.h>
#include <string.h>

/* The size without later members; and whether PLUGIN has a later member. */
#define DECLARATION_MIN offsetof(struct fob_plugin, check)
#define DECLARATION_HAS(plugin, member) \
    ((plugin)->size >= offsetof(struct fob_plugin, member) + sizeof((plugin)->member))

/* Copy option number INDEX; after the last, its name is NULL.  Returns as sized_copy(). */
static const char *declaration_copy_option(const struct loaded_plugin *loaded, size_t index,
                                           struct fob_option *option)
{
    const unsigned char *options = (const void *)loaded->plugin->options;

    *option = (struct fob_option){ .name = NULL };
    return options != NULL
               ? sized_copy_bytes(option, sizeof *option, options + index * loaded->option_size,
                                  loaded->option_size)
               : NULL;
}

static int declaration_check_options(const struct loaded_plugin *loaded, const char *path)
{
    struct fob_option option;
    const char *fault;
    size_t count = 0;

    if (loaded->plugin->options != NULL &&
        (loaded->option_size < sizeof option.name || loaded->option_size > SIZED_MAX)) {
        error_set(FOB_PLUGIN, "%s: its options cannot have %zu bytes each", path,
                  loaded->option_size);
        error_hint("set option_size of the declaration to sizeof(struct fob_option)");
        return FOB_PLUGIN;
    }
    do {
        fault = declaration_copy_option(loaded, count++, &option);
    } while (fault == NULL && option.name != NULL);
    return fault == NULL ? FOB_SUCCESS
                         : error_set(FOB_PLUGIN, "%s: option number %zu %s", path, count, fault);
}

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
    loaded->renew = DECLARATION_HAS(plugin, renew) ? plugin->renew : NULL;
    loaded->option_size = DECLARATION_HAS(plugin, option_size) ? plugin->option_size : 0;
    return declaration_check_options(loaded, path);
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
    const bool hooks[] = { plugin->link != NULL,   plugin->validate != NULL,
                           plugin->revoke != NULL, plugin->authorize != NULL,
                           loaded->renew != NULL,  loaded->check != NULL,
                           loaded->request != NULL };
    struct fob_option option;
    unsigned bits = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(hooks); i++)
        bits |= hooks[i] ? 1U << i : 0;
    frame_begin(control, FRAME_DECLARATION, 0);
    frame_put_text(control, FRAME_MESSAGE, warning);
    frame_put_text(control, FRAME_NAME, plugin->name);
    frame_put_text(control, FRAME_VERSION, plugin->version);
    frame_put_text(control, FRAME_SUMMARY, plugin->summary);
    frame_put_number(control, FRAME_HOOKS, bits, 1);
    for (size_t i = 0; declaration_copy_option(loaded, i, &option) == NULL && option.name != NULL;
         i++)
        declaration_put_option(control, &option);
    return frame_send(control, -1);
}
