/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Taking secrets out of a stream of bytes, however it is cut into pieces.
 *
 * Time is linear in the secrets and in the stream, whatever both are.  So is memory: for each byte
 * of the secrets about 340 (MASK_NODES_MAX nodes of mask_trie.h), for each of the longest one 160
 * in each stream, and twice to three times what is held back.
 */
#ifndef FOB_FOB_EXEC_MASK_H
#define FOB_FOB_EXEC_MASK_H

#include "fob/exec/mask_reader.h"

#include <fob/fob.h>

/* What stands for a secret. */
#define MASK_TEXT "***"

/* The forms of all secrets. */
struct mask;
struct mask *mask_new(void);
/* Add SECRET and its forms, which fob-exec(1) lists.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_add(struct mask *mask, const char *secret, size_t size);
/* There are no more secrets: streams can be masked from now on.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_finish(struct mask *mask);
void mask_free(struct mask *mask);

/* A stream, whose last bytes are held back while they may be the beginning of a secret. */
struct mask_stream {
    char *data; /* the held bytes, from BEGIN to END */
    size_t begin;
    size_t end;
    size_t room;
    uint64_t base;   /* where in the stream DATA begins */
    uint64_t passed; /* so much of the stream has been passed on, or something in its place */
    bool close;      /* the readers read: a secret may have begun */
    size_t whole;    /* the size of the smallest secret that the held bytes may begin */
    struct mask_reader readers[MASK_WAYS];
    size_t reader_count;       /* 0 until the first byte */
    struct mask_range *ranges; /* what was found in the held bytes, in order */
    size_t range_begin;
    size_t range_end;
    size_t range_room;
};

#define MASK_STREAM_INIT ((struct mask_stream){ .data = NULL })

/* Takes the next SIZE bytes of the result.  Returns false when out of memory. */
typedef bool mask_sink_fn(void *sink, const char *data, size_t size);

/* Add SIZE bytes of DATA; what can be told goes to ADD.  A STREAM that was fed stays where it is in
 * memory.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink);
/* How long held bytes are kept back, which are more likely to end a prompt than to begin a secret:
 * a moment when they are few; a while when somebody may wait for the prompt, and they are at most
 * half of a secret; else until more comes. */
enum mask_patience { MASK_MOMENT, MASK_WHILE, MASK_ENDLESS };
enum mask_patience mask_get_patience(const struct mask_stream *stream);
/* Pass them on, but for whole secrets among them.  Should the rest of a secret follow, that is
 * masked. */
int mask_flush(struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* There is no more: pass on what is held. */
int mask_end(struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* Wipe and free. */
void mask_stream_free(struct mask_stream *stream);

#endif
