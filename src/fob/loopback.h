/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The loopback end of a sign-in (RFC 8252): waits for one GET of a browser on this machine.
 */
#ifndef FOB_FOB_LOOPBACK_H
#define FOB_FOB_LOOPBACK_H

#include <fob/fob.h>

#define LOOPBACK_URI 256

struct loopback {
    int fd; /* polls readable if a browser is there; -1 until it is open */
    char uri[LOOPBACK_URI];
};

#define LOOPBACK_INIT ((struct loopback){ .fd = -1 })

/* Whether REDIRECT is "loopback-any-port", or an http URL of this machine by IPv4. */
bool loopback_takes(const char *redirect);
/* Take the port of REDIRECT, or any.  With LISTENS, accept connections.  Returns FOB_SUCCESS, or
 * FOB_SYSTEM with errno. */
int loopback_open(struct loopback *loopback, const char *redirect, bool listens);
/* Answer one connection.  REPLY receives the address of a GET of the redirect URI.  Returns
 * FOB_SUCCESS, FOB_IGNORE (another request), FOB_NOMEM. */
int loopback_serve(const struct loopback *loopback, struct fob_secret **reply);
void loopback_close(struct loopback *loopback);

#endif
