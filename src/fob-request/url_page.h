/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The addresses of a list's pages.
 */
#ifndef FOB_FOB_REQUEST_URL_PAGE_H
#define FOB_FOB_REQUEST_URL_PAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The path, below the base URL, of the page that NEXT names: a query alone ("?page=2") belongs to
 * CURRENT, a path may begin at the host's root or at the base URL's, a whole URL is left as it is.
 * What CURRENT's query has and NEXT does not name is added.  BASE_URL decides what lies below it;
 * whether a whole URL does is checked by who sends it.  The caller frees the result; NULL when NEXT
 * is none of these (errno 0) or memory ran out (ENOMEM).
 */
char *url_page_resolve(const char *base_url, const char *current, const char *next);

/* PATH with PARAMETER set to VALUE in its query.  The caller frees it; NULL when memory ran out. */
char *url_page_with(const char *path, const char *parameter, const char *value);
/* The encoded value of PARAMETER in PATH's query, with what follows it; or NULL.  Names are the
 * same when they are so after decoding, here and above. */
const char *url_page_parameter(const char *path, const char *parameter);

/* Add SIZE bytes to a digest by which pages are told apart: FNV-1a, begun with URL_PAGE_DIGEST. */
#define URL_PAGE_DIGEST UINT64_C(0xcbf29ce484222325)
uint64_t url_page_digest(uint64_t digest, const char *text, size_t size);

#endif
