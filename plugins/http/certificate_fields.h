/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The option certificate: a client certificate on each connection.
 */
#ifndef FOB_PLUGINS_HTTP_CERTIFICATE_FIELDS_H
#define FOB_PLUGINS_HTTP_CERTIFICATE_FIELDS_H

#include <fob/plugin.h>

/* Use the certificate of the option, if there is one and its fields have values.  Returns
 * FOB_SUCCESS, FOB_INVALID (no PEM, or only one of both has a value), FOB_EXPIRED, FOB_NOMEM. */
int certificate_put(struct fob_handle *handle);

#endif
