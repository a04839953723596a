/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The client certificate of a hook's handle.
 */
#ifndef FOB_WORKER_PLUGIN_CERTIFICATE_H
#define FOB_WORKER_PLUGIN_CERTIFICATE_H

#include <fob/plugin.h>

/* Copy the certificate, which libfob-http has checked.  Returns FOB_SUCCESS, FOB_NOMEM. */
FOB_API int plugin_put_certificate(struct fob_handle *handle, const struct fob_secret *chain,
                                   const struct fob_secret *key);

#endif
