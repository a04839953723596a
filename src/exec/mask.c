/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finding every form of every secret in a stream. */
#include "config.h"

#include "exec/mask.h"

#include "exec/mask_forms.h"

#include <stdlib.h>
#include <string.h>

/* So few held bytes are a prompt's end, and not much of a secret. */
#define PROMPT_END 4

struct mask {
    struct mask_forms forms;
    bool begins[256];             /* the first bytes of the forms */
    unsigned char pairs[256][32]; /* and the first two, a bit for each second one */
};

struct mask *mask_new(void)
{
    return calloc(1, sizeof(struct mask));
}

static bool may_begin(const struct mask_form *form, const char *data, size_t size)
{
    bool maybe = false;

    return mask_form_match(form, data, size, &maybe) > 0 || maybe;
}

/* Most of what is printed begins no form: tell that by a look. */
static void learn(struct mask *mask, const struct mask_form *form)
{
    for (unsigned first = 0; first < 256; first++) {
        char data[2] = { (char)first, '\0' };

        if (!may_begin(form, data, 1))
            continue;
        mask->begins[first] = true;
        for (unsigned second = 0; second < 256; second++) {
            data[1] = (char)second;
            if (may_begin(form, data, 2))
                mask->pairs[first][second / 8] |= (unsigned char)(1 << second % 8);
        }
    }
}

int mask_add(struct mask *mask, const char *secret, size_t size)
{
    size_t known = mask->forms.count;
    int code = mask_forms_add(&mask->forms, secret, size);

    for (size_t i = known; i < mask->forms.count; i++)
        learn(mask, &mask->forms.items[i]);
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

static bool begins(const struct mask *mask, const char *data, size_t size)
{
    unsigned char first = (unsigned char)data[0];
    unsigned char second = size > 1 ? (unsigned char)data[1] : 0;

    return size > 1 ? (mask->pairs[first][second / 8] >> second % 8 & 1) != 0 : mask->begins[first];
}

/* The longest form at DATA, 0 for none.  Of those that go on behind the SIZE bytes WHOLE is the
 * size of the smallest, about; 0 for none. */
static size_t find_form(const struct mask *mask, const char *data, size_t size, size_t *whole)
{
    size_t longest = 0;

    *whole = 0;
    if (!begins(mask, data, size))
        return 0;
    for (size_t i = 0; i < mask->forms.count; i++) {
        const struct mask_form *form = &mask->forms.items[i];
        bool maybe = false;
        size_t found = mask_form_match(form, data, size, &maybe);

        if (maybe && (*whole == 0 || fob_secret_size(form->text) < *whole))
            *whole = fob_secret_size(form->text);
        if (found > longest)
            longest = found;
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

/* Go through what there is, and WAIT where a form may go on; AT is as far as it came. */
static bool pass(const struct mask *mask, struct mask_stream *stream, bool wait, size_t *at,
                 mask_sink_fn *add, void *sink)
{
    size_t plain = stream->masked; /* where the bytes begin that belong to no secret */
    size_t whole = 0;
    bool good = true;

    for (*at = 0; *at < stream->size; (*at)++) {
        size_t found = find_form(mask, stream->data + *at, stream->size - *at, &whole);

        if (whole > 0 && wait)
            break;
        if (found == 0 || *at + found <= stream->masked)
            continue;
        if (*at >= stream->masked) {
            good = good && show(stream, plain, *at, add, sink);
            good = good && add(sink, MASK_TEXT, sizeof MASK_TEXT - 1);
        }
        stream->masked = *at + found;
        plain = stream->masked;
    }
    if (wait)
        stream->whole = whole;
    return good && show(stream, plain, *at, add, sink);
}

static int scan(const struct mask *mask, struct mask_stream *stream, bool wait, mask_sink_fn *add,
                void *sink)
{
    size_t at;
    bool good = pass(mask, stream, wait, &at, add, sink);

    drop(stream, at);
    return good ? FOB_SUCCESS : FOB_NOMEM;
}

int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink)
{
    int code = append(stream, data, size);

    return code == FOB_SUCCESS ? scan(mask, stream, true, add, sink) : code;
}

enum mask_patience mask_waits(const struct mask_stream *stream)
{
    if (stream->size <= stream->shown || stream->size <= stream->masked)
        return MASK_ENDLESS;
    if (stream->size < PROMPT_END)
        return MASK_MOMENT;
    return stream->size <= stream->whole / 2 ? MASK_WHILE : MASK_ENDLESS;
}

int mask_flush(const struct mask *mask, struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    size_t at;

    /* A whole secret may be the beginning of another one. */
    if (!pass(mask, stream, false, &at, add, sink))
        return FOB_NOMEM;
    stream->shown = stream->size;
    return FOB_SUCCESS;
}

int mask_end(const struct mask *mask, struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    return scan(mask, stream, false, add, sink);
}
