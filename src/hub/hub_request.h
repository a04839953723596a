/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A request and its answer, without the library that reads and writes them.
 */
#ifndef FOB_HUB_HUB_REQUEST_H
#define FOB_HUB_HUB_REQUEST_H

#include "hub/hub_card.h"
#include "hub/hub_limit.h"

#include <time.h>

#define HUB_BODY_MAX 65536
#define HUB_URI_MAX 8192

/* What lives as long as the program. */
struct hub {
    struct spool spool;
    struct hub_limits *limits;
    struct hub_site site;
    struct timespec site_time; /* when site.json was changed last */
    bool behind_proxy;
    bool loopback; /* plain HTTP on this machine */
    bool tls;
};

/* The headers that matter. */
enum hub_header {
    HUB_HOST,
    HUB_CONTENT_LENGTH,
    HUB_CONTENT_TYPE,
    HUB_COOKIE,
    HUB_ORIGIN,
    HUB_FETCH_SITE,
    HUB_FORWARDED, /* the last one */
    HUB_HEADERS
};

enum hub_method { HUB_GET, HUB_HEAD, HUB_POST, HUB_OTHER };

struct hub_request {
    int64_t begun;
    enum hub_method method;
    const char *headers[HUB_HEADERS];  /* NULL for none */
    bool malformed;                    /* a bad name of a header, or one twice */
    bool encoded;                      /* a Transfer-Encoding */
    struct fob_secret *uri;            /* as it came; a callback's has a code */
    struct fob_secret *body;           /* NULL for none: see hub_body.h */
    size_t size;                       /* of the body so far */
    bool lost;                         /* there was no memory for the body */
    struct hub_request *before, *next; /* with a body */
    struct hub_limit_address address;
    char from[64];     /* that address as text */
    const char *route; /* for the log: never what the address has */
    unsigned status;
    void *sent; /* for hub_serve.c: an answer with a cookie */
};

struct hub_answer {
    unsigned status;
    const char *type;
    struct strbuf body; /* may have secrets */
    struct strbuf location;
    char cookie[256];
    const char *allow; /* of a 405 */
    unsigned retry;    /* Retry-After, or 0 */
    bool cached;       /* a static file */
    bool svg;
};

/* Count a header; NAME and VALUE live as long as REQUEST. */
void hub_request_header(struct hub_request *request, const char *name, size_t size,
                        const char *value);
/* Whether the request may go on: 0, or the status of its refusal.  SITE is the hub's address. */
unsigned hub_request_check(const struct hub_request *request, const char *site);
/* The announced size of the body; -1 for none, or one that is too large or no number. */
long hub_request_length(const struct hub_request *request);
/* Wipe and free, without the body. */
void hub_request_free(struct hub_request *request);

#endif
