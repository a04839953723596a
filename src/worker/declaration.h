/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A plugin's declaration, checked and sent to the host.
 */
#ifndef FOB_WORKER_DECLARATION_H
#define FOB_WORKER_DECLARATION_H

#include <fob/plugin.h>

#include "frame/frame_socket.h"

struct loaded_plugin {
    const struct fob_plugin *plugin; /* in the mapped file; NULL before it is loaded */
    fob_check_fn *check;             /* of PLUGIN; NULL for none, and for an older plugin */
    fob_hook_fn *renew;              /* the same */
    size_t option_size;              /* of each of PLUGIN's options */
    fob_hook_fn *request; /* of the module that makes an application's requests; else NULL */
};

/* Check the declaration of the plugin at PATH: first ABI and size, which say whether the rest may
 * be read.  Returns FOB_SUCCESS, FOB_PLUGIN. */
int declaration_take(const struct fob_plugin *plugin, const char *path,
                     struct loaded_plugin *loaded);
/* Send the declaration to the host, with WARNING, which may be NULL.  Returns as frame_send(). */
int declaration_send(struct frame_socket *control, const struct loaded_plugin *loaded,
                     const char *warning);

#endif
