/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * URLs: which base URL is allowed, which requests lie within it, and what an origin is.
 *
 * libcurl's own parser takes apart every base URL, and every URL that was not made from one.  The
 * same parser finds the host to connect to, so that a check and a connection never disagree.
 */
#ifndef FOB_HTTP_URL_H
#define FOB_HTTP_URL_H

#include <stdbool.h>

struct sockaddr;

struct url_base {
    char *text;   /* without slashes at the end */
    char *origin; /* scheme, host, and the port unless it is the default; in lower case */
    char *path;   /* "" or "/api/v1" */
    char *host;   /* with the port as in ORIGIN, for messages */
    bool plain;   /* http, to a loopback address */
};

/*
 * Check (address_fault()) and take apart TEXT as a base URL.  On FOB_CONFIG, WHY says what is wrong
 * (static).  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOMEM; free it with url_base_clear(), also on
 * failure.
 */
int url_base_set(struct url_base *base, const char *text, const char **why);
void url_base_clear(struct url_base *base);

/*
 * The URL of PATH, which begins with '/' or '?' or is a URL within the base.  On FOB_INVALID, WHY
 * says what is wrong (static).  Returns FOB_SUCCESS, FOB_INVALID, FOB_NOMEM; the caller frees URL.
 */
int url_join(const struct url_base *base, const char *path, char **url, const char **why);

/* The origin of URL, as in struct url_base.  Returns FOB_SUCCESS, FOB_INVALID (not a URL of http or
 * https, or one with a user), FOB_NOMEM; the caller frees ORIGIN. */
int url_origin(const char *url, char **origin);

/* 127.0.0.0/8 or ::1. */
bool url_is_loopback_address(const struct sockaddr *address);

#endif
