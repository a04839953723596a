/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finding every form of every secret in a stream. */
#include "config.h"

#include "exec/mask.h"

#include "exec/mask_forms.h"

#include <stdlib.h>
#include <string.h>

/* So many held bytes are a prompt's end; more are too much of a secret to be shown. */
#define PROMPT_END 4

struct mask {
    struct mask_forms forms;
    bool begins[256]; /* the first bytes of the forms */
};

struct mask *mask_new(void)
{
    return calloc(1, sizeof(struct mask));
}

int mask_add(struct mask *mask, const char *secret, size_t size)
{
    int code = mask_forms_add(&mask->forms, secret, size);

    for (size_t i = 0; i < mask->forms.count; i++)
        mask->begins[(unsigned char)fob_secret_data(mask->forms.items[i])[0]] = true;
    return code;
}

void mask_free(struct mask *mask)
{
    if (mask == NULL)
        return;
    mask_forms_free(&mask->forms);
    free(mask);
}

void mask_stream_free(struct mask_stream *stream)
{
    if (stream->data != NULL)
        explicit_bzero(stream->data, stream->room);
    free(stream->data);
    *stream = MASK_STREAM_INIT;
}

static int append(struct mask_stream *stream, const char *data, size_t size)
{
    if (size > stream->room - stream->size) {
        size_t room = 2 * (stream->size + size);
        char *more = malloc(room);

        if (more == NULL)
            return FOB_NOMEM;
        if (stream->size > 0)
            memcpy(more, stream->data, stream->size);
        if (stream->data != NULL)
            explicit_bzero(stream->data, stream->room);
        free(stream->data);
        stream->data = more;
        stream->room = room;
    }
    if (size > 0)
        memcpy(stream->data + stream->size, data, size);
    stream->size += size;
    return FOB_SUCCESS;
}

/* The longest form at DATA, 0 for none; MAYBE tells of one that goes on behind the SIZE bytes. */
static size_t find_form(const struct mask *mask, const char *data, size_t size, bool *maybe)
{
    size_t longest = 0;

    *maybe = false;
    if (!mask->begins[(unsigned char)data[0]])
        return 0;
    for (size_t i = 0; i < mask->forms.count; i++) {
        const struct fob_secret *form = mask->forms.items[i];
        size_t wanted = fob_secret_size(form);

        if (memcmp(data, fob_secret_data(form), wanted < size ? wanted : size) != 0)
            continue;
        *maybe |= wanted > size;
        if (wanted <= size && wanted > longest)
            longest = wanted;
    }
    return longest;
}

/* Forget the first COUNT bytes. */
static void drop(struct mask_stream *stream, size_t count)
{
    if (count == 0)
        return;
    memmove(stream->data, stream->data + count, stream->size - count);
    explicit_bzero(stream->data + stream->size - count, count);
    stream->size -= count;
    stream->shown -= count < stream->shown ? count : stream->shown;
    stream->masked -= count < stream->masked ? count : stream->masked;
}

/* Pass on the bytes between PLAIN and AT that were not shown yet. */
static bool show(struct mask_stream *stream, size_t plain, size_t at, mask_sink_fn *add, void *sink)
{
    size_t from = plain > stream->shown ? plain : stream->shown;

    return from >= at || add(sink, stream->data + from, at - from);
}

/* Go through what there is; WAIT where a form may go on. */
static int scan(const struct mask *mask, struct mask_stream *stream, bool wait, mask_sink_fn *add,
                void *sink)
{
    size_t plain = stream->masked; /* where the bytes begin that belong to no secret */
    size_t at = 0;
    bool good = true;

    for (; at < stream->size; at++) {
        bool maybe;
        size_t found = find_form(mask, stream->data + at, stream->size - at, &maybe);

        if (maybe && wait)
            break;
        if (found == 0 || at + found <= stream->masked)
            continue;
        if (at >= stream->masked) {
            good = good && show(stream, plain, at, add, sink);
            good = good && add(sink, MASK_TEXT, sizeof MASK_TEXT - 1);
        }
        stream->masked = at + found;
        plain = stream->masked;
    }
    good = good && show(stream, plain, at, add, sink);
    drop(stream, at);
    return good ? FOB_SUCCESS : FOB_NOMEM;
}

int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink)
{
    int code = append(stream, data, size);

    return code == FOB_SUCCESS ? scan(mask, stream, true, add, sink) : code;
}

bool mask_waits(const struct mask_stream *stream)
{
    return stream->size < PROMPT_END && stream->size > stream->shown &&
           stream->size > stream->masked;
}

int mask_flush(struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    if (!mask_waits(stream))
        return FOB_SUCCESS;
    if (!show(stream, stream->masked, stream->size, add, sink))
        return FOB_NOMEM;
    stream->shown = stream->size;
    return FOB_SUCCESS;
}

int mask_end(const struct mask *mask, struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    return scan(mask, stream, false, add, sink);
}
