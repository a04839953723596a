/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Masking secrets in a stream of bytes, however it is split.
 *
 * Time is linear in the secrets and in the stream, even in the worst case.  Memory is about 470
 * bytes for each byte of secret (MASK_NODES_MAX nodes of mask_trie.h); in each stream, 160 bytes
 * for each byte of the longest secret, and two to three times the held bytes.
 */
#ifndef FOB_FOB_EXEC_MASK_H
#define FOB_FOB_EXEC_MASK_H

#include "fob/exec/mask_reader.h"

#include <fob/fob.h>

/* What replaces a secret. */
#define MASK_TEXT "***"

/* The forms of all secrets. */
struct mask;
struct mask *mask_new(void);
/* Add SECRET and its forms, which fob-exec(1) lists.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_add(struct mask *mask, const char *secret, size_t size);
/* Call this after the last mask_add() and before the first stream.  Returns FOB_SUCCESS,
 * FOB_NOMEM. */
int mask_finish(struct mask *mask);
void mask_free(struct mask *mask);

/* A stream.  Its last bytes are held back while they may be the beginning of a secret. */
struct mask_stream {
    char *data; /* the held bytes, from BEGIN to END */
    size_t begin;
    size_t end;
    size_t room;
    uint64_t base;   /* the position of DATA in the stream */
    uint64_t passed; /* the position up to which the stream was passed on or masked */
    bool close;      /* the readers are active: a secret may have begun */
    size_t whole;    /* the size of the smallest secret that may begin in the held bytes */
    struct mask_reader readers[MASK_WAYS];
    size_t reader_count;       /* 0 until the first byte */
    struct mask_range *ranges; /* the secrets found in the held bytes, in order */
    size_t range_begin;
    size_t range_end;
    size_t range_room;
};

#define MASK_STREAM_INIT ((struct mask_stream){ .data = NULL })

/* Receives the next SIZE bytes of the result.  Returns false when out of memory. */
typedef bool mask_sink_fn(void *sink, const char *data, size_t size);

/* Add SIZE bytes of DATA; bytes that are decided go to ADD.  STREAM must not be moved in memory
 * after its first use.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink);
/* How long bytes are held that may be the end of a prompt: a moment if they are few; a while if a
 * person may be waiting for the prompt and they are at most half of a secret; else until more input
 * comes. */
enum mask_patience { MASK_MOMENT, MASK_WHILE, MASK_ENDLESS };
enum mask_patience mask_get_patience(const struct mask_stream *stream);
/* Pass on the held bytes, with complete secrets masked.  If the rest of a secret follows, that is
 * masked. */
int mask_flush(struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* The stream has ended: pass on the held bytes. */
int mask_end(struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* Wipe and free. */
void mask_stream_free(struct mask_stream *stream);

#endif
