/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* Finds and masks every form of every secret in a stream. */
#include "config.h"

#include "fob/exec/mask.h"

#include "fob/exec/mask_filter.h"
#include "fob/exec/mask_ways.h"

#include <stdlib.h>
#include <string.h>

/* So few held bytes are probably the end of a prompt, and reveal little of a secret. */
#define PROMPT_END 4

struct mask {
    struct mask_forms forms;
    struct mask_filter filter;
};

struct mask *mask_new(void)
{
    return calloc(1, sizeof(struct mask));
}

int mask_add(struct mask *mask, const char *secret, size_t size)
{
    return mask_forms_add(&mask->forms, secret, size);
}

int mask_finish(struct mask *mask)
{
    int code = mask_forms_finish(&mask->forms);

    if (code == FOB_SUCCESS && !mask_filter_make(&mask->forms, &mask->filter))
        code = FOB_NOMEM;
    return code;
}

void mask_free(struct mask *mask)
{
    if (mask == NULL)
        return;
    mask_forms_clear(&mask->forms);
    mask_filter_clear(&mask->filter);
    free(mask);
}

void mask_stream_free(struct mask_stream *stream)
{
    if (stream->data != NULL)
        explicit_bzero(stream->data, stream->room);
    free(stream->data);
    free(stream->ranges);
    for (size_t i = 0; i < stream->reader_count; i++)
        mask_reader_clear(&stream->readers[i]);
    *stream = MASK_STREAM_INIT;
}

/* Make room for one more range. */
static bool mask_make_range_room(struct mask_stream *stream)
{
    const size_t count = stream->range_end - stream->range_begin;
    struct mask_range *first = stream->ranges + stream->range_begin;
    struct mask_range *more;

    if (stream->range_end < stream->range_room)
        return true;
    if (stream->range_begin > count) {
        memcpy(stream->ranges, first, count * sizeof *first);
    } else {
        size_t room = 2 * count + 8;

        more = calloc(room, sizeof *more);
        if (more == NULL)
            return false;
        if (count > 0)
            memcpy(more, first, count * sizeof *first);
        free(stream->ranges);
        stream->ranges = more;
        stream->range_room = room;
    }
    stream->range_begin = 0;
    stream->range_end = count;
    return true;
}

static struct mask_range *mask_last_range(const struct mask_stream *stream)
{
    return stream->range_end > stream->range_begin ? &stream->ranges[stream->range_end - 1] : NULL;
}

/* Add RANGE, which ends at the current position, and merge it with ranges that it overlaps. */
static bool mask_add_range(void *data, struct mask_range range)
{
    struct mask_stream *stream = data;
    const struct mask_range *last;

    while ((last = mask_last_range(stream)) != NULL && last->to > range.from) {
        range.from = last->from < range.from ? last->from : range.from;
        range.to = last->to > range.to ? last->to : range.to;
        range.told |= last->told;
        stream->range_end--;
    }
    if (!mask_make_range_room(stream))
        return false;
    stream->ranges[stream->range_end++] = range;
    return true;
}

static bool mask_prepare(const struct mask *mask, struct mask_stream *stream)
{
    for (unsigned way = 0; way < MASK_WAYS; way++) {
        struct mask_reader *reader = &stream->readers[stream->reader_count];

        if (!mask_reader_is_of_use((enum mask_way)way, &mask->forms))
            continue;
        if (!mask_reader_make((enum mask_way)way, &mask->forms, reader))
            return false;
        reader->found = mask_add_range;
        reader->data = stream;
        stream->reader_count++;
    }
    return true;
}

/* Make room for SIZE more bytes after the held ones. */
static bool mask_make_room(struct mask_stream *stream, size_t size)
{
    size_t held = stream->end - stream->begin;
    size_t room = 2 * (held + size);
    char *more;

    if (size <= stream->room - stream->end)
        return true;
    if (stream->begin >= held && held + size <= stream->room) {
        memcpy(stream->data, stream->data + stream->begin, held);
    } else {
        more = malloc(room);
        if (more == NULL)
            return false;
        if (held > 0)
            memcpy(more, stream->data + stream->begin, held);
        if (stream->data != NULL)
            explicit_bzero(stream->data, stream->room);
        free(stream->data);
        stream->data = more;
        stream->room = room;
    }
    stream->base += stream->begin;
    stream->begin = 0;
    stream->end = held;
    return true;
}

/* Pass on everything up to LIMIT that has not been passed on. */
static bool mask_pass(struct mask_stream *stream, uint64_t limit, mask_sink_fn *add, void *sink)
{
    bool good = true;
    size_t done = stream->range_begin;

    for (size_t i = stream->range_begin; i <= stream->range_end && good; i++) {
        struct mask_range *range = i < stream->range_end ? &stream->ranges[i] : NULL;
        uint64_t to = range != NULL && range->from < limit ? range->from : limit;

        if (to > stream->passed) {
            good = add(sink, stream->data + (stream->passed - stream->base),
                       (size_t)(to - stream->passed));
            stream->passed = to;
        }
        if (range == NULL || range->from >= limit)
            break;
        if (good && !range->told)
            good = add(sink, MASK_TEXT, sizeof MASK_TEXT - 1);
        range->told = true;
        if (range->to > stream->passed)
            stream->passed = range->to;
        done += range->to <= limit && done == i;
    }
    stream->range_begin = done;
    return good;
}

/* Where the earliest possible secret begins that the last bytes may be part of; the end if there is
 * none. */
static uint64_t mask_find_waiting(struct mask_stream *stream)
{
    uint64_t first = stream->base + stream->end;

    stream->whole = 0;
    for (size_t i = 0; i < stream->reader_count; i++) {
        const struct mask_reader *reader = &stream->readers[i];
        uint64_t from;
        size_t whole;

        if (!mask_reader_waits(reader, &from) || from > first)
            continue;
        whole = mask_reader_whole(reader);
        if (from < first || stream->whole == 0 || (whole > 0 && whole < stream->whole))
            stream->whole = whole;
        first = from;
    }
    return first;
}

/* Start the readers at AT, or at the backslashes before AT: their number decides whether the next
 * byte is escaped. */
static size_t mask_begin_reading(struct mask_stream *stream, size_t at, size_t min)
{
    while (at > min && stream->data[at - 1] == '\\')
        at--;
    for (size_t i = 0; i < stream->reader_count; i++)
        mask_ways_end(&stream->readers[i], stream->base + at);
    return at;
}

/* Let each reader read the byte at AT.  Returns whether a reader is inside a possible secret. */
static bool mask_read_byte(struct mask_stream *stream, size_t at)
{
    const unsigned char byte = (unsigned char)stream->data[at];
    bool waits = false;
    uint64_t from;

    for (size_t i = 0; i < stream->reader_count; i++) {
        struct mask_reader *reader = &stream->readers[i];

        mask_ways_feed(reader, byte, stream->base + at);
        waits = waits || (!mask_reader_is_idle(reader) && mask_reader_waits(reader, &from));
    }
    return waits;
}

/* Read from AT to the end: byte by byte near possible secrets, else in large steps. */
static void mask_read_all(const struct mask *mask, struct mask_stream *stream, size_t at)
{
    while (at < stream->end) {
        if (!stream->close) {
            size_t next = mask_filter_next(&mask->filter, stream->data, at, stream->end);

            at = mask_begin_reading(stream, next, at);
            stream->close = true;
            continue;
        }
        stream->close = mask_read_byte(stream, at++);
    }
}

static bool mask_has_failed(const struct mask_stream *stream)
{
    for (size_t i = 0; i < stream->reader_count; i++) {
        if (stream->readers[i].failed)
            return true;
    }
    return false;
}

int mask_feed(const struct mask *mask, struct mask_stream *stream, const char *data, size_t size,
              mask_sink_fn *add, void *sink)
{
    size_t at;
    uint64_t limit;

    if ((stream->reader_count == 0 && !mask_prepare(mask, stream)) || !mask_make_room(stream, size))
        return FOB_NOMEM;
    if (size > 0)
        memcpy(stream->data + stream->end, data, size);
    at = stream->end;
    stream->end += size;
    mask_read_all(mask, stream, at);
    limit = mask_find_waiting(stream);
    if (mask_has_failed(stream) || !mask_pass(stream, limit, add, sink))
        return FOB_NOMEM;
    stream->begin = (size_t)(limit - stream->base);
    return FOB_SUCCESS;
}

enum mask_patience mask_get_patience(const struct mask_stream *stream)
{
    uint64_t end = stream->base + stream->end;
    size_t held = stream->end - stream->begin;
    const struct mask_range *last = mask_last_range(stream);

    if (stream->passed >= end || (last != NULL && last->to >= end))
        return MASK_ENDLESS;
    if (held < PROMPT_END)
        return MASK_MOMENT;
    return held <= stream->whole / 2 ? MASK_WHILE : MASK_ENDLESS;
}

/* A complete secret that may be the beginning of another one is masked too. */
int mask_flush(struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    uint64_t end = stream->base + stream->end;
    struct mask_range last = { 0, 0, false };

    if (mask_last_range(stream) != NULL)
        last = *mask_last_range(stream);
    if (!mask_pass(stream, end, add, sink))
        return FOB_NOMEM;
    last.told = true;
    if (last.to > 0 && mask_last_range(stream) == NULL && !mask_add_range(stream, last))
        return FOB_NOMEM;
    return FOB_SUCCESS;
}

int mask_end(struct mask_stream *stream, mask_sink_fn *add, void *sink)
{
    uint64_t end = stream->base + stream->end;

    for (size_t i = 0; i < stream->reader_count; i++)
        mask_ways_end(&stream->readers[i], end);
    stream->close = false;
    if (mask_has_failed(stream) || !mask_pass(stream, end, add, sink))
        return FOB_NOMEM;
    stream->begin = stream->end;
    return FOB_SUCCESS;
}
