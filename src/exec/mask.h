/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/*
 * Taking secrets out of a stream of bytes, however it is cut into pieces.
 */
#ifndef FOB_EXEC_MASK_H
#define FOB_EXEC_MASK_H

#include <fob/fob.h>

/* What stands for a secret. */
#define MASK_TEXT "***"

/* The forms of all secrets. */
struct mask;
struct mask *mask_new(void);
/* Add SECRET and its forms: base64 wherever it is in what was encoded; percent-encoded and as in a
 * JSON string, whatever the writer escapes; as a terminal prints its newlines, and a shell its
 * quotes.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_add(struct mask *mask, const char *secret, size_t size);
void mask_free(struct mask *mask);

/* A stream, whose last bytes are held back while they may be the beginning of a secret. */
struct mask_stream {
    char *data;
    size_t size;
    size_t room;
    size_t shown;  /* so many of the bytes have been passed on already */
    size_t masked; /* so many belong to a secret that was found */
    size_t whole;  /* the size of the smallest secret that the held bytes may begin */
};

#define MASK_STREAM_INIT ((struct mask_stream){ NULL, 0, 0, 0, 0, 0 })

/* Takes the next SIZE bytes of the result.  Returns false when out of memory. */
typedef bool mask_sink_fn(void *sink, const char *data, size_t size);

/* Add SIZE bytes of DATA; what can be told goes to ADD.  Returns FOB_SUCCESS, FOB_NOMEM. */
int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink);
/* How long held bytes are kept back, which are more likely to end a prompt than to begin a secret:
 * a moment when they are few; a while when somebody may wait for the prompt, and they are at most
 * half of a secret; else until more comes. */
enum mask_patience { MASK_MOMENT, MASK_WHILE, MASK_ENDLESS };
enum mask_patience mask_waits(const struct mask_stream *stream);
/* Pass them on, but for whole secrets among them.  Should the rest of a secret follow, that is
 * masked. */
int mask_flush(const struct mask *mask, struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* There is no more: pass on what is held. */
int mask_end(const struct mask *mask, struct mask_stream *stream, mask_sink_fn *add, void *sink);
/* Wipe and free. */
void mask_stream_free(struct mask_stream *stream);

#endif
