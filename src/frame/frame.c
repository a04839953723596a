/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The fob authors */
/* The heads of frames, and reading checked items. */
#include "config.h"

#include "frame/frame.h"

#include <string.h>

/* Offsets in the head. */
enum {
    AT_TYPE = 4,
    AT_FLAGS = 5,
    AT_ZERO = 6,
    AT_CALL = 8,
};

struct frame_head frame_read_head(const unsigned char bytes[static FRAME_HEAD])
{
    struct frame_head head = {
        .size = (uint32_t)wire_get(bytes, 4),
        .type = bytes[AT_TYPE],
        .has_descriptor = (bytes[AT_FLAGS] & FRAME_HAS_DESCRIPTOR) != 0,
        .call = (uint32_t)wire_get(bytes + AT_CALL, 4),
    };

    if (head.size > FRAME_MAX ||
        (head.type == FRAME_DECLARATION && head.size > FRAME_DECLARATION_MAX))
        head.why = "too long";
    else if (head.type == 0 || head.type >= FRAME_TYPE_COUNT)
        head.why = "of an unknown type";
    else if ((bytes[AT_FLAGS] & ~FRAME_HAS_DESCRIPTOR) != 0 || wire_get(bytes + AT_ZERO, 2) != 0)
        head.why = "with unknown flags";
    else if (head.has_descriptor ? frame_wants_descriptor((enum frame_type)head.type) < 0
                                 : frame_wants_descriptor((enum frame_type)head.type) > 0)
        head.why = head.has_descriptor ? "with a descriptor" : "without a descriptor";
    return head;
}

void frame_write_head(unsigned char bytes[static FRAME_HEAD], const struct frame_head *head)
{
    memset(bytes, 0, FRAME_HEAD);
    wire_put(bytes, head->size, 4);
    bytes[AT_TYPE] = head->type;
    bytes[AT_FLAGS] = head->has_descriptor ? FRAME_HAS_DESCRIPTOR : 0;
    wire_put(bytes + AT_CALL, head->call, 4);
}

bool frame_next(struct span *items, uint8_t *tag, struct span *item)
{
    return items->size > 0 && wire_next_item(items, tag, item);
}

bool frame_find(struct span items, uint8_t tag, struct span *item)
{
    uint8_t found;

    while (frame_next(&items, &found, item)) {
        if (found == tag)
            return true;
    }
    *item = (struct span){ "", 0 };
    return false;
}

const char *frame_text(struct span items, uint8_t tag)
{
    struct span item;

    return frame_find(items, tag, &item) ? item.data : NULL;
}

int64_t frame_number(struct span items, uint8_t tag, int64_t otherwise)
{
    struct span item;

    return frame_find(items, tag, &item) ? (int64_t)wire_get(item.data, item.size) : otherwise;
}

struct span frame_pair_value(struct span item)
{
    const char *name = item.data;
    size_t size = strlen(name) + 1;

    return (struct span){ name + size, item.size - size };
}

enum proof_kind frame_proof_kind(uint8_t tag)
{
    switch (tag) {
    case FRAME_HEADER:
        return PROOF_HEADER;
    case FRAME_PARAMETER:
        return PROOF_PARAMETER;
    case FRAME_CERTIFICATE:
        return PROOF_CERTIFICATE;
    default:
        return PROOF_KINDS;
    }
}
