/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Actions of a provider, and their requests.  Part of <fob/fob.h>. */
#ifndef FOB_ACTION_H
#define FOB_ACTION_H

#include <fob/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fob_provider;

/*
 * Actions: requests that a provider's file names (fob-run(1)).  The library makes a request; the
 * application sends it.  The place of an argument.  Since 0.1.
 */
enum fob_place { FOB_IN_PATH, FOB_IN_QUERY, FOB_IN_BODY };

/* Since 0.2. */
struct fob_action_argument {
    size_t size; /* sizeof this struct */
    const char *name;
    const char *summary;        /* "" where not given, as the next one */
    const char *value;          /* the default */
    const char *type;           /* "string", "integer", "number", "boolean", "date", "enum" */
    int64_t min, max;           /* of an integer; INT64_MIN and INT64_MAX where there is no limit */
    const char *const *choices; /* of an enum; ends with NULL; or NULL */
    enum fob_place place;
    bool required;
};

/* How to find the next page of a list.  Since 0.1. */
enum fob_paging {
    FOB_PAGING_NONE,   /* there is one answer */
    FOB_PAGING_LINK,   /* an answer has the next one's address, or says how many there are */
    FOB_PAGING_CURSOR, /* an answer has the parameter's next value */
    FOB_PAGING_PAGE,   /* the parameter counts pages */
    FOB_PAGING_OFFSET, /* the parameter counts items */
};

/*
 * The places are JSON Pointers into an answer, or names of its headers; next is an address in a
 * header only as Link (RFC 8288).  Each is a list, to be tried in turn, that ends with NULL. Since
 * 0.2.
 */
struct fob_paginate {
    size_t size; /* sizeof this struct */
    enum fob_paging kind;
    const char *const *next;  /* places of the address or the value; or NULL */
    const char *parameter;    /* of the query; for a link the one that counts pages, or NULL */
    int64_t first;            /* the parameter's value for the first page */
    const char *const *total; /* places of the number of all items; or NULL */
    const char *const *pages; /* places of the number of pages; or NULL */
    const char *const *more;  /* places of a boolean that ends the list if it is false; or NULL */
};

/* An application may make one, and its paginate, for fob_send_pages(); others are lent.  Since
 * 0.2. */
struct fob_action {
    size_t size; /* sizeof this struct */
    const char *name;
    const char *summary; /* "" where not given */
    const char *method;
    const char *path;           /* with its placeholders: "/team_members/{id}" */
    const char *items;          /* JSON Pointer to what the answer is about; "" for all of it */
    const char *const *columns; /* what a table shows; ends with NULL; or NULL */
    const char *const
        *withheld; /* members of the answer that are private; ends with NULL; or NULL */
    const struct fob_paginate *paginate; /* never NULL */
    bool writes;
    /* Places of the number of items on a full page, or "?name", a parameter of the query, or the
     * number itself; the smallest counts; ends with NULL; or NULL.  Since 0.2. */
    const char *const *page_size;
};

/* Action number INDEX (from 0), borrowed from PROVIDER; NULL past the last.  Since 0.1. */
FOB_API const struct fob_action *fob_provider_action(const struct fob_provider *provider,
                                                     size_t index);
/* Argument number INDEX (from 0) of ACTION, borrowed from its provider; NULL past the last.  Since
 * 0.2. */
FOB_API const struct fob_action_argument *fob_action_argument(const struct fob_action *action,
                                                              size_t index);
/* Find an action by its name, borrowed from PROVIDER.  Returns FOB_SUCCESS, FOB_NOT_FOUND (the
 * hint offers the nearest).  Since 0.1. */
FOB_API int fob_find_action(const struct fob_provider *provider, const char *name,
                            const struct fob_action **action);
/* The provider's defaults for lists: an action with only items, paginate and page_size, borrowed
 * from PROVIDER; NULL for none.  Since 0.2. */
FOB_API const struct fob_action *fob_provider_list(const struct fob_provider *provider);
/* Whether the application must refuse actions that write to accounts of the type "test".  Since
 * 0.1. */
FOB_API bool fob_provider_spares_tests(const struct fob_provider *provider);

/* The request of an action, with the values put in. */
struct fob_request;
/*
 * Check ARGUMENTS, texts NAME=VALUE that end with NULL, and make the request.  A value cannot leave
 * its place in the path.
 *
 * ARGUMENTS may be NULL for none; it is copied.  Takes FOB_OWN_BODY.  Returns FOB_SUCCESS,
 * FOB_INVALID (an argument that is unknown, given twice, missing, or not of its type or range),
 * FOB_NOMEM.  Free it with fob_request_free().  Since 0.2.
 */
FOB_API int fob_request_new(const struct fob_action *action, const char *const *arguments,
                            unsigned flags, struct fob_request **request);
/* The path with its query, as fob_send() takes it; borrowed.  Since 0.2. */
FOB_API const char *fob_request_path(const struct fob_request *request);
/* The body, JSON, borrowed; NULL for none.  Since 0.2. */
FOB_API const char *fob_request_body(const struct fob_request *request);
FOB_API void fob_request_free(struct fob_request *request);

#ifdef __cplusplus
}
#endif

#endif
