/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The URLs of a list's pages.
 */
#ifndef FOB_CORE_LIST_URL_PAGE_H
#define FOB_CORE_LIST_URL_PAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The path, below the base URL, of the page that NEXT names.  A query alone ("?page=2") belongs to
 * CURRENT; a path may be relative to the host or to the base URL; a whole URL is returned
 * unchanged.  Parameters of CURRENT's query that NEXT lacks are added.  The sender checks that a
 * whole URL lies below the base URL.  The caller frees the result.  NULL when NEXT is none of these
 * (errno 0) or when out of memory (ENOMEM).
 */
char *url_page_resolve(const char *base_url, const char *current, const char *next);

/* PATH with PARAMETER set to VALUE in its query.  The caller frees it; NULL when out of memory. */
char *url_page_with(const char *path, const char *parameter, const char *value);
/* The encoded value of PARAMETER in PATH's query, followed by the rest of the query; or NULL.  Here
 * and above, names are compared after decoding. */
const char *url_page_parameter(const char *path, const char *parameter);

/* Add SIZE bytes to a digest that identifies a page: FNV-1a, starting with URL_PAGE_DIGEST. */
#define URL_PAGE_DIGEST UINT64_C(0xcbf29ce484222325)
uint64_t url_page_digest(uint64_t digest, const char *text, size_t size);

#endif
