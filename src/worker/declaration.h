/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * What a plugin declares, checked and told to the host.
 */
#ifndef FOB_WORKER_DECLARATION_H
#define FOB_WORKER_DECLARATION_H

#include <fob/plugin.h>

#include "frame/frame_socket.h"

struct loaded_plugin {
    const struct fob_plugin *plugin; /* in the mapped file; NULL until then */
    fob_check_fn *check;             /* PLUGIN's; NULL when it is too old to have one */
    size_t option_size;              /* of each of PLUGIN's */
};

/* Look at the declaration of the plugin PATH: ABI and size first, since nothing else may be read
 * before they match.  Returns FOB_SUCCESS, FOB_PLUGIN. */
int declaration_take(const struct fob_plugin *plugin, const char *path,
                     struct loaded_plugin *loaded);
/* Send it to the host with WARNING, which may be NULL.  Returns as frame_send(). */
int declaration_send(struct frame_socket *control, const struct loaded_plugin *loaded,
                     const char *warning);

#endif
