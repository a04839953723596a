/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The web server: one thread over libmicrohttpd.
 */
#ifndef FOB_HUB_HUB_SERVE_H
#define FOB_HUB_HUB_SERVE_H

#include "hub/hub_request.h"

#include <signal.h>

/* Serve on the listening SOCKET until *STOP is set, which a signal handler does.  CERTIFICATE and
 * KEY are PEM texts for TLS, or NULL.  Returns FOB_SUCCESS, FOB_SYSTEM. */
int hub_serve(struct hub *hub, int socket, const char *certificate, const char *key,
              const volatile sig_atomic_t *stop);

#endif
