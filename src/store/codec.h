/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Encoding and decoding a record's plaintext: the items of fob-store(5), padded so that the size of
 * a sealed record reveals little.
 */
#ifndef FOB_STORE_CODEC_H
#define FOB_STORE_CODEC_H

#include "store/record.h"
#include "util/wire.h"

/* The size of every plaintext is a positive multiple of this. */
#define CODEC_BLOCK 256

/* Returns FOB_SUCCESS, FOB_INVALID (the record is too large), FOB_NOMEM. */
int codec_encode(const struct record *record, struct fob_secret **plain);
/*
 * Decode PLAIN, which must be the output of codec_encode(), into the record NAME of VERSION.  On
 * success PLAIN becomes the record's arena, and the record owns it.
 *
 * Returns FOB_SUCCESS, FOB_CORRUPT, FOB_NOMEM.
 */
int codec_decode(const char *name, uint64_t version, struct fob_secret *plain,
                 struct record **record);

#endif
