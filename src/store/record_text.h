/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * The plaintext form of a record, for the store alone.
 */
#ifndef FOB_STORE_RECORD_TEXT_H
#define FOB_STORE_RECORD_TEXT_H

#include "store/record.h"

int record_encode(const struct record *record, struct fob_secret **plaintext);
/* Returns FOB_SUCCESS, FOB_CORRUPT, FOB_INVALID, FOB_NOMEM. */
int record_decode(const char *name, const struct fob_secret *plaintext, struct record **record);
void record_set_version(struct record *record, uint64_t version);

#endif
