/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Writing CSV (RFC 4180).
 */
#ifndef FOB_FOB_REQUEST_CSV_H
#define FOB_FOB_REQUEST_CSV_H

#include "util/strbuf.h"

/* Append a cell of SIZE bytes, quoted if necessary. */
void csv_cell(struct strbuf *out, const char *text, size_t size);
/* Whether a spreadsheet may take the cell for a formula, so that "'" belongs before it. */
bool csv_is_formula(const char *text, size_t size);
/* End a row of COUNT cells that began at byte START of OUT. */
void csv_row(struct strbuf *out, size_t start, size_t count);

#endif
