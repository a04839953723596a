/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * A record as bytes, before it is sealed: the items of fob-store(5), padded so that the size of a
 * sealed record says little.
 */
#ifndef FOB_STORE_CODEC_H
#define FOB_STORE_CODEC_H

#include "store/record.h"
#include "store/wire.h"

/* Every plaintext is a multiple of this, and at least once this. */
#define CODEC_BLOCK 256

/* Returns FOB_SUCCESS, FOB_INVALID (the record is too large), FOB_NOMEM. */
int codec_encode(const struct record *record, struct fob_secret **plain);
/*
 * The record NAME of VERSION that PLAIN holds.  PLAIN becomes the record's arena: it is taken over
 * on success, and must be the output of codec_encode() or is refused.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOMEM.
 */
int codec_decode(const char *name, uint64_t version, struct fob_secret *plain,
                 struct record **record);

#endif
