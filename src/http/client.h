/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A client: a libcurl handle with fob's rules, used by one of fob's handles at a time.
 */
#ifndef FOB_HTTP_CLIENT_H
#define FOB_HTTP_CLIENT_H

#include <fob/http.h>

#include <curl/curl.h>

#include "http/url.h"

struct fob_http {
    struct fob_handle *handle; /* borrowed */
    uint64_t process;          /* the process that made it */
    char *base_url;            /* the option's text */
    struct url_base base;
    char *ca_file;            /* NULL for the system's */
    struct fob_secret *chain; /* the client certificate, in PEM; NULL for none, as KEY */
    struct fob_secret *key;
    int64_t timeout;
    int64_t retries;
    bool bare; /* its requests have no credential */
    CURL *easy;
    bool said_goodbye;           /* if the connection has ended, the far end ended it */
    bool left_loopback;          /* an unencrypted connection would have left this machine */
    int lack;                    /* the error of a socket that could not be made; or 0 */
    char error[CURL_ERROR_SIZE]; /* libcurl's message about the last failure */
};

/* Handles with the same key can use the same client; borrowed. */
struct client_key {
    const char *base_url;
    const char *ca_file;            /* NULL for the system's */
    const struct fob_secret *chain; /* NULL for none, as KEY */
    const struct fob_secret *key;
};

/* Make a client.  Returns FOB_SUCCESS, FOB_CONFIG, FOB_NOT_ALLOWED,
 * FOB_SYSTEM, FOB_NOMEM. */
int client_new(struct fob_handle *handle, const struct client_key *key, struct fob_http **http);
void client_free(struct fob_http *http);

static inline int client_nomem(struct fob_handle *handle)
{
    return fob_fail(handle, FOB_NOMEM, "out of memory");
}

/* Where the base comes from, for messages. */
static inline const char *client_address_name(const struct fob_http *http)
{
    return http->bare ? "the request's URL" : "base_url";
}

/* For the public FUNCTION: whether HANDLE is a hook's in this process.  Returns FOB_SUCCESS,
 * FOB_INVALID. */
int client_check_handle(struct fob_handle *handle, const char *function);
/* For the public FUNCTION: whether HTTP may be used.  Returns FOB_SUCCESS, FOB_INVALID. */
int client_check(const struct fob_http *http, const char *function);
/* For the beginning of a public function that returns a code: refuse NULL. */
#define NEED(argument)                                                                          \
    do {                                                                                        \
        if ((argument) == NULL)                                                                 \
            return fob_fail(NULL, FOB_INVALID, "%s: %s must not be NULL", __func__, #argument); \
    } while (0)
#define NEED_HTTP(http)                             \
    do {                                            \
        int checked = client_check(http, __func__); \
                                                    \
        if (checked != FOB_SUCCESS)                 \
            return checked;                         \
    } while (0)

#endif
