/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The header Link (RFC 8288).
 */
#ifndef FOB_FOB_REQUEST_LINK_HEADER_H
#define FOB_FOB_REQUEST_LINK_HEADER_H

#include <stddef.h>

/*
 * The address with the relation "next" in the header VALUE, which has SIZE bytes after this: points
 * into VALUE; NULL when it has none.
 */
const char *link_header_next(const char *value, size_t *size);

#endif
