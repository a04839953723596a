/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The words that reading a rehearsal and playing it share.
 */
#ifndef FOB_CORE_PROVIDER_REHEARSAL_PARTS_H
#define FOB_CORE_PROVIDER_REHEARSAL_PARTS_H

#include "util/strbuf.h"

#include <stddef.h>

/* The keys of a request that can have its URL. */
#define REHEARSAL_METHODS 6
extern const char *const rehearsal_methods[REHEARSAL_METHODS];
/* The words of "fault", in the order of enum frame_fault, ending with NULL; and the key. */
extern const char *const rehearsal_faults[];
extern const char *const rehearsal_no_answer[];
/* Decode the SIZE bytes at TEXT, a part of a form. */
void rehearsal_decode(const char *text, size_t size, struct strbuf *out);

#endif
