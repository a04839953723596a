/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Parsing the header Link (RFC 8288).
 */
#ifndef FOB_CORE_LIST_LINK_HEADER_H
#define FOB_CORE_LIST_LINK_HEADER_H

#include <stddef.h>

/*
 * The address with the relation "next" in the header VALUE; points into VALUE, and SIZE receives
 * its size.  NULL when there is none.
 */
const char *link_header_next(const char *value, size_t *size);

#endif
